"""Another time for a visit, picked from what is free, and a visit that is cancelled after one more question."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from bot.console import visit_page, visiting, words
from bot.console.site import Number, Site
from bot.console.visit_acts import Act, Done, do, refuse
from bot.console.visiting import NoVisit
from bot.store.tables import Chat
from bot.visits import acts, on_behalf, rounds, telling
from bot.visits.booking import BOOKED
from handlers.office import StaffVisit

DAYS = 14
"""Free times of so many days stand on one page."""
DayAsked = Annotated[dt.date | None, Query(alias="from")]


def routes(site: Site) -> APIRouter:
    """`/visits/{number}/move` and `/visits/{number}/cancel`."""
    router = APIRouter()
    _moving(router, site)
    _cancelling(router, site)
    return router


def _moving(router: APIRouter, site: Site) -> None:
    @router.get("/visits/{number}/move")
    async def choose(request: Request, number: Number, first: DayAsked = None) -> Response:
        return await _times(site, request, number, visiting.near(site, first))

    @router.post("/visits/{number}/move")
    async def move(request: Request, number: Number) -> Response:
        return await do(site, request, number, _move)


def _cancelling(router: APIRouter, site: Site) -> None:
    @router.get("/visits/{number}/cancel")
    async def ask(request: Request, number: Number) -> Response:
        try:
            async with site.unit() as unit:  # to see whether a message reaches them, their chat is locked
                visit = await visiting.find(unit, site, request, number)
                reached = await telling.reachable(unit, visit.id) is not None
        except NoVisit:
            return await visit_page.none(site, request)
        open_ = visit.state == BOOKED and site.console.clock.now() < visit.ends
        return site.page(request, "cancel.html", visit=visit, reached=reached, open=open_)

    @router.post("/visits/{number}/cancel")
    async def cancel(request: Request, number: Number) -> Response:
        return await do(site, request, number, _cancel)


async def _times(site: Site, request: Request, number: int, first: dt.date) -> Response:
    try:
        async with site.reading() as unit:
            visit = await visiting.find(unit, site, request, number)
            free = await visiting.free(unit, site, visit.id) if visit.state == BOOKED else ()
    except NoVisit:
        return await visit_page.none(site, request)
    days = visiting.by_day((slot for slot in free if slot.starts != visit.starts), site.zone, first, DAYS)
    later = first + dt.timedelta(days=DAYS)
    return site.page(request, "move.html", visit=visit, days=days, first=first, later=later, wanted=DAYS)


async def _move(act: Act) -> Done:
    chat = await telling.reachable(act.unit, act.visit.id)
    slot = visiting.chosen(await visiting.free(act.unit, act.site, act.visit.id), act.form.get("when"))
    if slot is None:
        raise refuse(act, "console.move.gone")
    visits = visiting.visits_of(act.site)
    claim = await on_behalf.move(act.unit, act.visit.id, slot, act.site.library(), visits)
    if claim.visit_id is None:
        raise refuse(act, "console.move.gone" if claim.why == "taken" else "console.move.not-booked")
    after = await rounds.one(act.unit, act.visit.id, visits) or act.visit
    told = await _tell(act, chat)
    return Done(_said("moved", after, told), "move visit", {"when": words.when(after.starts, act.site.zone)})


async def _cancel(act: Act) -> Done:
    chat = await telling.reachable(act.unit, act.visit.id)
    if not await acts.cancel(act.unit, act.visit.id, visiting.visits_of(act.site)):
        raise refuse(act, "console.cancel.nothing")
    return Done(_said("cancelled", act.visit, await _tell(act, chat)), "cancel visit")


async def _tell(act: Act, chat: Chat | None) -> bool:
    texts, place = visiting.told_texts(act.site), act.site.library().place
    return await telling.changed(act.unit, chat, act.visit.id, texts, place)


def _said(what: str, visit: StaffVisit, told: bool) -> str:
    """The text for whether they know: by a message, by a call that somebody must make, or not at all."""
    return f"console.done.{what}-{'told' if told else 'ring' if visit.phone else 'not-told'}"
