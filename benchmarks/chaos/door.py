"""One address before the web processes, as a load balancer is: it repeats, mixes up, and loses answers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.server import Server

PATH, SECRET = "a-long-path", "a-secret"
TWICE, LOST, TIMEOUT = 0.15, 0.05, 20.0
"""The share of updates that come twice at the same moment, of answers that get lost; and seconds for an answer."""
HURRY = 0.05
"""Real seconds in a second that Telegram waits before it tries again."""


@dataclass
class Door:
    """Posts each update to one of the processes, or to two at once."""

    behind: Sequence[str]
    chance: random.Random
    session: aiohttp.ClientSession
    twice: int = 0
    lost: int = 0

    async def receive(self, request: Request) -> Response:
        """One update; the worst answer of those that it got."""
        body, copies = await request.body(), 1 + (self.chance.random() < TWICE)
        targets = [self.chance.choice(self.behind) for _ in range(copies)]
        self.twice += copies - 1
        answers = await asyncio.gather(*(self._pass_on(target, request, body) for target in targets))
        if self.chance.random() < LOST:
            self.lost += 1
            return Response(status_code=502)
        return max(answers, key=lambda answer: answer.status_code)

    async def _pass_on(self, target: str, request: Request, body: bytes) -> Response:
        headers = {name: value for name, value in request.headers.items() if name.startswith("x-telegram")}
        try:
            async with self.session.post(f"{target}{request.url.path}", data=body, headers=headers) as answer:
                later = {name: value for name, value in answer.headers.items() if name == "Retry-After"}
                return Response(await answer.read(), answer.status, later)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Response(status_code=502)


@asynccontextmanager
async def front_door(fake: FakeTelegram, ports: Sequence[int], chance: random.Random) -> AsyncIterator[Door]:
    """Telegram sends its updates here until the end."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(TIMEOUT)) as session:
        door = Door([f"http://127.0.0.1:{port}" for port in ports], chance, session)
        server = Server(Starlette(routes=[Route("/telegram/{path}", door.receive, methods=["POST"])]))
        address = await server.open()
        fake.world.webhook.scale = HURRY
        fake.world.webhook.set({"url": f"{address}/telegram/{PATH}", "secret_token": SECRET})
        try:
            yield door
        finally:
            fake.world.webhook.delete({})
            await server.close()
