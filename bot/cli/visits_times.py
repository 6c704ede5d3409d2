"""`bot visits absence`, `close-day`, `open-day` and `free`: when the team can come."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import typer

from bot.cli.diary import Day, Moment, Place, Staff, here, holidays, reading, say_conflicts, writing
from bot.cli.visits_rota import FAULTS
from bot.errors import CommandFault
from bot.store.unit import Unit
from bot.visits import on_behalf, rota
from bot.visits.conflicts import Conflict
from bot.visits.rota import Away, Fault
from knowledge.visits.slots import Slot

absences = typer.Typer(help="When somebody cannot come.", no_args_is_help=True)

FREE_DAYS = 14
"""Days that `free` shows."""

Why = Annotated[str, typer.Option(help="a word for colleagues; nothing about anybody's health")]


@absences.command("add")
def be_away(staff: Staff, starts: Moment, ends: Moment, why: Why = "") -> None:
    """Somebody cannot come from one local time to another. Visits in its way stay, and are listed.

    Example: bot visits absence add 3 "2026-12-01 09:00" "2026-12-05 17:00" --why training
    """
    place = here()

    async def work(unit: Unit) -> Away | Fault:
        return await rota.be_away(unit, staff, place.utc(starts), place.utc(ends), why)

    made = writing(work)
    if not isinstance(made, Away):
        raise CommandFault(why=FAULTS[made].format(staff=staff))
    typer.echo(_away(place, made))
    say_conflicts(place, made.conflicts, "though one visitor cannot come")


@absences.command("list")
def list_absences() -> None:
    """The absences that are not over.

    Example: bot visits absence list
    """
    place, found = here(), reading(rota.absences)
    for one in found:
        typer.echo(_away(place, one))
    if not found:
        typer.echo("Nobody is away.")


@absences.command("remove")
def come_back(absence: Annotated[int, typer.Argument(metavar="NUMBER", help="as absence list shows it")]) -> None:
    """Somebody can come after all.

    Example: bot visits absence remove 4
    """

    async def work(unit: Unit) -> bool:
        return await rota.come_back(unit, absence)

    if not writing(work):
        raise CommandFault(why=f"There is no absence {absence}: bot visits absence list.")
    typer.echo(f"Absence {absence} is gone.")


def close_day(day: Day, why: Why = "") -> None:
    """No more visits are booked on a day. Those that are booked stay, and are listed.

    Example: bot visits close-day 2026-12-24 --why "Christmas Eve"
    """
    place = here()

    async def work(unit: Unit) -> tuple[Conflict, ...]:
        return await rota.close_day(unit, day.date(), place.zone, why)

    found = writing(work)
    typer.echo(f"{day:%a %d %b %Y} is closed.")
    say_conflicts(place, found, "though the day is closed")


def open_day(day: Day) -> None:
    """Open a day that was closed.

    Example: bot visits open-day 2026-12-24
    """

    async def work(unit: Unit) -> bool:
        return await rota.open_day(unit, day.date())

    if not writing(work):
        raise CommandFault(why=f"{day:%a %d %b %Y} was not closed.")
    typer.echo(f"{day:%a %d %b %Y} is open.")


def free(from_: Annotated[dt.datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])] = None) -> None:
    """The free times of a fortnight, by day. Notice and window do not bind the team.

    Example: bot visits free --from 2026-12-01
    """
    place = here()

    async def work(unit: Unit) -> tuple[Sequence[Slot], dt.date]:
        found = await on_behalf.free(unit, place.library, place.visits, holidays(unit.now))
        return found, from_.date() if from_ else place.today(unit.now)

    found, first = reading(work)
    days = _by_day(place, found, first)
    for day, times in days.items():
        typer.echo(f"{day:%a %d %b %Y}: {' '.join(times)}")
    if not days:
        typer.echo(f"Nothing is free from {first:%a %d %b %Y} for {FREE_DAYS} days.")


def _by_day(place: Place, found: Sequence[Slot], first: dt.date) -> dict[dt.date, list[str]]:
    days: defaultdict[dt.date, list[str]] = defaultdict(list)
    for slot in found:
        local = place.local(slot.starts)
        if first <= local.date() < first + dt.timedelta(days=FREE_DAYS):
            days[local.date()].append(f"{local:%H:%M}")
    return days


def _away(place: Place, one: Away) -> str:
    why = f", {one.why}" if one.why else ""
    return f"{one.id}: number {one.staff_id} is away from {place.words(one.starts)} to {place.words(one.ends)}{why}"
