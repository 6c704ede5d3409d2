"""An organisation is retired, by the same rules as any change; and comes back from its history."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console import organisation_form as form_of
from bot.console.organisation_form import KIND
from bot.console.organisation_page import LONGEST_REASON, SAVED, Beside, show_one
from bot.console.site import Site
from bot.staff import history, versions
from bot.staff.edits import GONE, PUBLISHERS
from bot.staff.findings import wrong_with
from bot.staff.outcomes import Conflict, Done, Draft, Refusal
from bot.store import content
from bot.store.unit import Unit
from handlers.office import Colleague


def routes(site: Site) -> APIRouter:
    """`/organisations/{slug}/retirement` and `/organisations/{slug}/return`."""
    router = APIRouter()

    @router.post("/organisations/{slug}/retirement")
    async def retire(request: Request, slug: str) -> Response:
        """Keep it as a suggestion, which is published beside it. Nothing where others name the organisation."""
        who, reason = site.staff(request).who, str((await site.form(request)).get("reason", "")).strip()
        async with site.unit() as unit:
            done = await _suggested(site, unit, who, slug, reason[:LONGEST_REASON])
        if isinstance(done, Refusal | Conflict):
            return await show_one(site, request, slug, beside=Beside(form_of.words_of(site, done), reason=reason))
        return site.go(request, f"/organisations/{slug}", f"console.done.retirement-{_next(who)}")

    @router.post("/organisations/{slug}/return")
    async def bring_back(request: Request, slug: str) -> Response:
        """Its last words are published again, or sent to somebody who may."""
        async with site.reading() as unit:
            base, revision = await versions.stands(unit, KIND, slug), await content.revision(unit)
            past = await history.versions_of(unit, KIND, slug)
        text = next((each.text for each in past if each.state == "replaced" and not each.retires), None)
        if base is None or base.state != "retired" or text is None:
            return site.go(request, f"/organisations/{slug}", "console.done.nothing")
        done = await form_of.put_live(site, site.staff(request).who, slug, text, base, revision)
        if isinstance(done, Refusal | Conflict):
            return await show_one(site, request, slug, beside=Beside(form_of.words_of(site, done)))
        return site.go(request, f"/organisations/{slug}", SAVED[done.state])

    return router


async def _suggested(
    site: Site, unit: Unit, who: Colleague, slug: str, reason: str
) -> Draft | Done | Refusal | Conflict:
    live, editing = await versions.live(unit, KIND, slug), form_of.editing_of(site, unit, who)
    if live is None:
        return GONE
    if named := wrong_with(KIND, slug, None, site.library()):
        return named
    drafted = await editing.retire(KIND, slug, reason)
    if isinstance(drafted, Refusal) or who.role in PUBLISHERS:
        return drafted
    return await editing.submit(KIND, drafted.version_id)


def _next(who: Colleague) -> str:
    return "begun" if who.role in PUBLISHERS else "waiting"
