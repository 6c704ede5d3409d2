"""`bot report`: a month or a quarter as a web page, a PDF and data, for whoever pays for the work and for the team."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.diary import reading
from bot.errors import CommandFault
from bot.insight import report_period
from bot.insight.reading import insight
from bot.insight.report import Report, written_to
from bot.insight.report_shapes import About
from bot.insight.shapes import Filter, Insight, Period
from bot.insight.wording import Words
from bot.settings import Settings
from bot.store import content
from bot.store.unit import Unit
from bot.wiring import place_folder
from handlers.catalogue import Texts
from knowledge.library import Library, load


def report(
    out: Annotated[Path, typer.Option(file_okay=False, help="the folder to write into; it is made if it is missing")],
    month: Annotated[str, typer.Option(help="a month, like 2026-10")] = "",
    quarter: Annotated[str, typer.Option(help="a quarter, like 2026-Q3")] = "",
) -> None:
    """Make the report of a month or a quarter: report.html, report.pdf, the data and what each field of it means.
    Without either it is the last whole month.

    Example: bot report --quarter 2026-Q3 --out reports/2026-Q3
    """
    settings, texts = Settings(), Texts()
    if month and quarter:
        raise CommandFault(why="Say either a month or a quarter.")
    folder = load(place_folder(settings))

    async def work(unit: Unit) -> tuple[Insight, Library, dt.date]:
        today = unit.now.astimezone(ZoneInfo(folder.place.timezone)).date()
        wanted = Filter(_period(month or quarter, today))
        live = await content.library(unit, place_folder(settings))
        library = live if live.entries else folder
        return await insight(unit, wanted, library, texts), library, today

    found, library, today = reading(work)
    words = Words(texts)
    about = About(library.place.name, library.place.partnership, today, settings.demonstration)
    written_to(Report(found, about, words).files(), out)
    typer.echo(f"The report of {words.period(found.filter.period)} is in {out}: open report.html or report.pdf.")


def _period(said: str, today: dt.date) -> Period:
    return report_period.period(said, today) if said else report_period.last_whole_month(today)
