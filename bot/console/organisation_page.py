"""One organisation: its details as a form, its notices, what residents say is wrong, and what colleagues suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console import organisation_form as form_of
from bot.console.organisation_form import CHOICES, FIELDS, KIND, LONG, Field
from bot.console.replayed import Line
from bot.console.site import MOST, NumberAsked, Site
from bot.staff import audit, history, notices, proof, versions
from bot.staff.edits import PUBLISHERS
from bot.staff.history import Past
from bot.staff.outcomes import Conflict, Refusal
from bot.staff.seen import mark_of
from bot.staff.versions import UNPUBLISHED
from bot.store import content, records
from bot.store.content import Row
from bot.store.unit import Unit
from knowledge.check_one import parse
from knowledge.errors import UnreadableFile
from knowledge.references import references
from knowledge.sheets import Change

SAVED = {
    "live": "console.done.organisation-live",
    "waiting": "console.done.organisation-waiting",
    "retired": "console.done.organisation-retired",
}
LONGEST_REASON = 300
Notice = tuple[str, str]
"""What was typed in for a notice: its words, and the day."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A version that is not published. `changes` is None where its text cannot be read, and where it retires all."""

    version: Past
    changes: tuple[Change, ...] | None

    @property
    def seen(self) -> str:
        """The mark of what whoever looks reads."""
        return mark_of(self.version)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed in over a version, by field, and what is wrong with it."""

    base: Row
    said: Mapping[str, str]
    faults: Mapping[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What else the page says: what went wrong, what was typed in for a notice or as a reason, and by the numbers of
    suggestions which messages would be met in another way."""

    problem: str = ""
    notice: Notice = ("", "")
    reason: str = ""
    differing: Mapping[int, Sequence[Line]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Held:
    """All that the tables hold of one organisation; `words` is what it said last before it was retired."""

    live: Row | None
    retired: Past | None
    words: str | None
    waiting: Sequence[Past]
    notices: Sequence[notices.Standing]
    reports: Sequence[records.Report]
    proved: Sequence[proof.Said]


def routes(site: Site) -> APIRouter:
    """`/organisations/{slug}`; the buttons beside its form are answered in `organisation_buttons`."""
    router = APIRouter()

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

    return router


async def show_one(
    site: Site, request: Request, slug: str, typed: Typed | None = None, beside: Beside | None = None
) -> Response:
    """The page of one organisation, with what somebody typed in where it could not be published."""
    who, beside = site.staff(request).who, beside or Beside()
    held = await _held(site, slug)
    if held.live is None and held.retired is None and not held.waiting:
        return await site.problem(request, 404, "console.organisations.none")
    if held.reports:
        async with site.unit() as unit:
            await audit.record(unit, who.id, "read reports", f"organisation {slug}")
    problem = typed.problem if typed else beside.problem
    facts: dict[str, object] = {
        "slug": slug, "title": _title(slug, held), "fields": _fields(held.live, typed),
        "base": held.live.id if held.live else None, "retired": None if held.live else held.retired,
        "suggestions": [_suggestion(each, slug, held.live.text if held.live else None) for each in held.waiting],
        "notices": held.notices, "notice_words": beside.notice[0], "notice_until": beside.notice[1],
        "longest_notice": notices.LONGEST, "reports": held.reports, "publishes": who.role in PUBLISHERS,
        "problem": problem, "whole": typed.faults.get("", "") if typed else "", "differing": beside.differing,
        "references": references(site.library(), KIND, slug), "reason": beside.reason,
        "longest_reason": LONGEST_REASON, "long": LONG, "choices": CHOICES, "proof": held.proved,
    }  # fmt: skip
    return site.page(request, "organisation.html", status=422 if problem else 200, **facts)


async def _held(site: Site, slug: str) -> _Held:
    async with site.reading() as unit:
        live, found = await versions.live(unit, KIND, slug), await history.versions_of(unit, KIND, slug)
        standing = [one for one in await notices.current(unit) if (one.kind, one.about) == (KIND, slug)]
        reports = [one for one in await records.open_reports(unit) if one.organisation == slug]
        proved = await proof.of_organisation(unit, slug)
    retired = next((each for each in found if each.state == "retired"), None)
    words = next((each.text for each in found if each.state == "replaced" and each.text), None)
    return _Held(live, retired, words, [each for each in found if each.state in UNPUBLISHED], standing, reports, proved)


def _title(slug: str, held: _Held) -> str:
    text = held.live.text if held.live else held.words
    return form_of.cells_of(slug, text)["name"] if text else slug


def _fields(live: Row | None, typed: Typed | None) -> Sequence[Field]:
    if live is None:
        return ()
    now = form_of.cells_of(live.slug, live.text)
    if typed is None:
        return form_of.fields(now, {}, now, now)
    return form_of.fields(typed.said, typed.faults, form_of.cells_of(live.slug, typed.base.text), now)


def _suggestion(version: Past, slug: str, live: str | None) -> Suggestion:
    if version.retires:
        return Suggestion(version, None)
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
    if row is None or live is None or row.slug != slug or row.retires:
        return None
    return Typed(live, {name: form_of.cells_of(slug, row.text)[name] for name in FIELDS}, {})


async def _base(unit: Unit, slug: str, given: object) -> Row | None:
    """The version that the form was opened on."""
    digits = given if isinstance(given, str) and given.isascii() and given.isdigit() else ""
    row = await versions.one(unit, KIND, int(digits)) if digits and int(digits) <= MOST else None
    return row if row is not None and row.slug == slug else None
