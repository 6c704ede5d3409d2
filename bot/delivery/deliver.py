"""Send what waits for a chat. Whoever sends takes the chat's lease, so order holds between processes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.clock import new_id
from bot.errors import Blocked, Refused, StoreUnavailable, TooMany, Unreached
from bot.store import chats, outbox
from bot.store.outbox import Queued
from bot.store.unit import Store, Unit
from handlers.turn import Reply

log = structlog.get_logger()

DIRECT = frozenset({"telegram", "web", "terminal"})
"""Sources that answer somebody who has just written."""
STALE = dt.timedelta(minutes=2)
"""After this an answer to somebody who told us that it isn't safe is dropped rather than sent late."""
TRIES = 12
LONGEST_WAIT = dt.timedelta(minutes=15)


class Sender(Protocol):
    """A channel's `send`. Raises Blocked, TooMany, Refused or Unreached."""

    async def send(self, chat: str, reply: Reply) -> str | None:
        """Send one message; its id, if the channel gives one."""
        ...


class Delivery:
    """Sends the outbox of one channel."""

    def __init__(self, store: Store, sender: Sender) -> None:
        self._store = store
        self._sender = sender

    async def deliver(self, chat_id: int) -> None:
        """Send all that is due for a chat, unless somebody else is at it."""
        await Round(self._store, self._sender, chat_id, new_id()).run()

    async def deliver_due(self) -> int:
        """Pick up whatever the committing processes did not finish; how many chats."""
        async with self._store.read() as unit:
            waiting = await outbox.due_chats(unit)
        for chat_id in waiting:
            await self.deliver(chat_id)
        return len(waiting)


@dataclass(frozen=True)
class Round:
    """One round of sending to one chat, under one lease."""

    store: Store
    sender: Sender
    chat_id: int
    owner: str

    async def run(self) -> None:
        """Until nothing is due."""
        queued = await self._begin()
        while queued is not None:
            queued = await self._send(queued)

    async def _begin(self) -> Queued | None:
        async with self.store.write() as unit:
            if not await chats.take_lease(unit, self.chat_id, self.owner):
                return None
            return await self._next(unit)

    async def _next(self, unit: Unit) -> Queued | None:
        """The next message that may be sent; the lease goes back when there is none."""
        while (queued := await outbox.claim_next(unit, self.chat_id)) is not None:
            if may_send(queued, unit.now):
                return queued
            await outbox.mark(unit, queued.id, "dropped")
        await chats.release_lease(unit, self.chat_id, self.owner)
        return None

    async def _send(self, queued: Queued) -> Queued | None:
        try:
            message_id = await self.sender.send(queued.external_id, queued.reply)
        except Blocked:
            await self._blocked()
        except TooMany as error:
            await self._later(queued, dt.timedelta(seconds=error.seconds), whole_chat=True)
        except Unreached:
            await self._later(queued, backoff(queued.attempts))
        except Refused as error:
            log.error("message refused", outbox=queued.id, reason=type(error.__cause__).__name__)
            return await self._record(queued, "failed", None)
        else:
            return await self._record(queued, "sent", message_id)
        return None

    async def _record(self, queued: Queued, state: str, message_id: str | None) -> Queued | None:
        async with self.store.write() as unit:
            await outbox.mark(unit, queued.id, state, message_id)
            await chats.keep_lease(unit, self.chat_id, self.owner)
            return await self._next(unit)

    async def _blocked(self) -> None:
        async with self.store.write() as unit:
            await chats.mark_blocked(unit, self.chat_id)
            await outbox.drop_waiting(unit, self.chat_id)
            await chats.release_lease(unit, self.chat_id, self.owner)

    async def _later(self, queued: Queued, wait: dt.timedelta, *, whole_chat: bool = False) -> None:
        """Try again after `wait`; for that chat alone. Given up at last, so that nothing blocks what comes after."""
        async with self.store.write() as unit:
            again = unit.now + wait
            state = "waiting" if whole_chat or queued.attempts + 1 < TRIES else "failed"
            await outbox.mark(unit, queued.id, state, not_before=again)
            await chats.release_lease(unit, self.chat_id, self.owner, again if whole_chat else None)


def may_send(queued: Queued, now: dt.datetime) -> bool:
    """Asked again at the moment of sending: does this person still want to be written to?"""
    if queued.contact == "ok":
        return True
    if queued.source not in DIRECT:
        return False
    return queued.contact != "never" or now - queued.created_at <= STALE


def backoff(attempts: int) -> dt.timedelta:
    """1, 2, 4 … seconds, at most a quarter of an hour."""
    return min(dt.timedelta(seconds=2 ** min(attempts, 12)), LONGEST_WAIT)


async def quietly(delivery: Delivery, chat_id: int) -> None:
    """Deliver right after a commit; what fails now is picked up by the loop."""
    try:
        await delivery.deliver(chat_id)
    except StoreUnavailable as error:
        log.warning("delivery put off", reason=error.facts.get("reason"))
