"""Who breaks things: seeded, and all that it does is written down with its moment."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from benchmarks.chaos.clock import SharedClock
from benchmarks.chaos.fleet import Fleet
from benchmarks.chaos.people import Script
from benchmarks.chaos.places import Place
from benchmarks.chaos.plan import Plan
from tests.fake_telegram import FakeTelegram, Garbled, Lost, Slow, refusals
from tests.fake_telegram.faults import Dropped

KILLS, STOPS, JUMPS, REPEATS = "kills", "stops", "clock jumps", "repeated updates"
FARTHEST = 48 * 3600.0
"""Seconds that the clock jumps forward in a run, all together."""


class Unapplied(Slow):
    """The call has arrived, and is held for good: nobody ever reads its message."""

    async def before(self, given: dict[str, Any]) -> None:
        await self.after()
        raise Dropped


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done, and when, on the machine's clock."""

    at: dt.datetime
    what: str


@dataclass
class Nemesis:
    """Breaks one thing after another until it is told to stop."""

    plan: Plan
    fleet: Fleet
    fake: FakeTelegram
    place: Place
    clock: SharedClock
    people: Sequence[Script]
    chance: random.Random
    events: list[Event] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    jumped: float = 0.0
    pausing: asyncio.Task[None] | None = None

    async def run(self, over: asyncio.Event) -> None:
        """One act after another, and an act under way is ended."""
        acts, weights = zip(*self._acts(), strict=True)
        while not over.is_set():
            (act,) = self.chance.choices(acts, weights)
            await act()
            await asyncio.sleep(self.chance.uniform(0, self.plan.pause))
        if self.pausing is not None:
            await self.pausing

    def _acts(self) -> list[tuple[Callable[[], Awaitable[None]], float]]:
        return [
            (self.kill_sometime, 2), (self.kill_in_a_turn, 10), (self.kill_in_a_send, 6), (self.power_cut, 1),
            (self.pause, 1), (self.storm, 1), (self.lose_answers, 2), (self.repeat, 3), (self.jump, 1), (self.hurt, 1),
        ]  # fmt: skip

    def note(self, what: str, counted: str | None = None, often: int = 1) -> None:
        """Write it down; count it too."""
        self.events.append(Event(self.fake.clock.now(), what))
        if counted:
            self.counts[counted] += often

    async def kill_sometime(self) -> None:
        """Also while it starts."""
        await self._kill(self._any())

    async def kill_in_a_turn(self) -> None:
        """Soon after an update: before its commit, or between commit and acknowledgement."""
        await self._something_said()
        seen = self.fake.world.updates.next_id
        with suppress(TimeoutError):
            await self.fake.world.changes.until(lambda: self.fake.world.updates.next_id > seen, 1.0)
        await asyncio.sleep(self.chance.uniform(0, 0.05))
        await self._kill(self._any())

    async def kill_in_a_send(self) -> None:
        """Between the send and its record: the message is read, or was never taken, and nobody knows."""
        await self._something_said()
        held = self.chance.choice((Slow, Unapplied))(3.0)
        self.fake.fail(held, "sendMessage")
        with suppress(TimeoutError):
            async with asyncio.timeout(3.0):
                await held.arrived.wait()
        await self._kill(self._any())
        held.release()

    async def power_cut(self) -> None:
        """All of them at once."""
        await self._something_said()
        await self._kill(*range(len(self.fleet)))

    async def pause(self) -> None:
        """SIGSTOP, while the others go on and the next things happen."""
        if self.pausing is None or self.pausing.done():
            self.pausing = asyncio.create_task(self._pause(self._any()))

    async def storm(self) -> None:
        """429 for the next messages."""
        self.note("429")
        self.fake.fail(refusals.retry_after(1), "sendMessage", times=self.chance.randrange(5, 30))

    async def lose_answers(self) -> None:
        """Telegram takes a message, or does not, and the connection ends without an answer."""
        fault = self.chance.choice((Lost(), Lost(), Lost(applied=False), Garbled()))
        self.note("lost response")
        self.fake.fail(fault, "sendMessage", times=self.chance.randrange(1, 4))

    async def repeat(self) -> None:
        """Updates that were delivered before, at the same moment: whatever comes twice had come once."""
        waiting = {pending.id for pending in self.fake.world.updates.waiting()}
        told = [script.phone.said for script in self.people if script.phone.said]
        for said in self.chance.sample(told, min(5, len(told))):
            old = self.chance.choice(said[-20:])
            if old.wants_answer and old.number not in waiting:
                self.counts[REPEATS] += 1
                self.fake.world.deliver_again(old.update)

    async def jump(self) -> None:
        """The clock of all machines: forward by a minute or by hours, or back by up to three seconds."""
        far = self.chance.random() < 0.2 and self.jumped < FARTHEST  # more often, and nobody gets through a form
        forward = self.chance.uniform(600, 10_000) if far else self.chance.uniform(1, 60)
        seconds = forward if far or self.chance.random() < 0.5 else -self.chance.uniform(0.1, 3)
        self.jumped += max(0.0, seconds)
        self.jump_by(seconds)

    def jump_by(self, seconds: float) -> None:
        """So far, and written down."""
        self.note("jump", JUMPS)
        self.clock.jump(seconds)

    async def hurt(self) -> None:
        """Its disk is full, or its server goes in the middle of a commit, for a second or so."""
        self.note(self.place.harm, self.place.harm)
        async with self.place.hurt(self.fleet.pids()):
            await asyncio.sleep(self.chance.uniform(0.2, 1.5))
        self.note(f"after {self.place.harm}")

    async def _something_said(self) -> None:
        """Wait until the bot has answered somebody since: to kill only what is starting would show little."""
        until = self._said() + self.plan.answers
        with suppress(TimeoutError):
            await self.fake.world.changes.until(lambda: self._said() >= until, self.plan.silent)

    async def _pause(self, place: int) -> None:
        self.note("stop", STOPS)
        await self.fleet.pause(place, self.plan.stopped)
        self.note("after stop")

    async def _kill(self, *places: int) -> None:
        self.note("kill", KILLS, len(places))
        await self.fleet.kill(*places)

    def _said(self) -> int:
        return sum(script.phone.heard for script in self.people)

    def _any(self) -> int:
        return self.chance.randrange(len(self.fleet))
