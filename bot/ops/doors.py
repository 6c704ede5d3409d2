"""What stands around the web pages: the gate before them, and the pages for machines: `/readyz`, `/metrics`."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.clock import new_id
from bot.ops.gate import Gate
from bot.ops.health import Health, Needs
from bot.ops.room import room
from bot.wiring import House
from handlers.catalogue import Texts

if TYPE_CHECKING:
    from bot.ops.metrics import Metrics


class Front:
    """Before the pages and all that pages need stands a door for a machine, below a path of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._doors: dict[str, ASGIApp] = {}

    def add(self, prefix: str, door: ASGIApp) -> None:
        """From now on, what is asked for right below `prefix` ("/telegram/") is the door's."""
        self._doors[prefix] = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """To the door that it is for, else to the pages."""
        path = scope["path"] if scope["type"] == "http" else ""
        await self._doors.get(path[: path.rfind("/") + 1], self._app)(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Doors:
    """The application with its gate before it, its front, and its health."""

    gate: Gate
    front: Front
    health: Health


def doors_of(built: House, app: FastAPI) -> Doors:
    """Put the pages for machines into the app, and the gate before it."""
    telegram = built.vital.telegram if built.settings.telegram_token else None
    health = Health(Needs(built.store, built.knowing, telegram))
    app.router.routes.insert(0, health.route)
    if built.settings.metrics:
        app.router.routes.insert(0, metrics_of(built))
    trusted = built.settings.proxies
    front = Front(ProxyHeadersMiddleware(app, trusted))  # type: ignore[arg-type]
    return Doors(Gate(front, trusted, new_id, Texts().say("gate.stopping")), front, health)


def metrics_of(built: House) -> Route:
    """`/metrics`. Its library is loaded only where somebody wants it."""
    made = cast("type[Metrics]", importlib.import_module("bot.ops.metrics").Metrics)
    token = built.settings.metrics_token
    folder = _existing(room(built.settings))
    return made.over(
        built.vital, built.store, built.knowing, built.clock, folder, token.get_secret_value() if token else None
    ).route


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return folder if folder.exists() or folder == folder.parent else _existing(folder.parent)
