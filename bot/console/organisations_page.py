"""Organisations: which there are; one with its details as a form, its notices, and what residents say is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console import organisation_form as form_of
from bot.console.organisation_form import FIELDS, HOLIDAYS, KIND, LONG, Field
from bot.console.site import MOST, NumberAsked, Site
from bot.staff import audit, history, notices, versions
from bot.staff.edits import PUBLISHERS
from bot.staff.history import Past
from bot.staff.outcomes import Conflict, Refusal
from bot.staff.versions import UNPUBLISHED
from bot.store import content, records
from bot.store.content import Row
from bot.store.unit import Unit
from knowledge.check_one import parse
from knowledge.entry import Organisation
from knowledge.errors import UnreadableFile
from knowledge.sheets import Change

SAVED = {"live": "console.done.organisation-live", "waiting": "console.done.organisation-waiting"}
Notice = tuple[str, str]
"""What was typed in for a notice: its words, and the day."""
STATES = ("reports", "notices", "suggestions")


@dataclass(frozen=True, slots=True)
class Line:
    """An organisation as the list shows it, with how many reports, notices and suggestions there are."""

    organisation: Organisation
    reports: int
    notices: int
    suggestions: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list shall hold; empty for all."""

    words: str = ""
    area: str = ""
    state: str = ""

    def wants(self, line: Line) -> bool:
        """Is this one of them?"""
        one = line.organisation
        words = " ".join((one.id, one.name, *one.aliases, one.what_for)).casefold()
        in_state = self.state not in STATES or bool(getattr(line, self.state))
        return self.words.casefold() in words and self.area in ("", one.area) and in_state


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A version that is not published. `changes` is None where its text cannot be read."""

    version: Past
    changes: tuple[Change, ...] | None


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed in over a version, by field, and what is wrong with it."""

    base: Row
    said: Mapping[str, str]
    faults: Mapping[str, str]
    problem: str = ""


def routes(site: Site) -> APIRouter:
    """`/organisations`, and one of them; the buttons beside its form are answered in `organisation_buttons`."""
    router = APIRouter()
    _list(router, site)
    _one(router, site)
    return router


def _list(router: APIRouter, site: Site) -> None:
    @router.get("/organisations")
    async def show(request: Request, q: str = "", area: str = "", state: str = "") -> Response:
        asked, known = Asked(q.strip(), area, state), site.library().organisations
        async with site.reading() as unit:
            reports = Counter(one.organisation for one in await records.open_reports(unit))
            standing = Counter(one.about for one in await notices.current(unit) if one.kind == KIND)
            waiting = Counter(row.slug for row in await versions.unpublished(unit, KIND))
        lines = [Line(one, reports[slug], standing[slug], waiting[slug]) for slug, one in sorted(known.items())]
        facts: dict[str, Any] = {
            "lines": [line for line in lines if asked.wants(line)],
            "asked": asked,
            "areas": sorted({one.area for one in known.values()}),
            "states": STATES,
            "unborn": sorted(set(waiting) - set(known)),
        }
        return site.page(request, "organisations.html", **facts)


def _one(router: APIRouter, site: Site) -> None:
    @router.get("/organisations/{slug}")
    async def read(request: Request, slug: str, take: NumberAsked = None) -> Response:
        return await show_one(site, request, slug, await _taken(site, slug, take))

    @router.post("/organisations/{slug}")
    async def save(request: Request, slug: str) -> Response:
        """Publish what was typed in, or send it to somebody who may."""
        form, who = await site.form(request), site.staff(request).who
        async with site.reading() as unit:
            base, revision = await _base(unit, slug, form.get("base")), await content.revision(unit)
        if base is None:
            return await show_one(site, request, slug)
        said = form_of.said_in(form)
        plan = form_of.planned(slug, base.text, said, site.library())
        if plan.faults:
            faults = {found.column or "": form_of.fault_words(site, found) for found in plan.faults}
            typed = Typed(base, said, faults, site.texts.say("console.organisations.faults"))
            return await show_one(site, request, slug, typed)
        if not plan.news:
            return site.go(request, f"/organisations/{slug}", "console.done.same")
        done = await form_of.put_live(site, who, slug, plan.rows[0].text, base, revision)
        if isinstance(done, Refusal | Conflict):
            return await show_one(site, request, slug, Typed(base, said, {}, form_of.words_of(site, done)))
        return site.go(request, f"/organisations/{slug}", SAVED[done.state])


async def show_one(
    site: Site, request: Request, slug: str, typed: Typed | None = None, problem: str = "", notice: Notice = ("", "")
) -> Response:
    """The page of one organisation, with what somebody typed in where it could not be published."""
    who, problem = site.staff(request).who, typed.problem if typed else problem
    async with site.reading() as unit:
        live = await versions.live(unit, KIND, slug)
        waiting = [each for each in await history.versions_of(unit, KIND, slug) if each.state in UNPUBLISHED]
        standing = [one for one in await notices.current(unit) if (one.kind, one.about) == (KIND, slug)]
        reports = [one for one in await records.open_reports(unit) if one.organisation == slug]
    if live is None and not waiting:
        return await site.problem(request, 404, "console.organisations.none")
    if reports:
        async with site.unit() as unit:
            await audit.record(unit, who.id, "read reports", f"organisation {slug}")
    facts: dict[str, object] = {
        "slug": slug,
        "title": form_of.cells_of(slug, live.text)["name"] if live else slug,
        "fields": _fields(live, typed),
        "base": live.id if live else None,
        "suggestions": [_suggestion(each, slug, live.text if live else None) for each in waiting],
        "notices": standing,
        "notice_words": notice[0],
        "notice_until": notice[1],
        "longest_notice": notices.LONGEST,
        "reports": reports,
        "publishes": who.role in PUBLISHERS,
        "problem": problem,
        "whole": typed.faults.get("", "") if typed else "",
    }
    looks = {"long": LONG, "holidays": HOLIDAYS}
    return site.page(request, "organisation.html", status=422 if problem else 200, **facts, **looks)


def _fields(live: Row | None, typed: Typed | None) -> Sequence[Field]:
    if live is None:
        return ()
    now = form_of.cells_of(live.slug, live.text)
    if typed is None:
        return form_of.fields(now, {}, now, now)
    return form_of.fields(typed.said, typed.faults, form_of.cells_of(live.slug, typed.base.text), now)


def _suggestion(version: Past, slug: str, live: str | None) -> Suggestion:
    try:
        parse(KIND, slug, version.text)
    except UnreadableFile:
        return Suggestion(version, None)
    return Suggestion(version, form_of.differences(slug, live, version.text))


async def _taken(site: Site, slug: str, number: int | None) -> Typed | None:
    """A suggestion in the form, to be worked on over what is live."""
    async with site.reading() as unit:
        row = await versions.one(unit, KIND, number) if number is not None else None
        live = await versions.live(unit, KIND, slug)
    if row is None or live is None or row.slug != slug:
        return None
    return Typed(live, {name: form_of.cells_of(slug, row.text)[name] for name in FIELDS}, {})


async def _base(unit: Unit, slug: str, given: object) -> Row | None:
    """The version that the form was opened on."""
    digits = given if isinstance(given, str) and given.isascii() and given.isdigit() else ""
    row = await versions.one(unit, KIND, int(digits)) if digits and int(digits) <= MOST else None
    return row if row is not None and row.slug == slug else None
