"""What the pages about visits share: the place's rules, whose visits somebody may open, and free times by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from bot.console.site import Site
from bot.store.unit import Unit
from bot.visits import on_behalf, rounds
from handlers.catalogue import Texts
from handlers.office import VISITORS, Colleague, StaffVisit
from handlers.visits import saying
from knowledge.hours import bank_holidays
from knowledge.visits.questions import Visits
from knowledge.visits.slots import Slot

YEARS_AHEAD = 3
"""The diary looks a year ahead; holidays are known for a little more."""
STAMP = "%Y-%m-%dT%H:%MZ"


class NoVisit(Exception):
    """There is no such visit, or it is not one of theirs: nobody learns which."""


@dataclass(frozen=True, slots=True)
class Time:
    """A free time: what a form sends, and the wall clock."""

    value: str
    words: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class Day:
    """A local date and its free times."""

    date: dt.date
    times: Sequence[Time] = field(default=())


def visits_of(site: Site) -> Visits:
    """What the place says about visits. Raises HTTPException 404 where it does none."""
    visits = site.library().visits
    if visits is None:
        raise HTTPException(404)
    return visits


def own_of(who: Colleague) -> int | None:
    """Their number where they may open only the visits that they go to; None: everybody's."""
    return who.id if VISITORS.get(who.role) == "own" else None


async def find(unit: Unit, site: Site, request: Request, number: int) -> StaffVisit:
    """A visit that whoever asks may open. Raises NoVisit."""
    found = await rounds.one(unit, number, visits_of(site), own_of(site.staff(request).who))
    if found is None:
        raise NoVisit
    return found


def safely(site: Site, safe: str) -> str:
    """How somebody can be rung or written to without harm, in words: what they tapped, or what they wrote."""
    return saying.safely(site.texts, safe, "console.safe")


def told_texts(site: Site) -> Texts:
    """What residents of the place read."""
    return Texts(overrides=site.library().place.visit)


async def free(unit: Unit, site: Site, moving: int | None = None) -> Sequence[Slot]:
    """The times that the team can give, in order; `moving` is a visit whose own time counts as free."""
    holidays = bank_holidays(range(unit.now.year, unit.now.year + YEARS_AHEAD))
    return await on_behalf.free(unit, site.library(), visits_of(site), holidays, moving)


def by_day(slots: Iterable[Slot], zone: str, first: dt.date, days: int) -> tuple[Day, ...]:
    """The free times of so many local days from one on; days without any are left out."""
    local, last = ZoneInfo(zone), first + dt.timedelta(days=days)
    timed = ((slot.starts.astimezone(local), slot) for slot in slots)
    wanted = ((when, slot) for when, slot in timed if first <= when.date() < last)
    return tuple(
        Day(day, tuple(Time(stamp(slot), f"{when:%H:%M}", slot) for when, slot in times))
        for day, times in groupby(wanted, key=lambda one: one[0].date())
    )


def stamp(slot: Slot) -> str:
    """A time as a form sends it."""
    return f"{slot.starts.astimezone(dt.UTC):{STAMP}}"


def chosen(slots: Iterable[Slot], value: object) -> Slot | None:
    """The free time that a form names; None where it is gone or never was."""
    return next((slot for slot in slots if stamp(slot) == value), None)


def words(form: FormData, name: str, longest: int = 200) -> str:
    """One line that a form sent, tidied and cut; empty where it sent none."""
    said = form.get(name)
    return " ".join(said.split())[:longest] if isinstance(said, str) else ""


def number(form: FormData, name: str) -> int:
    """A number that a form sent; -1, which is nobody's, for anything else."""
    said = words(form, name, 9)
    return int(said) if said.isascii() and said.isdigit() else -1


def numbers(form: FormData, name: str) -> tuple[int, ...]:
    """All the numbers that a form sent under one name."""
    said = (one for one in form.getlist(name) if isinstance(one, str))
    return tuple(int(one) for one in said if one.isascii() and one.isdigit() and len(one) < 10)


def near(site: Site, asked: dt.date | None) -> dt.date:
    """The date that an address asks for, else today's. Raises HTTPException 404 for one that no diary reaches."""
    today = site.console.clock.now().astimezone(ZoneInfo(site.zone)).date()
    if asked is not None and abs(asked.year - today.year) > YEARS_AHEAD:
        raise HTTPException(404)
    return asked or today
