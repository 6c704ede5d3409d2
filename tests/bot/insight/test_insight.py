"""What is published of a place: demand, help, visits, what changed; and nothing that is less than five."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot.clock import FixedClock
from bot.delivery.loop import caught
from bot.insight.reading import insight
from bot.insight.reading_months import between, span_of
from bot.insight.shapes import Filter, Insight, Period, Table
from bot.insight.summing import sum_all
from bot.staff import audit
from bot.store import switch
from bot.store.reach_tables import Campaign, CheckCount, Evidence, SourceCode, SourceCount
from bot.store.tables import Chat, EntryVersion, Feedback, Question, RouteCount
from bot.store.unit import Store
from bot.store.vault import Vault
from bot.store.visit_tables import Visit
from handlers.catalogue import Texts
from knowledge.library import Library, load
from knowledge.small_numbers import LEAST
from tests.bot.staff.crew import ALARM, CANDLES, braunstone_alone
from tests.databases import SqliteFiles
from tests.house import BRAUNSTONE

NOISE = 12
"""More than the noise of these cells comes to, with this key."""
SEPTEMBER, OCTOBER, NOVEMBER = (dt.date(2026, month, 1) for month in (9, 10, 11))
IN_OCTOBER = Filter(Period(OCTOBER, OCTOBER))
FALLS = "home-safety/falls"


def at(day: dt.date, hour: int = 10) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    made = Store(database_url, Vault({1: b"1" * 32}, b"2" * 32), clock)
    yield made
    await made.close()


@pytest.fixture
async def lone(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Store]:
    """One kind of database, for what is the same on both."""
    made = Store(sqlite_files.fresh(), Vault({1: b"1" * 32}, b"2" * 32), clock)
    yield made
    await made.close()


async def ask(
    store: Store, many: int, day: dt.date = OCTOBER, entry: str = ALARM, area: str = "", route: str = ""
) -> None:
    """So many questions, and they are in the counts."""
    route = route or ("answer" if entry else "unknown")
    row = {"text": "words", "route": route, "shown": entry, "at": at(day), "area": area}
    async with store.write() as unit:
        await unit.session.execute(insert(Question), [row] * many)
    await sum_all(store, braunstone_alone(), caught)


async def look(store: Store, wanted: Filter = IN_OCTOBER, library: Library | None = None) -> Insight:
    async with store.read() as unit:
        return await insight(unit, wanted, library or braunstone_alone(), Texts())


def of(found: Insight | Table | None, *path: str) -> int | None:
    """A count by table, row and column."""
    table = found.table(path[0]) if isinstance(found, Insight) else found
    assert table is not None
    row = next(row for row in table.rows if row.id == path[1])
    return row.counts[table.columns.index(path[2])]


def about(count: int | None, true: int) -> bool:
    return count is not None and abs(count - true) <= NOISE


async def test_demand_is_told_by_topic_agency_area_route_hour_and_month_beside_the_month_before(store: Store) -> None:
    await ask(store, 90, area="Leicester")
    await ask(store, 40, entry=CANDLES)
    await ask(store, 30, SEPTEMBER)
    await ask(store, 60, entry="")
    found = await look(store)
    assert about(of(found, "topic", "fire-safety", "now"), 130)
    assert about(of(found, "topic", "fire-safety", "before"), 30)
    assert about(of(found, "agency", "fire", "now"), 130)
    assert about(of(found, "area", "Leicester", "now"), 90)
    assert about(of(found, "area", "none", "now"), 100)
    assert about(of(found, "route", "unknown", "now"), 60)
    assert about(of(found, "unmet", "unanswered", "now"), 60)
    assert about(of(found, "unmet", "waiting", "now"), 60)
    assert about(of(found, "hours", "3", "11"), 190)  # 1 October 2026 is a Thursday, and London is an hour ahead
    assert about(of(found, "months", "2026-10", "now"), 190)
    assert about(of(found, "entries", ALARM, "shown"), 90)
    assert about(of(found, "organisations", "leicestershire-fire-and-rescue", "signposted"), 130)
    assert [row.id for row in (found.table("months") or Table("", (), ())).rows][::12] == ["2025-10", "2026-10"]


async def test_a_filter_narrows_what_it_can_and_says_what_it_cannot(store: Store) -> None:
    await ask(store, 90, area="Leicester")
    await ask(store, 50)
    async with store.write() as unit:
        unit.session.add(RouteCount(day=OCTOBER, route="crisis", channel="web", turns=70))
    whole = await look(store)
    here = await look(store, Filter(IN_OCTOBER.period, area="Leicester"))
    assert about(of(whole, "route", "crisis", "now"), 70)
    assert of(here, "topic", "fire-safety", "now") == of(
        await look(store, Filter(IN_OCTOBER.period, topic="fire-safety")), "area", "Leicester", "now"
    )
    assert about(of(here, "months", "2026-10", "now"), 90)
    fire = await look(store, Filter(IN_OCTOBER.period, agency="fire"))
    assert about(of(fire, "topic", "fire-safety", "now"), 140)
    assert of(fire, "topic", "fire-safety", "now") == of(whole, "topic", "fire-safety", "now"), "the same rows"
    assert "crisis" not in {row.id for row in (here.table("route") or Table("", (), ())).rows}
    assert any("crisis" in note for note in here.notes)
    assert len(here.notes) > len(whole.notes)


async def test_nothing_under_five_is_published_and_nought_looks_the_same(lone: Store) -> None:
    await ask(lone, 4)
    found = await look(lone)
    assert of(found, "topic", "fire-safety", "now") is None
    assert of(found, "topic", "home-safety", "now") is None
    counts = [count for table in found.tables for row in table.rows for count in row.counts]
    assert set(counts) == {None}
    await ask(lone, 300)
    shown = [n for t in (await look(lone)).tables for row in t.rows for n in row.counts if n is not None]
    assert shown
    assert min(shown) >= LEAST


async def test_asking_twice_or_in_another_order_gives_the_same_and_rows_do_not_tell_what_was_counted(
    lone: Store,
) -> None:
    await ask(lone, 25)
    empty_rows = {table.id: {row.id for row in table.rows} for table in (await look(lone)).tables}
    await ask(lone, 3, entry=CANDLES, area="Leicestershire")
    first, again = await look(lone), await look(lone)
    assert first.tables == again.tables
    assert {table.id: {row.id for row in table.rows} for table in first.tables} == empty_rows


async def test_a_month_that_is_not_over_is_told_in_fives(lone: Store) -> None:
    await ask(lone, 60, NOVEMBER)
    this = Filter(Period(NOVEMBER, NOVEMBER))
    before = of(await look(lone, this), "topic", "fire-safety", "now")
    await ask(lone, 4, NOVEMBER)
    assert of(await look(lone, this), "topic", "fire-safety", "now") == before
    await ask(lone, 1, NOVEMBER)
    assert of(await look(lone, this), "topic", "fire-safety", "now") == (before or 0) + 5


async def test_what_people_say_of_help_is_told_and_what_calls_it_may_have_saved(store: Store) -> None:
    month = at(SEPTEMBER)
    async with store.write() as unit:
        await unit.session.execute(insert(Feedback), [{"entry": ALARM, "helped": True, "at": month}] * 80)
        said = {"about": "answer", "entry": ALARM, "at": month}
        await unit.session.execute(insert(Evidence), [{**said, "instead": "999"}] * 60)
        await unit.session.execute(insert(Evidence), [{**said, "instead": None}] * 20)
        quiet = "health-and-wellbeing/drugs"
        await unit.session.execute(insert(Feedback), [{"entry": quiet, "helped": True, "at": month}] * 900)
        thin = [{"entry": entry, "helped": False, "at": month} for entry in [*braunstone_alone().entries][:60]]
        await unit.session.execute(insert(Feedback), thin)
        went = {"about": "organisation", "entry": ALARM, "organisation": "freeva", "at": month}
        await unit.session.execute(insert(Evidence), [{**went, "went": "yes", "helped": "no"}] * 40)
        later = {"about": "signpost", "entry": ALARM, "organisation": "freeva", "at": month, "went": "yes"}
        await unit.session.execute(insert(Evidence), [{**later, "helped": "yes", "instead": "999"}] * 25)
    found = await look(store, Filter(Period(SEPTEMBER, SEPTEMBER)))
    assert about(of(found, "entries", ALARM, "helped"), 80)
    assert about(of(found, "entries", ALARM, "999"), 60)
    assert about(of(found, "helped", "helped", "now"), 980)
    assert about(of(found, "helped", "not-helped", "now"), 60), "a few under each answer, and none is lost"
    assert about(of(found, "organisations", "freeva", "went"), 65)
    assert about(of(found, "organisations", "freeva", "helped"), 25)
    assert about(found.avoided.answered, 60)
    assert about(found.avoided.asked, 80)
    ranges = dict(found.avoided.estimates)
    assert about(ranges["999"].low, 60), "what was said of organisations may be about the same need"
    assert about(dict(found.avoided.signposts)["999"], 25)
    assert ranges["999"].high <= 80 + NOISE, "nobody is asked after a sensitive answer, so that it counts for none"


async def test_visits_checks_campaigns_and_codes_are_told_the_same_way(store: Store, clock: FixedClock) -> None:
    begins = at(SEPTEMBER)
    visit = {"state": "done", "starts": begins, "ends": begins, "created_at": begins - dt.timedelta(days=10),
             "reasons": "fire-safety,security", "priority": "high"}  # fmt: skip
    async with store.write() as unit:
        rows = [{**visit, "reference": f"R{number}", "uid": f"u{number}"} for number in range(40)]
        await unit.session.execute(insert(Visit), rows)
        unit.session.add(CheckCount(month=SEPTEMBER, topic="", answer="finished", area="", turns=50))
        unit.session.add(CheckCount(month=SEPTEMBER, topic="alarms", answer="no-alarm", area="", turns=45))
        unit.session.add(CheckCount(month=SEPTEMBER, topic="alarms", answer="every-floor", area="", turns=99))
        told: dict[str, Any] = {
            "state": "done",
            "starts": begins,
            "ended_at": begins,
            "made_at": begins,
            "changed_at": begins,
        }
        unit.session.add(
            Campaign(name="Bonfire night", topic="fireworks", text="words", delivered=70, opened=3, **told)
        )
        unit.session.add(SourceCode(code="p1", label="Library door", made_at=begins))
        await unit.session.flush()
        unit.session.add(SourceCount(day=SEPTEMBER, code="p1", channel="web", opened=30))
    found = await look(store, Filter(Period(SEPTEMBER, SEPTEMBER)), load(BRAUNSTONE))
    for table, row in (("outcome", "done"), ("reason", "security"), ("wait", "two-weeks"), ("priority", "high")):
        assert about(of(found, f"visits-{table}", row, "now"), 40), table
    assert about(of(found, "checks", "finished", "now"), 50)
    risks = found.table("check-risks")
    assert risks is not None
    assert [row.label for row in risks.rows] == ["Smoke alarms: No smoke alarm that works"], "a good answer is no risk"
    assert about(of(risks, "", "alarms/no-alarm", "now"), 45)
    assert about(of(found, "campaigns", "1", "delivered"), 70)
    assert of(found, "campaigns", "1", "opened") is None
    assert about(of(found, "codes", "p1", "now"), 30)


async def test_a_change_beyond_the_noise_is_told_with_what_happened_meanwhile(lone: Store) -> None:
    await ask(lone, 50, SEPTEMBER)
    await ask(lone, 52, SEPTEMBER, entry=FALLS)
    await ask(lone, 200)
    await ask(lone, 50, entry=FALLS)
    async with lone.write() as unit:
        unit.session.add(Campaign(name="Test your alarm", topic="fireworks", text="words", entry=ALARM, state="done",
                                  starts=at(OCTOBER), made_at=at(OCTOBER), changed_at=at(OCTOBER)))  # fmt: skip
        unit.session.add(EntryVersion(slug=CANDLES, version=2, text="words", state="live", at=at(OCTOBER)))
    changed = {change.about: change for change in (await look(lone)).changes}
    assert set(changed) == {"topic.fire-safety", "route.answer"}
    told = changed["topic.fire-safety"]
    assert about(told.now, 200)
    assert about(told.before, 50)
    said = " ".join(told.perhaps)
    assert "Test your alarm" in said
    assert braunstone_alone().entries[CANDLES].title in said


async def test_only_what_happened_in_the_months_that_are_looked_at_is_a_reason(lone: Store, clock: FixedClock) -> None:
    """Switched off for two days of October, and again today; a season that begins with the second of two months."""
    await ask(lone, 200, area="Braunstone")
    now = clock.now()
    days = (OCTOBER, OCTOBER + dt.timedelta(days=2), now.date())
    for on, action in zip(days, ("switch off", "switch on", "switch off"), strict=True):
        clock.at = at(on)
        async with lone.write() as unit:
            await audit.record(unit, None, action, "because")
            if on == now.date():
                await switch.turn_off(unit, "Back soon.")
    clock.at = now

    async def because(first: dt.date, last: dt.date) -> str:
        found = {change.about: change for change in (await look(lone, Filter(Period(first, last)))).changes}
        assert found["area.Braunstone"].label == "Questions from Braunstone"
        return " ".join(found["area.Braunstone"].perhaps)

    october = await because(OCTOBER, OCTOBER)
    assert "switched off from 1 October 2026 to 3 October 2026" in october
    assert "25 November" not in october
    assert "was switched off on 25 November 2026" in await because(NOVEMBER, NOVEMBER)
    autumn = await because(SEPTEMBER, OCTOBER)
    topics = braunstone_alone().topics
    seasons = [one.label for one in topics if one.in_season(OCTOBER) and not one.in_season(SEPTEMBER)]
    assert seasons
    assert all(f"A season began: {label}." in autumn for label in seasons)


async def test_somebody_who_is_deleted_stays_in_the_counts_and_nobody_is_in_them_twice(lone: Store) -> None:
    async with lone.write() as unit:
        unit.session.add(Chat(channel="web", external_id="1", created_at=at(OCTOBER), last_turn_at=at(OCTOBER)))
    await ask(lone, 30)
    before = await look(lone)
    async with lone.write() as unit:
        await unit.session.execute(update(Question).values(text="other words"))
    await sum_all(lone, braunstone_alone(), caught)
    assert (await look(lone)).table("topic") == before.table("topic")


def test_months_are_counted_over_the_end_of_a_year() -> None:
    january = dt.date(2026, 1, 1)
    span = span_of(Period(january, dt.date(2026, 3, 1)), at(dt.date(2026, 3, 15)), "Europe/London")
    assert [month.first.month for month in span.before] == [10, 11, 12]
    assert [month.growing for month in span.now] == [False, False, True]
    assert [month.growing for month in span.late().now] == [False, True, True]
    assert between(dt.date(2025, 11, 1), january) == tuple(
        dt.date(y, m, 1) for y, m in ((2025, 11), (2025, 12), (2026, 1))
    )
