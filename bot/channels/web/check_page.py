"""The result of a home check as a page to print or keep: its address holds the answers, and nothing is stored."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from bot.channels.web.described import PAGE
from bot.channels.web.site import Site
from bot.channels.web.take_away import qr_code
from handlers import home_check_result as words
from handlers.ports import Ports
from knowledge.home_check import Given, found_in
from knowledge.home_check_code import read

GONE = "web.check-gone"


def routes(site: Site) -> APIRouter:
    """`/check/…`."""
    router = APIRouter()

    @router.get("/check/{code}", **PAGE)
    async def show(code: str) -> Response:
        ports = site.ports()
        given = read(words.asked(ports), code)
        if given is None:
            return site.problem(404, GONE)
        return site.page("check.html", ports, facts(ports, given))

    return router


def facts(ports: Ports, given: Given) -> dict[str, object]:
    """What the page shows."""
    found = words.result_of(ports, given)
    address = f"{ports.public_url.rstrip('/')}{words.path_of(ports, given)}" if ports.public_url else None
    return {
        "good": words.good(ports, found),
        "to_do": words.to_do(ports, found),
        "visit": words.visit(ports, found),
        "found": found_in(words.asked(ports), given),
        "titles": {slug: entry.title for slug, entry in ports.library.entries.items()},
        "address": address,
        "qr": qr_code(address) if address else None,
    }
