"""Signing in: by invitation or one-time link, by a code on Telegram, by passkey; and signing out.

No answer tells whether a number, a code or a passkey is known.
"""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from bot.channels.web.site import address_of
from bot.console import cookies
from bot.console.site import Site
from bot.console.tries import Tries
from bot.staff import audit, codes, sessions
from bot.store.unit import Unit
from handlers.office import Colleague

log = structlog.get_logger()

LONGEST_NUMBER = 9
"""Digits of a staff number that a database can hold."""


def routes(site: Site) -> APIRouter:
    """`/sign-in` and what belongs to it, `/link/CODE`, `/sign-out`."""
    router, tries = APIRouter(), Tries(site.console.tries_a_minute)
    _in_and_out(router, site)
    _with_telegram(router, site, tries)
    _with_one_code(router, site, tries)
    return router


def _in_and_out(router: APIRouter, site: Site) -> None:
    @router.get("/sign-in")
    async def choose(request: Request) -> Response:
        return site.go(request, "/") if await site.signed(request) else _choose(site, request)

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        signed = site.staff(request)
        async with site.unit() as unit:
            await sessions.end(unit, signed.who.id, signed.session_id)
            await audit.record(unit, signed.who.id, "sign-out")
        response = site.go(request, "/sign-in", "console.done.signed-out")
        cookies.drop(request, response, cookies.STAFF)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'  # its cookies hold what the next page says
        return response


def _with_telegram(router: APIRouter, site: Site, tries: Tries) -> None:
    @router.post("/sign-in/telegram")
    async def telegram(request: Request) -> Response:
        """Send a code, or not: the answer is the same."""
        number = _number((await site.form(request)).get("number"))
        if not tries.from_address(address_of(request)):
            return _choose(site, request, "console.sign-in.too-often", 429)
        if number is None:
            return _choose(site, request, "console.sign-in.no-number", 422)
        if tries.sends(number):
            async with site.unit() as unit:
                await codes.send(unit, number, site.texts, site.console.random_bytes)
        return site.go(request, f"/sign-in/code?number={number}")

    @router.get("/sign-in/code")
    async def code(request: Request) -> Response:
        return _code(site, request, _number(request.query_params.get("number")))

    @router.post("/sign-in/code")
    async def check(request: Request) -> Response:
        form = await site.form(request)
        number = _number(form.get("number"))
        if not tries.from_address(address_of(request)):
            return _code(site, request, number, "console.sign-in.too-often", 429)
        async with site.unit() as unit:
            who = None
            if number is not None and tries.checks(number):
                who = await codes.try_code(unit, number, str(form.get("code", "")))
            token = await begin(site, request, unit, who, "telegram") if who else ""
        if not token:
            refused("telegram")
        return enter(site, request, token) if token else _code(site, request, number, "console.sign-in.wrong", 422)


def _with_one_code(router: APIRouter, site: Site, tries: Tries) -> None:
    @router.post("/sign-in/invitation")
    async def invitation(request: Request) -> Response:
        given = str((await site.form(request)).get("code", ""))
        return await _by_code(site, tries, request, given, "invitation")

    @router.get("/link/{code}")
    async def link(request: Request, code: str) -> Response:
        """Only the button uses the link up: programs that look at links before people do leave it whole."""
        return site.page(request, "link.html", code=code)

    @router.post("/link/{code}")
    async def follow(request: Request, code: str) -> Response:
        return await _by_code(site, tries, request, code, "link")


async def begin(site: Site, request: Request, unit: Unit, who: Colleague, how: str) -> str:
    """Sign somebody in, and record it; the token for their cookie. Whoever was signed in there before no longer is."""
    before = await sessions.find(unit, cookies.read(request, cookies.STAFF))
    if before is not None:
        await sessions.end(unit, before.who.id, before.session_id)
    token = await sessions.begin(unit, who.id, how, site.console.random_bytes)
    await audit.record(unit, who.id, "sign-in", how)
    return token


def refused(how: str) -> None:
    """Leave a line in the log: a try that was wrong. Whose it was, nobody knows."""
    log.warning("sign-in refused", how=how)


def enter(site: Site, request: Request, token: str) -> RedirectResponse:
    """To Today, with the cookie."""
    response = site.go(request, "/", "console.done.signed-in")
    cookies.put(request, response, cookies.STAFF, token)
    return response


async def _by_code(site: Site, tries: Tries, request: Request, code: str, how: str) -> Response:
    if not tries.from_address(address_of(request)):
        return _choose(site, request, "console.sign-in.too-often", 429)
    async with site.unit() as unit:
        who = await codes.use(unit, code)
        token = await begin(site, request, unit, who, how) if who else ""
    if not token:
        refused(how)
    return enter(site, request, token) if token else _choose(site, request, "console.sign-in.wrong", 422)


def _choose(site: Site, request: Request, problem: str = "", status: int = 200) -> Response:
    return site.page(request, "sign_in.html", status=status, problem=problem)


def _code(site: Site, request: Request, number: int | None, problem: str = "", status: int = 200) -> Response:
    return site.page(request, "code.html", status=status, problem=problem, number=number)


def _number(said: object) -> int | None:
    digits = said.strip() if isinstance(said, str) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER else None
