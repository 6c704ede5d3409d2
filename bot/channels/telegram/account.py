"""Our account with Telegram: python-telegram-bot's Bot over aiohttp, and updates as they came."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram_http import AiohttpRequest
from bot.errors import Refused

log = structlog.get_logger()

Json = dict[str, Any]
Sleep = Callable[[float], Awaitable[object]]

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
ANSWER_WITHIN = 5.0
"""Seconds on top of the long poll's own."""


class Account(Bot):
    """A Bot that also hands out updates unread: python-telegram-bot's `get_updates` fails as a whole, and for ever,
    when it cannot read one of them, and logs what people wrote."""

    async def raw_updates(self, offset: int | None, hold: int, allowed: Sequence[str]) -> list[Json]:
        """The next updates as JSON, waiting up to `hold` seconds for the first. Raises TelegramError."""
        given: Json = {"offset": offset, "timeout": hold, "allowed_updates": list(allowed)}
        answer = await self._post("getUpdates", given, read_timeout=hold + ANSWER_WITHIN)
        return [update for update in answer if isinstance(update, dict) and isinstance(update.get("update_id"), int)]


def account(token: str, api: str = "https://api.telegram.org", heard: Callable[[bool], object] = bool) -> Account:
    """A Bot for this token. One send never takes longer than the lease of its chat (30 s). `heard` is told of each
    exchange whether Telegram answered."""
    # without it the library warns, and a 429 arrives as a warning instead of an error
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    base = api.rstrip("/")
    return Account(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=AiohttpRequest(write=5.0, heard=heard),
        get_updates_request=AiohttpRequest(write=5.0, size=2, heard=heard),
    )


async def connect(bot: Bot, sleep: Sleep = asyncio.sleep) -> str:
    """Open it and learn our user name, however long the network is away. Raises Refused for a token that is wrong."""
    pause = FIRST_PAUSE
    while True:
        try:
            await bot.initialize()
        except InvalidToken:
            raise Refused(reason="Telegram does not know this token") from None  # its own words hold the token
        except TelegramError as error:
            log.warning("Telegram not reached", reason=error.message, pause=pause)
            await sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return bot.username
