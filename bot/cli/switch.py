"""`bot off` and `bot on`: the off switch. Danger to life, crisis and abuse are answered all the same."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.diary import writing
from bot.errors import CommandFault
from bot.staff import audit
from bot.store import switch
from bot.store.unit import Unit

Why = Annotated[str, typer.Option("--reason", help="why, for the record: colleagues read it, residents do not")]


def off(message: Annotated[list[str], typer.Argument(help="what residents read instead")], reason: Why = "") -> None:
    """Switch the bot off with a public message; 999 and the helplines stay. Needs a --reason, which is recorded.

    Example: bot off "We are putting something right. Please try again tomorrow." --reason "wrong opening hours"
    """
    public, why = " ".join(message).strip(), reason.strip()
    if not public:
        raise CommandFault(why='Say what residents read meanwhile: bot off "Please try again tomorrow." --reason ...')
    if not why:
        raise CommandFault(why=f'Say why, for the record: bot off "{public}" --reason "wrong opening hours"')

    async def work(unit: Unit) -> None:
        await switch.turn_off(unit, public)
        await audit.record(unit, None, "switch off", why)

    writing(work)
    typer.echo("Off. Danger to life, crisis and abuse are still answered. Back with: bot on")


def on(reason: Why = "") -> None:
    """Switch the bot on again. That it was is recorded, with a --reason if you give one.

    Example: bot on --reason "hours are right again"
    """

    async def work(unit: Unit) -> None:
        await switch.turn_on(unit)
        await audit.record(unit, None, "switch on", reason.strip())

    writing(work)
    typer.echo("On.")
