"""What every response carries and every request must meet. Plain ASGI, so that event streams pass through."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

MOST_BYTES = 64 * 1024
ORIGIN = re.compile(r"https?://[a-z0-9.*-]+(:[0-9]+)?", re.IGNORECASE)
CHAT = "/chat"
"""The one path that takes posts from browsers; a webhook beside it has a guard of its own."""
SAME = frozenset({"same-origin", "none"})
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

TLS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
"""Only over TLS: a browser that came so never comes without again."""

Refuse = Callable[[int], ASGIApp]


class Guard:
    """Stands before the pages: sets the headers, turns away posts from elsewhere and bodies that are too long."""

    def __init__(self, app: ASGIApp, origins: Callable[[], Sequence[str]], refuse: Refuse) -> None:
        self._app = app
        self._origins = origins
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = security_headers(self._origins() if in_frame(scope) else (), tls=scope["scheme"] == "https")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _fill(MutableHeaders(scope=message), headers)
            await send(message)

        app, receive = await self._checked(scope, receive)
        await app(scope, receive, with_headers)

    async def _checked(self, scope: Scope, receive: Receive) -> tuple[ASGIApp, Receive]:
        if scope["method"] != "POST" or scope["path"] != CHAT:
            return self._app, receive
        if not is_same_origin(Headers(scope=scope)):
            log.warning("a post from elsewhere")
            return self._refuse(403), receive
        body = await read_body(receive, MOST_BYTES)
        return (self._refuse(413), receive) if body is None else (self._app, _replay(body, receive))


def security_headers(frame_origins: Sequence[str] = (), *, tls: bool = False) -> Mapping[str, str]:
    """The headers of a page; `frame_origins` are those that may show it in a frame."""
    allowed = [origin for origin in frame_origins if ORIGIN.fullmatch(origin)]
    ancestors = " ".join(("'self'", *allowed)) if allowed else "'none'"
    policy = "; ".join(f"{name} {value}" for name, value in {**POLICY, "frame-ancestors": ancestors}.items())
    legacy = {} if allowed else {"X-Frame-Options": "DENY"}
    secured = TLS_ONLY if tls else {}
    return {**ALWAYS, **legacy, **secured, "Content-Security-Policy": policy, "Cache-Control": "no-store"}


def in_frame(scope: Scope) -> bool:
    """Is this the page that councils show in a frame?"""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return scope["path"] in ("/", CHAT) and query.get("embed") == ["1"]


def is_same_origin(headers: Headers) -> bool:
    """Did one of our own pages send this?

    With no-referrer a plain form says `Origin: null`, so Sec-Fetch-Site decides where there is one. Without either
    the post is let through: there is no cookie, so a stranger's page could only begin a conversation of its own.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in SAME
    origin = headers.get("origin", "null")
    return origin == "null" or split(origin)[1] == headers.get("host")


def split(address: str) -> tuple[str, str]:
    """The scheme and the host of an address; empty where it is none."""
    try:
        return urlsplit(address)[:2]
    except ValueError:
        return "", ""


async def read_body(receive: Receive, most: int) -> bytes | None:
    """The whole body; None as soon as it is longer than `most`."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > most:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def _fill(headers: MutableHeaders, wanted: Mapping[str, str]) -> None:
    for name, value in wanted.items():
        headers.setdefault(name, value)
