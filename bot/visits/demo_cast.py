"""Who plays in the demonstration: demo.yaml, read. Nobody in it exists."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Literal

from pydantic import Field

from bot.visits.rota import Hours
from handlers.draft import Draft, RemindBy
from handlers.office import Ended, Role
from handlers.turn import Channel
from knowledge.place import Place
from knowledge.prose import Frozen
from knowledge.yaml_text import read_yaml

DAYS = 21
"""How long ago it begins: a visit of last week may have been booked a fortnight before."""
LONGEST_AHEAD, SHORTEST_AHEAD = 14, 3
"""How many days before their visit people book it."""
FILE = Path(__file__).with_name("demo.yaml")
DRAMA_NUMBERS = "+447700900{:03}"
"""A thousand numbers that no phone has (Ofcom, numbers for use in drama)."""
NOWHERE = "9ZZ"
"""The second half of every postcode."""
ELSEWHERE = frozenset({"referral"})
"""How somebody from outside the place may come to the team."""


class Member(Frozen):
    """Somebody of the team, their weekly hours, and a day from today on which they are away."""

    name: str
    role: Role
    agency: str
    days: tuple[int, ...]
    begins: dt.time
    ends: dt.time
    away: int | None = None

    def hours(self) -> Iterator[Hours]:
        """Each day they work."""
        return (Hours(day, self.begins, self.ends) for day in self.days)


class Closed(Frozen):
    """A day from today without visits."""

    day: int
    why: str


class Person(Frozen):
    """Somebody who is visited, and what becomes of it."""

    name: str
    day: int = Field(description="when the visit is, in days from today; the nearest day with a free time")
    by: Literal["telegram", "web", "phone", "doorstep", "referral"] = "telegram"
    answers: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    reasons: tuple[str, ...]
    needs: str = ""
    for_other: bool = False
    remind: RemindBy | None = None
    partners: bool = True
    then: Literal["moves", "cancels", "waits"] | None = Field(default=None, description="what they do after booking")
    outcome: Ended | None = None
    note: str = ""
    follow_up: bool = False
    safeguarding: bool = False
    refer: str = Field(default="", description="a role of place.toml: whom they are put in touch with")
    said: Mapping[str, str] = Field(default_factory=dict, description="their answers afterwards, in order")

    @property
    def channel(self) -> Channel | None:
        """Where they booked it themselves; None where the team did it for them."""
        return self.by if self.by in ("telegram", "web") else None


class Cast(Frozen):
    """Everybody, and the streets that they do not live in."""

    team: tuple[Member, ...]
    closed: Closed
    streets: tuple[str, ...]
    people: tuple[Person, ...]

    def booking_days(self, chance: Random) -> dict[int, list[int]]:
        """The numbers of those who book on each day; all before today, so that the hour it is now changes nothing."""
        days: defaultdict[int, list[int]] = defaultdict(list)
        for number, person in enumerate(self.people):
            latest = min(person.day - SHORTEST_AHEAD, -1)
            days[chance.randint(max(person.day - LONGEST_AHEAD, -DAYS), latest)].append(number)
        return days

    def form(self, number: int, place: Place) -> Draft:
        """What the person of this number fills in."""
        person = self.people[number]
        return Draft(
            for_other=person.for_other,
            postcode=f"{_outward(person, number, place)} {NOWHERE}",
            answers=person.answers,
            reasons=person.reasons,
            name=person.name,
            phone=DRAMA_NUMBERS.format(100 + number),
            reach="message" if person.by == "telegram" else "ring",
            address=f"{number + 1} {self.streets[number % len(self.streets)]}",
            needs=person.needs,
            remind_by=person.remind,
            partners=person.partners,
            feedback=True,
        )


def read_cast() -> Cast:
    """The whole cast."""
    return Cast.model_validate(read_yaml(FILE.read_text(encoding="utf-8")))


def _outward(person: Person, number: int, place: Place) -> str:
    """A first half of a postcode that the place serves; whom a partner refers may live in any area that it knows."""
    every = [outward for area in place.areas for outward in area.outward_postcodes]
    known = every if person.by in ELSEWHERE else [served.split()[0] for served in place.postcodes_served]
    return known[number % len(known)] if known else "ZZ9"
