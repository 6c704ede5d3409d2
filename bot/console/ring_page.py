"""Whom to ring because no message reaches them, and who waits for an earlier time."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.site import Number, Site
from bot.console.visiting import own_of, safely
from bot.staff import audit
from bot.store.unit import Unit
from bot.visits import acts, crew, rounds, waiting_list
from handlers.contacts import tel
from handlers.office import Colleague, RingTask


def routes(site: Site) -> APIRouter:
    """`/ring`, its button, and `/waiting-list`."""
    router = APIRouter()
    _ring(router, site)

    @router.get("/waiting-list")
    async def waits(request: Request) -> Response:
        async with site.reading() as unit:
            found = await waiting_list.places(unit)
        return site.page(request, "waiting_list.html", places=found)

    return router


def _ring(router: APIRouter, site: Site) -> None:
    @router.get("/ring")
    async def show(request: Request) -> Response:
        who = site.staff(request).who
        async with site.unit() as unit:
            calls = await rounds.ring_list(unit, own_of(who))
            for some in rounds.references(calls):
                await audit.record(unit, who.id, "read ring list", some)
        facts: dict[str, Any] = {"why": lambda call: _why(site, call), "safely": lambda call: safely(site, call.safe)}
        return site.page(request, "ring.html", calls=calls, tel=tel, **facts)

    @router.post("/ring/{number}")
    async def rung(request: Request, number: Number) -> Response:
        who = site.staff(request).who
        async with site.unit() as unit:
            made = await _may(unit, who, number) and await acts.rung(unit, number)
            if made:
                await audit.record(unit, who.id, "ring resident", f"call {number}")
        return site.go(request, "/ring", "staff.rung" if made else "staff.rung.nothing")


async def _may(unit: Unit, who: Colleague, task_id: int) -> bool:
    """Is the call about a visit that they may open? Whoever asks does not learn whether there is such a call."""
    visit_id, own = await rounds.visit_of_task(unit, task_id), own_of(who)
    return visit_id is not None and (own is None or await crew.goes(unit, visit_id, own))


def _why(site: Site, call: RingTask) -> str:
    text_id = f"staff.ring.why-{call.kind}"
    return site.texts.say(text_id if site.texts.has_english(text_id) else "staff.ring.why-other")
