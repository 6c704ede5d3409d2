"""One update in, its turn committed: what polling and the webhook have in common.

    read → (typing, if it takes long) → commit → deliver, and answer the tap; neither is waited for

A turn that is not stored stays unacknowledged; the 999 or helpline message that it needs is sent at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

import structlog
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.channels.telegram.account import Sleep
from bot.channels.telegram.parse import Json, read
from bot.channels.telegram.send import TelegramSender
from bot.channels.telegram.tasks import Background
from bot.clock import Clock, new_id
from bot.errors import Blocked, BotError, SendFailed
from handlers.turn import Reply, Turn
from knowledge.safety import judge

log = structlog.get_logger()

TYPING_AFTER = 0.3
"""Seconds. Most turns are over long before; "typing" that comes after the answer would stay there for five more."""
REMEMBERED = 10_000
PATIENCE = 10.0


class Taken(Protocol):
    """A turn that is committed."""

    @property
    def chat_id(self) -> int | None:
        """Whose messages now wait; None for a repeat."""
        ...

    @property
    def ready(self) -> Any:
        """What is handed on to `Deliver`: the message that is ours to send, if any."""
        ...


class Turns(Protocol):
    """Asked for every update. Implemented by `bot.conversation.Conversation`."""

    async def take(self, turn: Turn, owner: str | None = None) -> Taken:
        """Apply a turn, once; `owner` sends its first answer. Raises a BotError when it was not stored; its `urgent`
        is a Reply to be sent at once."""
        ...


class Deliver(Protocol):
    """Called after each commit, so that the replies go out at once."""

    async def __call__(self, chat_id: int, ready: Any, /) -> None:
        """Send what waits for a chat, what is `ready` first. What it does not manage, the engine will."""
        ...


class Door:
    """Takes updates as JSON."""

    def __init__(
        self,
        bot: Bot,
        name: str,
        turns: Turns,
        deliver: Deliver,
        clock: Clock,
        *,
        typing_after: float = TYPING_AFTER,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._bot, self._name, self._clock = bot, name, clock
        self._turns, self._deliver = turns, deliver
        self._typing_after, self._sleep = typing_after, sleep
        self._warnings = Warnings(TelegramSender(bot))
        self._background = Background()

    async def take(self, raw: Json) -> None:
        """Returns when the update may be acknowledged; a tap is answered by a call. Raises what `Turns.take` raises."""
        if tapped := await self.commit(raw):
            self._background.start(self._answer(tapped))

    async def commit(self, raw: Json) -> str | None:
        """The same; the id by which Telegram is to be told that a tap was heard, by whoever calls."""
        with structlog.contextvars.bound_contextvars(update=raw.get("update_id")):
            return _query_id(raw) if await self._taken(raw) else None

    async def _taken(self, raw: Json) -> bool:
        turn = read(raw, self._name, self._clock.now())  # a tenth of a millisecond: a thread would cost more
        if turn is None:
            return False
        # Telegram shows by itself that a tapped button is being worked on.
        typing = self._background.start(self._type(turn)) if turn.kind != "tap" else None
        try:
            taken = await self._turns.take(turn, new_id())
        except BotError as error:
            await self._warnings.give(turn, error)
            raise
        finally:
            if typing is not None:
                typing.cancel()
        if taken.chat_id is not None:
            self._background.start(self._deliver(taken.chat_id, taken.ready))
        return True

    async def close(self, patience: float = PATIENCE) -> None:
        """Let what is being sent end."""
        await self._background.settle(patience)

    async def _type(self, turn: Turn) -> None:
        """Say that an answer is coming, when it does not come at once; never to somebody in danger."""
        await self._sleep(self._typing_after)
        if turn.group or turn.kind in ("blocked", "unblocked") or await _is_danger(turn):
            return
        with suppress(TelegramError):
            await self._bot.send_chat_action(int(turn.chat), ChatAction.TYPING)

    async def _answer(self, query: str) -> None:
        with suppress(TelegramError):  # too old, mostly; the turn is done all the same
            await self._bot.answer_callback_query(query)


class Warnings:
    """The 999 and helpline messages that cannot wait for the database: each update's once."""

    def __init__(self, sender: TelegramSender) -> None:
        self._sender = sender
        self._given: dict[str, None] = {}

    async def give(self, turn: Turn, error: BotError) -> None:
        """Send the urgent message of a turn that was not stored. What fails is tried again when the turn is."""
        urgent = getattr(error, "urgent", None)
        if not isinstance(urgent, Reply) or turn.key in self._given:
            return
        self._given[turn.key] = None
        try:
            await self._sender.send(turn.chat, urgent)
        except Blocked:
            pass
        except SendFailed as failed:
            self._given.pop(turn.key, None)
            log.error("urgent message not sent", error=type(failed).__name__)
        while len(self._given) > REMEMBERED:
            del self._given[next(iter(self._given))]


async def _is_danger(turn: Turn) -> bool:
    return (await asyncio.to_thread(judge, turn.text)).route is not None


def _query_id(raw: Json) -> str | None:
    query: Any = raw.get("callback_query")
    found = query.get("id") if isinstance(query, Mapping) else None
    return found if isinstance(found, str) else None
