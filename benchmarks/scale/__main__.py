"""The table of docs/scale.md: `python -m benchmarks.scale [--questions 1000000 --chats 100000 --write]`."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select, text
from sqlmodel import SQLModel, col

from benchmarks.page import put
from benchmarks.scale.stock import Year, fill
from benchmarks.scale.table import TIMES, Measured, table
from bot.clock import FixedClock
from bot.insight.reading import insight
from bot.insight.shapes import Filter, Period
from bot.insight.summing import AT_ONCE, sum_once
from bot.store.reach_tables import DemandCount, HourCount
from bot.store.tables import Chat, Question
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from handlers.catalogue import Texts
from knowledge.library import PLACES, Library, load
from tests.databases import SqliteFiles, postgres

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
NOW = dt.datetime(2026, 12, 2, 10, tzinfo=dt.UTC)
AS_IT_GOES, BACKLOG = 50_000, 20_000
"""Questions that are summed in small batches, and timed; how many at once are taken of the rest."""
MONTH = Period(dt.date(2026, 11, 1), dt.date(2026, 11, 1))
QUARTER = Period(dt.date(2026, 9, 1), dt.date(2026, 11, 1))
YEAR = Period(dt.date(2025, 12, 1), dt.date(2026, 11, 1))
ASKED: dict[str, Filter] = {
    "a month": Filter(MONTH),
    "a quarter": Filter(QUARTER),
    "a year": Filter(YEAR),
    "a year, one topic": Filter(YEAR, topic="fire-safety"),
    "a year, one area": Filter(YEAR, area="Braunstone"),
    "a year, topic, area and poster": Filter(YEAR, topic="fire-safety", area="Braunstone", source="code01"),
}


async def measure(kind: str, url: str, year: Year) -> Measured:
    """Fill, sum, and look."""
    fill(url, year)
    store = Store(url, throwaway_vault(), FixedClock(NOW))
    try:
        summing = await _sum(store, year)
        before = resident()
        pages = {name: await _timed(_page(store, wanted, year.library)) for name, wanted in ASKED.items()}
        counting, _ = await _timed(_counted(store), 2)
        return Measured(
            kind, pages, counting, summing, year.questions, await _bytes(store),
            await _rows(store, DemandCount) + await _rows(store, HourCount), (before, resident()),
        )  # fmt: skip
    finally:
        await store.close()


async def _sum(store: Store, year: Year) -> float:
    """All questions, with the code that does it every half minute. The first of them in batches as it takes them;
    milliseconds for one of these. The rest in large ones, as nobody waits here."""
    begun, took, done, many = time.perf_counter(), 0.0, 0, 1
    while many:
        async with store.write() as unit:
            many = await sum_once(unit, year.library, AT_ONCE if done < AS_IT_GOES else BACKLOG)
        done += many
        if done <= AS_IT_GOES:
            took = (time.perf_counter() - begun) / done * 1000
        print(f"\rsummed: {done:,} of {year.questions:,}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return took


async def _timed(work: Callable[[], Awaitable[object]], times: int = TIMES) -> tuple[float, float]:
    """Median and slowest, in seconds; the first time is not counted."""
    took = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        await work()
        took.append(time.perf_counter() - begun)
    return statistics.median(took[1:]), max(took[1:])


def _page(store: Store, wanted: Filter, library: Library) -> Callable[[], Awaitable[object]]:
    async def read() -> object:
        async with store.read() as unit:
            return await insight(unit, replace(wanted), library, Texts())

    return read


def _counted(store: Store) -> Callable[[], Awaitable[object]]:
    """The yardstick: one table of many, counted on the way over the questions of a year."""
    joined = select(col(Question.route), col(Chat.channel), col(Question.area), func.count())
    joined = joined.join(Chat, col(Chat.id) == col(Question.chat_id)).where(
        col(Question.at) >= dt.datetime(2025, 12, 1, tzinfo=dt.UTC)
    )

    async def count() -> object:
        async with store.read() as unit:
            return (await unit.run(joined.group_by(col(Question.route), col(Chat.channel), col(Question.area)))).all()

    return count


async def _rows(store: Store, table: type[SQLModel]) -> int:
    async with store.read() as unit:
        return int((await unit.run(select(func.count()).select_from(table))).scalar_one())


async def _bytes(store: Store) -> int:
    if store.url.startswith("sqlite"):
        return os.stat(store.url.partition("///")[2]).st_size
    async with store.read() as unit:
        return int((await unit.run(text("SELECT pg_database_size(current_database())"))).scalar_one())


def resident() -> float:
    """What this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def both(questions: int, chats: int, folder: Path) -> list[Measured]:
    """SQLite, then PostgreSQL, with the same year."""
    library = load(PLACES / "braunstone")
    found = [await measure("SQLite", SqliteFiles(folder).fresh(), Year(library, chats, questions))]
    with postgres() as server:
        found.append(await measure("PostgreSQL", server.fresh(), Year(library, chats, questions)))
    return found


def main() -> None:
    """Measure, print, and keep where asked to."""
    parser = argparse.ArgumentParser(description="What the pages of numbers cost with a million questions.")
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument("--chats", type=int, default=100_000)
    parser.add_argument("--write", action="store_true", help="into docs/scale.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        said = table(asked.chats, asyncio.run(both(asked.questions, asked.chats, Path(folder))))
    print(said)
    if asked.write:
        put(PAGE, "scale", "make bench-scale", said)


if __name__ == "__main__":
    main()
