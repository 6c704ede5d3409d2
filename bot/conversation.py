"""One turn = one transaction: claim the inbox key, lock the chat, let the handlers decide, save, commit.

Whoever calls `take` acknowledges only after it returned. Safety needs no database: when a turn cannot be stored,
`NotStored` carries the 999 or helpline message that the channel sends at once (docs/decisions/0002).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from bot.errors import KeyReused, NotStored, StoreUnavailable
from bot.knowing import Snapshot
from bot.staff.ahead import Tried
from bot.staff.keeping import TeamKeeping
from bot.store import chats, effects, inbox, outbox
from bot.store.outbox import Delivered, Ready
from bot.store.privacy import ThisPerson
from bot.store.sources import Advertised
from bot.store.unit import Store, Unit
from bot.visits.desk import desk_of
from bot.visits.office import TeamOffice
from handlers import router, safety
from handlers.catalogue import Texts
from handlers.ports import Ports, Understood
from handlers.turn import Outcome, Reply, Turn
from handlers.understanding import words_in
from knowledge.library import Library
from knowledge.visits.names import RandomBytes

log = structlog.get_logger()

Decide = Callable[[Unit, chats.LockedChat], Awaitable[Outcome]]


class Knowledge(Protocol):
    """Asked once a turn: what can be answered with at this moment. Implemented by `bot.knowing`."""

    def ports(self, person: ThisPerson, now: dt.datetime, language: str, switched_off: str | None) -> Ports:
        """Everything the handlers may use, over one whole index."""
        ...

    def library(self) -> Library:
        """The library in use."""
        ...

    def understand(self, turn: Turn) -> Understood:
        """What is made of a turn before its transaction."""
        ...


class Ahead(Protocol):
    """Does what is slow about a turn of the team before its transaction. Implemented by `bot.staff.ahead`."""

    async def tried(self, turn: Turn) -> Tried:
        """The change that a tap is about, tried out; None for every other turn."""
        ...


@dataclass(frozen=True)
class Taken:
    """A turn that is committed. `chat_id` says whose messages now wait; a repeat applied nothing."""

    chat_id: int | None
    repeat: bool
    outcome: Outcome | None
    source: str
    ready: Ready | None = None
    """Its first message, for whoever said that they send it."""


class Conversation:
    """Applies turns. Safe to call at once for many chats, and at once for the same one."""

    def __init__(
        self, store: Store, knowledge: Knowledge, random_bytes: RandomBytes = secrets.token_bytes,
        ahead: Ahead | None = None, messages_a_minute: int = 0,
    ) -> None:  # fmt: skip
        """`messages_a_minute` of one chat are read, and no more; 0: as many as come."""
        self._store = store
        self._knowledge = knowledge
        self._random_bytes = random_bytes
        self._ahead = ahead
        self._messages_a_minute = messages_a_minute

    async def take(self, turn: Turn, owner: str | None = None) -> Taken:
        """Apply one turn, once. Raises NotStored, and KeyReused for another message under the same key.

        With an owner, the first answer is theirs to send at once, unless somebody sends to that chat already.
        """
        understood = await self._understood(turn)
        try:
            return await self._apply(turn, understood, owner)
        except KeyReused:
            raise
        except StoreUnavailable as error:
            log.warning("turn not stored", channel=turn.channel, reason=error.facts.get("reason"))
            raise NotStored(self._urgent(turn, understood)) from error
        except Exception as error:  # the edge of a turn: whatever breaks, the person gets an answer
            log.error("turn failed", channel=turn.channel, error=type(error).__name__, where=_where(error))
            return await self._after_failure(turn, understood, error)

    async def _understood(self, turn: Turn) -> Understood:
        """Words are read in a thread, so that others are served meanwhile; where there are none there is no need."""
        if not words_in(turn):
            return self._knowledge.understand(turn)
        return await asyncio.to_thread(self._knowledge.understand, turn)

    async def replies(self, source: str) -> list[Delivered]:
        """What was answered to an update before, for a repeat of it."""
        async with self._store.read() as unit:
            return await outbox.replies_to(unit, source)

    async def _apply(self, turn: Turn, understood: Understood, owner: str | None) -> Taken:
        tried = await self._ahead.tried(turn) if self._ahead is not None else None

        async def decide(unit: Unit, chat: chats.LockedChat) -> Outcome:
            person = ThisPerson(unit, chat.id)
            ports = self._knowledge.ports(person, unit.now, chat.session.language, chat.switched_off)
            desk = desk_of(unit, chat.id, turn.channel, ports, self._random_bytes)
            texts = Texts(overrides=ports.library.place.visit)
            office = TeamOffice(unit, chat.id, ports.library, texts)
            index = ports.search.index if isinstance(ports.search, Snapshot) else None
            keeping = TeamKeeping(unit, chat.id, ports.library, texts, index, tried)
            ports = replace(ports, contact=chat.contact, pace=chat.pace, bookings=desk, office=office, keeping=keeping)
            ports = replace(ports, posters=Advertised(unit))
            return await router.handle(turn, understood, chat.session, ports)

        return await self._in_one_transaction(turn, decide, owner=owner)

    async def _in_one_transaction(
        self, turn: Turn, decide: Decide, state: str = "applied", owner: str | None = None
    ) -> Taken:
        source = f"{turn.channel}:{turn.bot}:{turn.key}"
        async with self._store.write() as unit:
            chat = await chats.lock(unit, turn, self._messages_a_minute)
            claimed = await inbox.claim(unit, turn, fingerprint(turn), chat_id=chat.id, state=state)
            if claimed is None:
                await unit.session.rollback()
                return Taken(None, repeat=True, outcome=None, source=source)
            outcome = await decide(unit, chat)
            await effects.apply(unit, chat.id, turn.channel, outcome.effects)
            ready = await self._queue(unit, turn, chat, outcome, source, None if claimed.waits else owner)
        return Taken(chat.id, repeat=False, outcome=outcome, source=source, ready=ready)

    async def _queue(
        self, unit: Unit, turn: Turn, chat: chats.LockedChat, outcome: Outcome, source: str, owner: str | None
    ) -> Ready | None:
        """Queue the answers and save the session. What is ready to be sent by its owner at once."""
        replies, first = outcome.replies, chat.next_seq
        sender = owner if chat.free and replies and turn.channel not in outbox.MAILBOX else None
        rows = await outbox.queue(unit, chat.id, turn.channel, first, replies, source, sending=sender is not None)
        await chats.save(unit, chat, outcome.session, first + len(replies), sender)
        if sender is None:
            return None
        return Ready(sender, outbox.just_queued(unit, turn, chat.id, rows[0], first, replies[0]))

    async def _after_failure(self, turn: Turn, understood: Understood, error: Exception) -> Taken:
        """Count the failure; at the third, answer kindly, 999 first, and never try that turn again."""
        try:
            async with self._store.write() as unit:
                failures = await inbox.failed(unit, turn)
            if failures >= inbox.POISONED_AFTER:
                return await self._poisoned(turn)
        except StoreUnavailable:
            pass  # it will be counted the next time it comes
        raise NotStored(self._urgent(turn, understood), cause=type(error).__name__) from error

    async def _poisoned(self, turn: Turn) -> Taken:
        async def decide(_unit: Unit, chat: chats.LockedChat) -> Outcome:
            return Outcome(session=chat.session.bare(), replies=(safety.sorry(texts),))

        texts = Texts()
        return await self._in_one_transaction(turn, decide, state="poisoned")

    def _urgent(self, turn: Turn, understood: Understood) -> Reply | None:
        return safety.without_database(understood, self._knowledge.library(), Texts(), group=turn.group)


def fingerprint(turn: Turn) -> str | None:
    """By which the same key with another message is told from a repeat; web keys are chosen by the page."""
    if turn.channel != "web":
        return None
    return hashlib.sha256(f"{turn.kind}\0{turn.text}\0{turn.tap}".encode()).hexdigest()


def _where(error: Exception) -> str:
    """File and line of a failure; never its words, which may hold what a person wrote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
