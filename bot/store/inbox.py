"""The inbox: every update is applied once, however often it comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Executable, delete, exists, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import SQLModel, col

from bot.errors import KeyReused
from bot.store.tables import Inbox, Outbox, TurnFailure, table_of
from bot.store.unit import Unit
from handlers.turn import Turn

KEEP = dt.timedelta(days=7)
POISONED_AFTER = 3


INBOX, OUTBOX = table_of(Inbox), table_of(Outbox)

Insert = Callable[[Any], Any]


def insert_of(unit: Unit) -> Insert:
    """The `insert` of the database at hand, which knows ON CONFLICT."""
    return pg_insert if unit.connection.dialect.name == "postgresql" else sqlite_insert


def upsert(unit: Unit, table: type[SQLModel]) -> Any:
    """An INSERT of the database at hand that knows ON CONFLICT."""
    return insert_of(unit)(table)


WAITS = exists().where(OUTBOX.c.chat_id == literal_column("inbox.chat_id"), OUTBOX.c.state == "waiting")


@dataclass(frozen=True, slots=True)
class Claimed:
    """An update that is ours to apply. `waits`: a message to its chat waits to be sent.

    Asked here and not where the chat is locked: on PostgreSQL that statement, where it had to wait for another turn,
    would not see what that turn has queued.
    """

    id: int
    waits: bool


@cache
def _claim(insert: Insert) -> Executable:
    statement: Executable = insert(INBOX).on_conflict_do_nothing().returning(INBOX.c.id, WAITS.label("waits"))
    return statement


async def claim(
    unit: Unit, turn: Turn, fingerprint: str | None = None, *, chat_id: int | None = None, state: str = "applied"
) -> Claimed | None:
    """This update's row, or None when it was applied before. Raises KeyReused for other words under the same key."""
    values = {
        "channel": turn.channel,
        "bot": turn.bot,
        "external_id": turn.key,
        "message_id": turn.message_id if turn.kind != "tap" else None,
        "fingerprint": fingerprint,
        "chat_id": chat_id,
        "state": state,
        "received_at": unit.now,
    }
    row = (await unit.run(_claim(insert_of(unit)), values)).one_or_none()
    if row is None and fingerprint is not None:
        await _same(unit, turn, fingerprint)
    return Claimed(row.id, bool(row.waits)) if row is not None else None


async def _same(unit: Unit, turn: Turn, fingerprint: str) -> None:
    statement = select(col(Inbox.fingerprint)).where(
        col(Inbox.channel) == turn.channel, col(Inbox.bot) == turn.bot, col(Inbox.external_id) == turn.key
    )
    before = (await unit.session.execute(statement)).scalar_one_or_none()
    if before is not None and before != fingerprint:
        raise KeyReused(key=turn.key)


async def failed(unit: Unit, turn: Turn) -> int:
    """Count one more failure of this turn; how many there are now."""
    values = {"channel": turn.channel, "bot": turn.bot, "external_id": turn.key, "failures": 1, "at": unit.now}
    statement = (
        upsert(unit, TurnFailure)
        .values(values)
        .on_conflict_do_update(
            index_elements=["channel", "bot", "external_id"],
            set_={"failures": col(TurnFailure.failures) + 1, "at": unit.now},
        )
        .returning(col(TurnFailure.failures))
    )
    return int((await unit.session.execute(statement)).scalar_one())


async def message_ids(unit: Unit, chat_id: int, since: dt.datetime) -> list[str]:
    """The resident's own message ids since a moment, for /clear."""
    statement = select(col(Inbox.message_id)).where(
        col(Inbox.chat_id) == chat_id, col(Inbox.received_at) > since, col(Inbox.message_id).is_not(None)
    )
    return [str(id_) for id_ in (await unit.session.execute(statement)).scalars()]


async def tidy(unit: Unit) -> None:
    """Forget message ids after 48 hours and whole rows after seven days."""
    two_days_ago = unit.now - dt.timedelta(hours=48)
    await unit.session.execute(
        update(Inbox)
        .where(col(Inbox.received_at) < two_days_ago, col(Inbox.message_id).is_not(None))
        .values(message_id=None)
    )
    await unit.session.execute(delete(Inbox).where(col(Inbox.received_at) < unit.now - KEEP))
    await unit.session.execute(delete(TurnFailure).where(col(TurnFailure.at) < unit.now - KEEP))
