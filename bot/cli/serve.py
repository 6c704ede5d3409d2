"""`bot run`: the bot itself."""

from __future__ import annotations

import asyncio
import os

import typer

from bot.logs import configure
from bot.serving import serve
from bot.settings import Settings


def run() -> None:
    """Start the bot: the web chat, and Telegram where a token is set. Ctrl-C stops it.

    Example: bot run
    """
    os.umask(0o077)  # the database and its keys are for their owner alone
    configure()
    typer.echo("Starting")
    asyncio.run(serve(Settings(), typer.echo))
