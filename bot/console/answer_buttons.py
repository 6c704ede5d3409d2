"""What is done beside the form of an answer: notices that end by themselves, and taking the answer away."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.answers_page import editing_of
from bot.console.edit_page import LONGEST_REASON, Beside, show_again
from bot.console.organisation_buttons import end_of
from bot.console.publish_page import words_of
from bot.console.site import Number, Site
from bot.staff import audit, notices
from bot.staff.findings import wrong_with
from bot.staff.outcomes import Refusal


def routes(site: Site) -> APIRouter:
    """The posts below `/answers/{topic}/{name}` that are about no version."""
    router = APIRouter()
    _notices(router, site)
    _retirement(router, site)
    return router


def _notices(router: APIRouter, site: Site) -> None:
    @router.post("/answers/{topic}/{name}/notices")
    async def add(request: Request, topic: str, name: str) -> Response:
        """A few words with the answer until the end of a day."""
        slug, form, who = f"{topic}/{name}", await site.form(request), site.staff(request).who
        words, day = str(form.get("words", "")), str(form.get("until", ""))
        async with site.unit() as unit:
            written, until = partial(audit.record, unit, who.id), end_of(day) or unit.now
            made = await notices.add(unit, slug, "entry", words, until, who, written)
        if isinstance(made, Refusal):
            return await show_again(site, request, slug, Beside(words_of(site, made), (words, day), refused=True))
        return site.go(request, f"/answers/{slug}", "console.done.notice-added")

    @router.post("/answers/{topic}/{name}/notices/{number}")
    async def end(request: Request, topic: str, name: str, number: Number) -> Response:
        who = site.staff(request).who
        async with site.unit() as unit:
            ended = await notices.end(unit, number, who, partial(audit.record, unit, who.id))
        return site.go(request, f"/answers/{topic}/{name}", f"console.done.{'notice-ended' if ended else 'nothing'}")


def _retirement(router: APIRouter, site: Site) -> None:
    @router.post("/answers/{topic}/{name}/retirement")
    async def retire(request: Request, topic: str, name: str) -> Response:
        """Begin to take it away: a draft that is tried out and published as any other. Nothing where others name it."""
        slug, who = f"{topic}/{name}", site.staff(request).who
        reason = str((await site.form(request)).get("reason", "")).strip()[:LONGEST_REASON]
        done = wrong_with("entry", slug, None, site.library())
        if done is None:
            async with site.unit() as unit:
                drafted = await editing_of(site, unit, who).retire("entry", slug, reason)
            if not isinstance(drafted, Refusal):
                return site.go(request, f"/answers/{slug}/drafts/{drafted.version_id}", "console.done.retirement")
            done = drafted
        return await show_again(site, request, slug, Beside(words_of(site, done), reason=reason, refused=True))
