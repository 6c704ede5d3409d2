"""Working hours, absences and closed days, each with the visits that stand in its way."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from bot.console.site import Number, Site
from bot.console.visiting import number as number_in
from bot.console.visiting import words
from bot.staff import audit
from bot.store.unit import Unit
from bot.visits import clashes, rota, team
from bot.visits.rota import WEEKDAYS, Away, Hours, Pattern
from knowledge.visits.slots import instant

UNCLEAR = "console.rota.unclear"
LONGEST_WHY = 100


def routes(site: Site) -> APIRouter:
    """`/rota` and its forms."""
    router = APIRouter()

    @router.get("/rota")
    async def show(request: Request) -> Response:
        return await _show(site, request)

    _hours(router, site)
    _absences(router, site)
    _closed_days(router, site)
    return router


def _hours(router: APIRouter, site: Site) -> None:
    @router.post("/rota/hours")
    async def add(request: Request) -> Response:
        form, who = await site.form(request), site.staff(request).who
        hours = _hours_in(form)
        if hours is None:
            return await _show(site, request, UNCLEAR)
        async with site.unit() as unit:
            made = await rota.add(unit, number_in(form, "staff"), hours)
            if isinstance(made, Pattern):
                await audit.record(unit, who.id, "add hours", f"of number {made.staff_id}")
        return await _after(site, request, made, "console.done.hours")

    @router.post("/rota/hours/{number}")
    async def remove(request: Request, number: Number) -> Response:
        async with site.unit() as unit:
            gone = await rota.remove(unit, number)
            if gone is not None:
                await audit.record(unit, site.staff(request).who.id, "remove hours", f"of number {gone.staff_id}")
        return site.go(request, "/rota", "console.done.hours-gone" if gone else "console.done.nothing")


def _absences(router: APIRouter, site: Site) -> None:
    @router.post("/rota/absences")
    async def add(request: Request) -> Response:
        form, who = await site.form(request), site.staff(request).who
        starts, ends = _moment(site, form, "starts"), _moment(site, form, "ends")
        if starts is None or ends is None:
            return await _show(site, request, UNCLEAR)
        async with site.unit() as unit:
            made = await rota.be_away(unit, number_in(form, "staff"), starts, ends, words(form, "why", LONGEST_WHY))
            if isinstance(made, Away):
                await audit.record(unit, who.id, "add absence", f"of number {made.staff_id}")
        return await _after(site, request, made, "console.done.away")

    @router.post("/rota/absences/{number}")
    async def remove(request: Request, number: Number) -> Response:
        async with site.unit() as unit:
            back = await rota.come_back(unit, number)
            if back:
                await audit.record(unit, site.staff(request).who.id, "remove absence", f"absence {number}")
        return site.go(request, "/rota", "console.done.back" if back else "console.done.nothing")


def _closed_days(router: APIRouter, site: Site) -> None:
    @router.post("/rota/closed")
    async def turn(request: Request) -> Response:
        form, who = await site.form(request), site.staff(request).who
        day, closes = _date(form, "day"), form.get("turn") != "open"
        if day is None:
            return await _show(site, request, UNCLEAR)
        async with site.unit() as unit:
            done = await _turn(unit, site, day, closes, words(form, "why", LONGEST_WHY))
            if done:
                await audit.record(unit, who.id, "close day" if closes else "open day", day.isoformat())
        said = "console.done.closed" if closes else "console.done.open"
        return site.go(request, "/rota", said if done else "console.done.nothing")


async def _turn(unit: Unit, site: Site, day: dt.date, closes: bool, why: str) -> bool:
    if not closes:
        return await rota.open_day(unit, day)
    await rota.close_day(unit, day, site.zone, why)
    return True


async def _after(site: Site, request: Request, made: object, said: str) -> Response:
    """What was made is said on a fresh page; why it was not, on this one."""
    if isinstance(made, str):
        return await _show(site, request, f"console.rota.{made}")
    return site.go(request, "/rota", said)


async def _show(site: Site, request: Request, problem: str = "") -> Response:
    async with site.reading() as unit:
        facts = await _facts(unit, site)
    return site.page(request, "rota.html", status=422 if problem else 200, problem=problem, **facts)


async def _facts(unit: Unit, site: Site) -> dict[str, Any]:
    hours, away = await rota.patterns(unit), await rota.absences(unit)
    closed, goings = await clashes.closed_days(unit, site.zone), await clashes.goings(unit)
    by_person: defaultdict[int, list[Hours]] = defaultdict(list)
    for pattern in hours:
        by_person[pattern.staff_id].append(pattern.hours)
    wrong = clashes.found(goings, away, closed, site.zone)
    return {
        "everybody": tuple((await team.visitors(unit)).values()), "hours": hours, "away": away, "closed": closed,
        "wrong": wrong, "outside": clashes.outside(goings, by_person, site.zone),
        "names": await audit.names(unit, (one.staff_id for some in (hours, away, goings) for one in some)),
        "weekdays": WEEKDAYS,
    }  # fmt: skip


def _hours_in(form: FormData) -> Hours | None:
    weekday, begins, ends = words(form, "weekday"), _time(form, "begins"), _time(form, "ends")
    unclear = any(words(form, name) and _date(form, name) is None for name in ("first", "last"))
    if weekday not in WEEKDAYS or begins is None or ends is None or unclear:
        return None
    return Hours(WEEKDAYS.index(weekday), begins, ends, _date(form, "first"), _date(form, "last"))


def _time(form: FormData, name: str) -> dt.time | None:
    try:
        found = dt.datetime.strptime(words(form, name), "%H:%M")  # noqa: DTZ007 (a time of the wall clock)
    except ValueError:
        return None
    return found.time()


def _date(form: FormData, name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(words(form, name))
    except ValueError:
        return None


def _moment(site: Site, form: FormData, name: str) -> dt.datetime | None:
    """A time of the place's wall clock, as `datetime-local` sends it, in UTC."""
    try:
        wall = dt.datetime.strptime(words(form, name), "%Y-%m-%dT%H:%M")  # noqa: DTZ007
        return instant(wall.date(), wall.time(), ZoneInfo(site.zone))
    except (ValueError, OverflowError):
        return None
