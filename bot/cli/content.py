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
from knowledge.check import check as faults_of
from knowledge.library import NATIONAL, load

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
    found = faults_of(folder, on=on.date() if on else None)
    for fault in found:
        typer.echo(str(replace(fault, path=Path(os.path.relpath(fault.path)))))
    counted = [fault for fault in found if strict or not fault.warning]
    library = None if counted else load(folder)
    if library is not None:
        typer.echo(f"{len(library.entries)} entries and {len(library.organisations)} organisations: no faults")
    raise typer.Exit(1 if counted else 0)


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
