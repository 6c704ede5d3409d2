"""What the commands about visits share: the place they are for, its wall clock, and words for a visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

import typer

from bot.cli.people import with_store
from bot.errors import CommandFault
from bot.settings import Settings
from bot.store.unit import Store, Unit
from bot.visits import rounds
from bot.visits.conflicts import Conflict
from bot.wiring import place_folder
from handlers.catalogue import Texts
from handlers.office import StaffVisit
from knowledge.hours import bank_holidays
from knowledge.library import Library, load
from knowledge.visits.questions import Visits
from knowledge.visits.slots import instant

Result = TypeVar("Result")
ON = typer.Option(formats=["%Y-%m-%d"], help="a date, like 2026-12-01")
Day = Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DAY", help="a date, like 2026-12-24")]
Moment = Annotated[
    dt.datetime, typer.Argument(formats=["%Y-%m-%d %H:%M"], metavar="TIME", help="local, like '2026-12-01 10:00'")
]
Reference = Annotated[str, typer.Argument(metavar="REF", help="the visit's reference, like J7M-4Q3")]
Staff = Annotated[int, typer.Argument(metavar="ID", help="the number that bot staff list shows")]

SAFE = {"no-message": "never leave a message", "not-safe": "it is not safe to get in touch"}


@dataclass(frozen=True, slots=True)
class Place:
    """A place that does visits."""

    library: Library
    visits: Visits

    @property
    def zone(self) -> str:
        """Its time zone."""
        return self.library.place.timezone

    @property
    def texts(self) -> Texts:
        """What its residents read."""
        return Texts(overrides=self.library.place.visit)

    def local(self, moment: dt.datetime) -> dt.datetime:
        """A moment on its wall clock."""
        return moment.astimezone(ZoneInfo(self.zone))

    def utc(self, wall: dt.datetime) -> dt.datetime:
        """A time of its wall clock as a moment in UTC; the first of two."""
        return instant(wall.date(), wall.time(), ZoneInfo(self.zone))

    def today(self, now: dt.datetime) -> dt.date:
        """The date there."""
        return self.local(now).date()

    def words(self, moment: dt.datetime) -> str:
        """A moment as the team reads it."""
        return f"{self.local(moment):%a %d %b %Y %H:%M}"


def here() -> Place:
    """The place of this deployment. Raises CommandFault where it does no visits."""
    library = _library(place_folder(Settings()))
    if library.visits is None:
        raise CommandFault(why=f"{library.place.name} does no home visits: it has no visits.yaml.")
    return Place(library, library.visits)


@cache
def _library(folder: Path) -> Library:
    return load(folder)


def holidays(now: dt.datetime) -> frozenset[dt.date]:
    """The bank holidays that a diary of today needs."""
    return bank_holidays(range(now.year, now.year + 3))


def writing(work: Callable[[Unit], Awaitable[Result]]) -> Result:
    """Do something in one transaction. A fault that is raised in it leaves everything as it was."""

    async def run(store: Store) -> Result:
        async with store.write() as unit:
            return await work(unit)

    return with_store(run)


def reading(work: Callable[[Unit], Awaitable[Result]]) -> Result:
    """Look something up."""

    async def run(store: Store) -> Result:
        async with store.read() as unit:
            return await work(unit)

    return with_store(run)


async def find(unit: Unit, reference: str, visits: Visits) -> StaffVisit:
    """A visit by its reference. Raises CommandFault where there is none."""
    found = await rounds.one(unit, reference, visits)
    if found is None:
        raise CommandFault(why=f"There is no visit {reference}: bot visits list shows those to come.")
    return found


def brief(place: Place, visit: StaffVisit) -> str:
    """A visit in one line, without personal details but the visitors' names."""
    area = f" ({visit.area})" if visit.area else ""
    goers = " and ".join(f"{name} [{number}]" for number, name in visit.visitors) or "nobody"
    flags = "".join((", safeguarding" if visit.safeguarding else "", ", follow-up" if visit.follow_up else ""))
    return (
        f"{visit.reference}  {place.words(visit.starts)}  {visit.outward or '?'}{area}  {visit.priority}  "
        f"{goers}  {visit.state}{flags}"
    )


def whole(place: Place, visit: StaffVisit) -> str:
    """All that is known of a visit, a line for each thing; what was not said is left out."""
    who = f"{visit.name} (somebody else booked for them)" if visit.for_other else visit.name
    said = {
        "Name": who,
        "Phone": visit.phone,
        "Address": ", ".join(filter(None, (visit.address, visit.postcode))),
        "Get in touch": ", ".join(filter(None, (visit.reach, SAFE.get(visit.safe, visit.safe)))),
        "Needs": visit.needs,
        "For": ", ".join(visit.reasons),
        "Risks": ", ".join(f"{label} ({points})" for label, points in visit.why),
        "Word at the door": visit.word,
        "Agreed to": ", ".join(visit.consents),
        "Booked by": visit.source,
        "Notes": visit.notes,
    }
    lines = (f"  {name}: {value}" for name, value in said.items() if value)
    return "\n".join((brief(place, visit), *lines))


def conflicts(place: Place, found: Iterable[Conflict]) -> list[str]:
    """A line for each visit that somebody has to look after."""
    return [
        f"  {one.reference}  {place.words(one.starts)}  "
        f"{'booked' if one.state == 'booked' else 'being booked at this moment'}"
        for one in found
    ]


def say_conflicts(place: Place, found: Iterable[Conflict], what: str) -> None:
    """Tell which visits stand in the way of `what`; they stay until somebody moves, swaps or cancels them."""
    if lines := conflicts(place, found):
        typer.echo(f"These visits stay as they are, {what}. Move, swap or cancel them:")
        typer.echo("\n".join(lines))
