"""The week of visits, by person or by area, and above it the visits that somebody has to look after.

It shows references and the first halves of postcodes: names and addresses stand on a visit's own page, and opening that
is recorded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console import week
from bot.console.site import Site
from bot.console.visiting import near, own_of, visits_of
from bot.console.week import DAYS, Week
from bot.staff import audit
from bot.visits import clashes, gaps, rounds, team
from bot.visits.gaps import Gaps
from handlers.office import COORDINATORS, StaffVisit

View = Literal["person", "area"]


def routes(site: Site) -> APIRouter:
    """`/visits`."""
    router = APIRouter()

    @router.get("/visits")
    async def show(request: Request, week: dt.date | None = None, view: View = "person") -> Response:
        return await _show(site, request, near(site, week), view)

    return router


async def _show(site: Site, request: Request, day: dt.date, view: View) -> Response:
    who, first, zone = site.staff(request).who, week.monday(day), ZoneInfo(site.zone)
    async with site.reading() as unit:
        found = await rounds.of_day(unit, first, site.zone, visits_of(site), own_of(who), DAYS)
        absent = await gaps.of_days(unit, first, DAYS, site.zone, own_of(who))
        everybody = {number: one.name for number, one in (await team.visitors(unit)).items()}
        wrong = await clashes.coming(unit, site.zone, own_of(who))
        names = await audit.names(unit, {clash.staff_id for clash in wrong})
    people = everybody if own_of(who) is None else {who.id: who.name}
    shown = _laid_out(site, found, first, view, people, absent)
    facts: dict[str, Any] = {
        "people": people, "week": shown, "view": view, "wrong": wrong, "names": names, "area": week.area,
        "earlier": first - dt.timedelta(days=DAYS), "later": first + dt.timedelta(days=DAYS),
        "may_book": who.role in COORDINATORS, "time": lambda moment: f"{moment.astimezone(zone):%H:%M}",
    }  # fmt: skip
    return site.page(request, "week.html", **facts)


def _laid_out(
    site: Site, found: Sequence[StaffVisit], first: dt.date, view: View, people: Mapping[int, str], absent: Gaps
) -> Week:
    if view == "area":
        return week.by_area(found, first, site.zone, site.texts.say("console.week.no-area"), absent)
    return week.by_person(found, first, site.zone, people, absent)
