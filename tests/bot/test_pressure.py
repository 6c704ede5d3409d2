"""More at once than a process can take: it asks to come again in a moment, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.channels.telegram.account import account, connect
from bot.channels.telegram.door import Door
from bot.channels.telegram.send import TelegramSender
from bot.channels.telegram.webhook import AGAIN_AFTER, Webhook
from bot.channels.web.app import create_app
from bot.clock import FixedClock
from bot.conversation import Conversation, Taken
from bot.delivery.deliver import Delivery, quietly
from bot.errors import Busy, NotStored
from bot.pressure import Bounded
from bot.serving import web_of
from bot.store.outbox import Delivered
from bot.store.tables import Inbox
from bot.wiring import House
from handlers.turn import Turn
from knowledge.prose import words_of
from tests.databases import Databases, SqliteFiles
from tests.fake_telegram import TOKEN, FakeTelegram
from tests.fake_telegram.server import Server
from tests.house import Scripted, house

FIRE = "my house is on fire"
MOST = 2


@dataclass
class Gated:
    """A conversation that waits at a gate before each turn."""

    conversation: Conversation
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def take(self, turn: Turn, owner: str | None = None) -> Taken:
        self.begun.release()
        await self.gate.wait()
        return await self.conversation.take(turn, owner)

    async def replies(self, source: str) -> list[Delivered]:
        return await self.conversation.replies(source)

    async def wait_for(self, turns: int) -> None:
        """Until so many turns have begun."""
        for _ in range(turns):
            await self.begun.acquire()


@pytest.fixture
async def built(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    async with house(sqlite_files.fresh(), clock, Scripted()) as made:
        yield made


def said(clock: FixedClock, text: str, key: str) -> Turn:
    return Turn(channel="web", key=key, chat=key, at=clock.now(), text=text)


async def keys(built: House) -> list[str]:
    """What is stored."""
    async with built.store.read() as unit:
        return sorted(row.external_id for row in (await unit.session.execute(Inbox.__table__.select())).all())  # type: ignore[attr-defined]


@asynccontextmanager
async def full(built: House, clock: FixedClock) -> AsyncIterator[tuple[Gated, Bounded]]:
    """As many turns in hand as may be; they go on after the block."""
    gated = Gated(built.conversation)
    turns = Bounded(gated, built.knowing, MOST)
    in_hand = [asyncio.ensure_future(turns.take(said(clock, "hello", f"in hand {n}"))) for n in range(MOST)]
    await gated.wait_for(MOST)
    yield gated, turns
    gated.gate.set()
    await asyncio.gather(*in_hand)


async def test_beyond_the_bound_it_is_busy_and_then_has_room_again(built: House, clock: FixedClock) -> None:
    async with full(built, clock) as (_, turns):
        with pytest.raises(Busy) as busy:
            await turns.take(said(clock, "my smoke alarm is beeping", "late"))
        assert busy.value.urgent is None
    assert not (await turns.take(said(clock, "my smoke alarm is beeping", "late"))).repeat
    assert turns.in_hand == 0
    assert await keys(built) == ["in hand 0", "in hand 1", "late"]


async def test_danger_is_answered_at_once_even_then(built: House, clock: FixedClock) -> None:
    async with full(built, clock) as (_, turns):
        with pytest.raises(Busy) as busy:
            await turns.take(said(clock, FIRE, "late"))
    assert busy.value.urgent is not None
    assert "999" in words_of(busy.value.urgent.blocks).splitlines()[0]


async def test_a_turn_that_fails_gives_its_place_back(built: House, clock: FixedClock) -> None:
    class Broken(Gated):
        async def take(self, turn: Turn, owner: str | None = None) -> Taken:
            raise NotStored(None)

    turns = Bounded(Broken(built.conversation), built.knowing, 1)
    for _time in range(3):
        with pytest.raises(NotStored) as refused:
            await turns.take(said(clock, "hello", "a"))
        assert not isinstance(refused.value, Busy)


async def test_the_web_chat_is_asked_to_come_again(built: House, clock: FixedClock) -> None:
    async with full(built, clock) as (_, turns):
        transport = httpx.ASGITransport(create_app(web_of(built, turns)))
        async with httpx.AsyncClient(transport=transport, base_url="https://ask.example") as client:
            sent = {"c": "t" * 43, "k": "0123456789abcdef", "text": FIRE}
            answer = await client.post("/chat", json=sent)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert "ring" in answer.json()["urgent"]
    assert "0123456789abcdef" not in " ".join(await keys(built)), "it is kept by the page alone"


async def test_telegram_comes_again_and_everybody_is_answered_once(built: House, clock: FixedClock) -> None:
    gated = Gated(built.conversation)
    turns = Bounded(gated, built.knowing, MOST)
    async with FakeTelegram() as fake, hooked(fake, built, turns):
        fake.world.webhook.scale = 0.0001
        people = [fake.person(f"Person {number}") for number in range(8)]
        for person in people:
            person.says("hello there")
        await gated.wait_for(MOST)
        await fake.wait_until(lambda: len(fake.world.webhook.delays) >= len(people) - MOST)
        assert set(fake.world.webhook.delays) == {float(AGAIN_AFTER)}, "it waits as long as it was asked to"
        gated.gate.set()
        await fake.wait_until(lambda: all(person.chat.from_bot() for person in people), 10.0)
        await fake.wait_until(lambda: not fake.world.updates.waiting())
        assert [len(person.chat.from_bot()) for person in people] == [1] * len(people)
    assert len(await keys(built)) == len(people)


@asynccontextmanager
async def hooked(fake: FakeTelegram, built: House, turns: Bounded) -> AsyncIterator[None]:
    """The bot behind a webhook of the fake."""
    bot = account(TOKEN, fake.url)
    delivery = Delivery(built.store, TelegramSender(bot))
    door = Door(bot, await connect(bot), turns, partial(quietly, delivery), built.clock)
    server = Server(Webhook(door, "path", "secret"))
    url = await server.open()
    fake.world.webhook.set({"url": f"{url}/telegram/path", "secret_token": "secret"})
    try:
        yield
    finally:
        fake.world.webhook.delete({})
        await door.close()
        await server.close()
        await bot.shutdown()


async def test_an_exhausted_pool_is_said_and_nothing_is_lost(databases: Databases, clock: FixedClock) -> None:
    url = databases.fresh()
    async with house(url, clock, Scripted()) as built:
        options: dict[str, Any] = {"poolclass": AsyncAdaptedQueuePool, "pool_size": 1, "max_overflow": 0}
        small = create_async_engine(built.store.writing.url, pool_timeout=0.05, **options)
        await built.store.writing.dispose()
        built.store.writing = small
        async with built.store.write():
            with pytest.raises(NotStored) as refused:
                await built.conversation.take(said(clock, FIRE, "a"))
        assert refused.value.urgent is not None
        assert not (await built.conversation.take(said(clock, FIRE, "a"))).repeat
