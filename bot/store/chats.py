"""Chats: the row that is locked for a turn, its session, its lease for sending."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import or_, select, update
from sqlmodel import col

from bot.store.inbox import upsert
from bot.store.tables import Chat
from bot.store.unit import Unit
from handlers.turn import SESSION_VERSION, Contact, Session, Turn

COLUMN = "chat.session"
LEASE = dt.timedelta(seconds=30)
FORGOTTEN_AFTER = dt.timedelta(days=30)
BARE, AT_ONCE = 0, 200
"""The session version of a chat of which nothing is left to forget; and how many are looked at in one go."""


@dataclass(frozen=True)
class LockedChat:
    """A chat whose row this transaction holds."""

    id: int
    contact: Contact
    next_seq: int
    session: Session


async def lock(unit: Unit, turn: Turn) -> LockedChat:
    """Make or find the chat of a turn, and hold its row until the transaction ends. One statement on both databases."""
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
    statement = (
        upsert(unit, Chat)
        .values(values)
        .on_conflict_do_update(
            index_elements=["channel", "bot", "external_id"],
            # writing to us again shows that they no longer block us
            set_={"last_turn_at": unit.now, "blocked_at": None},
        )
        .returning(col(Chat.id), col(Chat.contact), col(Chat.next_seq), col(Chat.session))
    )
    row = (await unit.session.execute(statement)).one()
    return LockedChat(row.id, row.contact, row.next_seq, read_session(unit, row.session))


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


async def save(unit: Unit, chat: LockedChat, session: Session, next_seq: int) -> None:
    """Write the session back, sealed."""
    values = {
        "session": unit.vault.seal(COLUMN, session.model_dump_json(exclude_defaults=False)),
        "session_version": session.version,
        "next_seq": next_seq,
    }
    await unit.session.execute(update(Chat).where(col(Chat.id) == chat.id).values(values))


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
    statement = (
        update(Chat)
        .where(
            col(Chat.id) == chat_id,
            or_(col(Chat.lease_until).is_(None), col(Chat.lease_until) < unit.now),
            or_(col(Chat.not_before).is_(None), col(Chat.not_before) <= unit.now),
            col(Chat.blocked_at).is_(None),
        )
        .values(lease_until=unit.now + LEASE, lease_by=owner)
        .returning(col(Chat.id))
    )
    return (await unit.session.execute(statement)).scalar_one_or_none() is not None


async def keep_lease(unit: Unit, chat_id: int, owner: str) -> None:
    """Another half a minute: several messages may take longer than one lease."""
    await unit.session.execute(
        update(Chat).where(col(Chat.id) == chat_id, col(Chat.lease_by) == owner).values(lease_until=unit.now + LEASE)
    )


async def release_lease(unit: Unit, chat_id: int, owner: str, not_before: dt.datetime | None = None) -> None:
    """Let others send; with `not_before`, nobody before then."""
    values = {"lease_until": None, "lease_by": None, "not_before": not_before}
    await unit.session.execute(update(Chat).where(col(Chat.id) == chat_id, col(Chat.lease_by) == owner).values(values))


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
