"""What Telegram says of our account, asked once and without waiting long. For `bot doctor`."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass

from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.account import account
from bot.errors import Refused, Unreached

PATIENCE = 10.0
"""Seconds for both questions."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Our name there, where it sends updates (empty: nowhere, we fetch them), how many wait, what failed last."""

    name: str
    webhook: str
    waiting: int
    last_fault: str = ""
    last_fault_at: dt.datetime | None = None


async def look(token: str, api: str, patience: float = PATIENCE) -> Seen:
    """Ask Telegram. Raises Refused for a token that it does not know, Unreached where it does not answer in time."""
    bot = account(token, api)
    try:
        async with asyncio.timeout(patience):
            await bot.initialize()
            info = await bot.get_webhook_info()
    except InvalidToken:
        raise Refused(reason="Telegram does not know this token") from None  # its own words hold the token
    except (TelegramError, TimeoutError) as error:
        raise Unreached(reason=type(error).__name__) from None
    finally:
        await bot.shutdown()
    fault = info.last_error_message or ""
    return Seen(bot.username, info.url, info.pending_update_count, fault, info.last_error_date)
