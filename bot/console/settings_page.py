"""One's own settings: the devices one is signed in on, and one's passkeys."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console import cookies
from bot.console.site import Number, Site
from bot.staff import audit, passkeys, sessions


def routes(site: Site) -> APIRouter:
    """`/settings` and the buttons on it; scripts of passkeys are answered in `passkey_pages`."""
    router = APIRouter()
    _show(router, site)
    _devices(router, site)
    _passkeys(router, site)
    return router


def _show(router: APIRouter, site: Site) -> None:
    @router.get("/settings")
    async def show(request: Request) -> Response:
        signed = site.staff(request)
        async with site.reading() as unit:
            devices = await sessions.devices(unit, signed.who.id)
            keys = await passkeys.of(unit, signed.who.id)
        return site.page(
            request, "settings.html", devices=devices, keys=keys, this=signed.session_id, fresh=signed.fresh
        )


def _devices(router: APIRouter, site: Site) -> None:
    @router.post("/settings/devices/{number}")
    async def end(request: Request, number: Number) -> Response:
        """Sign one of one's own devices out."""
        signed = site.staff(request)
        async with site.unit() as unit:
            ended = await sessions.end(unit, signed.who.id, number)
            if ended:
                await audit.record(unit, signed.who.id, "end sign-in")
        response = site.go(request, "/settings", "console.done.ended" if ended else "console.done.nothing")
        if number == signed.session_id:
            cookies.drop(request, response, cookies.STAFF)
        return response


def _passkeys(router: APIRouter, site: Site) -> None:
    @router.post("/settings/passkeys/{number}")
    async def remove(request: Request, number: Number) -> Response:
        """Take out one of one's own passkeys."""
        who = site.staff(request).who
        async with site.unit() as unit:
            removed = await passkeys.remove(unit, who.id, number)
            if removed:
                await audit.record(unit, who.id, "remove passkey")
        return site.go(request, "/settings", "console.done.passkey-removed" if removed else "console.done.nothing")
