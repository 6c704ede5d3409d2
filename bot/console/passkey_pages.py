"""What the script of passkeys asks: the one part of the console that needs JavaScript."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from bot.channels.web.site import address_of
from bot.console import cookies
from bot.console.signin import begin, refused
from bot.console.site import HOME, Site
from bot.console.transport import has_name, hostname, origin
from bot.console.tries import Tries
from bot.staff import audit, passkeys
from bot.staff.passkeys import Party

JSON = "application/json"


def routes(site: Site) -> APIRouter:
    """Options and answers, for signing in and for a new passkey."""
    router, tries = APIRouter(), Tries(3 * site.console.tries_a_minute)
    _to_sign_in(router, site, tries)
    _to_add(router, site)
    return router


def _to_sign_in(router: APIRouter, site: Site, tries: Tries) -> None:
    @router.post("/sign-in/passkey/options")
    async def ask(request: Request) -> Response:
        if not tries.from_address(address_of(request)):
            return _problem(site, "console.sign-in.too-often", 429)
        async with site.reading() as unit:
            return Response(
                passkeys.to_sign_in(unit, _party(site, request), site.console.random_bytes), media_type=JSON
            )

    @router.post("/sign-in/passkey")
    async def sign_in(request: Request) -> Response:
        if not tries.from_address(address_of(request)):
            return _problem(site, "console.sign-in.too-often", 429)
        answer = await _answer(request)
        async with site.unit() as unit:
            who = await passkeys.sign_in(unit, _party(site, request), answer)
            token = await begin(site, request, unit, who, "passkey") if who else ""
        if not token:
            refused("passkey")
            return _problem(site, "console.sign-in.no-passkey", 422)
        response = JSONResponse({"go": f"{HOME}/"})
        cookies.put(request, response, cookies.STAFF, token)
        return response


def _to_add(router: APIRouter, site: Site) -> None:
    @router.post("/settings/passkeys/options")
    async def offer(request: Request) -> Response:
        who = site.staff(request).who
        if not site.staff(request).fresh:
            return _problem(site, "console.settings.sign-in-again", 403)
        async with site.reading() as unit:
            options = await passkeys.to_register(unit, _party(site, request), who, site.console.random_bytes)
        return Response(options, media_type=JSON)

    @router.post("/settings/passkeys")
    async def keep(request: Request) -> Response:
        who, answer = site.staff(request).who, await _answer(request)
        if not site.staff(request).fresh:
            return _problem(site, "console.settings.sign-in-again", 403)
        label = str(answer.pop("label", "")) or site.texts.say("console.settings.passkey")
        async with site.unit() as unit:
            kept = await passkeys.register(unit, _party(site, request), who.id, answer, label)
            if kept:
                await audit.record(unit, who.id, "add passkey")
        if not kept:
            return _problem(site, "console.settings.passkey-failed", 422)
        response = JSONResponse({"go": f"{HOME}/settings"})
        said = cookies.sealed(site.console.store.vault, "console.done.passkey-added", {})
        cookies.put(request, response, cookies.SAID, said)
        return response


def _party(site: Site, request: Request) -> Party:
    """Raises HTTPException(404) where passkeys cannot be: an address without a name."""
    if not has_name(request):
        raise HTTPException(404)
    return Party(hostname(request), origin(request), site.library().place.partnership)


async def _answer(request: Request) -> dict[str, object]:
    if "form" in request.headers.get("content-type", ""):  # the guard has read it already, for its token
        return {}
    try:
        said = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        said = None
    return dict(said) if isinstance(said, Mapping) else {}


def _problem(site: Site, text_id: str, status: int) -> JSONResponse:
    return JSONResponse({"problem": site.texts.say(text_id)}, status)
