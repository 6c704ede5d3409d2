"""What is done beside the form of an organisation: notices, reports that are put right, suggestions."""

from __future__ import annotations

import datetime as dt
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console import organisation_form as form_of
from bot.console.organisation_form import KIND
from bot.console.organisation_page import SAVED, Beside, show_one
from bot.console.replayed import groups
from bot.console.site import Number, Site
from bot.staff import audit, notices, versions
from bot.staff.outcomes import Conflict, Refusal
from bot.store import content, records
from bot.store.unit import Unit
from handlers.catalogue import Texts
from handlers.turn import Reply
from knowledge import hours

GONE = Refusal("staff.edit.gone")


def routes(site: Site) -> APIRouter:
    """The posts below `/organisations/{slug}`."""
    router = APIRouter()
    _notices(router, site)
    _reports(router, site)
    _suggestions(router, site)
    return router


def _notices(router: APIRouter, site: Site) -> None:
    @router.post("/organisations/{slug}/notices")
    async def add(request: Request, slug: str) -> Response:
        """A few words until the end of a day."""
        form, who = await site.form(request), site.staff(request).who
        words, day = str(form.get("words", "")), str(form.get("until", ""))
        until = end_of(day)
        async with site.unit() as unit:
            written = partial(audit.record, unit, who.id)
            made = await notices.add(unit, slug, KIND, words, until or unit.now, who, written)
        if isinstance(made, Refusal):
            beside = Beside(form_of.words_of(site, made), notice=(words, day))
            return await show_one(site, request, slug, beside=beside)
        return site.go(request, f"/organisations/{slug}", "console.done.notice-added")

    @router.post("/organisations/{slug}/notices/{number}")
    async def end(request: Request, slug: str, number: Number) -> Response:
        who = site.staff(request).who
        async with site.unit() as unit:
            ended = await notices.end(unit, number, who, partial(audit.record, unit, who.id))
        said = "console.done.notice-ended" if ended else "console.done.nothing"
        return site.go(request, f"/organisations/{slug}", said)


def _reports(router: APIRouter, site: Site) -> None:
    @router.post("/organisations/{slug}/reports/{number}")
    async def put_right(request: Request, slug: str, number: Number) -> Response:
        """Close a report, and thank the resident where that was wished."""
        async with site.unit() as unit:
            was_open, thanked = await _mend(site, unit, slug, number)
            if was_open:
                await audit.record(unit, site.staff(request).who.id, "put right", f"report {number} {slug}")
        said = "report-thanked" if thanked else "report-closed" if was_open else "nothing"
        return site.go(request, f"/organisations/{slug}", f"console.done.{said}")


def _suggestions(router: APIRouter, site: Site) -> None:
    @router.post("/organisations/{slug}/suggestions/{number}")
    async def decide(request: Request, slug: str, number: Number) -> Response:
        """Publish what somebody suggests, or put it away."""
        publish = (await site.form(request)).get("decision") == "publish"
        done = await (_publish if publish else _put_away)(site, request, slug, number)
        if isinstance(done, Beside):
            return await show_one(site, request, slug, beside=done)
        async with site.reading() as unit:
            stays = await versions.stands(unit, KIND, slug) is not None
        return site.go(request, f"/organisations/{slug}" if stays else "/organisations", done)


async def _mend(site: Site, unit: Unit, slug: str, number: int) -> tuple[bool, bool]:
    """(Was it open, were they thanked?)"""
    if not any((one.id, one.organisation) == (number, slug) for one in await records.open_reports(unit)):
        return False, False
    known = site.library().organisations.get(slug)
    thanks = Texts().blocks("wrong.mended", name=known.name if known else slug)
    return await records.mend(unit, number, Reply(blocks=thanks))


async def _publish(site: Site, request: Request, slug: str, number: int) -> str | Beside:
    """The id of what to say; or why it was not done. What would be met in another way once an organisation is retired
    is shown before."""
    async with site.reading() as unit:
        row, revision = await versions.one(unit, KIND, number), await content.revision(unit)
    if row is None or row.slug != slug:
        return _said(site, GONE)
    tried = await form_of.rehearsed(site, slug, versions.text_of(row), revision)
    if isinstance(tried, Refusal):
        return _said(site, tried)
    form = await site.form(request)
    if row.retires and tried.replay.differences and not form.get("anyway"):
        lines = [line for _, _, found in groups(site, tried.replay) for line in found]
        return Beside(site.texts.say("console.retire.look"), differing={number: lines})
    async with site.unit() as unit:
        editing, seen = form_of.editing_of(site, unit, site.staff(request).who), str(form.get("seen", ""))
        done = await editing.publish(KIND, number, tried, seen=seen)
    return _said(site, done) if isinstance(done, Refusal | Conflict) else SAVED[done.state]


async def _put_away(site: Site, request: Request, slug: str, number: int) -> str | Beside:
    async with site.unit() as unit:
        row = await versions.one(unit, KIND, number)
        editing = form_of.editing_of(site, unit, site.staff(request).who)
        done = await editing.discard(KIND, number) if row is not None and row.slug == slug else GONE
    return _said(site, done) if isinstance(done, Refusal) else "console.done.put-away"


def _said(site: Site, why: Refusal | Conflict) -> Beside:
    return Beside(form_of.words_of(site, why))


def end_of(said: str) -> dt.datetime | None:
    """The end of a day that was typed in, in UTC; None for what is no day."""
    try:
        day = dt.date.fromisoformat(said)
    except ValueError:
        return None
    return hours.instant(day + dt.timedelta(days=1), dt.time()) if day < dt.date.max else None
