"""Two web processes and two workers on one PostgreSQL behind one address; and two whole bots on one PostgreSQL."""

from __future__ import annotations

import asyncio
import re
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import func, select
from sqlmodel import SQLModel, col
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.chaos.clock import SharedClock
from bot.clock import FixedClock, SystemClock
from bot.delivery.deliver import Delivery
from bot.settings import Settings
from bot.store import chats, outbox
from bot.store.tables import Chat, Inbox, Outbox, Question
from bot.store.unit import Store
from bot.store.vault import vault_from
from bot.sweeps import duties
from handlers.turn import Reply, Turn
from knowledge.prose import line
from tests.bot import child_node
from tests.bot.child_bot import ENTRIES
from tests.bot.child_node import kill, start, stop
from tests.bot.test_reminders_killed import Unapplied
from tests.databases import PostgresServer
from tests.fake_telegram import TOKEN, FakeTelegram, Person, refusals
from tests.fake_telegram.server import Server
from tests.house import Scripted, house

CHATS = 8
UPDATES = CHATS * ENTRIES
PUT_OFF = 12
"""Sends that Telegram refuses for a second, so that a worker takes them over."""
PATIENCE = 60.0
LEASE = chats.LEASE.total_seconds() + 1
PATH, SECRET = "a-long-path", "a-secret"


@dataclass
class FrontDoor:
    """One address before several web processes. Every third update reaches two of them at the same moment."""

    behind: list[str]
    session: aiohttp.ClientSession
    posts: count[int] = field(default_factory=count)
    repeated: int = 0

    async def receive(self, request: Request) -> Response:
        number, body = next(self.posts), await request.body()
        targets = [self.behind[(number + place) % len(self.behind)] for place in range(1 + (number % 3 == 0))]
        self.repeated += len(targets) - 1
        answers = await asyncio.gather(*(self._pass_on(target, request, body) for target in targets))
        return max(answers, key=lambda answer: answer.status_code)

    async def _pass_on(self, target: str, request: Request, body: bytes) -> Response:
        headers = {name: value for name, value in request.headers.items() if name.startswith("x-telegram")}
        try:
            async with self.session.post(f"{target}{request.url.path}", data=body, headers=headers) as answer:
                later = {name: value for name, value in answer.headers.items() if name == "Retry-After"}
                return Response(await answer.read(), answer.status, later)
        except aiohttp.ClientError:
            return Response(status_code=502)


@asynccontextmanager
async def front_door(fake: FakeTelegram, ports: list[int]) -> AsyncIterator[FrontDoor]:
    """Telegram sends its updates here."""
    async with aiohttp.ClientSession() as session:
        door = FrontDoor([f"http://127.0.0.1:{port}" for port in ports], session)
        server = Server(Starlette(routes=[Route("/telegram/{path}", door.receive, methods=["POST"])]))
        address = await server.open()
        fake.world.webhook.set({"url": f"{address}/telegram/{PATH}", "secret_token": SECRET, "max_connections": 12})
        try:
            yield door
        finally:
            fake.world.webhook.delete({})
            await server.close()


def free_ports(how_many: int) -> list[int]:
    """Ports that nobody listens on."""
    probes = [socket.socket() for _ in range(how_many)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def settings_of(database: str, keys: Path, fake: FakeTelegram, port: int, role: str = "all") -> Settings:
    values: dict[str, Any] = {
        "database_url": database,
        "keys_file": keys,
        "telegram_token": TOKEN,
        "telegram_api": fake.url,
        "telegram_mode": "webhook",
        "webhook_path": PATH,
        "webhook_secret": SECRET,
        "port": port,
        "role": role,
    }
    return Settings(**values, _env_file=None)


def read_by(person: Person) -> list[str]:
    """What somebody got, in order: the numbers of the answers, and the words of anything else."""
    return [found[1] if (found := re.match(r"Answer (\d+)\.", m.text)) else m.text for m in person.chat.from_bot()]


async def rows(store: Store, table: type[SQLModel]) -> int:
    async with store.read() as unit:
        return int((await unit.session.execute(select(func.count()).select_from(table))).scalar_one())


@asynccontextmanager
async def opened(database: str, keys: Path) -> AsyncIterator[Store]:
    """The store of the deployment, for the test to look into."""
    store = Store(database, vault_from(keys), SystemClock())
    try:
        yield store
    finally:
        await store.close()


async def write_to(store: Store, person: Person, words: str) -> None:
    """A message that no turn asked for: no web process is about to send it."""
    async with store.write() as unit:
        chat = (
            await unit.session.execute(select(col(Chat.id)).where(col(Chat.external_id) == str(person.id)))
        ).scalar_one()
        assert await outbox.queue_for(unit, chat, Reply(blocks=(line(words),)), "staff:1")


async def recorded(store: Store) -> None:
    """Until all that was sent is written down, and no chat is anybody's."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with store.read() as unit:
                busy = select(func.count()).select_from(Chat).where(col(Chat.lease_by).is_not(None))
                waits = select(func.count()).select_from(Outbox).where(col(Outbox.state) == "waiting")
                left = [(await unit.session.execute(each)).scalar_one() for each in (busy, waits)]
            if not any(left):
                return


async def test_every_reply_once_and_in_order_with_a_worker_killed(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    child_node.warm_up()
    database, keys = postgres_server.fresh(), tmp_path / "keys"
    ports = free_ports(2)
    clock = SharedClock(tmp_path / "clock")
    async with opened(database, keys) as store, FakeTelegram() as fake, front_door(fake, ports) as door:
        people = [fake.person(f"Person {number}") for number in range(CHATS)]
        fake.fail(refusals.retry_after(1), "sendMessage", times=PUT_OFF)
        nodes = [start("web", settings_of(database, keys, fake, port, "web"), clock) for port in ports]
        first = start("worker", settings_of(database, keys, fake, 0), clock)
        try:
            for number in range(ENTRIES):
                for person in people:
                    person.says(f"question {number} of {person.id}")
            await fake.wait_until(lambda: sum(len(read_by(person)) for person in people) == UPDATES, PATIENCE)
            await recorded(store)

            held = Unapplied()
            fake.fail(held, "sendMessage", people[0])
            await write_to(store, people[0], "From the team.")
            async with asyncio.timeout(PATIENCE):
                await held.arrived.wait()
            nodes.append(start("worker", settings_of(database, keys, fake, 0), clock))
            await kill(first)
            clock.jump(LEASE)
            held.release()
            expected = {person.id: [str(n) for n in range(ENTRIES)] for person in people}
            expected[people[0].id].append("From the team.")
            await fake.wait_until(lambda: {p.id: read_by(p) for p in people} == expected, PATIENCE)
            ended = await asyncio.gather(*map(stop, nodes))
        finally:
            for node in [first, *nodes]:
                node.kill()
        assert {person.id: read_by(person) for person in people} == expected, "once each, in order"
        assert ended == [0, 0, 0]
        assert door.repeated >= UPDATES // 3
        assert (await rows(store, Inbox), await rows(store, Question)) == (UPDATES, UPDATES)
        async with store.read() as unit:
            states = Counter((await unit.session.execute(select(col(Outbox.state)))).scalars())
        assert states == {"sent": UPDATES + 1}


class Counting:
    """A sender that notes what it is asked to send, and takes a moment over it."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, chat: str, reply: Reply) -> str | None:
        self.sent.append(chat)
        await asyncio.sleep(0)
        return str(len(self.sent))


async def test_two_whole_bots_on_one_database_do_nothing_twice(
    postgres_server: PostgresServer, clock: FixedClock
) -> None:
    database, sender = postgres_server.fresh(), Counting()
    async with house(database, clock, Scripted()) as one, house(database, clock, Scripted()) as other:
        other.store.vault = one.store.vault  # machines of one deployment have the same keys
        for number in range(CHATS):
            turn = Turn(channel="telegram", key=str(number), chat=str(number), at=clock.now(), text="hello")
            taken = await asyncio.gather(one.conversation.take(turn), other.conversation.take(turn))
            assert sorted(each.repeat for each in taken) == [False, True]
        failed: list[BaseException] = []

        async def guard(step: Any) -> None:
            try:
                await step()
            except Exception as error:
                failed.append(error)

        deliveries = [Delivery(bot.store, sender) for bot in (one, other)]
        await asyncio.gather(
            *(delivery.deliver_due() for delivery in deliveries),
            *(duty.once(guard) for bot in (one, other) for duty in duties(bot)),
        )
        async with one.store.read() as unit:
            replies = (await unit.session.execute(select(func.count()).select_from(Outbox))).scalar_one()
            leased = (await unit.session.execute(select(col(Chat.lease_by)))).scalars().all()
    assert failed == []
    assert len(sender.sent) == replies
    assert set(leased) == {None}
