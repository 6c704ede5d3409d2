"""Where the `bot` command begins. `bot run` stays for months, so it loads what it runs with, and no other command."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import typer

from bot.commands import carried_out

if TYPE_CHECKING:
    from bot import cli, run_command  # noqa: F401  loaded late; the arrows are shown to whoever checks arrows


def main() -> None:
    """The `bot` command."""
    if sys.argv[1:2] == ["run"]:
        # structlog would load it for tracebacks that we never write
        sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
        carried_out(_running())
    else:
        importlib.import_module("bot.cli").main()


def _running() -> typer.Typer:
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    app.command("run")(importlib.import_module("bot.run_command").run)
    app.callback()(lambda: None)  # so that `run` stays a word of its own
    return app
