"""Counts at the doors: wrapped around what takes turns, what sends, and what happens by itself."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from bot.conversation import Taken
from bot.delivery.deliver import Sender
from bot.delivery.loop import Guard
from bot.errors import Blocked, BotError, Busy, KeyReused, Refused, SendFailed, TooMany
from bot.ops.away import Seconds
from bot.ops.figures import Figures
from bot.pressure import Turns
from bot.store.outbox import MAILBOX, Delivered
from handlers.turn import CountRoute, KeepQuestion, Reply, Turn

REPEAT, OTHER = "repeat", "other"


class CountedTurns:
    """Takes turns, and counts them by channel and route, with the seconds until their commit."""

    def __init__(self, turns: Turns, figures: Figures, clock: Seconds = time.monotonic) -> None:
        self._turns, self._figures, self._clock = turns, figures, clock

    async def take(self, turn: Turn, owner: str | None = None) -> Taken:
        """Apply one turn, once. Raises what the turns raise."""
        began = self._clock()
        try:
            taken = await self._turns.take(turn, owner)
        except BotError as error:
            self._figures.turns[turn.channel, why(error)] += 1
            raise
        self._figures.turns[turn.channel, route_of(taken)] += 1
        if not taken.repeat:
            self._figures.committed[turn.channel].add(self._clock() - began)
        if turn.channel not in MAILBOX and taken.outcome is not None and taken.outcome.replies:
            self._figures.received(turn.channel, turn.chat, began)
        return taken

    async def replies(self, source: str) -> list[Delivered]:
        """What was answered to an update before."""
        return await self._turns.replies(source)


def route_of(taken: Taken) -> str:
    """The route that was counted for the team as well; taps and commands within a talk have none."""
    if taken.repeat or taken.outcome is None:
        return REPEAT
    routes = (effect.route for effect in taken.outcome.effects if isinstance(effect, CountRoute | KeepQuestion))
    return next(routes, OTHER)


def why(error: BotError) -> str:
    """Why a turn was not taken, in a word."""
    if isinstance(error, Busy):
        return "busy"
    return "key-reused" if isinstance(error, KeyReused) else "not-stored"


class CountedSender:
    """Sends on one channel, and counts what came of it."""

    def __init__(self, channel: str, sender: Sender, figures: Figures, clock: Seconds = time.monotonic) -> None:
        self._channel, self._sender, self._figures, self._clock = channel, sender, figures, clock

    async def send(self, chat: str, reply: Reply) -> str | None:
        """Send one message. Raises what the sender raises."""
        try:
            message_id = await self._sender.send(chat, reply)
        except SendFailed as error:
            self._figures.deliveries[outcome_of(error)] += 1
            raise
        self._figures.deliveries["sent"] += 1
        self._figures.answered(self._channel, chat, self._clock())
        return message_id


def outcome_of(error: SendFailed) -> str:
    """What came of a message that was not sent."""
    kinds = {Blocked: "blocked", TooMany: "too-many", Refused: "refused"}
    return kinds.get(type(error), "unreached")


class Steps:
    """A guard that knows whether a step failed."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self.failed = 0

    async def __call__(self, step: Callable[[], Awaitable[object]]) -> None:
        """Run a step in the guard, which keeps what it raises to itself."""
        self.failed += 1

        async def counted() -> None:
            await step()
            self.failed -= 1

        await self._guard(counted)
