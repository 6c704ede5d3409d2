"""The outbox: messages queued with the turn that made them, read by whoever delivers, or by the web page itself."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, insert, or_, select, update
from sqlmodel import col

from bot.store.tables import Chat, Outbox, table_of
from bot.store.unit import Unit
from handlers.turn import Reply, Turn

COLUMN = "outbox.payload"
KEEP_WORDS = dt.timedelta(hours=48)
MAILBOX = frozenset({"web", "terminal"})
"""Channels that come and fetch: their rows need no delivery."""

OUTBOX, CHAT = table_of(Outbox), table_of(Chat)
EARLIER = OUTBOX.alias("earlier")
NOW = bindparam("now", type_=OUTBOX.c.not_before.type)
FIRST = ~exists().where(
    EARLIER.c.chat_id == OUTBOX.c.chat_id, EARLIER.c.state == "waiting",
    EARLIER.c.priority == OUTBOX.c.priority, EARLIER.c.seq < OUTBOX.c.seq,
)  # fmt: skip
NEXT = (
    select(
        OUTBOX.c.id, OUTBOX.c.chat_id, OUTBOX.c.seq, OUTBOX.c.attempts, OUTBOX.c.key, OUTBOX.c.created_at,
        OUTBOX.c.payload, CHAT.c.channel, CHAT.c.bot, CHAT.c.external_id, CHAT.c.contact,
    )
    .join(CHAT, CHAT.c.id == OUTBOX.c.chat_id)
    .where(OUTBOX.c.chat_id == bindparam("chat"), OUTBOX.c.state == "waiting", FIRST)
    .where(or_(OUTBOX.c.not_before.is_(None), OUTBOX.c.not_before <= NOW))
    .order_by(OUTBOX.c.priority, OUTBOX.c.seq)
    .limit(1)
)  # fmt: skip
ONE = update(OUTBOX).where(OUTBOX.c.id == bindparam("this"))
TRIED = ONE.values(attempts=OUTBOX.c.attempts + 1, maybe_sent=True).returning(OUTBOX.c.id)
UNSENT = ONE.where(OUTBOX.c.state != "sent")
QUEUE = insert(OUTBOX).returning(OUTBOX.c.id, sort_by_parameter_order=True)


@dataclass(frozen=True)
class Queued:
    """One message that waits, with all that is needed to send it."""

    id: int
    chat_id: int
    channel: str
    bot: str
    external_id: str
    seq: int
    attempts: int
    contact: str
    key: str
    created_at: dt.datetime
    reply: Reply
    claimed: float = field(default_factory=time.monotonic, compare=False)
    """Seconds of this machine's own count when it was given to whoever sends it."""

    @property
    def source(self) -> str:
        """What it comes from: a channel, or "campaign", "reminder" and the like."""
        return self.key.partition(":")[0]


@dataclass(frozen=True)
class Ready:
    """The first message of a turn, claimed in the turn's own transaction by the owner of the chat's lease."""

    owner: str
    queued: Queued


@dataclass(frozen=True)
class Delivered:
    """One message in a mailbox."""

    seq: int
    reply: Reply
    at: dt.datetime


async def queue(
    unit: Unit,
    chat_id: int,
    channel: str,
    first_seq: int,
    replies: Sequence[Reply],
    source: str,
    priority: int = 0,
    *,
    sending: bool = False,
) -> list[int]:
    """Queue messages in order under keys `SOURCE:0`, `SOURCE:1`, …; their rows. With `sending`, whoever queues them is
    about to send the first, which is marked as possibly sent from now on."""
    rows = [
        {
            "key": f"{source}:{place}",
            "chat_id": chat_id,
            "seq": first_seq + place,
            "kind": "reply",
            "priority": priority,
            "payload": unit.vault.seal(COLUMN, reply.model_dump_json(exclude_defaults=True)),
            "state": "sent" if channel in MAILBOX else "waiting",
            "attempts": int(sending and place == 0),
            "created_at": unit.now,
            "sent_at": unit.now if channel in MAILBOX else None,
            "maybe_sent": sending and place == 0,
        }
        for place, reply in enumerate(replies)
    ]
    return list((await unit.run(QUEUE, rows)).scalars()) if rows else []


async def queue_for(unit: Unit, chat_id: int, reply: Reply, source: str, priority: int = 0) -> bool:
    """Queue a message that no turn of theirs asked for: a staff reply, a thank-you.

    False where they must not be written to.
    """
    statement = (
        update(Chat)
        .where(col(Chat.id) == chat_id, col(Chat.contact) == "ok")
        .values(next_seq=col(Chat.next_seq) + 1)
        .returning(col(Chat.next_seq), col(Chat.channel))
    )
    row = (await unit.session.execute(statement)).one_or_none()
    if row is None:
        return False
    await queue(unit, chat_id, row.channel, row.next_seq - 1, [reply], source, priority)
    if row.channel not in MAILBOX:
        unit.queued.add(chat_id)
    return True


async def due_chats(unit: Unit, limit: int = 100) -> list[int]:
    """Chats with messages that could be sent now, those with replies before those with broadcasts."""
    statement = (
        select(col(Outbox.chat_id))
        .join(Chat, col(Chat.id) == col(Outbox.chat_id))
        .where(
            col(Outbox.state) == "waiting",
            or_(col(Outbox.not_before).is_(None), col(Outbox.not_before) <= unit.now),
            or_(col(Chat.not_before).is_(None), col(Chat.not_before) <= unit.now),
            or_(col(Chat.lease_until).is_(None), col(Chat.lease_until) < unit.now),
            col(Chat.blocked_at).is_(None),
        )
        .order_by(col(Outbox.priority), col(Outbox.id))
        .limit(limit)
    )
    return list(dict.fromkeys((await unit.session.execute(statement)).scalars()))


async def next_for(unit: Unit, chat_id: int) -> Queued | None:
    """The next message of a chat in its own order, unless an earlier one still has to wait."""
    row = (await unit.run(NEXT, {"chat": chat_id, "now": unit.now})).one_or_none()
    return None if row is None else _queued(unit, row)


def _queued(unit: Unit, row: Row[Any]) -> Queued:
    return Queued(
        id=row.id,
        chat_id=row.chat_id,
        channel=row.channel,
        bot=row.bot,
        external_id=row.external_id,
        seq=row.seq,
        attempts=row.attempts,
        contact=row.contact,
        key=row.key,
        created_at=row.created_at,
        reply=Reply.model_validate_json(unit.vault.open(COLUMN, row.payload or b"")),
    )


def just_queued(unit: Unit, turn: Turn, chat_id: int, row: int, seq: int, reply: Reply) -> Queued:
    """The answer to a turn as the outbox would give it back: to somebody who has just written, so it may be sent."""
    return Queued(
        id=row, chat_id=chat_id, channel=turn.channel, bot=turn.bot, external_id=turn.chat, seq=seq, attempts=0,
        contact="ok", key=f"{turn.channel}:{turn.bot}:{turn.key}:0", created_at=unit.now, reply=reply,
    )  # fmt: skip


async def tried(unit: Unit, row_id: int) -> bool:
    """Mark a message as possibly sent from now on, so that a duplicate after a crash is known as one. False where it
    was taken back a moment ago."""
    return (await unit.run(TRIED, {"this": row_id})).scalar_one_or_none() is not None


async def mark(
    unit: Unit, row_id: int, state: str, message_id: str | None = None, not_before: dt.datetime | None = None
) -> None:
    """Sent, failed, dropped, or waiting again from `not_before`. What somebody else has sent meanwhile stays sent."""
    values: dict[str, object] = {
        "this": row_id,
        "state": state,
        "message_id": message_id,
        "not_before": not_before,
        "sent_at": unit.now if state == "sent" else None,
    }
    if state != "waiting":
        values["maybe_sent"] = state != "sent"
    await unit.run(UNSENT, values)


async def drop_waiting(unit: Unit, chat_id: int, priority_above: int = -1) -> int:
    """Drop what waits for a chat; how many."""
    statement = (
        update(Outbox)
        .where(
            col(Outbox.chat_id) == chat_id,
            col(Outbox.state) == "waiting",
            col(Outbox.priority) > priority_above,
        )
        .values(state="dropped", payload=None)
        .returning(col(Outbox.id))
    )
    return len((await unit.session.execute(statement)).all())


async def mailbox(unit: Unit, channel: str, external_id: str, after: int) -> list[Delivered]:
    """A chat's messages after a sequence number, oldest first."""
    statement = (
        select(Outbox)
        .join(Chat, col(Chat.id) == col(Outbox.chat_id))
        .where(
            col(Chat.channel) == channel,
            col(Chat.external_id) == external_id,
            col(Outbox.seq) > after,
            col(Outbox.payload).is_not(None),
        )
        .order_by(col(Outbox.seq))
    )
    return [_delivered(unit, row) for row in (await unit.session.execute(statement)).scalars()]


async def replies_to(unit: Unit, source: str) -> list[Delivered]:
    """What was answered to one update, for a repeat of it."""
    statement = (
        select(Outbox)
        .where(col(Outbox.key).in_([f"{source}:{place}" for place in range(10)]), col(Outbox.payload).is_not(None))
        .order_by(col(Outbox.seq))
    )
    return [_delivered(unit, row) for row in (await unit.session.execute(statement)).scalars()]


def _delivered(unit: Unit, row: Outbox) -> Delivered:
    reply = Reply.model_validate_json(unit.vault.open(COLUMN, row.payload or b""))
    return Delivered(row.seq, reply, row.created_at)


async def sent_message_ids(unit: Unit, chat_id: int, since: dt.datetime) -> tuple[list[str], int]:
    """Ids of our messages since a moment, and of how many the id was lost with the response."""
    statement = select(col(Outbox.message_id), col(Outbox.maybe_sent)).where(
        col(Outbox.chat_id) == chat_id, col(Outbox.created_at) > since, col(Outbox.state) != "waiting"
    )
    rows = (await unit.session.execute(statement)).all()
    # a long message was sent in parts, and holds the id of each
    ids = [id_ for row in rows if row.message_id for id_ in row.message_id.split()]
    return ids, sum(not row.message_id and row.maybe_sent for row in rows)


async def tidy(unit: Unit) -> None:
    """Empty the words and forget the message ids 48 hours after sending."""
    old = unit.now - KEEP_WORDS
    await unit.session.execute(
        update(Outbox)
        .where(
            func.coalesce(col(Outbox.sent_at), col(Outbox.created_at)) < old,
            col(Outbox.state) != "waiting",
            col(Outbox.payload).is_not(None),
        )
        .values(payload=None, message_id=None)
    )
