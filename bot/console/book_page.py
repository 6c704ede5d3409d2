"""A visit that the team books for a resident who rings, whom we meet, or whom a partner sends."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from bot.console import booking_form, visiting
from bot.console.booking_form import ANSWER, SOURCES, Filled
from bot.console.site import Site
from bot.staff import audit
from bot.store.unit import Unit
from bot.visits import on_behalf, rounds
from handlers.office import StaffVisit

TAKEN, HAS_ONE = "console.book.taken", "console.book.has-one"
WHY_NOT = {"household-has-one": HAS_ONE}


class NotBooked(Exception):
    """The form is whole and no visit came of it; `text_id` says why."""

    def __init__(self, text_id: str) -> None:
        super().__init__(text_id)
        self.text_id = text_id


def routes(site: Site) -> APIRouter:
    """`/visits/book`; it must stand before `/visits/{number}`."""
    router = APIRouter()

    @router.get("/visits/book")
    async def ask(request: Request) -> Response:
        return await _show(site, request, FormData())

    @router.post("/visits/book")
    async def book(request: Request) -> Response:
        form = await site.form(request)
        read = booking_form.read(form, site.library(), visiting.visits_of(site))
        return await _show(site, request, form, read) if isinstance(read, str) else await _book(site, request, read)

    return router


async def _book(site: Site, request: Request, filled: Filled) -> Response:
    form = await site.form(request)
    try:
        async with site.unit() as unit:
            visit = await _booked(unit, site, filled, form.get("when"))
            await audit.record(unit, site.staff(request).who.id, "book visit", visit.reference)
    except NotBooked as why:
        return await _show(site, request, form, why.text_id)
    return site.go(request, f"/visits/{visit.id}", "console.done.booked", reference=visit.reference)


async def _booked(unit: Unit, site: Site, filled: Filled, when: object) -> StaffVisit:
    visits, library = visiting.visits_of(site), site.library()
    slot = visiting.chosen(await visiting.free(unit, site), when)
    if slot is None:
        raise NotBooked(TAKEN if when else "console.book.no-time")
    drawn = site.console.random_bytes
    claim = await on_behalf.book(unit, filled.draft, slot, library, visits, filled.source, drawn)
    visit = None if claim.visit_id is None else await rounds.one(unit, claim.visit_id, visits)
    if visit is None:
        raise NotBooked(WHY_NOT.get(claim.why or "", TAKEN))
    return visit


async def _show(site: Site, request: Request, form: FormData, problem: str = "") -> Response:
    visits = visiting.visits_of(site)
    async with site.reading() as unit:
        free = await visiting.free(unit, site)
        today = unit.now.astimezone(ZoneInfo(site.zone)).date()
    days = visiting.by_day(free, site.zone, today, visits.window_days)
    facts: dict[str, Any] = {
        "visits": visits, "days": days, "problem": problem, "typed": booking_form.typed(form), "answer": ANSWER,
        "sources": SOURCES, "served": ", ".join(site.library().place.postcodes_served),
    }  # fmt: skip
    return site.page(request, "book.html", status=422 if problem else 200, **facts)
