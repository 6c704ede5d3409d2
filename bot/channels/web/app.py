"""The web channel as one application: `create_app(web)`. Mount it at "/" after every other route."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from bot.channels.web import calendar, check_page, described, embed, events, open_referral, pages, take_away
from bot.channels.web.ports import Web
from bot.channels.web.security import Guard, security_headers
from bot.channels.web.site import STATIC, Site

PROBLEMS = {403: "web.elsewhere", 404: "web.no-such-page", 405: "web.no-such-page", 413: "web.too-much"}


class Assets(StaticFiles):
    """Our own static files. Their addresses change with their content, so they may be kept for long."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=604800"
        return response


def create_app(web: Web) -> FastAPI:
    """Everything a browser may ask for, with its guard in front."""
    site = Site(web)
    app = FastAPI(title="Chat", openapi_url=None, docs_url=None, redoc_url=None, responses=described.problems("4XX"))
    for part in (pages, events, take_away, check_page, calendar, embed):
        app.include_router(part.routes(site))
    open_referral.mount(app, site)
    app.mount("/static", Assets(directory=STATIC))

    @app.exception_handler(HTTPException)
    async def kindly(_request: Request, error: HTTPException) -> Response:
        return _problem(site, error.status_code)

    @app.exception_handler(Exception)
    async def broken(request: Request, _error: Exception) -> Response:
        response = _problem(site, 500)
        response.headers.update(
            security_headers(tls=request.scope["scheme"] == "https")
        )  # this page is made outside the guard
        return response

    def refuse(status: int) -> ASGIApp:
        return _problem(site, status)

    app.add_middleware(Guard, origins=lambda: site.ports().library.place.embed_origins, refuse=refuse)
    return app


def _problem(site: Site, status: int) -> Response:
    return site.problem(status, PROBLEMS.get(status, "web.broken"))
