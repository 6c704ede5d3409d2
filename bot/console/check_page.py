"""One topic of the home check: its file in a box, how residents would be asked it, what is wrong with it, its versions.

It is published by the rules of an organisation: by whoever may publish, after the checks, and kept in the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, cast

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from bot.console.organisation_form import words_of
from bot.console.site import MOST, Number, NumberAsked, Site
from bot.staff import audit, history, versions
from bot.staff.edits import PUBLISHERS, Editing
from bot.staff.findings import faults_in
from bot.staff.history import Past
from bot.staff.outcomes import Conflict, Done, Draft, Refusal, Rehearsal
from bot.staff.versions import UNPUBLISHED
from bot.store import content
from bot.store.content import Row
from bot.store.unit import Unit
from handlers.office import Colleague
from knowledge.check_one import Kind
from knowledge.errors import UnreadableFile
from knowledge.home_check import CheckTopic, parse_topic
from knowledge.replay import Replay

KIND: Kind = "check"
NONE = "console.checks.none"
LONGEST_NOTE = 300
Act = Literal["look", "draft", "publish"]
Faults = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Box:
    """What stands in the box, and why what was asked for was not done."""

    text: str
    note: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Held:
    """All that the tables hold of a topic."""

    live: Row | None
    own: Row | None
    found: list[Past] = field(default_factory=list)


def routes(site: Site) -> APIRouter:
    """`/checks/{slug}` and its versions."""
    router = APIRouter()

    @router.get("/checks/{slug}")
    async def read(request: Request, slug: str, take: NumberAsked = None) -> Response:
        return await _show(site, request, slug, take=take)

    @router.post("/checks/{slug}")
    async def write(request: Request, slug: str) -> Response:
        """Look at what was typed in, keep it, or publish it."""
        return await _write(site, request, slug)

    @router.post("/checks/{slug}/versions/{number}")
    async def put_away(request: Request, slug: str, number: Number) -> Response:
        """Put away what is not published: one's own, or for those who publish anybody's."""
        async with site.unit() as unit:
            row = await versions.one(unit, KIND, number)
            editing = editing_of(site, unit, site.staff(request).who)
            done = await editing.discard(KIND, number) if row is not None and row.slug == slug else None
        if not isinstance(done, Done):
            return site.go(request, f"/checks/{slug}" if slug in site.library().checks else "/checks",
                           "console.done.nothing")  # fmt: skip
        return site.go(request, f"/checks/{slug}", "console.done.put-away")

    return router


async def _write(site: Site, request: Request, slug: str) -> Response:
    form = await site.form(request)
    if not (await _held(site, request, slug)).found:
        return await site.problem(request, 404, NONE)
    box = Box(_said(form, "text").replace("\r\n", "\n"), _said(form, "note").strip()[:LONGEST_NOTE])
    act = form.get("act")
    if act not in ("draft", "publish"):
        return await _show(site, request, slug, box)
    done = await _kept(site, site.staff(request).who, slug, box, _number(form.get("base")), cast(Act, act))
    if isinstance(done, Refusal | Conflict):
        return await _show(site, request, slug, Box(box.text, box.note, words_of(site, done)))
    state = done.state if isinstance(done, Done) else "draft"
    return site.go(request, f"/checks/{slug}", f"console.done.check-{state}")


def editing_of(site: Site, unit: Unit, who: Colleague) -> Editing:
    """What this person does to the files, written down in their name."""
    return Editing(unit, site.library(), who, partial(audit.record, unit, who.id))


async def _kept(
    site: Site, who: Colleague, slug: str, box: Box, base: int | None, act: Act
) -> Draft | Done | Refusal | Conflict:
    """A text is kept as a draft whatever stands in the way; then published, or sent to somebody who may."""
    async with site.unit() as unit:
        editing = editing_of(site, unit, who)
        draft = await editing.draft(KIND, slug, box.text, box.note, base)
        if isinstance(draft, Refusal) or act == "draft":
            return draft
        if who.role not in PUBLISHERS:
            return await editing.submit(KIND, draft.version_id)
        # the search knows nothing of the home check, so there is nothing to try out
        rehearsal = Rehearsal(box.text, await content.revision(unit), Replay())
        return await editing.publish(KIND, draft.version_id, rehearsal)


async def _held(site: Site, request: Request, slug: str) -> _Held:
    async with site.reading() as unit:
        live, found = await versions.live(unit, KIND, slug), await history.versions_of(unit, KIND, slug)
        own = await versions.draft_of(unit, KIND, slug, site.staff(request).who.id)
    return _Held(live, own, found)


async def _show(site: Site, request: Request, slug: str, box: Box | None = None, take: int | None = None) -> Response:
    held, who = await _held(site, request, slug), site.staff(request).who
    if not held.found:
        return await site.problem(request, 404, NONE)
    taken = next((past for past in held.found if past.id == take), None)
    box = box or _box(held, taken)
    facts: dict[str, Any] = {
        "slug": slug, "box": box, "taken": taken, "base": held.live.version if held.live else "",
        "title": site.library().checks[slug].title if slug in site.library().checks else slug,
        "diff": history.diff(held.live.text, box.text) if held.live and held.live.text != box.text else (),
        "past": held.found, "unpublished": UNPUBLISHED, "publishes": who.role in PUBLISHERS,
        "longest_note": LONGEST_NOTE, "problem": box.problem, **_look(site, slug, box.text),
    }  # fmt: skip
    return site.page(request, "check.html", status=422 if box.problem else 200, **facts)


def _box(held: _Held, taken: Past | None) -> Box:
    """The words that were asked for; else one's own draft; else what is live."""
    if taken is not None:
        return Box(taken.text)
    row = held.own or held.live
    return Box(row.text, row.note if row is held.own else "") if row else Box(held.found[0].text)


def _look(site: Site, slug: str, text: str) -> Mapping[str, object]:
    """A text as residents would be asked it, and what is wrong with it."""
    hard, soft = _faults(site, slug, text)
    return {"topic": _topic(slug, text), "faults": hard, "warnings": soft, "entries": site.library().entries}


def _faults(site: Site, slug: str, text: str) -> Faults:
    found = faults_in(KIND, slug, text, site.library())
    if isinstance(found, str):
        return (found,), ()
    return tuple(one.what for one in found if not one.warning), tuple(one.what for one in found if one.warning)


def _topic(slug: str, text: str) -> CheckTopic | None:
    try:
        return parse_topic(slug, text)
    except UnreadableFile:
        return None


def _said(form: FormData, name: str) -> str:
    found = form.get(name, "")
    return found if isinstance(found, str) else ""


def _number(said: object) -> int | None:
    """The version that the box was opened on."""
    digits = said if isinstance(said, str) and said.isascii() and said.isdigit() else ""
    return int(digits) if digits and len(digits) < 11 and int(digits) <= MOST else None
