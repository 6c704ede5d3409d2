"""One sending in, what is to be shown out. The same for the plain page and for the script."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.channels.web import identity
from bot.channels.web.parse import Sent
from bot.channels.web.ports import Message, Taken, Web
from bot.channels.web.quota import Quota
from bot.errors import BotError, KeyReused
from handlers.turn import ForgetConversation, ForgetPerson, Reply

log = structlog.get_logger()

TRY_AGAIN_SECONDS = 5


@dataclass(frozen=True)
class Shown:
    """What comes of a sending. `urgent` goes above everything; `problem` is the id of one clear sentence."""

    status: int = 200
    messages: Sequence[Message] = ()
    urgent: Reply | None = None
    problem: str | None = None
    retry_after: int | None = None
    forgotten: bool = False

    @property
    def taken(self) -> bool:
        """Was it stored?"""
        return self.status == 200

    @property
    def same_key(self) -> bool:
        """Must the next try carry the same key? Only where this one may yet turn out to have been stored."""
        return self.status in (429, 503)


async def exchange(web: Web, quota: Quota, address: str, sent: Sent) -> Shown:
    """Take one sending, within the limits of its address. Never raises for what a person can do."""
    wait = quota.wait(address)
    if wait:
        log.warning("too many posts")
        return await _refused(web, sent, 429, "web.too-many", retry_after=wait)
    if sent.fault:
        return await _refused(web, sent, 400, sent.fault)
    try:
        taken = await web.turns.take(sent.turn(web.clock))
        messages = await web.turns.replies(taken.source)
    except KeyReused:
        return await _refused(web, sent, 409, "web.key-reused")
    except BotError as error:
        return _not_stored(error)
    web.bell.ring(identity.chat_of(sent.token))
    return Shown(messages=messages, forgotten=_forgotten(taken))


async def _refused(web: Web, sent: Sent, status: int, problem: str, retry_after: int | None = None) -> Shown:
    """Not taken, but a danger in the words is still answered."""
    urgent = await asyncio.to_thread(web.urgent, sent.turn(web.clock))
    return Shown(status, urgent=urgent, problem=problem, retry_after=retry_after)


def _not_stored(error: BotError) -> Shown:
    log.warning("web message not stored", error=type(error).__name__)
    urgent = getattr(error, "urgent", None)
    return Shown(503, urgent=urgent, problem="web.not-stored", retry_after=TRY_AGAIN_SECONDS)


def _forgotten(taken: Taken) -> bool:
    effects = taken.outcome.effects if taken.outcome else ()
    return any(isinstance(effect, ForgetConversation | ForgetPerson) for effect in effects)


async def history(web: Web, token: str) -> Sequence[Message]:
    """All that waits in a conversation's mailbox; nothing while the store is away."""
    try:
        return await web.mailbox.after(identity.chat_of(token), 0)
    except BotError:
        return ()
