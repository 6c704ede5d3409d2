"""`bot run`: the bot itself."""

from __future__ import annotations

import os
from typing import Annotated, Literal

import typer

from bot import fast_loop
from bot.logs import configure
from bot.running import let_go
from bot.serving import serve
from bot.settings import Settings


def run(
    role: Annotated[
        Literal["all", "web"] | None, typer.Option(help="web: leave to `bot worker` what happens by itself")
    ] = None,
) -> None:
    """Start the bot: the web chat, and Telegram where a token is set. Ctrl-C stops it.

    Example: bot run
    Example: bot run --role web
    """
    os.umask(0o077)  # the database and its keys are for their owner alone
    configure()
    typer.echo("Starting")
    settings = Settings() if role is None else Settings(role=role)
    fast_loop.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    await serve(settings, typer.echo)
    let_go()
