"""Back-pressure: so many turns in hand and no more. Whoever comes then is asked to come again, and loses nothing.

Telegram and the page of the web chat keep what they could not hand in. A danger that the rules know is answered at
once all the same; reading it by meaning as well would cost what there is no room for, and the next try does it.
"""

from __future__ import annotations

from typing import Protocol

from bot.conversation import Taken
from bot.errors import Busy
from bot.store.outbox import Delivered
from handlers import safety
from handlers.catalogue import Texts
from handlers.ports import Understood
from handlers.turn import Reply, Turn
from knowledge.library import Library
from knowledge.safety import judge


class Turns(Protocol):
    """What is protected. Implemented by `bot.conversation.Conversation`."""

    async def take(self, turn: Turn, owner: str | None = None) -> Taken:
        """Apply one turn, once; its first answer is for the owner to send."""
        ...

    async def replies(self, source: str) -> list[Delivered]:
        """What was answered to an update."""
        ...


class HasLibrary(Protocol):
    """Holds the library in use."""

    def library(self) -> Library:
        """The library in use."""
        ...


class Bounded:
    """Takes turns while fewer than `most` are in hand in this process, for all channels together."""

    def __init__(self, turns: Turns, knowing: HasLibrary, most: int) -> None:
        self._turns, self._knowing, self._most = turns, knowing, most
        self._in_hand = 0

    @property
    def in_hand(self) -> int:
        """Turns begun and not ended."""
        return self._in_hand

    async def take(self, turn: Turn, owner: str | None = None) -> Taken:
        """Apply one turn, once. Raises Busy when there is no room, and what the conversation raises."""
        if self._in_hand >= self._most:
            raise Busy(self._urgent(turn))
        self._in_hand += 1
        try:
            return await self._turns.take(turn, owner)
        finally:
            self._in_hand -= 1

    async def replies(self, source: str) -> list[Delivered]:
        """What was answered to an update before, for a repeat of it."""
        return await self._turns.replies(source)

    def _urgent(self, turn: Turn) -> Reply | None:
        understood = Understood(text=turn.text, verdict=judge(turn.text))
        return safety.without_database(understood, self._knowing.library(), Texts(), group=turn.group)
