"""What is published cannot be told apart before and after somebody is erased, and one count has one noise, however it
is asked for."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert, text

from bot.clock import FixedClock
from bot.insight import reading
from bot.insight.reading_proof import WAYS, Opinion, Proof, Said, read_proof
from bot.insight.reading_tables import Press
from bot.insight.shapes import Filter, Insight, Period
from bot.store import migrate, privacy
from bot.store import person as persons
from bot.store.reach_tables import DemandCount, Evidence
from bot.store.tables import Chat, Feedback
from bot.store.unit import Store, Unit
from bot.store.vault import Vault
from bot.store.visit_tables import Resident, Visit
from bot.visits import erasing
from handlers.catalogue import Texts
from knowledge.library import Library
from knowledge.small_numbers import Month, Publisher, keyed
from tests.bot.staff.crew import ALARM, braunstone_alone
from tests.databases import Databases, SqliteFiles

SEPTEMBER = dt.date(2026, 9, 1)
THEN = Period(SEPTEMBER, SEPTEMBER)
AT = dt.datetime(2026, 9, 10, 10, tzinfo=dt.UTC)
AREA = "Braunstone"


async def made(url: str, clock: FixedClock) -> AsyncIterator[Store]:
    store = Store(url, Vault({1: b"1" * 32}, b"2" * 32), clock)
    yield store
    await store.close()


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    async for one in made(database_url, clock):
        yield one


@pytest.fixture
async def lone(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Store]:
    async for one in made(sqlite_files.fresh(), clock):
        yield one


async def look(store: Store, wanted: Filter) -> Insight:
    async with store.read() as unit:
        return await reading.insight(unit, wanted, braunstone_alone(), Texts())


async def lived_here(store: Store, many: int = 30) -> None:
    """So many people, each of whom was visited and said that something helped, long ago."""
    async with store.write() as unit:
        for number in range(1, many + 1):
            chat = Chat(channel="telegram", external_id=str(number), created_at=AT, last_turn_at=AT)
            resident = Resident(area=AREA, created_at=AT)
            unit.session.add_all([chat, resident])
            await unit.session.flush()
            unit.session.add(
                Visit(reference=f"R{number}", uid=f"u{number}", chat_id=chat.id, resident_id=resident.id, state="done",
                      starts=AT, ends=AT, created_at=AT, reasons="fire-safety", area=AREA,
                      erase_at=unit.now + dt.timedelta(days=number))
            )  # fmt: skip
            unit.session.add(Feedback(chat_id=chat.id, entry=ALARM, helped=number % 3 > 0, at=AT))
            unit.session.add(
                Evidence(chat_id=chat.id, about="answer", entry=ALARM, helped="yes", instead="999", area=AREA, at=AT)
            )


async def test_nobody_who_is_erased_is_missing_from_what_is_published(store: Store, clock: FixedClock) -> None:
    """By their own wish, by the team, and by the timer of a visit: each would lower every number by exactly one."""
    await lived_here(store)
    filters = (Filter(THEN), Filter(THEN, area=AREA), Filter(THEN, topic="fire-safety"))
    before = [await look(store, wanted) for wanted in filters]
    areas = before[0].table("visits-area")
    assert areas is not None
    assert areas.rows[0].id == AREA
    async with store.write() as unit:
        await privacy.forget_person(unit, 1)
        receipt = await privacy.erase(unit, await persons.of_chats(unit, [2]))
    assert receipt.erased["feedback"] == receipt.erased["evidence"] == 1
    clock.move(days=4)
    async with store.write() as unit:
        assert await erasing.erase_due(unit) == 2
    after = [await look(store, wanted) for wanted in filters]
    assert [(one.tables, one.avoided) for one in after] == [(one.tables, one.avoided) for one in before]


def test_the_area_of_a_visit_is_taken_over_from_who_was_visited(databases: Databases) -> None:
    url = databases.fresh()
    migrate.downgrade(url, "0006")
    bound = migrate.engine(url)
    visit = """
        INSERT INTO visit (reference, uid, sequence, state, starts, ends, visitors_needed, moves, reasons, points,
        priority, consents, source, remind_by, follow_up, safeguarding, wrong_words, created_at, resident_id) VALUES
        (:name, :name, 0, 'done', :at, :at, 2, 0, '', 0, 'high', '', '', '', false, false, 0, :at, :whose)
    """
    with bound.begin() as connection:
        connection.execute(text("INSERT INTO resident (id, outward, area, created_at) VALUES (7, '', :area, :at)"),
                           {"area": AREA, "at": AT})  # fmt: skip
        for name, whose in (("known", 7), ("erased", None)):
            connection.execute(text(visit), {"name": name, "at": AT, "whose": whose})
    migrate.upgrade(url)
    with bound.begin() as connection:
        found = connection.execute(text("SELECT reference, area FROM visit ORDER BY reference DESC")).all()
    bound.dispose()
    assert [tuple(row) for row in found] == [("known", AREA), ("erased", "")]


@dataclass(frozen=True, slots=True)
class Recorder(Publisher):
    """Publishes, and writes down which cell had which true count in a month."""

    seen: set[tuple[str, dt.date, int]] = field(default_factory=set)

    def count(self, cell: str, by_month: Mapping[dt.date, int], months: Iterable[Month]) -> int | None:
        asked = tuple(months)
        self.seen.update((cell, month.first, true) for month in asked if (true := by_month.get(month.first, 0)))
        return Publisher.count(self, cell, by_month, asked)


AFTER = (("yes", "yes", "999"), ("yes", "bit", "101"), ("yes", "no", None), ("no", None, None))
"""Whether they went to an organisation, whether it helped, and what they would have done without."""
TOPICS = ("", "child-safety", "fire-safety", "vehicle-security")
"""One of them is one agency's alone."""


def much(chance: Random) -> int:
    """A number that is no sum of others: equal counts are of the same rows."""
    return chance.randrange(10**6, 10**9)


def asked(library: Library, chance: Random) -> list[dict[str, Any]]:
    """Questions about every answer from everywhere, some of them from when another agency kept the answer."""
    return [
        {"month": SEPTEMBER, "route": route, "entry": entry.id, "channel": channel, "area": area, "source": source,
         "topic": entry.category, "agency": "partner" if entry.id == ALARM else entry.agency,
         "turns": much(chance)}
        for entry in library.entries.values()
        for route, channel, area, source in (
            ("answer", "telegram", AREA, ""), ("choose", "web", AREA, "p1"), ("answer", "web", "", "p1"),
            ("choose", "telegram", "", "p1"), ("answer", "web", AREA, ""),
        )
    ]  # fmt: skip


def said_of(library: Library, chance: Random) -> tuple[list[Opinion], list[Said]]:
    """Whether each answer helped, what else they would have done, and what they said of organisations."""
    opinions, told = [], []
    for entry in library.entries.values():
        opinions += [Opinion(entry.id, helped, SEPTEMBER, much(chance)) for helped in (True, False)]
        told += [Said(entry.id, "", None, "yes", way, SEPTEMBER, much(chance)) for way in (*WAYS, None)]
        for one in library.helpers(entry):
            told += [Said._make((entry.id, one.id, *after, SEPTEMBER, much(chance))) for after in AFTER]
    return opinions, told


async def test_one_count_has_one_noise_however_it_is_asked_for(lone: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every filter of topic and agency: what counts the same rows is one cell, or their mean would be nearer to
    the count; and one cell never counts other rows, or the difference of two numbers would be exact."""
    library, chance, recorder = braunstone_alone(), Random(7), Recorder(keyed(b"secret"))
    async with lone.write() as unit:
        await unit.session.execute(insert(DemandCount), asked(library, chance))
    opinions, told = said_of(library, chance)

    async def read(unit: Unit, wanted: Filter, press: Press, library: Library) -> Proof:
        return replace(await read_proof(unit, wanted, press, library), opinions=opinions, said=told)

    monkeypatch.setattr(reading, "read_proof", read)
    monkeypatch.setattr(reading, "publisher_of", lambda _unit: recorder)
    for topic, agency in product(TOPICS, ("", "fire", "police")):
        await look(lone, Filter(THEN, topic=topic, agency=agency))
    cells, counts = defaultdict(set), defaultdict(set)
    for cell, month, true in recorder.seen:
        cells[cell.partition("\0")[0], month, true].add(cell)
        counts[cell, month].add(true)
    assert len(counts) > 500
    assert [found for found in cells.values() if len(found) > 1] == []
    assert [found for found in counts.values() if len(found) > 1] == []
