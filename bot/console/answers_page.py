"""Answers: the list with its filters, and the beginning of a new one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.site import Site
from bot.staff import audit, missed, reviews, versions
from bot.staff.edits import Editing
from bot.store.content import Row
from bot.store.unit import Unit
from handlers.office import Colleague
from knowledge import hours
from knowledge.check_one import ENTRY_ID
from knowledge.entry import Agency, Entry, Tier
from knowledge.library import Library

STATES = ("live", "draft", "waiting", "scheduled", "offered", "due", "retired")
LONGEST_ID = 55
NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; an empty one asks for nothing."""

    text: str = ""
    agency: str = ""
    tier: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An answer as the list shows it. `entry` is None for one that has never been live; `drafts` are the numbers and
    states of versions that wait."""

    slug: str
    entry: Entry | None
    states: frozenset[str]
    drafts: tuple[tuple[int, str], ...]

    @property
    def title(self) -> str:
        """Its title; its id where it has none yet."""
        return self.entry.title if self.entry else self.slug


def routes(site: Site) -> APIRouter:
    """`/answers` and `/answers/new`."""
    router = APIRouter()

    @router.get("/answers")
    async def show(request: Request, text: str = "", agency: str = "", tier: str = "", state: str = "") -> Response:
        wanted = Filters(text, agency, tier, state)
        if site.console.rehearsals is not None:
            site.console.rehearsals.wanted.set()
        async with site.reading() as unit:
            waiting = [*await versions.unpublished(unit, "entry"), *await versions.retired(unit, "entry")]
        found = lines(site.library(), waiting, hours.in_london(site.console.clock.now()).date())
        facts: dict[str, Any] = {
            "lines": [line for line in found if matches(line, wanted)], "wanted": wanted, "states": STATES,
            "tiers": get_args(Tier), "agencies": get_args(Agency),
        }  # fmt: skip
        return site.page(request, "answers.html", **facts)

    _new(router, site)
    return router


def _new(router: APIRouter, site: Site) -> None:
    @router.get("/answers/new")
    async def ask(request: Request) -> Response:
        return _ask(site, request)

    @router.post("/answers/new")
    async def begin(request: Request) -> Response:
        form = await site.form(request)
        topic, title = str(form.get("topic", "")), str(form.get("title", ""))
        slug = slug_of(topic, title)
        async with site.unit() as unit:
            free = await is_free(unit, site.library(), slug)
            if free:
                text = missed.NEW_ENTRY.read_text(encoding="utf-8")
                text = text.replace("{phrasings}", f"  - {site.texts.say('console.new.phrasing')}")
                await editing_of(site, unit, site.staff(request).who).draft("entry", slug, text)
        if not free:
            return _ask(site, request, topic, title, "console.new.taken")
        return site.go(request, f"/answers/{slug}", "console.done.begun")


def _ask(site: Site, request: Request, topic: str = "", title: str = "", problem: str = "") -> Response:
    facts: dict[str, Any] = {"topics": topics(site.library()), "topic": topic, "title": title, "problem": problem}
    return site.page(request, "new_answer.html", status=422 if problem else 200, **facts)


def lines(library: Library, waiting: Iterable[Row], today: dt.date) -> list[Line]:
    """All answers, those that are only drafts too, by title. Pure."""
    drafts: dict[str, list[Row]] = {}
    for row in waiting:
        drafts.setdefault(row.slug, []).append(row)
    slugs = {**library.entries, **drafts}
    found = [_line(slug, library.entries.get(slug), drafts, today) for slug in slugs]
    return sorted(found, key=lambda line: (line.title.casefold(), line.slug))


def matches(line: Line, wanted: Filters) -> bool:
    """Is it one of those that are asked for? Words are looked for in titles, ids and phrasings. What was retired is
    found only where it is asked for."""
    entry = line.entry
    if line.states == {"retired"} and wanted.state != "retired":
        return False
    if wanted.state and wanted.state not in line.states:
        return False
    if wanted.agency and (entry is None or entry.agency != wanted.agency):
        return False
    if wanted.tier and (entry is None or entry.tier != wanted.tier):
        return False
    words = " ".join((line.title, line.slug, *(entry.phrasings if entry else ()))).casefold()
    return all(word in words for word in wanted.text.casefold().split())


def topics(library: Library) -> list[str]:
    """The parts of ids before the slash, in order."""
    return sorted({entry.category for entry in library.entries.values()})


def slug_of(topic: str, title: str) -> str:
    """An id made of a topic and a few words."""
    name = NOT_IN_A_NAME.sub("-", title.casefold()).strip("-")
    return f"{topic}/{name[: LONGEST_ID - len(topic) - 1].rstrip('-')}"


async def is_free(unit: Unit, library: Library, slug: str) -> bool:
    """May a new answer have this id? One of a known topic that no file has, draft or live."""
    if not ENTRY_ID.fullmatch(slug) or slug.partition("/")[0] not in topics(library) or slug in library.entries:
        return False
    drafts = {row.slug for row in await versions.unpublished(unit, "entry")}
    return slug not in drafts and await versions.stands(unit, "entry", slug) is None


def editing_of(site: Site, unit: Unit, who: Colleague) -> Editing:
    """What this person does to answers, written down in their name."""
    return Editing(unit, site.library(), who, partial(audit.record, unit, who.id))


def _line(slug: str, entry: Entry | None, drafts: Mapping[str, list[Row]], today: dt.date) -> Line:
    rows = drafts.get(slug, [])
    if any(row.state == "retired" for row in rows):
        entry = None
    states = frozenset((*_own_states(entry, today), *(row.state for row in rows)))
    return Line(slug, entry, states, tuple((row.id, row.state) for row in rows if row.state != "retired"))


def _own_states(entry: Entry | None, today: dt.date) -> Iterator[str]:
    if entry is not None:
        yield "live"
        if reviews.is_due(entry, today):
            yield "due"
