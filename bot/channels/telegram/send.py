"""Send one Reply to one chat. At least once: a repeat after a failure sends every part of it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.channels.telegram.render import Part, render
from bot.errors import Blocked, Refused, TooMany, Unreached
from handlers.turn import File, Reply

log = structlog.get_logger()

DELETED_AT_ONCE = 100
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
NOBODY = "chat not found"
STRIPPED = ("message is not modified", "message to edit not found", "message can't be edited", "message_id_invalid")
"""What Telegram says about a message that has no buttons (any more)."""


class TelegramSender:
    """The `Sender` of `bot.delivery`. Raises Blocked, TooMany, Refused or Unreached."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, chat: str, reply: Reply) -> str | None:
        """Do what a reply asks for. The ids of the messages sent, a space between; one id where there is one part."""
        with translated():
            for message_id in numbers(reply.strip_buttons_of or "")[-1:]:
                await self._strip(int(chat), message_id)
            await self._forget(int(chat), reply.forget_messages)
            ids = [await self._part(int(chat), part) for part in render(reply)]
            # The buttons are under the last id, so a file's goes before those of the words.
            ids = [*await self._file(int(chat), reply.file), *ids]
        return " ".join(ids) or None

    async def _part(self, chat: int, part: Part) -> str:
        """One message: as HTML, else as plain words, else without its buttons; a poor message beats silence."""
        for text, mode in ((part.html, ParseMode.HTML), (part.plain, None)):
            try:
                return await self._say(chat, text, mode, part.markup)
            except BadRequest as error:
                if NOBODY in error.message.lower():
                    raise
                log.error("message not taken as it is", reason=error.message)
        return await self._say(chat, part.plain, None, None)

    async def _say(self, chat: int, text: str, mode: str | None, markup: InlineKeyboardMarkup | None) -> str:
        sent = await self._bot.send_message(
            chat,
            text,
            parse_mode=mode,
            reply_markup=markup,
            link_preview_options=NO_PREVIEW,
            disable_notification=False,
        )
        return str(sent.message_id)

    async def _file(self, chat: int, file: File | None) -> list[str]:
        """The document's id; none where Telegram will not take it: the words have arrived and must not come twice."""
        if file is None:
            return []
        try:
            sent = await self._bot.send_document(chat, file.text.encode(), filename=file.name)
        except BadRequest as error:
            if NOBODY in error.message.lower():
                raise
            log.error("file not taken", reason=error.message)
            return []
        return [str(sent.message_id)]

    async def _strip(self, chat: int, message_id: int) -> None:
        try:
            await self._bot.edit_message_reply_markup(chat, message_id, reply_markup=None)
        except BadRequest as error:
            if not any(words in error.message.lower() for words in STRIPPED):
                raise

    async def _forget(self, chat: int, message_ids: Sequence[str]) -> None:
        every = [number for ids in message_ids for number in numbers(ids)]
        for at in range(0, len(every), DELETED_AT_ONCE):
            await self._delete(chat, every[at : at + DELETED_AT_ONCE])

    async def _delete(self, chat: int, ids: list[int]) -> None:
        """One that cannot be deleted fails all that are asked for with it, so halve until it is alone."""
        try:
            await self._bot.delete_messages(chat, ids)
        except BadRequest as error:
            if NOBODY in error.message.lower():
                raise
            middle = len(ids) // 2
            for half in (ids[:middle], ids[middle:]) if middle else ():
                await self._delete(chat, half)


@contextmanager
def translated() -> Iterator[None]:
    """Telegram's errors as ours: is it permanent, for whom, and when may we try again?"""
    try:
        yield
    except Forbidden as error:
        raise Blocked(reason=error.message) from error
    except RetryAfter as error:
        raise TooMany(seconds_of(error)) from error
    except (BadRequest, ChatMigrated) as error:
        kind = Blocked if NOBODY in error.message.lower() else Refused
        raise kind(reason=error.message) from error
    except TelegramError as error:  # the network, a proxy's page, a token being changed
        raise Unreached(reason=error.message) from error


def numbers(ids: str) -> list[int]:
    """The ids that `send` gave for one reply."""
    return [int(one) for one in ids.split() if one.isdecimal()]


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks us to wait; which type it comes in depends on PTB_TIMEDELTA."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)
