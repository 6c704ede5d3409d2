"""Today: how much waits, and since when. The first page after signing in."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console import guard
from bot.console.site import Site
from bot.staff import counts
from bot.staff.counts import Count
from bot.store import switch
from bot.store.unit import Unit
from handlers.office import VISITORS, Colleague

LEADS_TO = {"reviews": "/reviews", "missed": "/missed", "waiting": "/waiting", "visits": "/visits"}
"""Where each count leads, once there is such a page and it is theirs."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A count as the page shows it; `path` is empty where it leads nowhere."""

    name: str
    count: Count
    path: str


def routes(site: Site) -> APIRouter:
    """`/`."""
    router = APIRouter()

    @router.get("/")
    async def today(request: Request) -> Response:
        who = site.staff(request).who
        async with site.reading() as unit:
            found = await _counted(site, unit, who)
            off = await switch.message(unit)
        tiles = [Tile(name, count, _path(who, name)) for name, count in found.items()]
        return site.page(request, "today.html", tiles=tiles, off=off, now=site.console.clock.now())

    return router


async def _counted(site: Site, unit: Unit, who: Colleague) -> dict[str, Count]:
    others = {"reviews": site.console.counts.reviews, "missed": site.console.counts.missed}
    found = {name: await count(unit, who) for name, count in others.items() if count is not None}
    found["waiting"] = await counts.waiting(unit)
    if reach := VISITORS.get(who.role):
        found["visits"] = await counts.visits_today(unit, site.zone, who.id if reach == "own" else None)
    return found


def _path(who: Colleague, name: str) -> str:
    path = LEADS_TO[name]
    return path if guard.may(who.role, path) else ""
