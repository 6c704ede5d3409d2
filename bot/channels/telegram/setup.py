"""What stands in Telegram's menu and on the bot's own page there, in every language that we have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from telegram import Bot, BotCommand
from telegram.error import TelegramError

from handlers.catalogue import ENGLISH, Texts, languages
from handlers.commands import COMMANDS

log = structlog.get_logger()

TWO_LETTERS = 2
"""Telegram knows languages by their two-letter codes only."""


async def set_commands(bot: Bot, texts: Callable[[str], Texts], place: str) -> None:
    """Tell Telegram the menu and the descriptions. The bot works without, so nothing that fails here stops it.

    `texts` says them in one language; `place` fills {place} in `bot.about` and `bot.short`.
    """
    for language in languages():
        if len(language) == TWO_LETTERS:
            await _in_language(bot, texts(language), place, None if language == ENGLISH else language)


async def _in_language(bot: Bot, texts: Texts, place: str, code: str | None) -> None:
    menu = [BotCommand(name, texts.say(f"command.{name}")) for name in COMMANDS]
    about, short = (texts.say(text_id, place=place) for text_id in ("bot.about", "bot.short"))
    await _quietly("commands", code, bot.set_my_commands(menu, language_code=code))
    await _quietly("description", code, bot.set_my_description(about, language_code=code))
    await _quietly("short description", code, bot.set_my_short_description(short, language_code=code))


async def _quietly(what: str, code: str | None, call: Awaitable[bool]) -> None:
    try:
        await call
    except TelegramError as error:
        log.warning("Telegram's menu not set", what=what, language=code or ENGLISH, reason=error.message)
