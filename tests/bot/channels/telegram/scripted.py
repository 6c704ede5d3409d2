"""A conversation and a delivery that do as they are told, and a sleep that ends when the test says so."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from handlers.turn import Reply, Turn
from knowledge.prose import line


def reply(text: str = "Hello.", **more: object) -> Reply:
    """A Reply of one paragraph."""
    return Reply.model_validate({"blocks": (line(text),), **more})


@dataclass(frozen=True)
class Taken:
    """What a committed turn comes to."""

    chat_id: int | None
    ready: None = None


@dataclass
class ScriptedTurns:
    """Takes every turn at once, unless `faults` or a closed `gates` says otherwise for its words or tap."""

    announce: Callable[[], None] = lambda: None
    taken: list[Turn] = field(default_factory=list)
    begun: list[Turn] = field(default_factory=list)
    faults: dict[str, list[Exception]] = field(default_factory=lambda: defaultdict(list))
    gates: dict[str, asyncio.Event] = field(default_factory=dict)

    async def take(self, turn: Turn, owner: str | None = None) -> Taken:
        said = turn.text or turn.tap or turn.kind
        self.begun.append(turn)
        self.announce()
        if said in self.gates:
            await self.gates[said].wait()
        if self.faults[said]:
            raise self.faults[said].pop(0)
        repeat = any(turn.key == before.key for before in self.taken)
        self.taken.append(turn)
        self.announce()
        return Taken(None if repeat else int(turn.chat))

    def close(self, said: str) -> asyncio.Event:
        """Turns with these words wait until the event is set."""
        return self.gates.setdefault(said, asyncio.Event())

    def said(self) -> list[str]:
        """What was taken, in order."""
        return [turn.text or turn.tap or turn.kind for turn in self.taken]


@dataclass
class Delivered:
    """Writes down for which chats it was called."""

    announce: Callable[[], None] = lambda: None
    chats: list[int] = field(default_factory=list)

    async def __call__(self, chat_id: int, ready: object) -> None:
        self.chats.append(chat_id)
        self.announce()


@dataclass
class Naps:
    """A sleep without time: each lasts until `wake`; those as long as one of `short` are over at once."""

    announce: Callable[[], None] = lambda: None
    asked: list[float] = field(default_factory=list)
    short: set[float] = field(default_factory=set)
    _sleeping: list[tuple[float, asyncio.Event]] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        over = asyncio.Event()
        self._sleeping.append((seconds, over))
        self.announce()
        if seconds not in self.short:
            await over.wait()

    def wake(self, seconds: float) -> None:
        """End all naps of this length."""
        for length, over in self._sleeping:
            if length == seconds:
                over.set()
        self._sleeping = [nap for nap in self._sleeping if not nap[1].is_set()]
