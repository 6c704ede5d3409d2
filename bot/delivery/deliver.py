"""Send what waits for a chat. Whoever sends takes the chat's lease, so order holds between processes."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.clock import new_id
from bot.errors import Blocked, Refused, StoreUnavailable, TooMany, Unreached
from bot.staff import campaigns_going, follow_ups
from bot.store import chats, outbox
from bot.store.outbox import Queued, Ready
from bot.store.together import Together
from bot.store.unit import Store, Unit
from handlers.turn import Reply

log = structlog.get_logger()

DIRECT = frozenset({"telegram", "web", "terminal"})
"""Sources that answer somebody who has just written."""
STALE = dt.timedelta(minutes=2)
"""After this an answer to somebody who told us that it isn't safe is dropped rather than sent late."""
HELD_UP = 5.0
"""Seconds between the right to send a message and sending it, after which that right is asked for again."""
TRIES = 12
LONGEST_WAIT = dt.timedelta(minutes=15)

Records = Together[Queued | None]
"""What became of messages, written down together."""
Step = Queued | dt.timedelta | None
"""The next message to be sent; or how long it has to wait; or that there is none for us."""


class Sender(Protocol):
    """A channel's `send`. Raises Blocked, TooMany, Refused or Unreached."""

    async def send(self, chat: str, reply: Reply) -> str | None:
        """Send one message; its id, if the channel gives one."""
        ...


class Waker(Protocol):
    """Sees to it that somebody looks at a chat. What it forgets is found by looking at the outbox all the same."""

    async def wake(self, chat_id: int, after: dt.timedelta) -> None:
        """Let somebody send what waits for a chat, so long from now. Raises nothing."""
        ...


class Delivery:
    """Sends the outbox of one channel. On one machine nobody needs waking: its loop looks each second."""

    def __init__(self, store: Store, sender: Sender, waker: Waker | None = None) -> None:
        self._store = store
        self._sender = sender
        self._waker = waker
        self._open = True
        self._together: Records = Together(store)

    def stop(self) -> None:
        """Send what is being sent to its end, and nothing after it: that goes out at the next start, or elsewhere."""
        self._open = False

    async def deliver(self, chat_id: int, ready: Ready | None = None) -> None:
        """Send all that is due for a chat, unless somebody else is at it. What is ready is sent first, and always: its
        owner is whoever calls."""
        owner = ready.owner if ready else new_id()
        round_ = Round(self._store, self._sender, self._together, chat_id, owner, lambda: self._open)
        wait = await round_.run(ready)
        if wait is not None and self._waker is not None:
            await self._waker.wake(chat_id, wait)

    async def deliver_due(self) -> int:
        """Pick up whatever the committing processes did not finish; how many chats."""
        waiting = await due_chats(self._store)
        for chat_id in waiting:
            if self._open:
                await self.deliver(chat_id)
        return len(waiting)


@dataclass(frozen=True)
class Round:
    """One round of sending to one chat, under one lease."""

    store: Store
    sender: Sender
    together: Records
    chat_id: int
    owner: str
    goes_on: Callable[[], bool] = lambda: True
    seconds: Callable[[], float] = time.monotonic

    async def run(self, ready: Ready | None = None) -> dt.timedelta | None:
        """Until nothing is due. How long the next message has to wait, where one was put off."""
        step: Step = ready.queued if ready else await self._begin()
        while isinstance(step, Queued):
            step = await self._send(step)
        return step

    async def _begin(self) -> Queued | None:
        async with self.store.write() as unit:
            if not self.goes_on() or not await chats.take_lease(unit, self.chat_id, self.owner):
                return None
            return await self._next(unit)

    async def _next(self, unit: Unit) -> Queued | None:
        """The next message that may be sent; the lease goes back when there is none."""
        while self.goes_on() and (queued := await outbox.next_for(unit, self.chat_id)) is not None:
            if not await chats.keep_lease(unit, self.chat_id, self.owner):
                return None  # so slow that somebody else goes on from here: two would mix up the order
            if campaigns_going.concerns(queued) and not await campaigns_going.let_go(unit, queued):
                continue
            if follow_ups.concerns(queued) and not await follow_ups.let_go(unit, queued):
                continue
            if not await outbox.tried(unit, queued.id):
                continue
            if may_send(queued, unit.now):
                return queued
            await outbox.mark(unit, queued.id, "dropped")
        await chats.release_lease(unit, self.chat_id, self.owner)
        return None

    async def _send(self, queued: Queued) -> Step:
        if self.seconds() - queued.claimed > HELD_UP and not await self._still_ours():
            return None
        try:
            message_id = await self.sender.send(queued.external_id, queued.reply)
        except Blocked:
            await self._blocked()
        except TooMany as error:
            return await self._later(queued, dt.timedelta(seconds=error.seconds), whole_chat=True)
        except Unreached:
            return await self._later(queued, backoff(queued.attempts))
        except Refused as error:
            log.error("message refused", outbox=queued.id, reason=type(error.__cause__).__name__)
            return await self._record(queued, "failed", None)
        else:
            return await self._record(queued, "sent", message_id)
        return None

    async def _still_ours(self) -> bool:
        """Asked after a long pause of the whole machine: somebody else may have gone on, and be further by now."""
        async with self.store.write() as unit:
            return await chats.keep_lease(unit, self.chat_id, self.owner)

    async def _record(self, queued: Queued, state: str, message_id: str | None) -> Queued | None:
        """Write down what came of it; once more where the database was too busy, or it would be sent again."""
        try:
            return await self._written(queued, state, message_id)
        except StoreUnavailable:
            return await self._written(queued, state, message_id)

    async def _written(self, queued: Queued, state: str, message_id: str | None) -> Queued | None:
        async def write(unit: Unit) -> Queued | None:
            await outbox.mark(unit, queued.id, state, message_id)
            if state == "sent" and campaigns_going.concerns(queued):
                await campaigns_going.went(unit, queued)
            return await self._next(unit)

        return await self.together.write(write)

    async def _blocked(self) -> None:
        async with self.store.write() as unit:
            await chats.mark_blocked(unit, self.chat_id)
            await outbox.drop_waiting(unit, self.chat_id)
            await chats.release_lease(unit, self.chat_id, self.owner)

    async def _later(self, queued: Queued, wait: dt.timedelta, *, whole_chat: bool = False) -> dt.timedelta:
        """Try again after `wait`; for that chat alone. Given up at last, so that nothing blocks what comes after."""
        async with self.store.write() as unit:
            again = unit.now + wait
            state = "waiting" if whole_chat or queued.attempts + 1 < TRIES else "failed"
            await outbox.mark(unit, queued.id, state, not_before=again)
            await chats.release_lease(unit, self.chat_id, self.owner, again if whole_chat else None)
        return wait


async def due_chats(store: Store) -> list[int]:
    """Chats with something to be sent now to which nobody is sending."""
    async with store.read() as unit:
        return await outbox.due_chats(unit)


def may_send(queued: Queued, now: dt.datetime) -> bool:
    """Asked again at the moment of sending: does this person still want to be written to?"""
    if queued.contact == "ok" or queued.reply.forget_messages:  # to take messages back is not to write
        return True
    if queued.source not in DIRECT:
        return False
    return queued.contact != "never" or now - queued.created_at <= STALE


def backoff(attempts: int) -> dt.timedelta:
    """1, 2, 4 … seconds, at most a quarter of an hour."""
    return min(dt.timedelta(seconds=2 ** min(attempts, 12)), LONGEST_WAIT)


async def quietly(delivery: Delivery, chat_id: int, ready: Ready | None = None) -> None:
    """Deliver right after a commit; what fails now is picked up by the loop."""
    try:
        await delivery.deliver(chat_id, ready)
    except StoreUnavailable as error:
        log.warning("delivery put off", reason=error.facts.get("reason"))
