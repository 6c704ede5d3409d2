"""The fake over real HTTP: an ASGI app under uvicorn, on a free port of 127.0.0.1, as a part of the test's own loop."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.fake_telegram import incoming, refusals
from tests.fake_telegram.faults import Dropped, Page, Script
from tests.fake_telegram.incoming import Incoming
from tests.fake_telegram.messages import MessageMethods
from tests.fake_telegram.profile import ProfileMethods
from tests.fake_telegram.refusals import Refusal
from tests.fake_telegram.spec import round_trip_faults
from tests.fake_telegram.world import Call, World

Handler = Callable[[Incoming], Any]
Control = Callable[[Request], Awaitable[Response]]

_PATH = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>\w+)")


class Api:
    """The ASGI app: `/bot<token>/<method>` and `/_control/…`."""

    def __init__(self, world: World, script: Script, token: str, control: Control) -> None:
        self._world, self._script, self._token, self._control = world, script, token, control
        self._handlers = _handlers(MessageMethods(world)) | _handlers(ProfileMethods(world))
        world.webhook.said = self._answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except (Dropped, ClientDisconnect):
            scope["state"]["transport"].abort()
            return
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.url.path.startswith("/_control/"):
            return await self._control(request)
        try:
            return JSONResponse({"ok": True, "result": await self._call(request)})
        except Refusal as refusal:
            return JSONResponse(refusal.wire(), refusal.code)
        except Page as page:
            return PlainTextResponse(page.text, page.status)

    async def _call(self, request: Request) -> Any:
        path = _PATH.fullmatch(request.url.path)
        if path is None:
            raise refusals.not_found()
        if path["token"] != self._token:
            raise refusals.unauthorised()
        return await self._carried_out(path["method"], await incoming.read(request))

    async def _answered(self, words: bytes) -> None:
        """A call in the answer to an update: carried out, and its result told to nobody."""
        given = json.loads(words) if words.startswith(b"{") else {}
        if method := given.pop("method", None):
            with suppress(Refusal, Dropped, Page):
                await self._carried_out(method, Incoming(given))

    async def _carried_out(self, method: str, arrived: Incoming) -> Any:
        call = Call(len(self._world.calls), self._world.clock.now(), method, arrived.given)
        self._world.calls.append(call)
        self._world.changes.announce()
        try:
            result = await self._apply(call, arrived)
            call.outcome = "ok"
            return result
        except (Refusal, Dropped, Page) as unwell:
            call.outcome = str(unwell) or "lost"
            raise
        except Exception as bug:
            self._world.complain(f"the fake broke in {call.method}({call.given}): {bug!r}")
            raise refusals.server_error() from bug
        finally:
            call.finished = next(self._world.answered)
            self._world.changes.announce()

    async def _apply(self, call: Call, arrived: Incoming) -> Any:
        name, handler = self._handlers.get(call.method.lower(), ("", None))
        if handler is None:
            raise refusals.not_found()
        if wrong := self._world.spec.request_faults(name, arrived.given):
            self._world.violations += wrong
            raise refusals.bad_request(f"the fake refuses: {wrong[0]}")
        fault = self._script.take(name, arrived.given)
        await fault.before(arrived.given)
        result = handler(arrived)
        result = await result if inspect.isawaitable(result) else result
        self._check(name, result)
        self._world.changes.announce()
        await fault.after()
        return result

    def _check(self, name: str, result: Any) -> None:
        if name == "getUpdates":  # judged one by one when they were made
            return
        kind = self._world.spec.result_type(name, result)
        faults = self._world.spec.response_faults(name, result)
        for fault in [*faults, *(round_trip_faults(kind, result) if kind else [])]:
            self._world.complain(f"the fake answered wrongly: {fault}")


def _handlers(methods: object) -> dict[str, tuple[str, Handler]]:
    """By the method's name in small letters, because Telegram does not mind case."""
    named = [name for name in dir(methods) if not name.startswith("_")]
    return {name.replace("_", ""): (_camel(name), getattr(methods, name)) for name in named}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


class _Protocol(H11Protocol):
    """uvicorn's own, which also hands the app its connection, so that a response can be lost."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {"transport": transport}


class Server(uvicorn.Server):
    """uvicorn without its signal handlers and its tenth-of-a-second ticks: up and down in a millisecond."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_keep_alive=600,
            )
        )

    async def open(self) -> str:
        """Start; the address, without a slash at its end."""
        self.config.load()
        self.lifespan = self.config.lifespan_class(self.config)
        # Named TCP, because asyncio only switches Nagle's delay (40 ms an answer) off where the protocol is said.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        await self.startup(sockets=[listener])
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    async def close(self) -> None:
        """Stop; whoever still waits for an answer loses the connection."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        while self.server_state.tasks:
            await asyncio.wait(list(self.server_state.tasks))
        await asyncio.sleep(0)
