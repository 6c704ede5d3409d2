"""`bot demo`: home visits of people who do not exist, and a quarter of questions that nobody asked, to look at. Nobody
is written to, and nobody comes."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from random import Random
from secrets import token_bytes
from typing import Annotated

import typer

from bot.cli.diary import Place, here
from bot.clock import FixedClock, SystemClock
from bot.insight import demo as quarter
from bot.insight import demo_cast
from bot.logs import configure
from bot.serving import serve
from bot.settings import Settings
from bot.staff import codes
from bot.store.unit import Store
from bot.visits import team
from bot.visits.demo import fill
from bot.visits.demo_cast import DAYS, read_cast
from bot.wiring import open_store

FOLDER = Path("var/demo")
"""Thrown away at each start. The keys stand beside the database, so that one setting leads other commands to both."""
DATABASE, KEYS = "demo.sqlite3", "bot.keys"
ADMIN = "Demo Admin"
FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", KEYS)
LOOK = ("visits today", "visits list", "visits ring-list", "staff list")


def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="where the web chat listens")] = 8000,
) -> None:
    """Fill a database of its own with made-up visits and a quarter of questions, and serve the web chat on it. Ctrl-C
    stops it.

    Example: bot demo --port 8001
    """
    os.umask(0o077)
    configure()
    place, settings = here(), settings_of(Settings(), port)
    typer.echo("Everybody here is made up. Nobody is written to, and nobody comes.")
    throw_away(FOLDER)
    code, console = asyncio.run(made(settings, place))
    for line in what_to_look_at(settings, code, console):
        typer.echo(line)
    asyncio.run(serve(settings, typer.echo))


def settings_of(deployment: Settings, port: int) -> Settings:
    """The deployment's settings in; the same out, but with nothing that reaches its data, its address or Telegram."""
    own = {
        "database_url": f"sqlite:///{FOLDER / DATABASE}",
        "keys_file": FOLDER / KEYS,
        "telegram_token": None,
        "telegram_token_file": None,
        "public_url": None,
        "host": "127.0.0.1",
        "port": port,
        "demonstration": True,
    }
    return deployment.model_copy(update=own)


def throw_away(folder: Path) -> None:
    """What an earlier demonstration left."""
    for name in FILES:
        (folder / name).unlink(missing_ok=True)


async def made(settings: Settings, place: Place) -> tuple[str, str]:
    """Fill the database; a colleague's one-time code for Telegram, and one for the console, out. The same date gives
    the same people the same visits."""
    clock = FixedClock(SystemClock().now())
    chance = Random(place.today(clock.at).isoformat())  # noqa: S311  to repeat itself is what it is for
    store = await asyncio.to_thread(open_store, settings, clock)
    try:
        err = typer.get_text_stream("stderr")
        with typer.progressbar(length=DAYS, label="three weeks of visits", file=err) as bar:
            linked = await fill(store, clock, place.library, read_cast(), chance, bar.update)
        await quarter.fill(store, place.library, demo_cast.read_cast(), chance)
        return linked, await console_code(store)
    finally:
        await store.close()


async def console_code(store: Store) -> str:
    """A one-time code that opens the console to somebody who may do everything."""
    async with store.write() as unit:
        admin = await team.add(unit, ADMIN, "admin")
        return await codes.open_the_console(unit, admin, codes.INVITATION_LASTS, token_bytes) or ""


def what_to_look_at(settings: Settings, code: str, console: str) -> list[str]:
    """Lines for whoever has just started it."""
    keys = f"BOT_KEYS_FILE={settings.keys_file} " if Settings().keys_file else ""
    return [
        f"The team's console: http://localhost:{settings.port}/staff/link/{console}",
        "Look at, in another terminal:",
        *(f"  {keys}BOT_DATABASE_URL={settings.database_url} bot {command}" for command in LOOK),
        f"A colleague would link their Telegram account with: /staff {code}",
        "Book a visit yourself in the web chat: type /visit",
    ]
