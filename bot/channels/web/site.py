"""What every page is made with: the templates, the words, the library of this moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse

from bot.channels.web import render
from bot.channels.web.parse import View
from bot.channels.web.ports import Web
from bot.channels.web.quota import Quota
from bot.channels.web.templating import environment, versioned
from handlers.ports import Ports

Facts = Mapping[str, object]
HERE = Path(__file__).parent
STATIC = HERE / "static"
NEUTRAL_PAGE = "https://www.bbc.co.uk/weather"
"""Where *Leave this site* goes: dull, quick, and on anybody's phone."""


class Site:
    """The web channel's own things, shared by its routes."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.quota = Quota(web.posts_a_minute, web.streams_an_address)
        self._templates = environment(HERE / "templates")

    def ports(self) -> Ports:
        """The library, the words and the time of this moment."""
        return self.web.answers.ports()

    def page(self, template: str, ports: Ports, facts: Facts, status: int = 200) -> HTMLResponse:
        """A whole page."""
        return HTMLResponse(self.piece(template, ports, facts), status)

    def piece(self, template: str, ports: Ports, facts: Facts) -> str:
        """A page, or a part of one."""
        return self._templates.get_template(template).render(
            {
                "say": ports.texts.say,
                "texts": ports.texts,
                "place": ports.library.place,
                "demonstration": ports.demonstration,
                "render": render,
                "asset": asset,
                "leave": NEUTRAL_PAGE,
                "view": View(),
            }
            | dict(facts)
        )

    def problem(self, status: int, text_id: str) -> HTMLResponse:
        """A page that says one thing that went wrong, and the way back."""
        return self.page("problem.html", self.ports(), {"problem": text_id}, status)


def asset(name: str) -> str:
    """The address of a static file, new whenever its content is."""
    return f"/static/{versioned(STATIC / name)}"


def address_of(request: Request) -> str:
    """The web address a request came from; behind a proxy uvicorn has put the right one there."""
    return request.client.host if request.client else "unknown"


def starters(ports: Ports) -> Iterable[str]:
    """What somebody might ask first, one a line in the catalogue."""
    return (line.strip() for line in ports.texts.raw("web.starters").splitlines() if line.strip())
