"""The topics of the home check, in the order in which residents are asked them."""

from __future__ import annotations

from collections import Counter

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.check_page import KIND
from bot.console.site import Site
from bot.staff import versions


def routes(site: Site) -> APIRouter:
    """`/checks`."""
    router = APIRouter()

    @router.get("/checks")
    async def show(request: Request) -> Response:
        async with site.reading() as unit:
            waiting = Counter(row.slug for row in await versions.unpublished(unit, KIND))
        return site.page(request, "checks.html", topics=site.library().check_topics, waiting=waiting)

    return router
