"""`bot posters`: codes for posters and leaflets, and the sheets to print. The console has the same."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.people import with_store
from bot.errors import CommandFault
from bot.posters import pdf
from bot.posters.sheets import Card, Kind, doors_of, logos_of, sheet
from bot.settings import Settings
from bot.staff import posters
from bot.staff.outcomes import Refusal
from bot.store import content
from bot.store.unit import Store
from bot.wiring import place_folder
from handlers.catalogue import Texts
from knowledge.library import Library, load

app = typer.Typer(help="Codes for posters and leaflets, and how often each was followed.", no_args_is_help=True)


@app.command("list")
def list_codes() -> None:
    """Every code, where it hangs, and how often it was followed.

    Example: bot posters list
    """

    async def work(store: Store) -> list[posters.Poster]:
        async with store.read() as unit:
            return list(await posters.listed(unit))

    found = with_store(work)
    for one in found:
        typer.echo(_line(one))
    if not found:
        typer.echo(Texts().say("console.posters.none"))


def _line(one: posters.Poster) -> str:
    opened = Texts().say("console.posters.few") if one.opened is None else one.opened
    parts = [one.label, one.area, one.campaign, f"followed: {opened}", "ended" if one.ended_at else ""]
    return f"{one.code}: {', '.join(filter(None, parts))}"


@app.command()
def make(
    label: Annotated[list[str], typer.Argument(help="where it will hang")],
    area: Annotated[str, typer.Option(help="an area of place.toml")] = "",
    campaign: Annotated[int | None, typer.Option(help="a campaign's number")] = None,
) -> None:
    """Make a code for one place where a poster will hang.

    Example: bot posters make "BRITE Centre noticeboard" --area Braunstone
    """
    areas = [known.name for known in load(place_folder(Settings())).place.areas]
    if area and area not in areas:
        raise CommandFault(why=Texts().say("posters.problem.area", areas=", ".join(areas)))

    async def work(store: Store) -> str:
        async with store.write() as unit:
            made = await posters.make(unit, " ".join(label), area, campaign, secrets.token_bytes)
            if isinstance(made, Refusal):
                raise CommandFault(why=Texts().say(made.text_id))
            return made.code

    code = with_store(work)
    typer.echo(f"{code}. Print it with: bot posters pdf {code} poster.pdf")


@app.command("pdf")
def pdf_(
    code: Annotated[str, typer.Argument(help="as bot posters list shows it")],
    out: Annotated[Path, typer.Argument(help="the file to write")],
    leaflet: Annotated[bool, typer.Option("--leaflet", help="two A5 leaflets on an A4, to cut")] = False,
    telegram: Annotated[str, typer.Option(help="the bot's name on Telegram, without the @")] = "",
) -> None:
    """Write a sheet to print: an A4 poster, or with --leaflet two A5 leaflets.

    Example: bot posters pdf C7M4Q poster.pdf --telegram SomeBot
    """
    settings = Settings()

    async def work(store: Store) -> tuple[Card, Library]:
        async with store.read() as unit:
            found = await posters.find(unit, code.upper())
            if found is None:
                raise CommandFault(why=Texts().say("posters.problem.code"))
            library = await content.library(unit, place_folder(settings))
            entry = library.entries.get(await posters.about(unit, found))
            return Card(found.code, found.label, entry.title if entry else ""), library

    card, library = with_store(work)
    kind: Kind = "leaflet" if leaflet else "poster"
    doors = doors_of(card.code, settings.public_url, f"https://t.me/{telegram}" if telegram else None)
    out.write_bytes(pdf.printed(sheet(library.place, kind, card, doors, logos_of(place_folder(settings)))))
    typer.echo(f"Wrote {out}: {', '.join(address for _, address in doors)}")
