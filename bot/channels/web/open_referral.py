"""Open Referral UK, out: `/open-referral`, for councils and directories. Anybody may read it from any page."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

from bot.channels.web import open_referral_answers as answers
from bot.channels.web import open_referral_shapes as shapes
from bot.channels.web.open_referral_answers import answerable, one, page, said
from bot.channels.web.open_referral_shapes import shape
from bot.channels.web.site import Site
from handlers.ports import Ports
from knowledge import open_referral as hsds
from knowledge.library import Library
from knowledge.open_referral import Feed

PATH = "/open-referral"
VERSION = "HSDS-UK-3.0"
PROFILE = "https://github.com/OpenReferralUK/uk-profile/blob/main/docs/index.md"

Route = Callable[[Request], Awaitable[JSONResponse]]


class Shelf:
    """The feed of this moment, made once for each library and what the team says beside it: notices end by
    themselves."""

    def __init__(self, ports: Callable[[], Ports]) -> None:
        self._ports = ports
        self._made: tuple[Library, Mapping[str, tuple[str, ...]], Feed] | None = None

    def feed(self) -> Feed:
        """Everything there is to serve, now."""
        ports = self._ports()
        library, notices = ports.library, ports.notices
        if self._made is None or self._made[0] is not library or self._made[1] != notices:
            self._made = (library, notices, hsds.feed_of(library, notices))
        return self._made[2]


def mount(app: FastAPI, site: Site) -> None:
    """Put the feed under its path; without the slash at its end too, for readers that drop it."""
    app.add_api_route(PATH, details(site), include_in_schema=False)
    feed = Mount(PATH, application(site))
    feed.path_regex = re.compile(feed.path_regex.pattern, re.DOTALL)  # else an id with a line break is answered in HTML
    app.router.routes.append(feed)


def application(site: Site) -> FastAPI:
    """The feed as an application of its own: it answers in JSON alone, its faults too."""
    shelf = Shelf(site.ports)
    app = FastAPI(
        title="Open Referral UK",
        version=VERSION,
        openapi_url=None,
        dependencies=[Depends(answerable)],
        responses={"4XX": {"model": shapes.Problem}},
    )
    app.add_api_route("/", details(site), responses=shape(shapes.Details))
    for part in (services, places, organizations, taxonomies, terms):
        app.include_router(part(shelf))
    app.add_api_route("/openapi.json", described(app, site), include_in_schema=False)
    app.add_exception_handler(HTTPException, answers.refused)
    app.add_exception_handler(RequestValidationError, answers.misunderstood)
    app.add_exception_handler(Exception, answers.broken)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET"], allow_headers=["*"])
    return app


def details(site: Site) -> Route:
    """`/`: what is served here, and where it is described."""

    async def about(request: Request) -> JSONResponse:
        openapi = f"{_address(site, request)}/openapi.json"
        return said({"version": VERSION, "profile": PROFILE, "openapi_url": openapi})

    return about


def described(app: FastAPI, site: Site) -> Route:
    """Our own OpenAPI document."""

    async def document(request: Request) -> JSONResponse:
        return said({**app.openapi(), "servers": [{"url": _address(site, request)}]})

    return document


def services(shelf: Shelf) -> APIRouter:
    """`/services`."""
    router = APIRouter()

    @router.get("/services", responses=shape(shapes.Page))
    async def services(asked: Annotated[shapes.ServicesQuery, Query()]) -> JSONResponse:
        found = hsds.services_like(shelf.feed().services.values(), asked)
        if asked.minimal:
            everything = [hsds.minimal(service) for service in found]
            return said(hsds.page_of(everything, 1, max(len(everything), 1)))
        return page(found, asked, full=asked.full)

    @router.get("/services/{id}", responses=shape(shapes.Thing))
    async def service(id: str) -> JSONResponse:
        return one(shelf.feed().services, id)

    return router


def places(shelf: Shelf) -> APIRouter:
    """`/service_at_locations`."""
    router = APIRouter()

    @router.get("/service_at_locations", responses=shape(shapes.Page))
    async def service_at_locations(asked: Annotated[shapes.PlacesQuery, Query()]) -> JSONResponse:
        feed = shelf.feed()
        wanted = {service["id"] for service in hsds.services_like(feed.services.values(), asked)}
        found = (place for place in feed.service_at_locations.values() if place["service_id"] in wanted)
        return page(found, asked, full=asked.full)

    @router.get("/service_at_locations/{id}", responses=shape(shapes.Thing))
    async def service_at_location(id: str) -> JSONResponse:
        return one(shelf.feed().service_at_locations, id)

    return router


def organizations(shelf: Shelf) -> APIRouter:
    """`/organizations`."""
    router = APIRouter()

    @router.get("/organizations", responses=shape(shapes.Page))
    async def organizations(asked: Annotated[shapes.OrganizationsQuery, Query()]) -> JSONResponse:
        feed = shelf.feed()
        found = hsds.with_words(feed.organizations.values(), asked.search)
        whole = (hsds.with_services(feed, each) for each in found) if asked.full_service else found
        return page(whole, asked, full=asked.full or asked.full_service)

    @router.get("/organizations/{id}", responses=shape(shapes.Thing))
    async def organization(id: str, full_service: bool = False) -> JSONResponse:
        feed = shelf.feed()
        found = feed.organizations.get(id)
        return said(hsds.with_services(feed, found)) if found and full_service else one(feed.organizations, id)

    return router


def taxonomies(shelf: Shelf) -> APIRouter:
    """`/taxonomies`."""
    router = APIRouter()

    @router.get("/taxonomies", responses=shape(shapes.Page))
    async def taxonomies(asked: Annotated[shapes.ListQuery, Query()]) -> JSONResponse:
        return page(hsds.with_words(shelf.feed().taxonomies.values(), asked.search), asked)

    @router.get("/taxonomies/{id}", responses=shape(shapes.Thing))
    async def taxonomy(id: str) -> JSONResponse:
        return one(shelf.feed().taxonomies, id)

    return router


def terms(shelf: Shelf) -> APIRouter:
    """`/taxonomy_terms`."""
    router = APIRouter()

    @router.get("/taxonomy_terms", responses=shape(shapes.Page))
    async def taxonomy_terms(asked: Annotated[shapes.TermsQuery, Query()]) -> JSONResponse:
        return page(hsds.terms_like(shelf.feed().taxonomy_terms.values(), asked), asked)

    @router.get("/taxonomy_terms/{id}", responses=shape(shapes.Thing))
    async def taxonomy_term(id: str) -> JSONResponse:
        return one(shelf.feed().taxonomy_terms, id)

    return router


def _address(site: Site, request: Request) -> str:
    return f"{(site.ports().public_url or str(request.base_url)).rstrip('/')}{PATH}"
