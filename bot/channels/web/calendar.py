"""Visits as calendar files, each at a secret address. Every wrong address gets the page of all wrong addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from bot.channels.web import described
from bot.channels.web.exchange import TRY_AGAIN_SECONDS
from bot.channels.web.site import Site, address_of
from bot.errors import BotError

CALENDAR = "text/calendar; charset=utf-8"

Find = Callable[[], Awaitable[str | None]]
"""Looks for a calendar file; None where the address is wrong. Raises BotError when the store is away."""


def routes(site: Site) -> APIRouter:
    """`/calendar/…`."""
    router = APIRouter()

    @router.get("/calendar/{reference}/{token}.ics", **described.CALENDAR)
    async def of_visit(request: Request, reference: str, token: str) -> Response:
        return await served(site, request, partial(site.web.calendars.of_visit, reference, token), f"visit-{reference}")

    @router.get("/calendar/team/{staff}/{token}.ics", **described.CALENDAR)
    async def of_staff(request: Request, staff: str, token: str) -> Response:
        return await served(site, request, partial(site.web.calendars.of_staff, staff, token), "visits")

    return router


async def served(site: Site, request: Request, find: Find, name: str) -> Response:
    """The file, or the page that says why not."""
    wait = site.quota.wait(address_of(request), "calendars")
    if wait:
        return _later(site, 429, wait)
    try:
        text = await find()
    except BotError:
        return _later(site, 503, TRY_AGAIN_SECONDS)
    if text is None:
        raise HTTPException(404)
    # Inline, so that a phone offers to add it to its calendar instead of putting it away as a download.
    return Response(text, media_type=CALENDAR, headers={"Content-Disposition": f'inline; filename="{name}.ics"'})


def _later(site: Site, status: int, seconds: int) -> Response:
    response = site.problem(status, "web.broken")
    response.headers["Retry-After"] = str(seconds)
    return response
