"""The console for a test: real pages on a real database, a made-up team, a browser without a screen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from random import Random
from typing import get_args

import httpx
from fastapi import FastAPI

from bot.clock import FixedClock
from bot.console.app import add_console
from bot.console.site import Console, Counts
from bot.knowing import Knowing
from bot.staff import codes
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from bot.visits import team
from handlers.office import Role
from knowledge.library import Library, load
from tests.house import BRAUNSTONE, Scripted

SECURE, OWN_MACHINE, PLAIN = "https://ask.example", "http://localhost:8000", "http://ask.example"
ROLES: tuple[Role, ...] = get_args(Role)
TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@cache
def library() -> Library:
    """The content that ships, without an index."""
    return load(BRAUNSTONE)


@dataclass
class Browser:
    """Keeps cookies, and sends what a browser sends with a form of our own page."""

    client: httpx.AsyncClient

    async def see(self, path: str = "/") -> httpx.Response:
        return await self.client.get(f"/staff{path}")

    async def send(self, path: str, **form: str) -> httpx.Response:
        """A form as it stands on a page of theirs."""
        return await self.post(path, csrf=await self.token(), **form)

    async def token(self) -> str:
        """What their forms hold."""
        found = TOKEN.search((await self.see()).text)
        assert found
        return found[1]

    async def post(self, path: str, **form: str) -> httpx.Response:
        return await self.client.post(f"/staff{path}", data=form)


@dataclass
class Desk:
    """The application, its store, and how to come to it."""

    app: FastAPI
    store: Store
    clock: FixedClock
    random: Random = field(default_factory=lambda: Random(5))
    addresses: Iterator[int] = field(default_factory=lambda: count(1))

    def browser(self, base: str = SECURE, **headers: str) -> Browser:
        """A fresh one, at an address of its own."""
        transport = httpx.ASGITransport(
            self.app, client=(f"192.0.2.{next(self.addresses)}", 1), raise_app_exceptions=False
        )
        return Browser(
            httpx.AsyncClient(transport=transport, base_url=base, headers={"sec-fetch-site": "same-origin"} | headers)
        )

    async def member(self, role: Role = "officer", name: str = "Robin Made-Up") -> int:
        async with self.store.write() as unit:
            return await team.add(unit, name, role)

    async def code(self, staff: int) -> str:
        async with self.store.write() as unit:
            made = await codes.open_the_console(unit, staff, codes.INVITATION_LASTS, self.random.randbytes)
        assert made is not None
        return made

    async def signed_in(self, role: Role = "officer", base: str = SECURE) -> Browser:
        """A browser of a new colleague, signed in by their invitation."""
        browser = self.browser(base)
        answer = await browser.post("/sign-in/invitation", code=await self.code(await self.member(role)))
        assert answer.headers["location"] == "/staff/"
        return browser


@asynccontextmanager
async def desk(url: str, clock: FixedClock, counts: Counts | None = None) -> AsyncIterator[Desk]:
    """The console over a database that has its tables."""
    store = Store(url, throwaway_vault(), clock)
    app, random = FastAPI(), Random(7)
    knowing = Knowing(Scripted(holding=library()))
    add_console(app, Console(store, knowing, clock, counts or Counts(), random.randbytes, folder=BRAUNSTONE))
    try:
        yield Desk(app, store, clock)
    finally:
        await store.close()
