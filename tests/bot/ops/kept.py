"""A demonstration's database to copy, move and migrate; and the bot over any database with its keys."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from bot.clock import Clock, FixedClock
from bot.conversation import Conversation
from bot.knowing import Knowing
from bot.settings import Settings
from bot.store.unit import Store
from bot.store.vault import vault_from
from bot.visits.demo import fill
from bot.visits.demo_cast import read_cast
from bot.wiring import House
from tests.bot.visits.estate import library
from tests.databases import SqliteFiles
from tests.house import Scripted
from tests.stories.player import AtTheTerminal, Screen

SOME = slice(15, 21)
"""People of the cast: some were visited, some will be."""


def demonstration(files: SqliteFiles, keys: Path) -> Path:
    """The file of a database with people who were made up, sealed with keys that are made."""
    url = files.fresh()
    asyncio.run(_filled(url, keys))
    return Path(url.removeprefix("sqlite:///"))


async def _filled(url: str, keys: Path) -> None:
    clock, cast = FixedClock(), read_cast()
    store = Store(url, vault_from(keys), clock)
    some = cast.model_copy(update={"people": cast.people[SOME]})
    await fill(store, clock, library(), some, Random(3), lambda _days: None)
    await store.close()


def copy_of(database: Path, folder: Path) -> Path:
    """A copy for one test."""
    path = folder / "bot.sqlite3"
    shutil.copyfile(database, path)
    return path


@asynccontextmanager
async def bot_over(url: str, keys: Path, clock: Clock) -> AsyncIterator[House]:
    """The bot over a database that is there, with the keys of a file."""
    store = Store(url, vault_from(keys), clock)
    knowing = Knowing(Scripted(holding=library()))
    try:
        settings = Settings(database_url=url, keys_file=keys, _env_file=None)
        yield House(settings, clock, store, knowing, Conversation(store, knowing))
    finally:
        await store.close()


async def moved(person: AtTheTerminal) -> Screen:
    """Somebody who has a visit moves it by buttons to the first time offered on a Thursday."""
    await person.say("/visit")
    await person.tap("Move it")
    screen = await person.say("next thursday 2pm")
    return await person.tap(next(label for label in screen.buttons if label.startswith("1. ")))
