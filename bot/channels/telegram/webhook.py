"""The webhook: 200 only after the commit, 503 when a turn is not stored, and Telegram sends it again.

That a tap was heard is said in the answer itself, which saves a call (Bot API: "Making requests when getting updates").
"""

from __future__ import annotations

import hmac
import json
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bot.channels.telegram.door import Door
from bot.errors import BotError

log = structlog.get_logger()

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (the header's name)
LARGEST = 1_000_000
"""Bytes of an update; real ones have a few thousand."""
HEARD = "answerCallbackQuery"
PREFIX = "/telegram/"
"""Below this its address is."""
AGAIN_AFTER = 2
"""Seconds until Telegram should try again."""


class Webhook:
    """One secret address. Whoever does not know both secrets finds nothing there."""

    def __init__(self, door: Door, path: str, secret: str) -> None:
        self._door, self._path, self._secret = door, path, secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Whatever comes to `/telegram/…`, as an application of its own."""
        posted = scope["method"] == "POST"
        response = await self._receive(Request(scope, receive)) if posted else Response(status_code=405)
        await response(scope, receive, send)

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
        path = _same(request.scope["path"].rpartition("/")[2], self._path)
        return _same(request.headers.get(SECRET_HEADER, ""), self._secret) & path

    async def _take(self, update: Any) -> Response:
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return Response(status_code=400)
        try:
            tapped = await self._door.commit(update)
        except BotError as error:
            log.warning("update not taken", error=type(error).__name__)
            return Response(status_code=503, headers={"Retry-After": str(AGAIN_AFTER)})
        return JSONResponse({"method": HEARD, "callback_query_id": tapped}) if tapped else Response(status_code=200)


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
