"""Who gets the last seat: holding and confirming cells beside counting and then inserting, in the same run.

    python -m benchmarks.bookings [--tries 3000] [--workers 24]

Each try wants one visit at one of a few times. All ways are given the same tries, in turns of a few hundred, each on a
database of its own: SQLite, then PostgreSQL. Like is set beside like: two transactions a try beside two, one beside
one. The table is printed and written into docs/benchmarks.md. What was overbooked is counted from the visits that are
there in the end.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from benchmarks.page import put
from bot.clock import FixedClock
from bot.errors import StoreUnavailable
from bot.store.tables import Chat
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import StaffMember, Visit
from bot.visits import booking
from bot.visits.booking import BOOKED, Names, Rules
from knowledge.visits.slots import Slot
from tests.databases import SqliteFiles, postgres

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
RULES = Rules(visitors=1)
STAFF, TURNS, TIMES = 4, 5, 10
"""Seats are all three multiplied: each turn has its own day of times, and everybody can come to each."""
FIRST = dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC)
LENGTH, APART = dt.timedelta(minutes=30), dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Try:
    """One chat that wants one time."""

    chat: int
    slot: Slot


@dataclass(frozen=True)
class Place:
    """A store with its staff and chats, and names for visits."""

    store: Store
    staff: tuple[int, ...]
    chats: tuple[int, ...]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def names(self) -> Names:
        """The next reference."""
        number = next(self.numbers)
        return Names(f"REF{number}", f"{number}@visits.test")


Way = Callable[[Place, Try], Awaitable[None]]


@dataclass
class Runner:
    """One way on one database, and what came of it: seconds of each try, seconds in all, seconds of the processor that
    this process was busy, tries that failed, and in the end how many visits stand at each time that has any."""

    name: str
    way: Way
    place: Place
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    busy: float = 0.0
    failed: int = 0
    booked: tuple[int, ...] = ()

    @property
    def overbooked(self) -> int:
        """Visits beyond the seats. Times are a visit and two buffers apart, so no two times overlap."""
        return sum(max(0, visits - STAFF) for visits in self.booked)


async def ours(place: Place, wish: Try) -> None:
    """Hold, then confirm: two transactions, as for a resident who fills in the form in between."""
    async with place.store.write() as unit:
        held = await booking.hold(unit, wish.chat, wish.slot, RULES, place.names())
    if held.visit_id is not None:
        async with place.store.write() as unit:
            await booking.confirm(unit, held.visit_id, f"home {wish.chat}", RULES)


async def ours_at_once(place: Place, wish: Try) -> None:
    """Hold and confirm in one transaction, as for staff who book for somebody."""
    async with place.store.write() as unit:
        held = await booking.hold(unit, wish.chat, wish.slot, RULES, place.names())
        if held.visit_id is not None:
            await booking.confirm(unit, held.visit_id, f"home {wish.chat}", RULES)


async def naive(place: Place, wish: Try) -> None:
    """Count the visits in the way, then insert where fewer than all staff are busy. Nothing is locked in between."""
    async with place.store.read() as unit:
        busy = await in_the_way(unit, wish.slot)
    if busy < len(wish.slot.visitors):
        async with place.store.write() as unit:
            unit.session.add(visit_of(wish, place.names(), unit.now))


async def naive_at_once(place: Place, wish: Try) -> None:
    """The same in one transaction. SQLite lets one writer in at a time, so that there it is right."""
    async with place.store.write() as unit:
        if await in_the_way(unit, wish.slot) < len(wish.slot.visitors):
            unit.session.add(visit_of(wish, place.names(), unit.now))


async def in_the_way(unit: Unit, slot: Slot) -> int:
    """How many visits, with the road between them, overlap with a time."""
    road = 2 * RULES.buffer
    statement = select(func.count()).where(
        col(Visit.state) == BOOKED, col(Visit.starts) < slot.ends + road, col(Visit.ends) > slot.starts - road
    )
    return int((await unit.session.execute(statement)).scalar_one())


def visit_of(wish: Try, names: Names, now: dt.datetime) -> Visit:
    """A booked visit at the time somebody wants."""
    return Visit(
        reference=names.reference, uid=names.uid, chat_id=wish.chat, state=BOOKED, starts=wish.slot.starts,
        ends=wish.slot.ends, household=f"home {wish.chat}", created_at=now,
    )  # fmt: skip


async def furnished(url: str, chats: int) -> Place:
    """A fresh database's address in; a place with staff and chats out."""
    store = Store(url, throwaway_vault(), FixedClock())
    async with store.write() as unit:
        staff = [StaffMember(role="officer", created_at=unit.now) for _ in range(STAFF)]
        people = [
            Chat(channel="web", external_id=str(n), created_at=unit.now, last_turn_at=unit.now) for n in range(chats)
        ]
        unit.session.add_all([*staff, *people])
        await unit.session.flush()
        return Place(store, tuple(one.id for one in staff), tuple(one.id for one in people))


def tries_of(turn: int, tries: int, place: Place) -> Iterator[Try]:
    """The tries of one turn, the same for all ways; the fairest visitor differs, as it does from day to day."""
    chance = random.Random(turn)  # noqa: S311
    for n in range(turn, tries, TURNS):
        starts = FIRST + dt.timedelta(days=turn) + chance.randrange(TIMES) * APART
        yield Try(place.chats[n], Slot(starts, starts + LENGTH, tuple(chance.sample(place.staff, STAFF))))


async def run_turn(runner: Runner, turn: int, tries: int, workers: int) -> None:
    """All workers at once, until the tries of this turn are used up."""
    wishes = tries_of(turn, tries, runner.place)
    began, busy = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work(runner, wishes) for _ in range(workers)))
    runner.seconds += time.perf_counter() - began
    runner.busy += time.process_time() - busy


async def work(runner: Runner, wishes: Iterator[Try]) -> None:
    """One worker: try after try."""
    for wish in wishes:
        began = time.perf_counter()
        try:
            await runner.way(runner.place, wish)
        except StoreUnavailable:
            runner.failed += 1
        runner.times.append(time.perf_counter() - began)


async def measure(database: str, fresh: Callable[[], str], tries: int, workers: int) -> list[Runner]:
    """All ways in turns on one kind of database, each way first as often as last."""
    runners = [
        Runner(f"{database}, {name}", way, await furnished(await asyncio.to_thread(fresh), tries))
        for name, way in WAYS.items()
    ]
    for turn in range(TURNS):
        for runner in runners if turn % 2 else reversed(runners):
            await run_turn(runner, turn, tries, workers)
    for runner in runners:
        runner.booked = await booked_at_each_time(runner.place)
        await runner.place.store.close()
    return runners


async def booked_at_each_time(place: Place) -> tuple[int, ...]:
    """How many visits stand at each time that has any."""
    statement = select(func.count()).where(col(Visit.state) == BOOKED).group_by(col(Visit.starts))
    async with place.store.read() as unit:
        return tuple((await unit.session.execute(statement)).scalars())


WAYS: dict[str, Way] = {
    "two transactions: **hold, then confirm**": ours,
    "two transactions: count, then insert": naive,
    "one transaction: **hold and confirm**": ours_at_once,
    "one transaction: count and insert": naive_at_once,
}


def line(runner: Runner) -> str:
    """A row of the table."""
    booked, p99 = sum(runner.booked), sorted(runner.times)[int(0.99 * len(runner.times))] * 1000
    speeds = [f"{done / runner.seconds:,.0f}" for done in (len(runner.times), booked)]
    busy = f"{1000 * runner.busy / len(runner.times):.2f}"
    cells = (runner.name, *speeds, f"{p99:,.0f}", busy, booked, runner.overbooked, runner.failed)
    return "| " + " | ".join(map(str, cells)) + " |"


COLUMNS = (
    "", "tries a second", "bookings a second", "p99 of one try, ms", "processor for one, ms", "booked", "overbooked",
    "failed",
)  # fmt: skip
HEAD = f"| {' | '.join(COLUMNS)} |\n|" + " --- |" * len(COLUMNS)

NOTES = """
All ways had the same tries, in turns, each on its own database. Bold is this project's way; under it, what is usual:
count the visits in the way, and insert one where there seems to be room. Compare within a pair. A try that finds no
room is one look either way and writes nothing; one that books writes the visit, its quarters of an hour and the
household's only visit here, and the visit alone there. On SQLite one transaction of the usual way is right as well,
since it lets one writer in at a time. Overbooked are the visits beyond the seats of their time; failed are tries that
the database refused. The time of the processor is that of the process that books, which other work on the machine
does not lengthen; PostgreSQL's own is not in it."""


def text_of(rows: list[str], tries: int, workers: int) -> str:
    """The machine, the table, and how to read it."""
    machine = f"{platform.system()} {platform.release()} on {platform.machine()}, {os.cpu_count()} processors"
    python = f"Python {platform.python_version()}"
    asked = f"{tries:,} tries by {workers} workers on {STAFF * TURNS * TIMES} seats"
    return "\n".join((f"{asked}; {machine}, {python}.\n", HEAD, *rows, "", " ".join(NOTES.split())))


def main() -> int:
    """0 where our way overbooked nothing, 1 otherwise."""
    parser = argparse.ArgumentParser(description="How fast visits are booked when seats are scarce, and how right.")
    parser.add_argument("--tries", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=24)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runners = asyncio.run(measure("SQLite", SqliteFiles(Path(folder)).fresh, asked.tries, asked.workers))
    with postgres() as server:
        runners += asyncio.run(measure("PostgreSQL", server.fresh, asked.tries, asked.workers))
    text = text_of([line(runner) for runner in runners], asked.tries, asked.workers)
    print(text)
    put(PAGE, "bookings", "make bench", text)
    return 1 if any(runner.overbooked for runner in runners if runner.way in (ours, ours_at_once)) else 0


if __name__ == "__main__":
    sys.exit(main())
