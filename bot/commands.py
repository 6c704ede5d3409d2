"""How a command ends: well, or with one plain sentence and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer
from pydantic import ValidationError

from bot.errors import BotError, WrongUsage
from handlers.catalogue import Texts
from knowledge.errors import KnowledgeError


def carried_out(command: Callable[[], object]) -> None:
    """Run a command to its end. What goes wrong is one plain sentence on standard error, and an exit code."""
    try:
        command()
    except (BotError, KnowledgeError) as error:
        typer.echo(Texts().say(error.text_id, **error.facts), err=True)
        sys.exit(2 if isinstance(error, WrongUsage) else 1)
    except ValidationError as error:
        typer.echo("; ".join(problem["msg"] for problem in error.errors()), err=True)
        sys.exit(2)
