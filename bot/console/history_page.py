"""What an answer said before: its versions, what differs between two, how many people it was shown to, the way back."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.answers_page import editing_of
from bot.console.publish_page import words_of
from bot.console.site import Number, Site
from bot.staff import history, versions
from bot.staff.history import WAS_LIVE, Past
from bot.staff.outcomes import Refusal
from bot.staff.versions import UNPUBLISHED

GONE = "console.edit.gone"
OWN_DRAFT = Refusal("staff.phrasing.own-draft")


def routes(site: Site) -> APIRouter:
    """`/answers/{topic}/{name}/versions`, and one of them."""
    router = APIRouter()

    @router.get("/answers/{topic}/{name}/versions")
    async def show(request: Request, topic: str, name: str) -> Response:
        slug = f"{topic}/{name}"
        async with site.reading() as unit:
            found = await history.versions_of(unit, "entry", slug)
            seen = {past.id: await history.seen(unit, "entry", past.id) for past in found}
        if not found:
            return await site.problem(request, 404, GONE)
        facts: dict[str, Any] = {"slug": slug, "title": title_of(site, slug), "found": found, "seen": seen}
        return site.page(request, "versions.html", unpublished=UNPUBLISHED, **facts)

    @router.get("/answers/{topic}/{name}/versions/{number}")
    async def compare(request: Request, topic: str, name: str, number: Number) -> Response:
        return await _compare(site, request, f"{topic}/{name}", number)

    @router.post("/answers/{topic}/{name}/versions/{number}")
    async def restore(request: Request, topic: str, name: str, number: Number) -> Response:
        """Its words as a draft. A draft that somebody has already is not written over."""
        return await _restore(site, request, f"{topic}/{name}", number)

    return router


async def _compare(site: Site, request: Request, slug: str, number: int, problem: str = "") -> Response:
    async with site.reading() as unit:
        found = await history.versions_of(unit, "entry", slug)
    past = next((one for one in found if one.id == number), None)
    if past is None:
        return await site.problem(request, 404, GONE)
    other = beside(found, past)
    lines = history.diff(other.text, past.text) if other else history.diff("", past.text)
    facts: dict[str, Any] = {"slug": slug, "title": title_of(site, slug), "past": past, "other": other, "lines": lines}
    return site.page(request, "version.html", status=422 if problem else 200, problem=problem, **facts)


async def _restore(site: Site, request: Request, slug: str, number: int) -> Response:
    who = site.staff(request).who
    async with site.unit() as unit:
        row = await versions.one(unit, "entry", number)
        ours = row is not None and row.slug == slug and not row.retires
        kept = await versions.draft_of(unit, "entry", slug, who.id)
        if ours and kept is None:
            await history.restore(editing_of(site, unit, who), "entry", number, site.texts)
    if not ours:
        return await site.problem(request, 404, GONE)
    if kept is not None:
        return await _compare(site, request, slug, number, words_of(site, OWN_DRAFT))
    return site.go(request, f"/answers/{slug}", "console.done.restored")


def beside(found: list[Past], past: Past) -> Past | None:
    """What a version is compared with: what is live; for what is live, the one before it."""
    live = next((one for one in found if one.state == "live"), None)
    if live is not None and live.id != past.id:
        return live
    older = found[found.index(past) + 1 :]
    return next((one for one in older if one.state in WAS_LIVE), None)


def title_of(site: Site, slug: str) -> str:
    """An answer's title; its id where it is not live."""
    entry = site.library().entries.get(slug)
    return entry.title if entry else slug
