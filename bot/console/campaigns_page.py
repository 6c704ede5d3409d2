"""Campaigns: the list, and the beginning of a new one."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.site import Site
from bot.staff import audit, campaigns
from bot.staff.campaigns import Campaigning
from bot.staff.campaigns_audience import audience
from bot.staff.campaigns_rules import LONGEST_NAME, Written, cleaned
from bot.store.unit import Unit
from handlers.office import Colleague
from knowledge import hours
from knowledge.small_numbers import in_fives


def routes(site: Site) -> APIRouter:
    """`/campaigns`."""
    router = APIRouter()

    @router.get("/campaigns")
    async def show(request: Request) -> Response:
        return await _show(site, request)

    @router.post("/campaigns")
    async def begin(request: Request) -> Response:
        """A new one: a name and a topic; everything else on its own page."""
        form, who = await site.form(request), site.staff(request).who
        written = cleaned(Written(name=str(form.get("name", "")), topic=str(form.get("topic", ""))))
        if not written.name or site.library().topic(written.topic) is None:
            return await _show(site, request, "staff.campaign.topic" if written.name else "staff.campaign.no-name")
        async with site.unit() as unit:
            made = await campaigning_of(site, unit, who).write(written)
        return site.go(request, f"/campaigns/{made}", "console.done.campaign-begun")

    return router


def campaigning_of(site: Site, unit: Unit, who: Colleague) -> Campaigning:
    """What this person does to campaigns, written down in their name."""
    return Campaigning(unit, site.library(), who, partial(audit.record, unit, who.id))


async def _show(site: Site, request: Request, problem: str = "") -> Response:
    library, today = site.library(), hours.in_london(site.console.clock.now()).date()
    async with site.reading() as unit:
        found = await campaigns.every(unit)
        wanted = {topic.id: in_fives(await audience(unit, topic.id, ())) for topic in library.topics}
    return site.page(
        request, "campaigns.html", status=422 if problem else 200, found=found, topics=library.topics, wanted=wanted,
        labels={topic.id: topic.label for topic in library.topics}, today=today, problem=problem, longest=LONGEST_NAME,
    )  # fmt: skip
