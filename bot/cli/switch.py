"""`bot off` and `bot on`: the off switch. Danger to life, crisis and abuse are answered all the same."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.people import with_store
from bot.store import switch
from bot.store.unit import Store


def off(message: Annotated[list[str], typer.Argument(help="what residents read instead")]) -> None:
    """Switch the bot off with a public message; 999 and the helplines stay.

    Example: bot off "We are putting something right. Please try again tomorrow."
    """

    async def work(store: Store) -> None:
        async with store.write() as unit:
            await switch.turn_off(unit, " ".join(message))

    with_store(work)
    typer.echo("Off. Danger to life, crisis and abuse are still answered. Back with: bot on")


def on() -> None:
    """Switch the bot on again.

    Example: bot on
    """

    async def work(store: Store) -> None:
        async with store.write() as unit:
            await switch.turn_on(unit)

    with_store(work)
    typer.echo("On.")
