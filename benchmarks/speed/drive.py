"""Write to a bot, and hear when it has answered."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import aiohttp

from benchmarks.speed.bot_api import BotApi
from benchmarks.speed.children import SECRET, Child
from benchmarks.speed.updates import Stream, message

SECRET_HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
QUIET = 0.3
"""Seconds without a message, after which a bot is taken to have finished."""
PATIENCE = 30.0
CONNECTIONS = 40
"""At once, as many as Telegram makes where a bot asks for no other number."""


class NotAnswered(Exception):
    """A bot did not answer in time: its figures would mean nothing."""


@dataclass
class Driver:
    """Writes as many people do. `numbers` counts updates; `waiting` are those not answered yet, by chat."""

    api: BotApi
    session: aiohttp.ClientSession
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    waiting: dict[int, asyncio.Future[float]] = field(default_factory=dict)
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))

    def __post_init__(self) -> None:
        """Listen."""
        self.api.heard = self._heard

    async def ready(self, child: Child) -> None:
        """Until the bot answers a first message."""
        for _ in range(int(PATIENCE)):
            try:
                await self.ask(child, 1, message(1, "hello"), patience=1.0)
            except (NotAnswered, aiohttp.ClientError):
                await asyncio.sleep(0.1)
            else:
                return await self.settled()
        raise NotAnswered

    async def ask(self, child: Child, chat: int, update: dict[str, object], patience: float = PATIENCE) -> float:
        """One update; the seconds until its first reply."""
        answered = self.waiting[chat] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        body = {"update_id": next(self.numbers), **update}
        while (again := await self._post(child, body)) is not None:  # noqa: ASYNC110  it is told how long
            await asyncio.sleep(again)
        try:
            at: float = await asyncio.wait_for(answered, patience)
        except TimeoutError:
            raise NotAnswered from None
        return at - began

    async def _post(self, child: Child, body: dict[str, object]) -> float | None:
        """As Telegram does: None once it is taken, else the seconds after which to send it again."""
        async with self.room, self.session.post(child.webhook, json=body, headers=SECRET_HEADER) as response:
            if response.status == 200:
                return None
            if response.status != 503:
                raise NotAnswered(response.status)
            return float(response.headers.get("Retry-After", 1))

    async def settled(self) -> None:
        """Until nothing more is heard."""
        before = -1
        while before != self.api.messages:
            before = self.api.messages
            await asyncio.sleep(QUIET)

    def _heard(self, chat: int, at: float) -> None:
        answered = self.waiting.pop(chat, None)
        if answered is not None and not answered.done():
            answered.set_result(at)


@dataclass(frozen=True)
class Figures:
    """What came of a run: updates, seconds it took, seconds of the bot's processor, seconds until each reply."""

    updates: int
    seconds: float
    busy: float
    waits: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Updates a second."""
        return self.updates / self.seconds

    @property
    def cost(self) -> float:
        """Milliseconds of the processor for one."""
        return 1000 * self.busy / self.updates

    def at(self, share: float) -> float:
        """Milliseconds within which this share of the replies came."""
        return 1000 * sorted(self.waits)[min(int(share * len(self.waits)), len(self.waits) - 1)]


async def flat_out(driver: Driver, child: Child, stream: Stream, updates: int, at_once: int, first: int) -> Figures:
    """As fast as it goes: `at_once` people of whom each writes again when answered, to chats from `first` on."""
    waits: list[float] = []
    left = iter(range(updates))

    async def person(number: int) -> None:
        for turn in left:
            chat = first + number + at_once * (turn % 25)
            waits.append(await driver.ask(child, chat, next(stream)(chat)))

    began, busy = time.perf_counter(), child.busy()
    await asyncio.gather(*(person(number) for number in range(at_once)))
    seconds = time.perf_counter() - began
    await driver.settled()
    return Figures(updates, seconds, child.busy() - busy, tuple(waits))


async def steadily(driver: Driver, child: Child, stream: Stream, updates: int, rate: float, first: int) -> Figures:
    """`rate` updates a second whether answered or not, each to a chat of its own."""
    loop = asyncio.get_running_loop()
    began, busy = loop.time(), child.busy()
    asked = []
    for number in range(updates):
        await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
        chat = first + number
        asked.append(asyncio.ensure_future(driver.ask(child, chat, next(stream)(chat))))
    waits = await asyncio.gather(*asked)
    seconds = loop.time() - began
    await driver.settled()
    return Figures(updates, seconds, child.busy() - busy, tuple(waits))
