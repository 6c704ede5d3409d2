"""Who gets what: the one place where the rooms of the house are put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import Clock, SystemClock
from bot.conversation import Conversation
from bot.errors import PlaceMissing, StoreUnavailable
from bot.knowing import Knowing, Snapshot, from_folder, snapshot
from bot.ops.vital import Vital
from bot.settings import Settings
from bot.staff.ahead import Ahead
from bot.staff.replay import Rehearsals
from bot.staff.shipped import upgrade_content
from bot.store import chats, content, erased
from bot.store.engine import IN_MEMORY
from bot.store.erased import ErasedLog
from bot.store.newest import create_at_once, upgrade
from bot.store.unit import Store
from bot.store.vault import throwaway_vault, vault_from
from knowledge.library import NATIONAL, PLACES


@dataclass(frozen=True)
class House:
    """A running bot without its channels. `ready` is False while its database cannot be reached."""

    settings: Settings
    clock: Clock
    store: Store
    knowing: Knowing
    conversation: Conversation
    revision: str | None = None
    ready: bool = True
    rehearsals: Rehearsals | None = None
    """The one for the whole process, for the console and for the team's phones."""
    vital: Vital = field(default_factory=Vital)


def place_folder(settings: Settings) -> Path:
    """The folder of the place that this bot serves. Raises PlaceMissing."""
    places = settings.places_folder or PLACES
    folder = places / settings.place
    if not (folder / "place.toml").exists():
        known = ", ".join(sorted(path.parent.name for path in places.glob("*/place.toml")))
        raise PlaceMissing(name=settings.place, places=known)
    return folder


def open_store(settings: Settings, clock: Clock) -> Store:
    """The deployment's store with its keys; its schema is brought up to date first. Raises StoreUnavailable."""
    upgrade(settings.database_url)
    return unopened_store(settings, clock)


def unopened_store(settings: Settings, clock: Clock) -> Store:
    """The same without touching the database."""
    store = Store(settings.database_url, vault_from(keys_file(settings)), clock)
    noted = erased_log(settings)
    noted.begin_or_say(clock.now())
    store.on_erased = noted.note_or_say
    return store


def erased_log(settings: Settings) -> ErasedLog:
    """Where it is written down who was erased: as set, else beside the keys."""
    return ErasedLog(settings.erased_file or keys_file(settings).with_name(erased.NAME))


def keys_file(settings: Settings) -> Path:
    """Where the keys are: as set, else beside the database."""
    if settings.keys_file is not None:
        return settings.keys_file
    database = settings.database_url.partition("///")[2]
    beside = Path(database).parent if settings.database_url.startswith("sqlite") and database else Path("var")
    return beside / "bot.keys"


@asynccontextmanager
async def house(
    settings: Settings, clock: Clock | None = None, say: Callable[[str], None] = lambda _step: None
) -> AsyncIterator[House]:
    """The bot over its own database, seeded at first start; without one, only danger to life is answered.

    `say` hears what is being done, step by step.
    """
    clock = clock or SystemClock()
    folder = place_folder(settings)
    store, vital = unopened_store(settings, clock), Vital()
    store.heard, store.on_noted = vital.database.heard, vital.figures.note
    try:
        try:
            revision, current = await prepare(store, folder, settings, say, sending=False)
            ready = True
        except StoreUnavailable:
            revision, current, ready = None, await from_files(settings, folder), False
        knowing = Knowing(current, settings.public_url, demonstration=settings.demonstration)
        tried = Rehearsals(store, folder, knowing, settings.index_folder)
        a_minute = settings.messages_a_minute
        conversation = Conversation(store, knowing, ahead=Ahead(store, knowing, tried), messages_a_minute=a_minute)
        yield House(settings, clock, store, knowing, conversation, revision, ready, tried, vital)
    finally:
        await store.close()


async def prepare(
    store: Store, folder: Path, settings: Settings, say: Callable[[str], None] = lambda _step: None, *,
    sending: bool = True,
) -> tuple[str | None, Snapshot]:  # fmt: skip
    """Bring the schema up to date, seed the content, read it. Raises StoreUnavailable.

    Before anything is `sending`, leases can only be those of a process that is gone.
    """
    say("database: bringing its tables up to date")
    await asyncio.to_thread(upgrade, store.url)
    say("content: reading the answers and organisations")
    async with store.write() as unit:
        if not await content.seed(unit, folder, NATIONAL):
            await upgrade_content(unit, folder, NATIONAL)
        if store.url.startswith("sqlite") and not sending:  # one file, one sending process
            await chats.clear_leases(unit)
    say("search: reading the index, or building it where the content has changed")
    return await _current(store, folder, settings)


async def _current(store: Store, folder: Path, settings: Settings) -> tuple[str | None, Snapshot]:
    async with store.read() as unit:
        revision = await content.revision(unit)
        library = await content.library(unit, folder)
    return revision, await asyncio.to_thread(snapshot, library, settings.index_folder, settings.encoder)


@asynccontextmanager
async def throwaway(settings: Settings, clock: Clock | None = None, *, live: bool = False) -> AsyncIterator[House]:
    """The same conversation on a store in memory, over the folder's content, or with `live` the database's."""
    clock = clock or SystemClock()
    folder = place_folder(settings)
    first = await _live(settings, clock, folder) if live else await from_files(settings, folder)
    store = Store(IN_MEMORY, throwaway_vault(), clock)
    try:
        await create_at_once(store)
        knowing = Knowing(first, settings.public_url)
        yield House(settings, clock, store, knowing, Conversation(store, knowing))
    finally:
        await store.close()


async def from_files(settings: Settings, folder: Path) -> Snapshot:
    """The folder's content with its index."""
    return await asyncio.to_thread(from_folder, folder, settings.index_folder, settings.encoder)


async def _live(settings: Settings, clock: Clock, folder: Path) -> Snapshot:
    store = await asyncio.to_thread(open_store, settings, clock)
    try:
        async with store.write() as unit:
            await content.seed(unit, folder, NATIONAL)
        return (await _current(store, folder, settings))[1]
    finally:
        await store.close()
