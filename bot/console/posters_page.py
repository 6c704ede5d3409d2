"""Codes for posters and leaflets: make one, print it, end it, see how often each was followed."""

from __future__ import annotations

import asyncio
from typing import cast, get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from bot.console.site import Site
from bot.errors import BotError
from bot.posters import pdf
from bot.posters.sheets import Card, Kind, doors_of, logos_of, sheet
from bot.staff import audit, posters
from bot.staff.outcomes import Refusal
from handlers.ports import Nobody

PAGE = "/posters"

DIGITS = 9
"""Of a campaign's number; no longer one is any campaign's."""


def routes(site: Site) -> APIRouter:
    """`/posters`, and below it what is done with one code."""
    router = APIRouter()
    _list(router, site)
    _one(router, site)
    return router


def _list(router: APIRouter, site: Site) -> None:
    @router.get("/posters")
    async def show(request: Request) -> Response:
        return await _show(site, request)

    @router.post("/posters")
    async def make(request: Request) -> Response:
        form, who = await site.form(request), site.staff(request).who
        label, area, campaign = (str(form.get(name, "")) for name in ("label", "area", "campaign"))
        if area not in _areas(site):
            area = ""
        number = int(campaign[:DIGITS]) if campaign.isascii() and campaign.isdigit() else None
        async with site.unit() as unit:
            made = await posters.make(unit, label, area, number, site.console.random_bytes)
            if not isinstance(made, Refusal):
                await audit.record(unit, who.id, "make poster code", made.code)
        if isinstance(made, Refusal):
            return await _show(site, request, made.text_id, label)
        return site.go(request, PAGE, "console.done.poster-made", code=made.code, label=made.label)


def _one(router: APIRouter, site: Site) -> None:
    @router.post("/posters/{code}/ending")
    async def end(request: Request, code: str) -> Response:
        async with site.unit() as unit:
            label = await posters.end(unit, code)
            if label is not None:
                await audit.record(unit, site.staff(request).who.id, "end poster code", code)
        if label is None:
            return await site.problem(request, 404, "posters.problem.code")
        return site.go(request, PAGE, "console.done.poster-ended", label=label)

    @router.get("/posters/{code}/sheets/{name}")
    async def print_(request: Request, code: str, name: str) -> Response:
        kind = name.removesuffix(".pdf")
        if kind not in get_args(Kind):
            raise HTTPException(404)
        async with site.reading() as unit:
            found = await posters.find(unit, code)
            slug = await posters.about(unit, found) if found else ""
        if found is None:
            raise HTTPException(404)
        try:
            made = await _printed(site, cast("Kind", kind), Card(found.code, found.label, _title(site, slug)))
        except BotError as error:
            return await _show(site, request, error.text_id)
        headers = {"content-disposition": f'attachment; filename="{kind}-{found.code}.pdf"'}
        return Response(made, media_type="application/pdf", headers=headers)


async def _printed(site: Site, kind: Kind, card: Card) -> bytes:
    ports = site.console.knowing.ports(Nobody(), site.console.clock.now(), site.texts.language, None)
    doors = doors_of(card.code, ports.public_url, ports.telegram)
    logos = await asyncio.to_thread(logos_of, site.console.folder)
    return await asyncio.to_thread(pdf.printed, sheet(ports.library.place, kind, card, doors, logos))


async def _show(site: Site, request: Request, problem: str = "", label: str = "") -> Response:
    async with site.reading() as unit:
        codes = await posters.listed(unit)
        campaigns = await posters.campaigns(unit)
    facts = {"codes": codes, "campaigns": campaigns, "areas": _areas(site), "problem": problem, "label": label}
    return site.page(request, "posters.html", status=422 if problem else 200, longest=posters.LONGEST, **facts)


def _areas(site: Site) -> tuple[str, ...]:
    return tuple(area.name for area in site.library().place.areas)


def _title(site: Site, slug: str) -> str:
    entry = site.library().entries.get(slug)
    return entry.title if entry else ""
