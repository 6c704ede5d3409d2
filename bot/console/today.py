"""Today: how much waits, and since when. The first page after signing in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console import guard
from bot.console.site import Site
from bot.staff import chasing, counts, reviews, versions
from bot.staff.counts import Count
from bot.store import switch
from bot.store.content import Row
from bot.store.unit import Unit
from handlers.office import COORDINATORS, VISITORS, Colleague
from knowledge import hours
from knowledge.check_one import Kind

LEADS_TO = {"reviews": "/reviews", "missed": "/missed", "waiting": "/waiting", "visits": "/visits"}
"""Where each count leads, once there is such a page and it is theirs."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A count as the page shows it; `path` is empty where it leads nowhere."""

    name: str
    count: Count
    path: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A version whose time had come, and that did not go live or did not end: its title, its page, and why."""

    title: str
    path: str
    why: str


def routes(site: Site) -> APIRouter:
    """`/`."""
    router = APIRouter()

    @router.get("/")
    async def today(request: Request) -> Response:
        who = site.staff(request).who
        async with site.reading() as unit:
            found = await _counted(site, unit, who)
            late = await _late(site, unit, who)
            off = await switch.message(unit)
            stopped = await _stopped(site, unit, who)
        tiles = [Tile(name, count, _path(who, name)) for name, count in found.items()]
        facts: dict[str, Any] = {"tiles": tiles, "late": late, "off": off, "stopped": stopped}
        now = site.console.clock.now()
        share = round(100 * reviews.share_in_date(site.library(), hours.in_london(now).date()))
        return site.page(request, "today.html", now=now, share=share, **facts)

    return router


async def _counted(site: Site, unit: Unit, who: Colleague) -> dict[str, Count]:
    others = {"reviews": site.console.counts.reviews, "missed": site.console.counts.missed}
    found = {name: await count(unit, who) for name, count in others.items() if count is not None}
    found["waiting"] = await chasing.waiting(unit)
    if reach := VISITORS.get(who.role):
        found["visits"] = await counts.visits_today(unit, site.zone, who.id if reach == "own" else None)
    return found


async def _late(site: Site, unit: Unit, who: Colleague) -> Count:
    """People who wait too long for an answer, as far as they are for whoever looks."""
    holidays = hours.bank_holidays(range(unit.now.year - 1, unit.now.year + 2))
    return await chasing.overdue(unit, who, site.library().place, holidays)


async def _stopped(site: Site, unit: Unit, who: Colleague) -> list[Stopped]:
    """What was kept from going live of one's own; for coordinators, of everybody."""
    rows = [(kind, row) for kind in versions.TABLES for row in await versions.stopped(unit, kind)]
    mine = [(kind, row) for kind, row in rows if row.staff_id == who.id or who.role in COORDINATORS]
    return [Stopped(_title_of(site, kind, row.slug), _draft_of(kind, row), row.note) for kind, row in mine]


def _title_of(site: Site, kind: Kind, slug: str) -> str:
    library = site.library()
    if kind == "entry":
        return library.entries[slug].title if slug in library.entries else slug
    return library.organisations[slug].name if slug in library.organisations else slug


def _draft_of(kind: Kind, row: Row) -> str:
    if kind == "entry":
        return f"/answers/{row.slug}" if row.state == "live" else f"/answers/{row.slug}/drafts/{row.id}"
    return f"/organisations/{row.slug}"


def _path(who: Colleague, name: str) -> str:
    path = LEADS_TO[name]
    return path if guard.may(who.role, path) else ""
