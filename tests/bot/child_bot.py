"""A bot on Telegram by polling, as a process of its own, so that a test can kill it. Run by `test_killed`."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.channels.telegram.account import account, connect
from bot.channels.telegram.door import Door
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.send import TelegramSender
from bot.clock import SystemClock
from bot.conversation import Conversation
from bot.delivery.deliver import Delivery, quietly
from bot.delivery.loop import pick_up
from bot.knowing import Knowing
from bot.store import chats
from bot.store.unit import Store
from bot.store.vault import vault_from
from handlers.ports import Decision, Understood
from handlers.turn import Turn
from knowledge.entry import Entry
from knowledge.library import Library
from knowledge.place import Place
from knowledge.prose import Span
from knowledge.safety import Verdict
from tests.fake_telegram import TOKEN

ENTRIES = 10


def entry(number: int) -> Entry:
    """An answer that can be told from the others."""
    return Entry(
        id=f"answer/{number}",
        title=str(number),
        tier="general",
        agency="partner",
        visit=False,
        lead=(Span(text=f"Answer {number}.", strong=True),),
        first=(),
        one_line="x",
        phrasings=("x",),
    )


@dataclass(frozen=True)
class Numbered:
    """A search that answers `question 3 …` with entry 3."""

    holding: Library

    def understand(self, turn: Turn) -> Understood:
        return Understood(text=turn.text or "", verdict=Verdict())

    def decide(self, understood: Understood, shown: Sequence[str] = ()) -> Decision:
        return Decision(route="answer", answered=(f"answer/{understood.text.split()[1]}",))


async def main(database: str, keys: str, telegram: str) -> None:
    """Serve until killed, or until SIGTERM and the messages in hand are sent."""
    clock = SystemClock()
    store = Store(database, vault_from(Path(keys)), clock)
    async with store.write() as unit:
        await chats.clear_leases(unit)
    place = Place(name="Test", partnership="Test")
    library = Library(place=place, entries={f"answer/{n}": entry(n) for n in range(ENTRIES)}, organisations={})
    conversation = Conversation(store, Knowing(Numbered(library)))
    bot = account(TOKEN, telegram)
    name = await connect(bot)
    delivery = Delivery(store, TelegramSender(bot))
    door = Door(bot, name, conversation, partial(quietly, delivery), clock)
    poller = Poller(bot, door)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, poller.stop)
    engine = asyncio.ensure_future(pick_up(delivery))
    await poller.run()
    await door.close()
    engine.cancel()
    await asyncio.gather(engine, return_exceptions=True)
    await delivery.deliver_due()
    await bot.shutdown()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
