"""`bot content`: check the folder, count it, write the database's content back to it."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bot.clock import SystemClock
from bot.settings import Settings
from bot.store import content as stored
from bot.wiring import open_store, place_folder
from knowledge import hours
from knowledge.check import check as faults_of
from knowledge.encoder import open_encoder
from knowledge.library import NATIONAL, Library, load
from knowledge.search import index_of
from knowledge.search.strays import Stray, strays
from knowledge.search.vectors import Vectors

app = typer.Typer(help="The curated answers and organisations.", no_args_is_help=True)


@app.command()
def check(
    strict: Annotated[bool, typer.Option("--strict", help="warnings count as faults")] = False,
    on: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="find reviews overdue on a day")] = None,
) -> None:
    """Name every fault with its file and line.

    Example: bot content check --strict --on 2027-03-01
    """
    folder = place_folder(Settings())
    today = hours.in_london(SystemClock().now()).date()
    found = faults_of(folder, on=on.date() if on else None, today=today)
    for fault in found:
        typer.echo(str(replace(fault, path=Path(os.path.relpath(fault.path)))))
    counted = [fault for fault in found if strict or not fault.warning]
    if counted:
        raise typer.Exit(1)
    library = load(folder)
    for stray in _strays(library):
        typer.echo(f'note: "{stray.text}" stands in {stray.entry} and fits {stray.better} better')
    typer.echo(f"{len(library.entries)} entries and {len(library.organisations)} organisations: no faults")


def _strays(library: Library) -> list[Stray]:
    settings = Settings()
    encoder, folder = open_encoder(settings.encoder), settings.index_folder
    index, phrasings = index_of(library, encoder, folder), sum(len(e.phrasings) for e in library.entries.values())
    err = typer.get_text_stream("stderr")
    with typer.progressbar(length=phrasings, label="asking every phrasing", file=err) as bar:
        return list(strays(index, library, Vectors(encoder, folder), bar.update))


@app.command()
def stats(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Count entries by topic, tier and agency, and what is signed off.

    Example: bot content stats --json
    """
    library = load(place_folder(Settings()))
    entries = library.entries.values()
    counted = {
        "entries": len(library.entries),
        "organisations": len(library.organisations),
        "phrasings": sum(len(entry.phrasings) for entry in entries),
        "signed_off": sum(entry.signed_off for entry in entries),
        "hours_known": sum(organisation.hours.known for organisation in library.organisations.values()),
        "by_category": dict(Counter(entry.category for entry in entries)),
        "by_tier": dict(Counter(entry.tier for entry in entries)),
        "by_agency": dict(Counter(entry.agency for entry in entries)),
    }
    if as_json:
        typer.echo(json.dumps(counted))
        return
    for name, value in counted.items():
        typer.echo(f"{name.replace('_', ' ')}: {value}")


@app.command()
def export() -> None:
    """Write the live content of the database back to the folders it came from, byte for byte.

    Example: bot content export
    """
    typer.echo(f"{asyncio.run(_export())} files written")


async def _export() -> int:
    settings = Settings()
    store = open_store(settings, SystemClock())
    try:
        async with store.read() as unit:
            return await stored.export(unit, place_folder(settings), NATIONAL)
    finally:
        await store.close()
