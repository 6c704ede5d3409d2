"""The outbox: messages queued with the turn that made them, read by whoever delivers, or by the web page itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store.tables import Chat, Outbox
from bot.store.unit import Unit
from handlers.turn import Reply

COLUMN = "outbox.payload"
KEEP_WORDS = dt.timedelta(hours=48)
MAILBOX = frozenset({"web", "terminal"})
"""Channels that come and fetch: their rows need no delivery."""


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
    source: str
    created_at: dt.datetime
    reply: Reply


@dataclass(frozen=True)
class Delivered:
    """One message in a mailbox."""

    seq: int
    reply: Reply
    at: dt.datetime


async def queue(
    unit: Unit, chat_id: int, channel: str, first_seq: int, replies: Sequence[Reply], source: str, priority: int = 0
) -> int:
    """Queue messages in order under keys `SOURCE:0`, `SOURCE:1`, …; the chat's next free sequence number."""
    rows = [
        {
            "key": f"{source}:{place}",
            "chat_id": chat_id,
            "seq": first_seq + place,
            "kind": "reply",
            "priority": priority,
            "payload": unit.vault.seal(COLUMN, reply.model_dump_json(exclude_defaults=True)),
            "state": "sent" if channel in MAILBOX else "waiting",
            "attempts": 0,
            "created_at": unit.now,
            "sent_at": unit.now if channel in MAILBOX else None,
            "maybe_sent": False,
        }
        for place, reply in enumerate(replies)
    ]
    if rows:
        await unit.session.execute(insert(Outbox), rows)
    return first_seq + len(rows)


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
    earlier = aliased(Outbox)
    statement = (
        select(Outbox, Chat)
        .join(Chat, col(Chat.id) == col(Outbox.chat_id))
        .where(
            col(Outbox.chat_id) == chat_id,
            col(Outbox.state) == "waiting",
            or_(col(Outbox.not_before).is_(None), col(Outbox.not_before) <= unit.now),
            ~exists().where(
                col(earlier.chat_id) == col(Outbox.chat_id),
                col(earlier.state) == "waiting",
                col(earlier.priority) == col(Outbox.priority),
                col(earlier.seq) < col(Outbox.seq),
            ),
        )
        .order_by(col(Outbox.priority), col(Outbox.seq))
        .limit(1)
    )
    row = (await unit.session.execute(statement)).one_or_none()
    return None if row is None else _queued(unit, row[0], row[1])


def _queued(unit: Unit, row: Outbox, chat: Chat) -> Queued:
    return Queued(
        id=row.id,
        chat_id=chat.id,
        channel=chat.channel,
        bot=chat.bot,
        external_id=chat.external_id,
        seq=row.seq,
        attempts=row.attempts,
        contact=chat.contact,
        source=row.key.partition(":")[0],
        created_at=row.created_at,
        reply=Reply.model_validate_json(unit.vault.open(COLUMN, row.payload or b"")),
    )


async def claim_next(unit: Unit, chat_id: int) -> Queued | None:
    """The next message, marked as possibly sent from now on, so that a duplicate after a crash is known as one."""
    queued = await next_for(unit, chat_id)
    if queued is not None:
        await unit.session.execute(
            update(Outbox).where(col(Outbox.id) == queued.id).values(attempts=col(Outbox.attempts) + 1, maybe_sent=True)
        )
    return queued


async def mark(
    unit: Unit, row_id: int, state: str, message_id: str | None = None, not_before: dt.datetime | None = None
) -> None:
    """Sent, failed, dropped, or waiting again from `not_before`."""
    values: dict[str, object] = {
        "state": state,
        "message_id": message_id,
        "not_before": not_before,
        "sent_at": unit.now if state == "sent" else None,
    }
    if state != "waiting":
        values["maybe_sent"] = state != "sent"
    await unit.session.execute(update(Outbox).where(col(Outbox.id) == row_id).values(values))


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
