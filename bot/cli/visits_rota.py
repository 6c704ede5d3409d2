"""`bot visits rota`: weekly working hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli.diary import ON, Staff, here, reading, say_conflicts, writing
from bot.errors import CommandFault
from bot.store.unit import Unit
from bot.visits import rota, rota_file, team
from bot.visits.conflicts import Conflict
from bot.visits.rota import WEEKDAYS, Fault, Hours, Pattern
from bot.visits.rota_file import Plan, Row
from handlers.office import Colleague

app = typer.Typer(help="Weekly working hours, on the wall clock.", no_args_is_help=True)

FAULTS: dict[Fault, str] = {
    "nobody": "Nobody in the team has the number {staff}: bot staff list.",
    "no-visits": "Number {staff} has a role that goes to no visits.",
    "ends-first": "The end must be after the begin.",
    "last-first": "The last day must not be before the first.",
    "too-long": "An absence may last a year.",
}

Weekday = Annotated[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], typer.Argument(help="day of the week")]
Hour = Annotated[dt.datetime, typer.Argument(formats=["%H:%M"], metavar="TIME", help="local, like 09:00")]


@app.command("add")
def add(
    staff: Staff, weekday: Weekday, begins: Hour, ends: Hour,
    first: Annotated[dt.datetime | None, ON] = None,
    last: Annotated[dt.datetime | None, ON] = None,
) -> None:  # fmt: skip
    """Somebody works these hours every week.

    Example: bot visits rota add 3 mon 09:00 17:00 --first 2026-12-01
    """
    hours = Hours(
        WEEKDAYS.index(weekday), begins.time(), ends.time(), first.date() if first else None,
        last.date() if last else None,
    )  # fmt: skip

    async def work(unit: Unit) -> Pattern | Fault:
        return await rota.add(unit, staff, hours)

    made = writing(work)
    if not isinstance(made, Pattern):
        raise CommandFault(why=FAULTS[made].format(staff=staff))
    typer.echo(f"{made.id}: number {staff}, {_hours(hours)}.")


@app.command("list")
def list_() -> None:
    """Everybody's hours.

    Example: bot visits rota list
    """

    async def work(unit: Unit) -> tuple[Sequence[Pattern], Sequence[Colleague]]:
        return await rota.patterns(unit), await team.everybody(unit)

    found, people = reading(work)
    names = {one.id: one.name for one in people}
    for pattern in found:
        typer.echo(f"{pattern.id}: {names[pattern.staff_id]} [{pattern.staff_id}], {_hours(pattern.hours)}")
    if not found:
        typer.echo("Nobody has working hours yet, so no visit can be booked: bot visits rota add.")


@app.command("remove")
def remove(pattern: Annotated[int, typer.Argument(metavar="NUMBER", help="as rota list shows it")]) -> None:
    """Hours that somebody works no more. Visits that are booked in them stay, and are listed.

    Example: bot visits rota remove 12
    """
    place = here()

    async def work(unit: Unit) -> tuple[Conflict, ...] | None:
        gone = await rota.remove(unit, pattern)
        return None if gone is None else await rota.outside(unit, gone.staff_id, place.zone)

    found = writing(work)
    if found is None:
        raise CommandFault(why=f"There are no hours {pattern}: bot visits rota list.")
    typer.echo(f"Hours {pattern} are gone.")
    say_conflicts(place, found, "though they are outside working hours now")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE.csv")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only print what would change")] = False,
) -> None:
    """Add the hours of a CSV file (name,role,weekday,begins,ends,first,last), and people who are new: all or nothing.
    Nothing is removed, and a second time changes nothing.

    Example: bot visits rota import rota.csv --dry-run
    """
    rows = _rows(file)

    async def work(unit: Unit) -> Plan:
        planned = await rota_file.plan(unit, rows)
        if not planned.faults and not dry_run:
            await rota_file.apply(unit, planned)
        return planned

    planned = reading(work) if dry_run else writing(work)
    _refuse(planned.faults)
    typer.echo("\n".join(_changes(planned)))
    typer.echo("Nothing was changed: this was a dry run." if dry_run else "Done.")


def _rows(file: Path) -> tuple[Row, ...]:
    try:
        found = rota_file.read(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise CommandFault(why=f"{file} is not in UTF-8.") from None
    _refuse(found.faults)
    return found.rows


def _refuse(faults: Sequence[str]) -> None:
    """Every fault on standard error; then the command ends with code 1."""
    if faults:
        raise CommandFault(why="\n".join((*faults, "Nothing was changed.")))


def _changes(planned: Plan) -> list[str]:
    return [
        *(f"New: {name}, {role}" for name, role in planned.new),
        *(f"Hours: {row.name}, {_hours(row.hours)}" for row in planned.hours),
        f"{len(planned.new)} new people, {len(planned.hours)} new hours, {planned.there} there already.",
    ]


def _hours(hours: Hours) -> str:
    first = f", from {hours.first:%d %b %Y}" if hours.first else ""
    last = f", until {hours.last:%d %b %Y}" if hours.last else ""
    return f"{WEEKDAYS[hours.weekday]} {hours.begins:%H:%M} to {hours.ends:%H:%M}{first}{last}"
