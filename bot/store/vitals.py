"""How the database is: can it be written, which schema has it, what waits. Numbers and moments, nobody's details."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, text
from sqlmodel import col

from bot.store import switch
from bot.store.tables import Chat, Outbox, Setting, Utc
from bot.store.unit import Unit

LOOKED = "last-look"
"""The setting that a look writes, to see whether writing works."""
VERSIONS = Path(__file__).parent / "migrations" / "versions"


async def write(unit: Unit) -> None:
    """Write something that means nothing."""
    await switch.put(unit, LOOKED, "1")


async def schema(unit: Unit) -> str:
    """The revision that the database's tables are at."""
    return str((await unit.session.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none())


def newest_schema() -> str:
    """The newest revision that this program brings, by the names of its migrations; a test holds it to Alembic's."""
    return max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))


async def oldest_waiting(unit: Unit) -> dt.datetime | None:
    """Since when the oldest message waits that could be sent: not what waits for its hour, or for Telegram's leave."""
    found: dt.datetime | None = (await unit.session.execute(_due(unit.now, _SINCE))).scalar_one()
    return found


async def waiting(unit: Unit) -> int:
    """How many messages wait that could be sent."""
    return int((await unit.session.execute(_due(unit.now, func.count()))).scalar_one())


async def content_changed(unit: Unit) -> dt.datetime | None:
    """When the content last changed; None before there is any."""
    statement = select(col(Setting.at)).where(col(Setting.name) == switch.REVISION)
    found: dt.datetime | None = (await unit.session.execute(statement)).scalar_one_or_none()
    return found


_SINCE = func.min(func.coalesce(col(Outbox.not_before), col(Outbox.created_at)), type_=Utc())


def _due(now: dt.datetime, what: ColumnElement[Any]) -> Select[Any]:
    return (
        select(what)
        .select_from(Outbox)
        .join(Chat, col(Chat.id) == col(Outbox.chat_id))
        .where(
            col(Outbox.state) == "waiting",
            or_(col(Outbox.not_before).is_(None), col(Outbox.not_before) <= now),
            or_(col(Chat.not_before).is_(None), col(Chat.not_before) <= now),
            col(Chat.blocked_at).is_(None),
        )
    )
