"""What the numbers say: the filters are the address, the story is what the report prints, and a button makes that."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.answers_page import topics
from bot.console.site import Site
from bot.errors import ReportMissing
from bot.insight.reading import insight
from bot.insight.report import Report, name_of, zipped
from bot.insight.report_period import BadPeriod, between, last_whole_month, offered, period, written
from bot.insight.report_shapes import About
from bot.insight.report_story import Teller
from bot.insight.shapes import Filter, Insight, Period
from bot.insight.wording import Words
from knowledge.entry import Agency

SOURCE = re.compile(r"[A-Za-z0-9_-]{1,64}")
LINKS = {"entries": "/answers/", "organisations": "/organisations/"}
"""Tables whose lines are pages of the console."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says, as somebody typed it."""

    period: str = ""
    first: str = ""
    last: str = ""
    topic: str = ""
    agency: str = ""
    area: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What is shown instead, and what was wrong with what was asked."""

    wanted: Filter
    problems: tuple[str, ...] = ()


def routes(site: Site) -> APIRouter:
    """`/insight`, and the report as one file."""
    router = APIRouter()

    @router.get("/insight")
    async def show(request: Request) -> Response:
        understood = understand(site, asked(request.query_params))
        found = await _insight(site, understood.wanted)
        return _page(site, request, found, understood.problems)

    @router.get("/insight/report")
    async def make(request: Request) -> Response:
        """The whole place's report of a period, zipped."""
        understood = understand(site, asked(request.query_params))
        if understood.problems:
            return _page(site, request, await _insight(site, understood.wanted), understood.problems)
        return await _report(site, request, understood.wanted.period)

    return router


def asked(query: Mapping[str, str]) -> Asked:
    """The address as it stands."""
    said = {name: query.get(name, "").strip()[:80] for name in ("period", "topic", "agency", "area", "source")}
    return Asked(**said, first=query.get("from", "").strip()[:80], last=query.get("to", "").strip()[:80])


def understand(site: Site, said: Asked) -> Understood:
    """What to count. Whatever is not understood is left out, and said."""
    problems: list[str] = []
    wanted = Filter(last_whole_month(today(site)))
    try:
        wanted = Filter(_period(said, today(site)))
    except BadPeriod as error:
        problems.append(site.texts.say(error.text_id, **error.facts))
    kept: dict[str, str] = {}
    for name, known in _known(site).items():
        value = getattr(said, name)
        if value and not _is(value, known):
            problems.append(site.texts.say(f"console.insight.bad.{name}", said=value))
        elif value:
            kept[name] = value
    return Understood(Filter(wanted.period, **kept), tuple(problems))


def _period(said: Asked, now: date) -> Period:
    if said.first or said.last:
        return between(said.first, said.last, now)
    return period(said.period, now) if said.period else last_whole_month(now)


def _known(site: Site) -> dict[str, frozenset[str] | None]:
    """What each filter may say; None: any code."""
    library = site.library()
    areas = frozenset(area.name for area in library.place.areas)
    return {"topic": frozenset(topics(library)), "agency": frozenset(get_args(Agency)), "area": areas, "source": None}


def _is(value: str, known: frozenset[str] | None) -> bool:
    return SOURCE.fullmatch(value) is not None if known is None else value in known


def today(site: Site) -> date:
    """The date in the place."""
    return site.console.clock.now().astimezone(ZoneInfo(site.zone)).date()


async def _insight(site: Site, wanted: Filter) -> Insight:
    async with site.reading() as unit:
        return await insight(unit, wanted, site.library(), site.texts)


def _page(site: Site, request: Request, found: Insight, problems: tuple[str, ...] = ()) -> Response:
    words = Words(site.texts)
    choices = _choices(site, found, words)
    facts: dict[str, Any] = {
        "story": Teller(found, site.library().place.name, words).story(),
        "words": words,
        "wanted": found.filter,
        "written": written(found.filter.period),
        "periods": [(written(one), words.period(one)) for one in offered(today(site))],
        "choices": choices,
        "only": _only(site, found.filter, choices),
        "notes": found.notes,
        "links": _links(site),
        "problems": problems,
        "so_far": found.filter.period.last >= today(site).replace(day=1),
    }
    return site.page(request, "insight.html", status=422 if problems else 200, **facts)


def _choices(site: Site, found: Insight, words: Words) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in each filter: its value, and what it is called."""
    library = site.library()
    source = found.table("source")
    codes = [(row.id, row.label) for row in source.rows if SOURCE.fullmatch(row.id)] if source else []
    if found.filter.source and found.filter.source not in dict(codes):
        codes.append((found.filter.source, found.filter.source))
    return {
        "topic": [(one, words.row("topic", one)) for one in topics(library)],
        "agency": [(one, words.row("agency", one)) for one in get_args(Agency)],
        "area": [(area.name, area.name) for area in library.place.areas],
        "source": codes,
    }


def _only(site: Site, wanted: Filter, choices: Mapping[str, list[tuple[str, str]]]) -> list[str]:
    """What the filters let through, in words."""
    chosen = {name: dict(found).get(getattr(wanted, name), "") for name, found in choices.items()}
    return [f"{site.texts.say(f'console.insight.{name}')}: {label}" for name, label in chosen.items() if label]


def _links(site: Site) -> dict[str, str]:
    """The pages of answers and organisations that still are there, by table and id."""
    library = site.library()
    answers = {f"entries {slug}": LINKS["entries"] + slug for slug in library.entries}
    return answers | {f"organisations {slug}": LINKS["organisations"] + slug for slug in library.organisations}


async def _report(site: Site, request: Request, wanted: Period) -> Response:
    place = site.library().place
    about = About(place.name, place.partnership, today(site), site.console.demonstration)
    found = await _insight(site, Filter(wanted))
    try:
        files = await asyncio.to_thread(Report(found, about, Words(site.texts)).files)
    except ReportMissing as error:
        return _page(site, request, found, (site.texts.say(error.text_id),))
    name = name_of(wanted)
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return Response(zipped(files, name), media_type="application/zip", headers=headers)
