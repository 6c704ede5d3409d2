"""`bot worker`: what happens by itself, on machines of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from bot import fast_loop
from bot.logs import configure
from bot.settings import Settings
from bot.working import work


def worker(
    alive: Annotated[Path | None, typer.Option(help="touched every few seconds, for a health check to look at")] = None,
) -> None:
    """Do what happens by itself for processes with the role web: send what was left, remind, ask, tidy.

    Needs PostgreSQL. Run as many as you like; each thing is done once. Ctrl-C stops it.

    Example: bot worker
    """
    os.umask(0o077)
    configure()
    fast_loop.run(work(Settings(), typer.echo, alive))
