"""Chats: the row that is locked for a turn, its session, its lease for sending."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Executable, Row, bindparam, or_, select, update
from sqlmodel import col

from bot.store.inbox import Insert, insert_of
from bot.store.switch import OFF
from bot.store.tables import Chat, Setting, table_of
from bot.store.unit import Unit
from handlers.pace import Room, spent
from handlers.turn import SESSION_VERSION, Contact, Pace, Session, Turn

COLUMN = "chat.session"
LEASE = dt.timedelta(seconds=30)
FORGOTTEN_AFTER = dt.timedelta(days=30)
FINE: Pace = "fine"
BARE, AT_ONCE = 0, 200
"""The session version of a chat of which nothing is left to forget; and how many are looked at in one go."""

CHAT, SETTING = table_of(Chat), table_of(Setting)
NOW = bindparam("now", type_=CHAT.c.lease_until.type)
ONE = update(CHAT).where(CHAT.c.id == bindparam("this"))
TAKE = (
    ONE.where(
        or_(CHAT.c.lease_until.is_(None), CHAT.c.lease_until < NOW),
        or_(CHAT.c.not_before.is_(None), CHAT.c.not_before <= NOW),
        CHAT.c.blocked_at.is_(None),
    )
).returning(CHAT.c.id)  # fmt: skip
OWN = ONE.where(CHAT.c.lease_by == bindparam("owner"))
KEEP = OWN.returning(CHAT.c.id)
SWITCHED_OFF = select(SETTING.c.value).where(SETTING.c.name == OFF).scalar_subquery()


@dataclass(frozen=True)
class LockedChat:
    """A chat whose row this transaction holds."""

    id: int
    contact: Contact
    next_seq: int
    session: Session
    room: Room | None = None
    pace: Pace = "fine"
    free: bool = False
    """Nobody sends to it: where nothing waits either, whoever answers this turn may send the answer at once."""
    switched_off: str | None = None
    """The public message while the bot is switched off; read here because every turn needs it."""


@cache
def _lock(insert: Insert) -> Executable:
    statement = insert(CHAT)
    # writing to us again shows that they no longer block us
    back = {"last_turn_at": statement.excluded.last_turn_at, "blocked_at": None}
    locked: Executable = statement.on_conflict_do_update(
        index_elements=["channel", "bot", "external_id"], set_=back
    ).returning(
        CHAT.c.id, CHAT.c.contact, CHAT.c.next_seq, CHAT.c.session, CHAT.c.pace_left, CHAT.c.pace_at,
        CHAT.c.lease_until, CHAT.c.not_before, SWITCHED_OFF.label("switched_off"),
    )  # fmt: skip
    return locked


def _free(row: Row[Any], now: dt.datetime) -> bool:
    leased = row.lease_until is not None and row.lease_until >= now
    return not leased and (row.not_before is None or row.not_before <= now)


async def lock(unit: Unit, turn: Turn, most: int = 0) -> LockedChat:
    """Make or find the chat of a turn, and hold its row until the transaction ends. One statement on both databases.

    With `most` messages a minute, this one is counted; what is left is written by `save`.
    """
    values = {
        "channel": turn.channel,
        "bot": turn.bot,
        "external_id": turn.chat,
        "session_version": 0,
        "contact": "ok",
        "next_seq": 1,
        "created_at": unit.now,
        "last_turn_at": unit.now,
    }
    row = (await unit.run(_lock(insert_of(unit)), values)).one()
    known = Room(row.pace_left, row.pace_at) if row.pace_at is not None else None
    room, pace = spent(known, unit.now, most) if most else (None, FINE)
    session, free = read_session(unit, row.session), _free(row, unit.now)
    return LockedChat(row.id, row.contact, row.next_seq, session, room, pace, free, row.switched_off)


def read_session(unit: Unit, sealed: bytes | None) -> Session:
    """A stored session; a fresh one where there is none, or only one of a version nobody can read any more."""
    if sealed is None:
        return Session()
    stored = json.loads(unit.vault.open(COLUMN, sealed))
    if stored.get("version") != SESSION_VERSION:
        return Session(language=str(stored.get("language", "en")), quiet=bool(stored.get("quiet", False)))
    try:
        return Session.model_validate(stored)
    except ValidationError:
        return Session(language=str(stored.get("language", "en")), quiet=bool(stored.get("quiet", False)))


async def save(unit: Unit, chat: LockedChat, session: Session, next_seq: int, owner: str | None = None) -> None:
    """Write the session back, sealed. With an owner, they have the lease: they send what this turn queued."""
    values = {
        "this": chat.id,
        "session": unit.vault.seal(COLUMN, session.model_dump_json(exclude_defaults=False)),
        "session_version": session.version,
        "next_seq": next_seq,
        "pace_left": chat.room.left if chat.room else None,
        "pace_at": chat.room.at if chat.room else None,
    }
    if owner is not None:
        values |= {"lease_until": unit.now + LEASE, "lease_by": owner}
    await unit.run(ONE, values)


async def session_of(unit: Unit, chat_id: int) -> Session:
    """What is remembered of a chat, as it is at this moment; a fresh session where there is none."""
    sealed = (await unit.run(select(CHAT.c.session).where(CHAT.c.id == chat_id))).scalar_one_or_none()
    return read_session(unit, sealed)


async def forget_old(unit: Unit) -> int:
    """Forget what people were in the middle of a month ago: a form holds a name and an address. What stays is their
    language, and whether to keep quiet. How many were looked at."""
    old = (col(Chat.last_turn_at) < unit.now - FORGOTTEN_AFTER, col(Chat.session_version) != BARE)
    rows = (await unit.session.execute(select(col(Chat.id), col(Chat.session)).where(*old).limit(AT_ONCE))).all()
    for chat_id, sealed in rows:
        known = read_session(unit, sealed)
        bare = Session(language=known.language, quiet=known.quiet)
        values = {"session": unit.vault.seal(COLUMN, bare.model_dump_json()), "session_version": BARE}
        await unit.session.execute(update(Chat).where(col(Chat.id) == chat_id, *old).values(values))
    return len(rows)


async def take_lease(unit: Unit, chat_id: int, owner: str) -> bool:
    """Become the one who sends to this chat for half a minute; False when somebody else is.

    `owner` is new for each round of sending, so that two rounds of one process do not both send.
    """
    values = {"this": chat_id, "now": unit.now, "lease_until": unit.now + LEASE, "lease_by": owner}
    return (await unit.run(TAKE, values)).scalar_one_or_none() is not None


async def keep_lease(unit: Unit, chat_id: int, owner: str) -> bool:
    """Another half a minute: several messages may take longer than one lease. False where it ran out and somebody
    else has it by now."""
    values = {"this": chat_id, "owner": owner, "lease_until": unit.now + LEASE}
    return (await unit.run(KEEP, values)).scalar_one_or_none() is not None


async def release_lease(unit: Unit, chat_id: int, owner: str, not_before: dt.datetime | None = None) -> None:
    """Let others send; with `not_before`, nobody before then."""
    values = {"lease_until": None, "lease_by": None, "not_before": not_before}
    await unit.run(OWN, {"this": chat_id, "owner": owner, **values})


async def clear_leases(unit: Unit) -> None:
    """At the start of the only process that sends: leases of one that was killed would make people wait."""
    await unit.session.execute(
        update(Chat).where(col(Chat.lease_until).is_not(None)).values(lease_until=None, lease_by=None)
    )


async def mark_blocked(unit: Unit, chat_id: int) -> None:
    """They blocked us: nothing is sent until they write again."""
    await unit.session.execute(update(Chat).where(col(Chat.id) == chat_id).values(blocked_at=unit.now))


async def find(unit: Unit, channel: str, external_id: str, bot: str = "") -> int | None:
    """The id of a chat, without making one."""
    statement = select(col(Chat.id)).where(
        col(Chat.channel) == channel, col(Chat.bot) == bot, col(Chat.external_id) == external_id
    )
    found: int | None = (await unit.session.execute(statement)).scalar_one_or_none()
    return found
