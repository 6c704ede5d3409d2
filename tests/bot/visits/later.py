"""What tests about later messages share: a team of two, chats of every kind, booked visits, and the sweep."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import select, update
from sqlmodel import SQLModel, col

from bot.clock import FixedClock
from bot.delivery.loop import Guard
from bot.store import chats
from bot.store.tables import Chat, Outbox
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import Occupied, RotaPattern, StaffMember, Visit, VisitTask
from bot.visits import cells, diary, tasks
from bot.visits.cells import Cells
from bot.visits.sweep import plainly, sweep_once
from handlers.catalogue import Texts
from handlers.turn import Channel, Reply, Turn
from knowledge.library import Library, load
from knowledge.prose import words_of
from knowledge.visits.questions import read_visits
from knowledge.visits.slots import cells_of
from tests.house import BRAUNSTONE

ZONE = "Europe/London"
VISITS = read_visits(BRAUNSTONE)
RULES, TERMS = diary.rules_of(VISITS), diary.terms_of(VISITS, ZONE)
HALF_HOUR = dt.timedelta(minutes=30)
FEEDBACK_AFTER = dt.timedelta(hours=24)
MONDAY_IN_TWO_WEEKS = dt.datetime(2026, 12, 7, 10, 0, tzinfo=dt.UTC)


@cache
def library() -> Library:
    """The content that ships."""
    return load(BRAUNSTONE)


@dataclass
class Later:
    """One store, its team of two, and a clock."""

    store: Store
    clock: FixedClock
    staff: tuple[int, ...] = ()
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def chat(self, channel: Channel = "telegram", **values: object) -> int:
        """A conversation; `values` are columns of its row."""
        turn = Turn(channel=channel, key="1", chat=str(next(self.numbers)), at=self.clock.now(), text="hello")
        async with self.store.write() as unit:
            chat_id = (await chats.lock(unit, turn)).id
            if values:
                await unit.session.execute(update(Chat).where(col(Chat.id) == chat_id).values(**values))
            return chat_id

    async def book(self, chat: int | None, starts: dt.datetime = MONDAY_IN_TWO_WEEKS, **values: Any) -> int:
        """A booked visit of the team with its messages planned; `values` are columns of its row."""
        number = next(self.numbers)
        async with self.store.write() as unit:
            columns = {
                "state": "booked",
                "consents": "feedback",
                "visitors_needed": 2,
                "created_at": unit.now,
                **values,
            }
            visit = Visit(
                reference=f"REF-{number}", uid=f"{number}@visits.test", chat_id=chat, starts=starts,
                ends=starts + HALF_HOUR, **columns,
            )  # fmt: skip
            unit.session.add(visit)
            await unit.session.flush()
            wanted = Cells(self.staff, cells_of(visit.starts, visit.ends, RULES.buffer))
            await cells.take(unit, wanted, visit.id, None)
            await tasks.plan(unit, visit, ZONE, FEEDBACK_AFTER)
            return visit.id

    async def works(self, *days: dt.date) -> None:
        """The team works on these days from 9 to half past: there is room for one visit."""
        async with self.store.write() as unit:
            unit.session.add_all(
                RotaPattern(
                    staff_id=who, weekday=day.weekday(), first=day, last=day, begins=dt.time(9), ends=dt.time(9, 30)
                )
                for day in days
                for who in self.staff
            )

    async def sweep(self, guard: Guard = plainly) -> None:
        """One sweep, with bytes that count up instead of chance."""
        await sweep_once(self.store, library(), Texts, frozenset(), random_bytes=self.bytes, guard=guard)

    def bytes(self, how_many: int) -> bytes:
        return (next(self.numbers) * 7919).to_bytes(how_many, "big")

    async def change(self, table: type[SQLModel], id_: int, **values: object) -> None:
        async with self.store.write() as unit:
            await unit.session.execute(update(table).where(table.id == id_).values(**values))  # type: ignore[attr-defined]

    async def visit(self, visit_id: int) -> Visit:
        async with self.store.read() as unit:
            return await unit.session.get_one(Visit, visit_id)

    async def tasks(self, visit_id: int) -> dict[str, str]:
        """The newest task of each kind of a visit, and its state."""
        async with self.store.read() as unit:
            statement = select(VisitTask).where(col(VisitTask.visit_id) == visit_id).order_by(col(VisitTask.sequence))
            return {task.kind: task.state for task in (await unit.session.execute(statement)).scalars()}

    async def rows(self, table: type[SQLModel]) -> list[Any]:
        async with self.store.read() as unit:
            return list((await unit.session.execute(select(table))).scalars())

    async def cells(self, visit_id: int) -> int:
        return sum(row.visit_id == visit_id for row in await self.rows(Occupied))

    async def sent(self, chat: int) -> list[Reply]:
        """What was queued for a chat, in order."""
        async with self.store.read() as unit:
            statement = select(Outbox).where(col(Outbox.chat_id) == chat).order_by(col(Outbox.seq))
            found = (await unit.session.execute(statement)).scalars()
            return [Reply.model_validate_json(unit.vault.open("outbox.payload", row.payload or b"")) for row in found]

    async def said(self, chat: int) -> list[str]:
        """The words that were queued for a chat."""
        return [words_of(reply.blocks) for reply in await self.sent(chat)]


@asynccontextmanager
async def later(url: str, clock: FixedClock) -> AsyncIterator[Later]:
    """A team of two over a fresh database."""
    made = Later(Store(url, throwaway_vault(), clock), clock)
    try:
        async with made.store.write() as unit:
            staff = [StaffMember(role="officer", created_at=clock.now()) for _ in range(2)]
            unit.session.add_all(staff)
            await unit.session.flush()
            made.staff = tuple(member.id for member in staff)
        yield made
    finally:
        await made.store.close()


def labels(reply: Reply) -> list[str]:
    """The words on a message's buttons."""
    return [button.label for row in reply.buttons for button in row]
