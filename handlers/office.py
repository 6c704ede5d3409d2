"""What the team's menus may ask: visits, calls to make, and colleagues. `bot` hands in an office for one chat.

Every answer depends on who asks: whoever isn't linked, has left, or may not see a thing gets None, nothing or False.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, get_args

from pydantic import Field

from knowledge.prose import Frozen
from knowledge.visits.questions import Level

Role = Literal["officer", "editor", "approver", "coordinator", "admin"]
Ended = Literal["done", "not_in", "refused"]
"""What came of a visit. `not_in`: nobody opened the door."""
Told = Literal["told", "ring", "before", "hidden", "unreached"]
"""How a resident hears that their visitors have set out. `ring`: by a call, which is on the ring list; `before`: that
was done already; `hidden`: it is not safe to write or ring, and nothing was done; `unreached`: there is no way."""
Reach = Literal["all", "own"]
"""Whose visits somebody may see or change: everybody's, or those they go to themselves."""

VISITORS: Mapping[Role, Reach] = {"officer": "own", "coordinator": "all", "admin": "all"}
COORDINATORS: Mapping[Role, Reach] = {"coordinator": "all", "admin": "all"}
EVERYBODY: Mapping[Role, Reach] = dict.fromkeys(get_args(Role), "all")
MAY: Mapping[str, Mapping[Role, Reach]] = {
    "me": EVERYBODY,
    "colleagues": EVERYBODY,
    "today": VISITORS,
    "coming": VISITORS,
    "visit": VISITORS,
    "ring_list": VISITORS,
    "rung": VISITORS,
    "outcome": VISITORS,
    "follow_up": VISITORS,
    "note": VISITORS,
    "safeguarding": VISITORS,
    "refer": VISITORS,
    "on_the_way": VISITORS,
    "feed_path": VISITORS,
    "swap": COORDINATORS,
    "assign": COORDINATORS,
}
"""Who may ask the office for what. A role that is not named may not; `link` asks for a code instead of a role."""


class Colleague(Frozen):
    """Somebody of the team, as colleagues see them."""

    id: int
    name: str
    role: Role
    agency: str = Field(default="", description="police, fire, ambulance; empty: none of them")


class StaffVisit(Frozen):
    """A visit as the people see it who go there. Times are in UTC; empty means not said, or erased."""

    id: int
    reference: str
    state: str
    starts: dt.datetime
    ends: dt.datetime
    outward: str = Field(default="", description="the first half of the postcode")
    area: str = ""
    address: str = ""
    postcode: str = ""
    name: str = ""
    phone: str = ""
    reach: str = Field(default="", description="message, ring or text")
    safe: str = Field(default="", description="how to get in touch safely, in their words")
    needs: str = ""
    for_other: bool = Field(default=False, description="asked for by somebody else, who has their consent")
    reasons: tuple[str, ...] = Field(default=(), description="labels of what the visit is for")
    why: tuple[tuple[str, int], ...] = Field(default=(), description="label and points of each risk, heaviest first")
    points: int = 0
    priority: Level = "standard"
    visitors: tuple[tuple[int, str], ...] = Field(default=(), description="number and name of each who goes")
    notes: str = ""
    follow_up: bool = False
    safeguarding: bool = False
    consents: tuple[str, ...] = Field(default=(), description="partners, feedback")
    source: str = Field(default="", description="how it was booked: chat, phone, doorstep or referral")
    word: str = Field(default="", description="what the visitors say at the door")


class RingTask(Frozen):
    """A call to make, because no message can reach the resident."""

    id: int
    visit_id: int
    reference: str
    kind: str = Field(description="week-before, day-before, after, offer …")
    due_at: dt.datetime
    starts: dt.datetime | None = Field(default=None, description="when the visit is")
    name: str = ""
    phone: str = ""
    safe: str = ""


class Office(Protocol):
    """Asked by the staff menus. Reads give None or nothing, acts give False, where this chat may not."""

    async def me(self) -> Colleague | None:
        """Who of the team this chat belongs to; None: nobody."""
        ...

    async def link(self, code: str) -> Colleague | None:
        """Use up a one-time code: this chat is that person's from now on. None: wrong, used, or too old."""
        ...

    async def today(self, day: dt.date) -> Sequence[StaffVisit]:
        """The booked and ended visits of a local date, by time and then by area."""
        ...

    async def coming(self, days: int) -> Sequence[StaffVisit]:
        """The booked visits from now until so many local days from today have ended, by time and then by area."""
        ...

    async def visit(self, which: str | int) -> StaffVisit | None:
        """One visit by its reference, as typed, or its number."""
        ...

    async def ring_list(self) -> Sequence[RingTask]:
        """The calls that are due, oldest first."""
        ...

    async def rung(self, task_id: int) -> bool:
        """A call was made. False: there was none to make."""
        ...

    async def outcome(self, visit_id: int, ended: Ended) -> bool:
        """What came of a booked visit that has begun. False: there is none such."""
        ...

    async def follow_up(self, visit_id: int, wanted: bool) -> bool:
        """Somebody should come or call again."""
        ...

    async def note(self, visit_id: int, text: str) -> bool:
        """Add a dated note to a visit."""
        ...

    async def safeguarding(self, visit_id: int, flagged: bool) -> bool:
        """Raise or lower the safeguarding flag."""
        ...

    async def refer(self, visit_id: int, organisation: str) -> bool:
        """Put the resident in touch with an organisation, by its id. False too without their consent."""
        ...

    async def swap(self, visit_id: int, out: int, in_: int) -> bool:
        """One visitor for another, both or neither. False where the new one is not free."""
        ...

    async def assign(self, visit_id: int, staff_ids: Sequence[int]) -> bool:
        """Exactly these go. False where one of them is not free, or the number is wrong."""
        ...

    async def colleagues(self) -> Sequence[Colleague]:
        """Everybody who has not left, by name."""
        ...

    async def on_the_way(self, visit_id: int) -> Told | None:
        """Tell the resident of a visit of today once that their visitors are coming. None: it is not of today, or it
        is over."""
        ...

    async def feed_path(self) -> str:
        """The secret address of one's own calendar, below our own address; empty for whoever visits nobody."""
        ...
