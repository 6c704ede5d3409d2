"""`bot place new`: another estate is another folder."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from bot.errors import CommandFault
from bot.settings import Settings
from knowledge.library import PLACES
from knowledge.new_place import make

app = typer.Typer(help="The place this bot serves.", no_args_is_help=True)


@app.command()
def new(name: Annotated[str, typer.Argument(help="the estate's name, such as 'Castle Ward'")]) -> None:
    """Make a folder for another place from the template; then fill it in and check it.

    Example: bot place new "Castle Ward"
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
    if not slug:
        raise CommandFault(why="A place needs a name with letters in it.")
    folder = (Settings().places_folder or PLACES) / slug
    if folder.exists():
        raise CommandFault(why=f"There is a place in {folder} already.")
    make(folder, name)
    typer.echo(
        f"Made {folder}. Fill in place.toml and organisations, then: BOT_PLACE={slug} bot content check --strict"
    )


@app.command("list")
def list_() -> None:
    """The places there are.

    Example: bot place list
    """
    for path in sorted((Settings().places_folder or PLACES).glob("*/place.toml")):
        typer.echo(path.parent.name)
