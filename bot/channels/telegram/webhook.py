"""The webhook: 200 only after the commit, 503 when a turn is not stored, and Telegram sends it again."""

from __future__ import annotations

import hmac
import json
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram.door import Door
from bot.errors import BotError

log = structlog.get_logger()

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (the header's name)
LARGEST = 1_000_000
"""Bytes of an update; real ones have a few thousand."""
AGAIN_AFTER = 2
"""Seconds until Telegram should try again."""


class Webhook:
    """One secret address. Whoever does not know both secrets finds nothing there."""

    def __init__(self, door: Door, path: str, secret: str) -> None:
        self._door, self._path, self._secret = door, path, secret

    @property
    def route(self) -> Route:
        """To be mounted in the app: `/telegram/{path}`."""
        return Route("/telegram/{path}", self._receive, methods=["POST"])

    async def _receive(self, request: Request) -> Response:
        if not self._is_telegram(request):
            return Response(status_code=404)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        return await self._take(update)

    def _is_telegram(self, request: Request) -> bool:
        """Both are always compared, so that the time taken tells nothing."""
        path = _same(str(request.path_params["path"]), self._path)
        return _same(request.headers.get(SECRET_HEADER, ""), self._secret) & path

    async def _take(self, update: Any) -> Response:
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return Response(status_code=400)
        try:
            await self._door.take(update)
        except BotError as error:
            log.warning("update not taken", error=type(error).__name__)
            return Response(status_code=503, headers={"Retry-After": str(AGAIN_AFTER)})
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """None for one that is larger than any update."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
