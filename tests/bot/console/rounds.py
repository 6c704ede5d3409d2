"""The console over an estate with visits: Sam and Alex go to one, Robin goes to none, and each can sign in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random

from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.console.app import add_console
from bot.console.site import Console
from bot.knowing import Knowing
from bot.staff import audit
from bot.store.tables import Outbox
from bot.visits import rounds, team
from handlers.office import Role, StaffVisit
from tests.bot.console.desk import Browser, Desk
from tests.bot.visits.estate import TEN, Estate, estate, library, visits
from tests.house import Scripted

RESIDENT = 1
"""The chat of whoever is visited."""


@dataclass
class Rounds:
    """An estate, its console, and the visit of Monday at ten: its number and reference."""

    estate: Estate
    desk: Desk
    number: int
    reference: str

    @property
    def sam(self) -> int:
        return self.estate.staff[0]

    @property
    def alex(self) -> int:
        return self.estate.staff[1]

    async def colleague(self, role: Role, name: str = "Robin Made-Up") -> int:
        """Somebody new in the team; their number."""
        async with self.estate.store.write() as unit:
            return await team.add(unit, name, role)

    async def browser(self, staff: int) -> Browser:
        """Signed in as somebody of the team."""
        browser = self.desk.browser()
        answer = await browser.post("/sign-in/invitation", code=await self.desk.code(staff))
        assert answer.headers["location"] == "/staff/"
        return browser

    async def coordinator(self) -> Browser:
        return await self.browser(await self.colleague("coordinator", "Kit Invented"))

    async def visit(self, number: int | None = None) -> StaffVisit:
        """A visit as it stands in the tables now."""
        async with self.estate.store.read() as unit:
            found = await rounds.one(unit, number or self.number, visits())
        assert found is not None
        return found

    async def done(self) -> list[tuple[str, str]]:
        """What the audit holds but for signing in, the newest first."""
        async with self.estate.store.read() as unit:
            found = await audit.entries(unit)
        return [(one.action, one.about) for one in found if one.action != "sign-in"]

    async def told(self) -> int:
        """How many messages about changes of visits were queued."""
        async with self.estate.store.read() as unit:
            keys = (await unit.session.execute(select(col(Outbox.key)))).scalars()
            return sum(":changed:" in key for key in keys)


@asynccontextmanager
async def on_rounds(url: str, clock: FixedClock) -> AsyncIterator[Rounds]:
    """One visit, booked in the chat of a resident whom messages reach."""
    async with estate(url, clock) as place:
        booked = await place.book(RESIDENT, TEN, partners=True, remind_by="message")
        app = FastAPI()
        knowing = Knowing(Scripted(holding=library()))
        add_console(app, Console(place.store, knowing, clock, random_bytes=Random(9).randbytes))
        yield Rounds(place, Desk(app, place.store, clock), booked.id, booked.reference)
