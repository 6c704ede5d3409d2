"""`bot visits outcome`, `note`, `safeguard`, `refer`, `assign` and `swap`: what is done to one visit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Literal, cast

import typer

from bot.cli.diary import Place, Reference, find, here, writing
from bot.errors import CommandFault
from bot.staff import audit
from bot.store.unit import Unit
from bot.visits import acts, crew
from handlers.office import Ended

OPERATOR = "command line"
"""Who notes are signed by."""

Act = Callable[[Unit, int], Awaitable[bool]]


def outcome(
    ref: Reference,
    ended: Annotated[Literal["done", "not-in", "refused"], typer.Argument(metavar="done|not-in|refused")],
    follow_up: Annotated[bool, typer.Option("--follow-up", help="somebody should come or call again")] = False,
) -> None:
    """Say what came of a visit that has begun. Nobody at home is not-in: they may have had good reason.

    Example: bot visits outcome J7M-4Q3 done --follow-up
    """
    place = here()

    async def act(unit: Unit, visit_id: int) -> bool:
        said = await acts.end(unit, visit_id, cast(Ended, ended.replace("-", "_")), place.visits)
        return said and (not follow_up or await acts.follow_up(unit, visit_id, True))

    _do(place, ref, f"visit {ended.replace('-', ' ')}", act, "has not begun, or has an outcome already")
    typer.echo(f"{ref}: {ended}.")


def note(ref: Reference, text: Annotated[list[str], typer.Argument(help="what colleagues should know")]) -> None:
    """Add a dated note to a visit.

    Example: bot visits note J7M-4Q3 "Alarm fitted in the hall."
    """
    place = here()

    async def act(unit: Unit, visit_id: int) -> bool:
        return await acts.note(unit, visit_id, " ".join(text), OPERATOR, place.zone)

    _do(place, ref, "note on visit", act, "takes no more notes, or this one is empty")
    typer.echo(f"{ref}: noted.")


def safeguard(ref: Reference, clear: Annotated[bool, typer.Option("--clear", help="lower the flag")] = False) -> None:
    """Raise the safeguarding flag on a visit, or lower it.

    Example: bot visits safeguard J7M-4Q3
    """
    place = here()

    async def act(unit: Unit, visit_id: int) -> bool:
        return await acts.safeguard(unit, visit_id, not clear)

    _do(place, ref, f"safeguarding flag {'down' if clear else 'up'}", act, "is erased already")
    typer.echo(f"{ref}: the safeguarding flag is {'lowered' if clear else 'raised'}.")


def refer(ref: Reference, organisation: Annotated[str, typer.Argument(help="its id: the name of its file")]) -> None:
    """Note that a resident was put in touch with an organisation. Only where they agreed to it.

    Example: bot visits refer J7M-4Q3 age-uk-leicester
    """
    place = here()
    if organisation not in place.library.organisations:
        raise CommandFault(why=f"There is no organisation {organisation}: the names of their files are their ids.")

    async def act(unit: Unit, visit_id: int) -> bool:
        return await acts.refer(unit, visit_id, organisation, None)

    _do(place, ref, "refer", act, "is erased, or its resident has not agreed that details go to partners")
    typer.echo(f"{ref}: put in touch with {place.library.organisations[organisation].name}.")


def assign(ref: Reference, staff: Annotated[list[int], typer.Argument(metavar="ID …", help="who goes")]) -> None:
    """Exactly these go to a visit. They must be free then; working hours do not bind.

    Example: bot visits assign J7M-4Q3 3 5
    """
    place = here()

    async def act(unit: Unit, visit_id: int) -> bool:
        return await crew.assign(unit, visit_id, staff)

    needed = f"it needs {place.visits.visitors} visitors who are free then"
    _do(place, ref, "assign visitors", act, f"stays as it is: {needed}")
    typer.echo(f"{ref}: {_names(staff)} go.")


def swap(
    ref: Reference,
    out: Annotated[int, typer.Argument(metavar="OUT", help="who does not go")],
    in_: Annotated[int, typer.Argument(metavar="IN", help="who goes instead")],
) -> None:
    """One visitor for a colleague who is free then.

    Example: bot visits swap J7M-4Q3 3 7
    """
    place = here()

    async def act(unit: Unit, visit_id: int) -> bool:
        return await crew.swap(unit, visit_id, out, in_)

    _do(place, ref, "swap visitors", act, f"stays as it is: {out} does not go there, or {in_} is not free then")
    typer.echo(f"{ref}: {in_} goes instead of {out}.")


def _do(place: Place, ref: str, done: str, act: Act, why_not: str) -> None:
    """Do something to a visit, and record it in the words of `done`. Raises CommandFault, and leaves everything as it
    was, where it cannot be done."""

    async def work(unit: Unit) -> None:
        visit = await find(unit, ref, place.visits)
        if not await act(unit, visit.id):
            raise CommandFault(why=f"Visit {visit.reference} {why_not}.")
        await audit.record(unit, None, done, visit.reference)

    writing(work)


def _names(staff: Sequence[int]) -> str:
    return " and ".join(map(str, staff))
