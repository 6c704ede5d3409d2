"""`bot doctor`: what is wrong with this deployment, and the mend."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer
from pydantic import ValidationError

from bot.channels.telegram.look import look
from bot.clock import SystemClock
from bot.ops.doctor import examine
from bot.ops.findings import Finding, good, wrong
from bot.settings import Settings
from handlers.catalogue import Texts

TICK, CROSS = "✓", "✗"


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="one object a line")] = False,
) -> None:
    """Look at settings, keys, database, content, messages, backups and Telegram. Exit code 1 if anything is wrong.

    Example: bot doctor --json
    """
    texts = Texts()
    well = asyncio.run(_examined(as_json, texts))
    if not well:
        raise typer.Exit(1)
    if not as_json:
        typer.echo(texts.say("staff.doctor.well"))


async def _examined(as_json: bool, texts: Texts) -> bool:
    try:
        settings = Settings()
    except ValidationError as error:
        why = "; ".join(problem["msg"] for problem in error.errors())
        typer.echo(line(wrong("settings", "faults", why=why), texts, as_json))
        return False
    typer.echo(line(good("settings"), texts, as_json))
    well = True
    async for finding in examine(settings, SystemClock(), look):
        typer.echo(line(finding, texts, as_json))
        well = well and finding.ok
    return well


def line(finding: Finding, texts: Texts, as_json: bool) -> str:
    """A finding as a person or a script reads it."""
    says, mend = finding.says(texts), finding.mend(texts)
    if as_json:
        said = {"check": finding.check, "what": finding.what, "ok": finding.ok, "says": says, "mend": mend}
        return json.dumps(said, ensure_ascii=False)
    return f"{TICK if finding.ok else CROSS} {says}" + (f"\n    {mend}" if mend else "")
