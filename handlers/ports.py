"""What a handler may ask of the world. `bot` hands in objects that are bound to the turn's own transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import Field

from handlers.catalogue import Texts
from handlers.draft import Draft
from handlers.keeping import Keeping
from handlers.office import Office
from handlers.turn import Contact, Pace
from knowledge.languages import NOTHING, Heard
from knowledge.library import Library
from knowledge.prose import Frozen
from knowledge.safety import Verdict
from knowledge.search import Reading
from knowledge.visits.questions import Visits
from knowledge.visits.slots import Slot


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

    async def copy(self, library: Library) -> str:
        """All that is stored about this chat, as text that they can read. Raises KeyMissing."""
        ...

    async def deletable_messages(self) -> tuple[Sequence[str], int]:
        """Message ids of the last 48 hours that Telegram still lets us delete, and how many ids were lost."""
        ...

    async def latest_ticket(self) -> int | None:
        """The newest ticket of this chat that is still open."""
        ...

    async def topics(self) -> Sequence[str]:
        """The ids of the topics that this chat wants to hear about."""
        ...


class Nobody:
    """The `Person` behind a page or a trial that belongs to no conversation: nothing is held about them."""

    async def held(self) -> Held:
        """Nothing."""
        return Held()

    async def copy(self, library: Library) -> str:
        """Nothing."""
        return ""

    async def deletable_messages(self) -> tuple[Sequence[str], int]:
        """None."""
        return (), 0

    async def latest_ticket(self) -> int | None:
        """None."""
        return None

    async def topics(self) -> Sequence[str]:
        """None."""
        return ()


class Visitor(Frozen):
    """Who will knock: a first name, and what they are ("police officer")."""

    name: str
    role: str


class Appointment(Frozen):
    """A visit as its own resident sees it. Times are in UTC."""

    id: int
    reference: str
    state: Literal["booked", "done", "not_in", "refused", "cancelled"]
    starts: dt.datetime
    ends: dt.datetime
    postcode: str
    address: str
    word: str
    visitors: tuple[Visitor, ...] = Field(default=(), description="empty until they are known")
    moves_left: int
    waiting: bool = Field(description="wants an earlier time, if one comes free")
    calendar_path: str = Field(description="the secret address of its calendar file, below our own address")
    calendar: str = Field(description="the calendar file itself")


class Taken(Frozen):
    """A time that is held, or why it is not: "taken" by somebody else a moment ago."""

    visit: int | None = None
    until: dt.datetime | None = None


class Booked(Frozen):
    """What came of booking or moving: the visit, or why it is not booked. Nothing was changed then."""

    visit: Appointment | None = None
    why: Literal["taken", "hold-over", "household-has-one", "not-booked", "moved-too-often"] | None = None


class Bookings(Protocol):
    """Asked by `visits`: this chat's own visits, and the times that are free. A claim returns, it never raises."""

    @property
    def content(self) -> Visits:
        """What the place says about visits."""
        ...

    async def open(self) -> bool:
        """Does anybody of the team have working hours? Only then can a visit be booked."""
        ...

    async def free(self, moving: int | None = None) -> Sequence[Slot]:
        """All times that a resident may have now, in order. What the visit `moving` has itself counts as free."""
        ...

    async def hold(self, starts: dt.datetime) -> Taken:
        """Keep a time for this chat for some minutes. What the chat held before is given back."""
        ...

    async def release(self) -> None:
        """Give back whatever this chat holds."""
        ...

    async def book(self, draft: Draft) -> Booked:
        """The held time becomes a visit with these details."""
        ...

    async def mine(self) -> Appointment | None:
        """The visit of this chat that is booked and not over; None where there is none."""
        ...

    async def claim(self, reference: str, word: str) -> Appointment | None:
        """The booked visit with this reference and doorstep word, this chat's from now on; None: there is none."""
        ...

    async def move(self, visit: int, starts: dt.datetime) -> Booked:
        """Another time for a visit of this chat. The old one stays unless the new one was got."""
        ...

    async def cancel(self, visit: int) -> Appointment | None:
        """The visit of this chat, cancelled just now; None where there was nothing to cancel."""
        ...

    async def wait(self, visit: int, wanted: bool) -> None:
        """Put a visit of this chat on the list for an earlier time, or take it off."""
        ...

    async def offered(self) -> Slot | None:
        """The earlier time that the waiting list keeps for this chat at this moment."""
        ...

    async def accept(self) -> Booked:
        """Take the earlier time that is offered."""
        ...

    async def decline(self) -> None:
        """Leave the offered time to the next person."""
        ...

    async def say_after(self, visit: int, question: str, answer: str) -> bool:
        """One answer after a visit of this chat: `came`, `safer`, `kind`, `instead`, `words`. False: not theirs."""
        ...

    def new_word(self) -> str:
        """A word for the door, drawn by chance."""
        ...


class Posters(Protocol):
    """Asked by `arriving`: what stands behind the code of a poster."""

    async def entry(self, code: str) -> str | None:
        """The answer of the campaign that a code belongs to, while the campaign is live; else None."""
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
    demonstration: bool = False
    """Everybody in the diary is made up, and nobody comes: every card of a visit says so."""
    telegram: str | None = None
    """Our address on Telegram, where we are reached there."""
    contact: Contact = "ok"
    """Whether this chat may be written to when it has not just written to us."""
    pace: Pace = "fine"
    """How fast this chat writes."""
    bookings: Bookings | None = None
    """None where the place does no visits, and on pages that belong to no conversation."""
    notices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What the team says for a while beside an entry or an organisation, by its id: plain words, no markup."""
    office: Office | None = None
    """For whoever of the team has linked this chat; it is not asked who that is until something for staff is wanted."""
    keeping: Keeping | None = None
    """For the same people: reviews, missed questions, people waiting, notices."""
    posters: Posters | None = None
    """None on pages that belong to no conversation."""
