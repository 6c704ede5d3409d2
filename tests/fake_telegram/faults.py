"""What goes wrong on demand: refusals, lost and slow answers, floods, each for a method, a chat or the next N calls."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from bot.clock import Clock
from tests.fake_telegram import refusals
from tests.fake_telegram.refusals import Refusal

Json = dict[str, Any]


class Dropped(Exception):
    """The connection ends without an answer."""


class Page(Exception):
    """An answer that is not JSON, as a proxy in front of Telegram gives it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class Fault:
    """Something that goes wrong before or after a call is applied."""

    async def before(self, given: Json) -> None:
        """Raise to keep the call from being applied."""

    async def after(self) -> None:
        """The call has been applied; raise to change what the bot hears of it."""


@dataclass
class Refuse(Fault):
    """The answer is a refusal and nothing is applied."""

    refusal: Refusal

    async def before(self, given: Json) -> None:
        raise self.refusal


@dataclass
class Lost(Fault):
    """The connection drops: after the call was applied, or, with `applied=False`, before."""

    applied: bool = True

    async def before(self, given: Json) -> None:
        if not self.applied:
            raise Dropped

    async def after(self) -> None:
        raise Dropped


@dataclass
class Garbled(Fault):
    """A proxy's page in place of an answer."""

    status: int = 502
    text: str = "<html>Bad Gateway</html>"

    async def before(self, given: Json) -> None:
        raise Page(self.status, self.text)


@dataclass
class Slow(Fault):
    """The call is applied, but its answer waits for `release()`, or for so many seconds."""

    seconds: float | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let the answer go."""
        self.released.set()

    async def after(self) -> None:
        self.arrived.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                await self.released.wait()


@dataclass
class Flood(Fault):
    """429 as soon as one chat got more than so many calls in so many seconds of the fake's clock."""

    clock: Clock
    calls: int
    seconds: float
    times: dict[Any, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    async def before(self, given: Json) -> None:
        now, seen = self.clock.now().timestamp(), self.times[given.get("chat_id")]
        while seen and seen[0] <= now - self.seconds:
            seen.popleft()
        if len(seen) >= self.calls:
            raise refusals.retry_after(max(1, math.ceil(seen[0] + self.seconds - now)))
        seen.append(now)


@dataclass
class _Rule:
    fault: Fault
    method: str | None
    chat: int | None
    left: float

    def fits(self, method: str, given: Json) -> bool:
        return (
            self.left > 0 and self.method in (None, method) and (self.chat is None or self.chat == given.get("chat_id"))
        )


class Script:
    """The faults that are still to come, first come first served."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []

    def add(self, fault: Fault, method: str | None, chat: int | None, times: float) -> None:
        """`times` may be infinite."""
        self._rules.append(_Rule(fault, method, chat, times))

    def take(self, method: str, given: Json) -> Fault:
        """What happens to this call; usually nothing."""
        fitting = [each for each in self._rules if each.fits(method, given)]
        if not fitting:
            return Fault()
        rule = next((each for each in fitting if each.left < math.inf), fitting[0])  # standing rules come last
        rule.left -= 1
        return rule.fault

    def clear(self) -> None:
        """All is well again; whoever waits for a slow answer gets it."""
        for rule in self._rules:
            if isinstance(rule.fault, Slow):
                rule.fault.release()
        self._rules.clear()

    @property
    def unused(self) -> int:
        """Scripted faults that nobody has met."""
        return sum(1 for rule in self._rules if 0 < rule.left < math.inf)
