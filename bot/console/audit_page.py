"""Who did what, and who read personal data: the newest first, of everybody or of one person."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.site import NumberAsked, Site
from bot.staff import audit
from bot.visits import team

MOST = 50


def routes(site: Site) -> APIRouter:
    """`/audit`."""
    router = APIRouter()

    @router.get("/audit")
    async def show(request: Request, person: NumberAsked = None, before: NumberAsked = None) -> Response:
        async with site.reading() as unit:
            found = await audit.entries(unit, person, before, MOST + 1)
            names = await audit.names(unit, (entry.staff_id for entry in found))
            everybody = await team.everybody(unit)
        older = found[MOST - 1].id if len(found) > MOST else None
        facts: dict[str, Any] = {
            "entries": found[:MOST],
            "names": names,
            "everybody": everybody,
            "person": person,
            "older": older,
        }
        return site.page(request, "audit.html", **facts)

    return router
