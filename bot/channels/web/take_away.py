"""An answer as a page of its own, to read, print, read out, or open again by its QR code."""

from __future__ import annotations

import segno
from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from bot.channels.web.described import PAGE
from bot.channels.web.site import Site
from handlers import answer
from handlers.contacts import full_contact
from handlers.ports import Ports
from knowledge.entry import Entry
from knowledge.errors import UnknownEntry
from knowledge.prose import Block


def routes(site: Site) -> APIRouter:
    """`/answers/…`."""
    router = APIRouter()

    @router.get("/answers/{category}/{topic}", **PAGE)
    async def read(category: str, topic: str) -> Response:
        ports = site.ports()
        try:
            entry = ports.library.entry(f"{category}/{topic}")
        except UnknownEntry:
            return site.problem(404, "web.no-such-answer")
        return site.page("answer.html", ports, facts(ports, entry))

    return router


def facts(ports: Ports, entry: Entry) -> dict[str, object]:
    """What the page shows. An answer that is withheld shows whom to contact, and nothing of its advice."""
    address = address_of(ports, entry)
    shared: dict[str, object] = {"entry": entry, "address": address, "qr": qr_code(address) if address else None}
    if not answer.may_show(ports, entry):
        blocks = answer.first_message(ports, entry).blocks
        return shared | {"emergency": None, "body": blocks, "more": (), "contacts": (), "standing": (), "line": None}
    return shared | {
        "emergency": entry.emergency,
        "body": _after_emergency(ports, entry),
        "more": entry.more,
        "contacts": [full_contact(ports, organisation) for organisation in ports.library.helpers(entry)],
        "standing": (*answer.standing(ports, entry), *answer.sources(ports, entry)),
        "line": entry.one_line,
    }


def _after_emergency(ports: Ports, entry: Entry) -> tuple[Block, ...]:
    """The body less its emergency line, which the page shows in a box of its own."""
    return answer.body(ports, entry)[1 if entry.emergency else 0 :]


def address_of(ports: Ports, entry: Entry) -> str | None:
    """The page's own address; None where the bot does not know its own."""
    return f"{ports.public_url.rstrip('/')}/answers/{entry.id}" if ports.public_url else None


def qr_code(address: str) -> Markup:
    """A QR code as inline SVG: no picture to fetch, no style that the content policy would refuse."""
    return Markup(segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True))  # noqa: S704
