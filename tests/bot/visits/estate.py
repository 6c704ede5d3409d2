"""An estate with two visitors who work on Mondays, and residents who come to the desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from random import Random

from sqlalchemy import func, select
from sqlmodel import SQLModel, col

from bot.clock import FixedClock
from bot.store import chats
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import RotaPattern, StaffMember, Visit
from bot.visits.desk import Desk
from handlers.catalogue import Texts
from handlers.draft import Draft
from handlers.ports import Appointment, Booked
from handlers.turn import Turn
from knowledge.library import Library, load
from knowledge.visits.questions import Visits
from tests.house import BRAUNSTONE

MONDAY = dt.date(2026, 11, 30)
NINE = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)
TEN, ELEVEN = NINE + dt.timedelta(hours=1), NINE + dt.timedelta(hours=2)
HALF_HOUR = dt.timedelta(minutes=30)


@cache
def library() -> Library:
    """The content that ships, without an index."""
    return load(BRAUNSTONE)


def visits() -> Visits:
    """What Braunstone says about visits."""
    found = library().visits
    assert found is not None
    return found


def draft(visit: int | None = None, **said: object) -> Draft:
    """A form that is filled in, by a person who was made up."""
    form = Draft(
        postcode="LE3 1AB",
        answers={"smoking": ("indoors",), "household": ("alone", "from-85")},
        reasons=("fire-safety", "loneliness"),
        name="Zebedee Quillfeather",
        phone="+441164960123",
        reach="ring",
        safe="Only before noon",
        address="12 Marzipan Walk",
        needs="A loud parrot",
        remind_by="ring",
        partners=False,
        feedback=True,
        word="cosy kettle",
        visit=visit,
    )
    return form.model_copy(update=said)


@dataclass
class Estate:
    """One store with its residents' chats, and what they do."""

    store: Store
    clock: FixedClock
    staff: tuple[int, ...]
    random_bytes: Callable[[int], bytes]

    @asynccontextmanager
    async def desk(self, chat: int, channel: str = "telegram") -> AsyncIterator[Desk]:
        """The desk for one turn of a chat."""
        async with self.store.write() as unit:
            yield self.desk_in(unit, chat, channel)

    def desk_in(self, unit: Unit, chat: int, channel: str = "telegram") -> Desk:
        """The same, in a transaction that is open."""
        return Desk(unit, chat, channel, library(), frozenset(), Texts(), self.random_bytes)

    async def hold(self, chat: int, starts: dt.datetime = TEN) -> int | None:
        """A turn that holds a time."""
        async with self.desk(chat) as desk:
            return (await desk.hold(starts)).visit

    async def confirm(self, chat: int, form: Draft) -> Booked:
        """A turn that books what is held."""
        async with self.desk(chat) as desk:
            return await desk.book(form)

    async def book(self, chat: int, starts: dt.datetime = TEN, **said: object) -> Appointment:
        """Both; every chat is a household of its own."""
        held = await self.hold(chat, starts)
        booked = await self.confirm(chat, draft(held, **{"address": f"{chat} Marzipan Walk", **said}))
        assert booked.visit is not None, booked.why
        return booked.visit

    async def visit(self, visit_id: int) -> Visit:
        """Its row."""
        async with self.store.read() as unit:
            return await unit.session.get_one(Visit, visit_id)

    async def rows(self, table: type[SQLModel]) -> Sequence[SQLModel]:
        """All rows of a table."""
        async with self.store.read() as unit:
            return (await unit.session.execute(select(table))).scalars().all()

    async def count(self, table: type[SQLModel]) -> int:
        """How many rows a table has."""
        async with self.store.read() as unit:
            return int((await unit.session.execute(select(func.count()).select_from(table))).scalar_one())

    async def add(self, *rows: SQLModel) -> None:
        """Write rows as they are."""
        async with self.store.write() as unit:
            unit.session.add_all(rows)

    async def shift(self, begins: dt.time, ends: dt.time) -> None:
        """The team works other hours."""
        async with self.store.write() as unit:
            for pattern in (await unit.session.execute(select(RotaPattern))).scalars():
                pattern.begins, pattern.ends = begins, ends

    async def words_in_clear(self) -> str:
        """Every value of every table, opened where it is sealed: all that somebody with the keys could read."""
        said: list[str] = []
        async with self.store.read() as unit:
            for name, table in SQLModel.metadata.tables.items():
                for row in (await unit.session.execute(select(table))).mappings():
                    said += [_opened(unit, f"{name}.{column.name}", row[column.name]) for column in table.columns]
        return "\n".join(said)


def _opened(unit: Unit, column: str, value: object) -> str:
    return unit.vault.open(column, value) if isinstance(value, bytes) else str(value)


@asynccontextmanager
async def estate(url: str, clock: FixedClock, residents: int = 4) -> AsyncIterator[Estate]:
    """Two visitors, Sam of the fire service and Alex of the police, on Mondays from 9 to 12; chats 1, 2, 3 …"""
    store = Store(url, throwaway_vault(), clock)
    async with store.write() as unit:
        staff = [_member(unit, "Sam Underhill", "fire"), _member(unit, "Alex Brandybuck", "police")]
        unit.session.add_all(staff)
        await unit.session.flush()
        for member in staff:
            unit.session.add(RotaPattern(staff_id=member.id, weekday=0, begins=dt.time(9), ends=dt.time(12)))
        for number in range(1, residents + 1):
            await chats.lock(unit, Turn(channel="telegram", key="1", chat=str(number), at=clock.now(), text="visit"))
    try:
        yield Estate(store, clock, tuple(member.id for member in staff), Random(4).randbytes)
    finally:
        await store.close()


def _member(unit: Unit, name: str, agency: str) -> StaffMember:
    sealed = unit.vault.seal("staff_member.name", name)
    return StaffMember(name=sealed, role="officer", agency=agency, created_at=unit.now)


async def patterns_end(estate: Estate, last: dt.date) -> None:
    """Nobody works after this day."""
    async with estate.store.write() as unit:
        for pattern in (await unit.session.execute(select(RotaPattern).order_by(col(RotaPattern.id)))).scalars():
            pattern.last = last
