"""What the doctor looks at in the database. It changes nothing there."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, func, or_, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from bot.errors import StoreUnavailable
from bot.ops.errors import KeysDoNotFit
from bot.ops.files import revisions
from bot.ops.findings import Finding, good, wrong
from bot.ops.seals import try_keys
from bot.staff import reviews
from bot.store import content
from bot.store.engine import is_postgres
from bot.store.tables import Chat, Outbox
from bot.store.unit import Store, Unit

PATIENCE = 5
"""Seconds to connect in."""
LONGEST_WAIT = dt.timedelta(minutes=10)
DURABLE = ("wal", 2)
"""How the bot opens SQLite: the journal's mode, and `synchronous` FULL."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, and the newest moment that the database knows of."""

    findings: tuple[Finding, ...]
    newest: dt.datetime | None = None


def within(url: str) -> str:
    """The same address, given up where nobody answers in time."""
    if not is_postgres(url):
        return url
    patient = make_url(url).update_query_dict({"connect_timeout": str(PATIENCE)})
    return patient.render_as_string(hide_password=False)


async def look_at_database(store: Store, place: Path, *, keys: bool) -> Looked:
    """Everything about the database, as far as it can be reached. `keys` says whether the store has the real ones."""
    try:
        async with store.read() as unit:
            findings = [found async for found in _read(unit, place, keys)]
            if not findings[0].ok:
                return Looked(tuple(findings))
            newest = await _newest(unit)
    except StoreUnavailable:
        return Looked((wrong("database", "unreachable"),))
    except (DBAPIError, sqlite3.DatabaseError):
        return Looked((wrong("database", "damaged"),))
    return Looked((*findings, await _writable(store)), newest)


async def _read(unit: Unit, place: Path, keys: bool) -> AsyncIterator[Finding]:
    schema = await _schema(unit)
    yield schema
    if not schema.ok:
        return
    if not is_postgres(str(unit.connection.engine.url)):
        yield await _durable(unit)
    if keys:
        yield await _opens(unit)
    yield await _outbox(unit)
    yield await _reviews(unit, place)


async def _schema(unit: Unit) -> Finding:
    found = await (await unit.session.connection()).run_sync(_revision)
    newest = revisions()[0]
    if found is None:
        return wrong("schema", "none")
    if found not in revisions():
        return wrong("schema", "newer", found=found)
    return wrong("schema", "behind", found=found, newest=newest) if found != newest else good("schema", found=found)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def _durable(unit: Unit) -> Finding:
    asked = [
        (await unit.session.execute(text(f"PRAGMA {name}"))).scalar_one() for name in ("journal_mode", "synchronous")
    ]
    return good("durable") if tuple(asked) == DURABLE else wrong("durable", "not-safe", mode=asked[0])


async def _opens(unit: Unit) -> Finding:
    connection = await unit.session.connection()
    try:
        opened = await connection.run_sync(try_keys, unit.vault)
    except KeysDoNotFit:
        return wrong("seals", "do-not-fit")
    return good("seals", opened=opened)


async def _outbox(unit: Unit) -> Finding:
    """The oldest message that could be sent and is not."""
    statement = (
        select(func.min(col(Outbox.created_at)), func.count())
        .join(Chat, col(Chat.id) == col(Outbox.chat_id))
        .where(
            col(Outbox.state) == "waiting",
            or_(col(Outbox.not_before).is_(None), col(Outbox.not_before) <= unit.now),
            or_(col(Chat.not_before).is_(None), col(Chat.not_before) <= unit.now),
            col(Chat.blocked_at).is_(None),
        )
    )
    oldest, waiting = (await unit.session.execute(statement)).one()
    if oldest is None or unit.now - oldest < LONGEST_WAIT:
        return good("outbox", waiting=waiting)
    return wrong("outbox", "stuck", waiting=waiting, minutes=(unit.now - oldest) // dt.timedelta(minutes=1))


async def _reviews(unit: Unit, place: Path) -> Finding:
    """Answers that somebody confirmed once, and whose time is over."""
    library = await content.library(unit, place)
    today = unit.now.astimezone(ZoneInfo(library.place.timezone)).date()
    signed = [entry for entry in library.entries.values() if entry.signed_off]
    overdue = sum(reviews.is_due(entry, today) for entry in signed)
    never = len(library.entries) - len(signed)
    return wrong("reviews", "overdue", overdue=overdue) if overdue else good("reviews", never=never)


async def _newest(unit: Unit) -> dt.datetime | None:
    found: dt.datetime | None = (await unit.session.execute(select(func.max(col(Chat.last_turn_at))))).scalar_one()
    return found


async def _writable(store: Store) -> Finding:
    try:
        async with store.write() as unit:
            await unit.session.execute(text("UPDATE setting SET value = value WHERE name = ''"))
    except StoreUnavailable:
        return wrong("database", "not-writable")
    return good("database")
