"""Open Referral UK, out: `/open-referral`, for councils and directories. Anybody may read it from any page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from bot.channels.web.open_referral_shapes import (
    UNANSWERED,
    Details,
    Kind,
    ListQuery,
    OrganizationsQuery,
    Page,
    PlacesQuery,
    Problem,
    ServicesQuery,
    TermsQuery,
    Thing,
)
from bot.channels.web.site import Site
from knowledge import open_referral as hsds
from knowledge.library import Library
from knowledge.open_referral import Feed, Json, ServiceFilter, TermFilter

PATH = "/open-referral"
VERSION = "HSDS-UK-3.0"
PROFILE = "https://github.com/OpenReferralUK/uk-profile/blob/main/docs/index.md"
FOR_ANYBODY = {"Access-Control-Allow-Origin": "*"}
KEPT_FOR = {"Cache-Control": "public, max-age=300"}

Listing = Callable[..., Any]


class Shelf:
    """The feed of the library of this moment, made once for each library."""

    def __init__(self, library: Callable[[], Library]) -> None:
        self._library = library
        self._made: tuple[Library, Feed] | None = None

    def feed(self) -> Feed:
        """Everything there is to serve, now."""
        library = self._library()
        if self._made is None or self._made[0] is not library:
            self._made = (library, hsds.feed_of(library))
        return self._made[1]

    def things(self, kind: Kind) -> Mapping[str, Json]:
        """All of a kind by id."""
        found: Mapping[str, Json] = getattr(self.feed(), kind)
        return found


def mount(app: FastAPI, site: Site) -> None:
    """Put the feed under its path, with and without a slash at the end."""
    feed = application(site)
    app.add_api_route(PATH, partial_details(site), include_in_schema=False)
    app.mount(PATH, feed)


def application(site: Site) -> FastAPI:
    """The feed as an application of its own: it answers in JSON alone, its faults too."""
    shelf = Shelf(lambda: site.ports().library)
    app = FastAPI(
        title="Open Referral UK", version=VERSION, openapi_url=None, docs_url=None, redoc_url=None,
        dependencies=[Depends(answerable)], responses={"4XX": {"model": Problem}},
    )  # fmt: skip
    app.add_api_route("/", partial_details(site), name="details", responses=_shape(Details))
    app.include_router(services(shelf))
    app.include_router(organizations(shelf))
    app.include_router(taxonomies(shelf))

    @app.get("/openapi.json", include_in_schema=False)
    async def described(request: Request) -> JSONResponse:
        return said({**app.openapi(), "servers": [{"url": address(site, request)}]})

    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(Exception, _our_fault)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET"], allow_headers=["*"])
    return app


def partial_details(site: Site) -> Callable[[Request], Any]:
    """What is served here, and where it is described."""

    async def details(request: Request) -> JSONResponse:
        return said({"version": VERSION, "profile": PROFILE, "openapi_url": f"{address(site, request)}/openapi.json"})

    return details
