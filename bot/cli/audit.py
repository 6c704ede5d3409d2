"""`bot audit`: who did what, who read personal data, and whether anybody has changed the record of it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from bot.cli.diary import reading
from bot.staff import audit, audit_chain
from bot.staff.audit import Entry
from bot.staff.audit_chain import Fault
from bot.store.unit import Unit

app = typer.Typer(help="Who did what.", no_args_is_help=True)
NOBODY = "the command line"
"""Where no colleague is named, it was done there."""
WHY = {
    "changed": "was changed",
    "missing": "was taken out",
    "cut": "was sealed and is not there any more as it was",
}


@app.command("list")
def list_(
    staff: Annotated[int | None, typer.Option(metavar="ID", help="only one colleague's")] = None,
    most: Annotated[int, typer.Option(help="at most so many, the newest first", min=1)] = 50,
) -> None:
    """The newest records first; times in UTC.

    Example: bot audit list --staff 3
    """

    async def work(unit: Unit) -> tuple[tuple[Entry, ...], dict[int, str]]:
        found = await audit.entries(unit, staff, most=most)
        return found, await audit.names(unit, (one.staff_id for one in found))

    found, names = reading(work)
    for one in found:
        who = names.get(one.staff_id, f"number {one.staff_id}") if one.staff_id is not None else NOBODY
        typer.echo(f"{one.at:%Y-%m-%d %H:%M:%S}  {who}: {one.action}{f' ({one.about})' if one.about else ''}")
    if not found:
        typer.echo("There is nothing yet.")


@app.command()
def verify() -> None:
    """Read the whole record and tell whether it is as it was written, and how much there is.

    Example: bot audit verify
    """

    async def work(unit: Unit) -> tuple[list[Fault], int, dt.datetime | None]:
        return await audit_chain.verify(unit), *await audit.held(unit)

    faults, count, first = reading(work)
    for fault in faults:
        typer.echo(f"{fault.chain}, record {fault.place}: {WHY[fault.why]}")
    if faults:
        raise typer.Exit(1)
    since = f", the first of {first:%d %b %Y}" if first else ""
    typer.echo(f"Nothing in the record was changed. Records: {count}{since}.")
