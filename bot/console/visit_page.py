"""One visit: all that its visitors need, and the forms for what is done about it. Every look at it is recorded."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console import visiting, week
from bot.console.site import Number, Site
from bot.console.visiting import NoVisit
from bot.staff import audit
from bot.store.unit import Unit
from bot.visits import acts, clashes, team
from bot.visits.booking import BOOKED
from handlers.contacts import tel
from handlers.office import COORDINATORS, MAY, StaffVisit
from knowledge.entry import Organisation

ENDS = ("done", "not_in", "refused")


def routes(site: Site) -> APIRouter:
    """`/visits/{number}`; what its forms do is in `visit_acts` and `moving_page`."""
    router = APIRouter()

    @router.get("/visits/{number}")
    async def look(request: Request, number: Number) -> Response:
        return await show(site, request, number)

    return router


async def show(site: Site, request: Request, number: int, problem: str = "", note: str = "") -> Response:
    """The page of a visit, with what went wrong and the note that was being written."""
    try:
        async with site.unit() as unit:
            visit = await visiting.find(unit, site, request, number)
            facts = await _facts(unit, site, request, visit)
            await audit.record(unit, site.staff(request).who.id, "read visit", visit.reference)
    except NoVisit:
        return await none(site, request)
    status = 422 if problem else 200
    return site.page(request, "visit.html", status=status, problem=problem, note=note, **facts)


async def none(site: Site, request: Request) -> Response:
    """There is no such visit, or it is not theirs."""
    return await site.problem(request, 404, "staff.visit.none")


def partners(site: Site) -> dict[str, Organisation]:
    """Whom a resident may be put in touch with: the organisations of the place's agencies, by their ids."""
    library = site.library()
    known = {id_: library.organisations.get(id_) for id_ in library.place.agencies.values()}
    return {id_: one for id_, one in known.items() if one is not None}


async def _facts(unit: Unit, site: Site, request: Request, visit: StaffVisit) -> dict[str, Any]:
    who, everybody = site.staff(request).who, await team.visitors(unit)
    referred = await acts.referrals(unit, visit.id)
    named, booked = dict(visit.visitors), visit.state == BOOKED
    wrong = [one for one in await clashes.coming(unit, site.zone) if one.visit_id == visit.id]
    return {
        "visit": visit, "area": week.area(visit), "tel": tel(visit.phone) if visit.phone else "",
        "safe": visiting.safely(site, visit.safe),
        "wrong": wrong, "names": await audit.names(unit, {one.staff_id for one in wrong}),
        "referred": [_name(site, id_) for id_ in referred], "partners": partners(site),
        "ends": ENDS if unit.now >= visit.starts and visit.state in (BOOKED, *ENDS) else (),
        "may_set_out": booked and unit.now < visit.ends and _date(site, visit.starts) == _date(site, unit.now),
        "open": visit.state in (BOOKED, *ENDS), "needed": visiting.visits_of(site).visitors,
        "may_assign": booked and unit.now < visit.ends and who.role in MAY["assign"],
        "may_move": booked and unit.now < visit.ends and who.role in COORDINATORS,
        "others": [one for one in everybody.values() if one.id not in named], "everybody": everybody.values(),
        "goes": named,
    }  # fmt: skip


def _date(site: Site, moment: dt.datetime) -> dt.date:
    return moment.astimezone(ZoneInfo(site.zone)).date()


def _name(site: Site, organisation: str) -> str:
    known = site.library().organisations.get(organisation)
    return known.name if known else organisation
