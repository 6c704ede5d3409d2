"""What the web channel asks of the rest of the program. `wiring` hands in the objects; no store is known here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.channels.web.bell import Bell
from bot.clock import Clock, new_token
from handlers.ports import Ports
from handlers.turn import Outcome, Reply, Turn


class Message(Protocol):
    """One message in a mailbox."""

    @property
    def seq(self) -> int:
        """Its place in the conversation."""
        ...

    @property
    def reply(self) -> Reply:
        """What it says."""
        ...

    @property
    def at(self) -> dt.datetime:
        """When it was written."""
        ...


class Taken(Protocol):
    """A turn that is committed."""

    @property
    def repeat(self) -> bool:
        """Was it applied before?"""
        ...

    @property
    def source(self) -> str:
        """By which its replies are found."""
        ...

    @property
    def outcome(self) -> Outcome | None:
        """What it led to; None for a repeat."""
        ...


class Turns(Protocol):
    """Asked by `exchange` for every message that is sent."""

    async def take(self, turn: Turn) -> Taken:
        """Apply a turn once.

        Raises KeyReused, or another BotError when it was not stored; that one may hold `urgent`.
        """
        ...

    async def replies(self, source: str) -> Sequence[Message]:
        """What was answered to a turn. Raises BotError when the store is away."""
        ...


class Mailbox(Protocol):
    """Asked by the pages and the event stream."""

    async def after(self, chat: str, seq: int) -> Sequence[Message]:
        """A chat's messages after a sequence number, oldest first. Raises BotError when the store is away."""
        ...


class Answers(Protocol):
    """Asked once a request: what can be answered with at this moment. Needs no database."""

    def ports(self) -> Ports:
        """Everything that `handlers.answer` needs, over one whole library; the person in it is nobody."""
        ...


class Calendars(Protocol):
    """Asked by the addresses that calendars read. Both raise BotError when the store is away."""

    async def of_visit(self, reference: str, token: str) -> str | None:
        """The calendar file of one visit; None for any address but the visit's own, letter by letter."""
        ...

    async def of_staff(self, staff: str, token: str) -> str | None:
        """The calendar of somebody of the team; None for a wrong address."""
        ...


class Posters(Protocol):
    """Asked by the chat page where it was opened from a poster."""

    async def entry(self, code: str) -> str | None:
        """The answer of the live campaign that a code belongs to. Raises BotError when the store is away."""
        ...


Urgent = Callable[[Turn], Reply | None]
"""The 999 or helpline message that these words ask for, found without a database."""


@dataclass(frozen=True)
class Web:
    """All that the web channel needs."""

    turns: Turns
    mailbox: Mailbox
    answers: Answers
    calendars: Calendars
    urgent: Urgent
    clock: Clock
    bell: Bell = field(default_factory=Bell)
    posters: Posters | None = None
    token: Callable[[], str] = new_token
    posts_a_minute: int = 30
    streams_an_address: int = 40
