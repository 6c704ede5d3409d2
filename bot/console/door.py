"""What every request meets before its page: the headers, the way it came, its size; then who asks, and from where."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable

import structlog
from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.quota import Quota
from bot.channels.web.security import read_body, security_headers
from bot.channels.web.site import address_of
from bot.console import cookies, guard
from bot.console.site import Site
from bot.console.transport import from_our_page, transport
from bot.staff.sessions import Signed

log = structlog.get_logger()

MOST_FROM_STRANGERS = 64 * 1024
MOST_BYTES = 8 * 1024 * 1024
"""Spreadsheets are handed in here."""
CSRF_HEADER = "x-csrf"
Refuse = Callable[[Request, int], Awaitable[Response]]


class SignInFirst(Exception):
    """Nobody is signed in."""


class Door:
    """Stands before the whole console, its static files too."""

    def __init__(self, app: ASGIApp, refuse: Refuse, quota: Quota) -> None:
        self._app = app
        self._refuse = refuse
        self._quota = quota

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in security_headers(tls=scope["scheme"] == "https").items():
                    headers.setdefault(name, value)
            await send(message)

        app, receive = await self._checked(Request(scope), receive)
        await app(scope, receive, with_headers)

    async def _checked(self, request: Request, receive: Receive) -> tuple[ASGIApp, Receive]:
        if transport(request) == "open":
            return await self._refuse(request, 426), receive
        if request.method in ("GET", "HEAD"):
            return self._app, receive
        if self._quota.wait(address_of(request)):
            log.warning("too many forms")
            return await self._refuse(request, 429), receive
        known = cookies.read(request, cookies.STAFF)
        body = await read_body(receive, MOST_BYTES if known else MOST_FROM_STRANGERS)
        return (await self._refuse(request, 413), receive) if body is None else (self._app, _again(body, receive))


def admission(site: Site) -> Callable[[Request], Awaitable[None]]:
    """Asked before each page: may whoever asks have it?

    Raises SignInFirst, or HTTPException: 404 for a page that isn't theirs, 403 for a form that isn't ours.
    """

    async def admit(request: Request) -> None:
        path = request.scope["route"].path
        if path in guard.OPEN:
            _from_here(request)
            return
        signed = await site.signed(request)
        if signed is None:
            raise SignInFirst
        if not guard.may(signed.who.role, path):
            log.warning("a page of another role", page=path, staff=signed.who.id)
            raise HTTPException(404)
        _from_here(request)
        await _with_token(request, signed)

    return admit


def _from_here(request: Request) -> None:
    if request.method != "GET" and not from_our_page(request):
        log.warning("a form from elsewhere")
        raise HTTPException(403)


async def _with_token(request: Request, signed: Signed) -> None:
    if request.method == "GET":
        return
    given = request.headers.get(CSRF_HEADER) or (await request.form()).get("csrf", "")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), signed.csrf.encode()):
        log.warning("a form without its token", staff=signed.who.id)
        raise HTTPException(403)


def _again(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
