"""The script for a council's page: one button that opens the chat in a dialog."""

from __future__ import annotations

import json

from fastapi import APIRouter
from fastapi.responses import Response

from bot.channels.web import described
from bot.channels.web.site import STATIC, Site
from handlers.ports import Ports


def routes(site: Site) -> APIRouter:
    """`/embed.js`."""
    router = APIRouter()

    @router.get("/embed.js", **described.SCRIPT)
    async def script() -> Response:
        headers = {"Cache-Control": "public, max-age=300"}
        return Response(source(site.ports()), media_type="text/javascript; charset=utf-8", headers=headers)

    return router


def source(ports: Ports) -> str:
    """The script with its words, which the catalogue keeps."""
    partnership = ports.library.place.partnership
    words = {
        "open": ports.texts.say("web.embed-open", partnership=partnership),
        "title": ports.texts.say("web.embed-title", partnership=partnership),
        "close": ports.texts.say("web.embed-close"),
    }
    code = (STATIC / "embed.js").read_text(encoding="utf-8")
    return f"(() => {{\n{code}\nembed({json.dumps(words)});\n}})();\n"
