"""`bot campaigns`: what was written to those who asked, what came of it, and stopping it at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.diary import reading, writing
from bot.errors import CommandFault
from bot.staff import audit, campaigns
from bot.staff.campaigns import Figures
from bot.staff.campaigns_rules import areas_of, suppressed
from bot.staff.outcomes import Refusal
from bot.staff.versions import Audit
from bot.store.reach_tables import Campaign
from bot.store.unit import Unit
from handlers.catalogue import Texts

app = typer.Typer(help="What is written to people who asked to hear about a topic.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="as bot campaigns list shows it", min=1)]
By = Annotated[int | None, typer.Option("--staff", metavar="ID", help="who does it, for the record")]
Act = Callable[[Unit, int, Audit], Awaitable[str | Refusal]]
LONDON = ZoneInfo("Europe/London")
FIGURES = ("queued", "delivered", "opened", "helped", "unhelpful", "stopped")


@app.command("list")
def list_() -> None:
    """All campaigns, the newest first.

    Example: bot campaigns list
    """
    found = reading(campaigns.every)
    for row in found:
        typer.echo(_line(row))
    if not found:
        typer.echo("There is no campaign yet.")


@app.command()
def show(number: Number) -> None:
    """One campaign, word for word, and what came of it. Fewer than five are not counted out.

    Example: bot campaigns show 3
    """

    async def work(unit: Unit) -> tuple[Campaign | None, Figures]:
        row = await campaigns.one(unit, number)
        return row, await campaigns.figures(unit, row) if row is not None else Figures()

    row, figures = reading(work)
    if row is None:
        raise CommandFault(why=Texts().say(campaigns.GONE.text_id))
    where = ", ".join(areas_of(row.areas)) or "everybody who wants the topic"
    typer.echo(f"{_line(row)}\n  To: {where}\n  Answer: {row.entry or 'none'}\n\n{row.text}\n")
    for name in FIGURES:
        count = suppressed(getattr(figures, name))
        typer.echo(f"  {name}: {'fewer than 5' if count is None else count}")


@app.command()
def pause(number: Number, staff: By = None) -> None:
    """Send nothing more until somebody lets it go on, at the console.

    Example: bot campaigns pause 3 --staff 2
    """
    _do(number, staff, campaigns.pause)
    typer.echo(f"Campaign {number} is paused.")


@app.command()
def stop(number: Number, staff: By = None) -> None:
    """Send nothing more, ever. What is queued is dropped.

    Example: bot campaigns stop 3 --staff 2
    """
    _do(number, staff, campaigns.stop)
    typer.echo(f"Campaign {number} is stopped for good.")


def _do(number: int, staff: int | None, act: Act) -> None:
    async def work(unit: Unit) -> None:
        done = await act(unit, number, partial(audit.record, unit, staff))
        if isinstance(done, Refusal):
            raise CommandFault(why=Texts().say(done.text_id, **done.facts))

    writing(work)


def _line(row: Campaign) -> str:
    times = [f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M}" if moment else "" for moment in (row.starts, row.ends)]
    return f"{row.id}  {row.state}  {row.name}  ({row.topic})  {times[0] or 'at once'} until {times[1] or '?'}"
