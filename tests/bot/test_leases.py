"""A process that stood still for longer than its lease does no harm when it goes on."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from bot.clock import FixedClock
from bot.delivery.deliver import Delivery
from bot.errors import Unreached
from bot.store import chats, outbox
from bot.store.outbox import queue_for
from bot.store.tables import Outbox
from bot.store.unit import Store
from handlers.turn import Reply, Turn
from knowledge.prose import line, words_of
from tests.databases import PostgresServer, SqliteFiles
from tests.house import Scripted, house

SECOND = "The second."


@dataclass
class StandsStill:
    """Sends when it is let go; the network may have failed meanwhile."""

    fails: bool = False
    sent: list[str] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, chat: str, reply: Reply) -> str | None:
        self.arrived.set()
        await self.released.wait()
        if self.fails:
            raise Unreached
        self.sent.append(words_of(reply.blocks))
        return "1"


@pytest.mark.parametrize("fails", [False, True])
async def test_whoever_was_too_slow_neither_goes_on_nor_undoes(
    database_url: str, clock: FixedClock, fails: bool
) -> None:
    slow, quick = StandsStill(fails), StandsStill()
    quick.released.set()
    async with house(database_url, clock, Scripted()) as built:
        turn = Turn(channel="telegram", key="1", chat="5", at=clock.now(), text="hello")
        chat = (await built.conversation.take(turn)).chat_id
        assert chat is not None
        async with built.store.write() as unit:
            await queue_for(unit, chat, Reply(blocks=(line(SECOND),)), "staff:1")
        standing = asyncio.ensure_future(Delivery(built.store, slow).deliver(chat))
        await slow.arrived.wait()
        await Delivery(built.store, quick).deliver(chat)
        assert quick.sent == [], "the lease is somebody else's"
        clock.move(seconds=31)
        await Delivery(built.store, quick).deliver(chat)
        slow.released.set()
        await standing
        await Delivery(built.store, quick).deliver_due()
        async with built.store.read() as unit:
            states = (await unit.session.execute(select(col(Outbox.state)))).scalars().all()
    assert len(quick.sent) == 2
    assert quick.sent[-1] == SECOND
    assert len(slow.sent) == (0 if fails else 1), "the message in hand, and no other"
    assert list(states) == ["sent", "sent"]


@pytest.mark.parametrize("overtaken", [False, True])
async def test_a_machine_that_was_paused_asks_again_before_it_sends(
    sqlite_files: SqliteFiles, clock: FixedClock, overtaken: bool
) -> None:
    late, quick = StandsStill(), StandsStill()
    late.released.set()
    quick.released.set()
    async with house(sqlite_files.fresh(), clock, Scripted()) as built:
        turn = Turn(channel="telegram", key="1", chat="5", at=clock.now(), text="hello")
        taken = await built.conversation.take(turn, "the paused one")
        assert taken.ready is not None
        if overtaken:
            clock.move(seconds=31)
            await Delivery(built.store, quick).deliver(taken.ready.queued.chat_id)
        queued = replace(taken.ready.queued, claimed=time.monotonic() - 6)
        await Delivery(built.store, late).deliver(queued.chat_id, replace(taken.ready, queued=queued))
    assert (len(quick.sent), len(late.sent)) == ((1, 0) if overtaken else (0, 1))


async def test_what_another_turn_has_just_queued_goes_first(postgres_server: PostgresServer, clock: FixedClock) -> None:
    """Two machines: this turn waited for the other's lock, and must see what the other left to be sent."""

    def turn(key: str) -> Turn:
        return Turn(channel="telegram", key=key, chat="5", at=clock.now(), text="hello")

    async with house(postgres_server.fresh(), clock, Scripted()) as built:
        async with built.store.write() as unit:
            chat = await chats.lock(unit, turn("1"))
            await outbox.queue(unit, chat.id, "telegram", chat.next_seq, [Reply(blocks=(line(SECOND),))], "first")
            await chats.save(unit, chat, chat.session, chat.next_seq + 1)
            late = asyncio.ensure_future(built.conversation.take(turn("2"), "the late one"))
            await somebody_waits(built.store)
        taken = await late
        assert taken.ready is None
        quick = StandsStill()
        quick.released.set()
        await Delivery(built.store, quick).deliver(chat.id)
    assert (len(quick.sent), quick.sent[0]) == (2, SECOND)


async def somebody_waits(store: Store) -> None:
    """Until a transaction waits for another one."""
    async with asyncio.timeout(20):
        waiting = 0
        while not waiting:
            async with store.read() as unit:
                waiting = (await unit.run(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))).scalar_one()
