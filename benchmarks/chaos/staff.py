"""The team, from a process of its own: replies that no turn asked for, numbered in each chat."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence

from benchmarks.chaos.people import Phone
from bot.errors import StoreUnavailable
from bot.store import chats, outbox
from bot.store.unit import Store
from handlers.turn import Reply
from knowledge.prose import line
from tests.fake_telegram.world import BOT

EVERY = 0.4
SOURCE = "staff"


class Staff:
    """Writes to somebody now and then. What was committed is due, and nothing else."""

    def __init__(self, store: Store, phones: Sequence[Phone], chance: random.Random) -> None:
        self._store, self._chance = store, chance
        self._phones = [phone for phone in phones if phone.sort == "asker"]
        self.written: Counter[int] = Counter()

    async def run(self, over: asyncio.Event) -> None:
        """Until it is over."""
        while not over.is_set():
            await asyncio.sleep(self._chance.uniform(0, EVERY))
            try:
                await self._write(self._chance.choice(self._phones))
            except StoreUnavailable:
                continue

    async def _write(self, phone: Phone) -> None:
        async with self._store.write() as unit:
            chat = await chats.find(unit, "telegram", str(phone.person.id), BOT.username)
            if chat is None:
                return
            number = self.written[phone.person.id] + 1
            words = Reply(blocks=(line(f"From the team: {number} for {phone.person.id}."),))
            await outbox.queue_for(unit, chat, words, f"{SOURCE}:{phone.person.id}:{number}")
        self.written[phone.person.id] = number
