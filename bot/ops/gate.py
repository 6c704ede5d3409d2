"""Before every request: it gets an id for the log, and once the bot is stopping it is asked to come again.

Stands outside everything else, also outside what believes a proxy, so that it sees who is really at the line.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Callable, Sequence

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")
ALWAYS = frozenset({"/healthz", "/readyz"})
"""Asked by machines that want to know how the stopping goes on."""
COME_AGAIN = 5


class Gate:
    """Lets requests through until it is closed. `trusted` are addresses of proxies, or networks, or "*"; `stopping` is
    said to who comes too late."""

    def __init__(self, app: ASGIApp, trusted: Sequence[str], new_id: Callable[[], str], stopping: str) -> None:
        self._app, self._new_id, self._stopping = app, new_id, stopping
        self._all = "*" in trusted
        self._trusted = [found for one in trusted if (found := _network(one))]
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()
        self._closed = False

    def close(self) -> None:
        """Turn away what comes from now on; what is inside goes on."""
        self._closed = True

    async def emptied(self, seconds: float) -> bool:
        """Wait until nobody is inside, or so long."""
        try:
            await asyncio.wait_for(self._empty.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = self._id_of(scope)
        with structlog.contextvars.bound_contextvars(request=request_id):
            await self._pass(scope, receive, _naming(send, request_id))

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._closed and scope["path"] not in ALWAYS:
            headers = {"Retry-After": str(COME_AGAIN), "Connection": "close"}
            await PlainTextResponse(self._stopping, 503, headers)(scope, receive, send)
            return
        self._inside += 1
        self._empty.clear()
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()

    def _id_of(self, scope: Scope) -> str:
        said = Headers(scope=scope).get(HEADER, "")
        return said if WELL_FORMED.fullmatch(said) and self._is_trusted(scope) else self._new_id()

    def _is_trusted(self, scope: Scope) -> bool:
        client = scope.get("client")
        peer = _network(client[0]) if client else None
        if peer is None:
            return self._all
        return self._all or any(peer.version == net.version and peer.subnet_of(net) for net in self._trusted)  # type: ignore[arg-type]


def _naming(send: Send, request_id: str) -> Send:
    async def named(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)[HEADER] = request_id
        await send(message)

    return named


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
