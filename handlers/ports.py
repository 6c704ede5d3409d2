"""What a handler may ask of the world. `bot` hands in objects that are bound to the turn's own transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from handlers.catalogue import Texts
from knowledge.languages import NOTHING, Heard
from knowledge.library import Library
from knowledge.prose import Frozen
from knowledge.safety import Verdict
from knowledge.search import Reading


class Understood(Frozen, arbitrary_types_allowed=True):
    """What was made of a message before any transaction. Pure: the same text gives the same."""

    text: str
    verdict: Verdict
    heard: Heard = NOTHING
    reading: Reading | None = None
    """The message as the search reads it; None where there are no words, or nothing to search."""


class Decision(Frozen):
    """What the search makes of a message: entries to show, entries to offer, or an action."""

    route: Literal["action", "answer", "choose", "unknown", "smalltalk"]
    answered: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    action: str | None = None
    score: float = 0.0


class Search(Protocol):
    """Asked by `advice`. Never raises: what it does not know is `unknown`."""

    def decide(self, understood: Understood, shown: Sequence[str] = ()) -> Decision:
        """Rank the entries for a message; `shown` is what was answered just before, for follow-ups."""
        ...


class Held(Frozen):
    """What is held about one chat, counted, for a receipt."""

    questions: int = 0
    messages: int = 0
    tickets: int = 0
    reports: int = 0
    visits: int = 0


class Person(Protocol):
    """Asked by `privacy`, `handover` and `clear`: what this turn's own chat has with us. Reads only."""

    async def held(self) -> Held:
        """Counts of what is stored about this chat."""
        ...

    async def deletable_messages(self) -> tuple[Sequence[str], int]:
        """Message ids of the last 48 hours that Telegram still lets us delete, and how many ids were lost."""
        ...

    async def latest_ticket(self) -> int | None:
        """The newest ticket of this chat that is still open."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything a handler gets besides the turn and the session."""

    library: Library
    search: Search
    texts: Texts
    person: Person
    now: dt.datetime
    bank_holidays: frozenset[dt.date]
    public_url: str | None = None
    switched_off: str | None = None
    """The public message of the off switch; None while the bot is on."""
