"""`bot visits`: the rounds, and what comes of each visit. The other commands of this name stand beside this file."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import typer

from bot.cli.diary import ON, SAFE, Place, Reference, Staff, brief, find, here, reading, whole, writing
from bot.errors import CommandFault
from bot.settings import Settings
from bot.staff import audit
from bot.store.unit import Unit
from bot.visits import acts, rounds, team
from handlers.office import RingTask, StaffVisit

app = typer.Typer(help="Home visits.", no_args_is_help=True)

ABOUT = {
    "week-before": "their visit is in a week",
    "day-before": "their visit is tomorrow",
    "on-the-way": "their visitors are on their way",
    "earlier": "an earlier time is free",
    "missed": "they told us that nobody came",
}
"""What to ring about."""


@app.command("list")
def list_(
    day: Annotated[dt.datetime | None, ON] = None,
    days: Annotated[int, typer.Option(min=0, max=366, help="how many days ahead")] = 14,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """The visits to come, or those of one day with what came of them. With --json each with all that is known of it,
    and that it was read is recorded.

    Example: bot visits list --days 7
    """
    place = here()

    async def work(unit: Unit) -> Sequence[StaffVisit]:
        if day is not None:
            return await rounds.of_day(unit, day.date(), place.zone, place.visits)
        return await rounds.coming(unit, days, place.zone, place.visits)

    async def recorded(unit: Unit) -> Sequence[StaffVisit]:
        for visit in (visits := await work(unit)):
            await audit.record(unit, None, "read visit", visit.reference)
        return visits

    found = writing(recorded) if as_json else reading(work)
    for visit in found:
        typer.echo(visit.model_dump_json() if as_json else brief(place, visit))
    if not found and not as_json:
        typer.echo("No visits.")


@app.command()
def today() -> None:
    """Today's round by area, then the visits that are over without anybody having said what came of them.

    Example: bot visits today
    """
    place = here()

    async def work(unit: Unit) -> tuple[Sequence[StaffVisit], Sequence[StaffVisit]]:
        now = place.today(unit.now)
        round_ = await rounds.of_day(unit, now, place.zone, place.visits)
        return round_, await rounds.undecided(unit, place.visits)

    round_, undecided = reading(work)
    typer.echo("\n".join(_by_area(place, round_)) or "No visits today.")
    if undecided:
        typer.echo("What came of these? bot visits outcome REF done|not-in|refused")
        typer.echo("\n".join(f"  {brief(place, visit)}" for visit in undecided))


def _by_area(place: Place, visits: Sequence[StaffVisit]) -> list[str]:
    areas: defaultdict[str, list[str]] = defaultdict(list)
    for visit in visits:
        areas[" ".join(filter(None, (visit.outward, visit.area))) or "area not known"].append(brief(place, visit))
    return [line for area in sorted(areas) for line in (f"{area}:", *(f"  {one}" for one in areas[area]))]


@app.command()
def show(ref: Reference) -> None:
    """All that is known of one visit, personal details too. That it was read is recorded.

    Example: bot visits show J7M-4Q3
    """
    place = here()

    async def work(unit: Unit) -> tuple[StaffVisit, tuple[str, ...]]:
        visit = await find(unit, ref, place.visits)
        await audit.record(unit, None, "read visit", visit.reference)
        return visit, await acts.referrals(unit, visit.id)

    visit, referred = writing(work)
    typer.echo(whole(place, visit))
    if referred:
        typer.echo(f"  Put in touch with: {', '.join(referred)}")


@app.command("ring-list")
def ring_list() -> None:
    """The calls that are due, because no message can reach the resident. That they were read is recorded.

    Example: bot visits ring-list
    """

    async def work(unit: Unit) -> Sequence[RingTask]:
        calls = await rounds.ring_list(unit)
        for some in rounds.references(calls):
            await audit.record(unit, None, "read ring list", some)
        return calls

    place, found = here(), writing(work)
    for task in found:
        typer.echo(_call(place, task))
    if not found:
        typer.echo("Nobody is waiting for a call.")


@app.command()
def rung(task: Annotated[int, typer.Argument(metavar="ID", help="the number on the ring list")]) -> None:
    """Mark a call as made.

    Example: bot visits rung 12
    """

    async def work(unit: Unit) -> bool:
        made = await acts.rung(unit, task)
        if made:
            await audit.record(unit, None, "ring resident", f"call {task}")
        return made

    if not writing(work):
        raise CommandFault(why=f"There is no call {task} to make: bot visits ring-list.")
    typer.echo(f"Call {task} is made.")


@app.command()
def feed(staff: Staff) -> None:
    """The secret address of somebody's calendar: references and the first halves of postcodes, nothing more.

    Example: bot visits feed 3
    """

    async def work(unit: Unit) -> str | None:
        return await team.feed_path(unit, staff)

    path = reading(work)
    if path is None:
        raise CommandFault(why=f"Nobody with the number {staff} goes to visits: bot staff list.")
    typer.echo(f"{(Settings().public_url or '').rstrip('/')}{path}")


def _call(place: Place, task: RingTask) -> str:
    safe = f" ({SAFE.get(task.safe, task.safe)})" if task.safe else ""
    who = ", ".join(filter(None, (task.name, task.phone or "no number")))
    about = ABOUT.get(task.kind, task.kind)
    return f"{task.id}: {task.reference}, {about}: {who}{safe}, since {place.words(task.due_at)}"
