"""Updates between Telegram and the bot: numbered, kept 24 hours (taps 150 seconds), in queues of their own.

After tdlib/telegram-bot-api `Client.cpp` (`add_update`): a message waits in its chat's queue, a tap in its
user's, `my_chat_member` in a third, so that a message and a tap of one chat can arrive together.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from tests.fake_telegram.changes import Changes
from tests.fake_telegram.spec import Spec, round_trip_faults

Json = dict[str, Any]
QueueKey = tuple[str, int]

DAY = dt.timedelta(hours=24)
TAP_LIFE = dt.timedelta(seconds=150)
_FIRST_ID = 700_000_001
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(eq=False)
class Pending:
    """One update that the bot has not confirmed; `serial` tells a repeat from its original."""

    serial: int
    body: Json
    queue: QueueKey
    expires: dt.datetime
    is_repeat: bool = False

    @property
    def id(self) -> int:
        return int(self.body["update_id"])


class Updates:
    """What waits for the bot."""

    def __init__(self, clock: Clock, changes: Changes, spec: Spec, complain: Callable[[str], None]) -> None:
        self._clock, self._changes, self._spec, self._complain = clock, changes, spec, complain
        self._pending: dict[int, Pending] = {}
        self._queues: dict[QueueKey, dict[int, Pending]] = {}
        self._serials = itertools.count(1)
        self._first_expiry: dt.datetime | None = None
        self.allowed: set[str] = set()
        self.expired: list[int] = []  # update ids that nobody took in time
        self.next_id = _FIRST_ID  # set it to model the new random numbers after a quiet week

    def allow(self, kinds: list[str] | None) -> None:
        """`allowed_updates`: None keeps the last setting, an empty list means the default."""
        if kinds is not None:
            self.allowed = set(kinds)

    def push(self, kind: str, payload: Json, queue: QueueKey, life: dt.timedelta = DAY) -> Json | None:
        """A new update, or None where the bot did not ask for its kind."""
        if kind not in self.allowed if self.allowed else kind in _NOT_BY_DEFAULT:
            return None
        body = {"update_id": self.next_id, kind: payload}
        self.next_id += 1
        for fault in [*self._spec.object_faults("Update", body), *round_trip_faults("Update", body)]:
            self._complain(f"the fake made a wrong update: {fault}")
        self._add(Pending(next(self._serials), body, queue, self._clock.now() + life))
        return body

    def again(self, body: Json) -> QueueKey:
        """Deliver an update once more, beside whatever else is under way; the queue it got for itself."""
        serial = next(self._serials)
        queue = ("repeat", serial)
        self._add(Pending(serial, body, queue, self._clock.now() + DAY, is_repeat=True))
        return queue

    def _add(self, pending: Pending) -> None:
        self._pending[pending.serial] = pending
        self._queues.setdefault(pending.queue, {})[pending.serial] = pending
        self._first_expiry = min(self._first_expiry or pending.expires, pending.expires)
        self._changes.announce()

    def waiting(self) -> list[Pending]:
        """Everything unconfirmed that has not expired."""
        self._expire()
        return list(self._pending.values())

    def queues(self) -> list[QueueKey]:
        """The queues that hold anything."""
        self._expire()
        return list(self._queues)

    def head(self, queue: QueueKey) -> Pending | None:
        """The next update of one queue."""
        self._expire()
        return next(iter(self._queues.get(queue, {}).values()), None)

    def __len__(self) -> int:
        self._expire()
        return len(self._pending)

    def forget(self, *gone: Pending) -> None:
        """Confirmed, delivered or given up."""
        for each in gone:
            self._remove(each)
        self._changes.announce()

    def _remove(self, pending: Pending) -> None:
        self._pending.pop(pending.serial, None)
        queue = self._queues.get(pending.queue, {})
        queue.pop(pending.serial, None)
        if not queue:
            self._queues.pop(pending.queue, None)

    def _expire(self) -> None:
        now = self._clock.now()
        if self._first_expiry is not None and self._first_expiry <= now:
            for each in [each for each in self._pending.values() if each.expires <= now]:
                self.expired.append(each.id)
                self._remove(each)
            self._first_expiry = min((each.expires for each in self._pending.values()), default=None)

    def believed(self, offset: int) -> int:
        """An offset far beyond the newest update counts as none (tdlib `TQueue::get`: "in the future")."""
        return offset if offset <= self.next_id + 10 else 0

    def confirm_below(self, offset: int) -> None:
        """What `offset` does: a positive one confirms all before it, a negative one keeps so many at the end."""
        if offset < 0:
            self.forget(*self.waiting()[:offset])
        elif offset > 0:
            self.forget(*(each for each in self.waiting() if each.id < offset and not each.is_repeat))

    def batch(self, offset: int, limit: int) -> list[Json]:
        """The next updates for a poll; only a repeat is forgotten by being read."""
        chosen = [each for each in self.waiting() if each.is_repeat or each.id >= offset][:limit]
        self.forget(*(each for each in chosen if each.is_repeat))
        return [each.body for each in chosen]
