"""The quarter of the demonstration shows every chart, and the same one again."""

from __future__ import annotations

from random import Random

from bot.clock import FixedClock
from bot.insight import demo, demo_cast
from bot.insight.reading import insight
from bot.insight.report_period import period
from bot.insight.shapes import Filter, Insight
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from handlers.catalogue import Texts
from tests.bot.visits.estate import library
from tests.databases import SqliteFiles

CHARTS = {
    "topic", "agency", "area", "source", "channel", "route", "hours", "unmet", "entries", "organisations",
    "visits-reason", "visits-area", "visits-wait", "visits-outcome", "visits-priority", "checks", "check-risks",
    "codes", "months", "helped", "campaigns",
}  # fmt: skip


async def played(url: str, clock: FixedClock) -> Insight:
    store = Store(url, throwaway_vault(), clock)
    try:
        await demo.fill(store, library(), demo_cast.read_cast(), Random(7))
        async with store.read() as unit:
            return await insight(unit, Filter(period("2026-Q3", clock.now().date())), library(), Texts())
    finally:
        await store.close()


async def test_every_chart_has_something_to_show(sqlite_files: SqliteFiles, clock: FixedClock) -> None:
    shown = await played(sqlite_files.fresh(), clock)
    full = {table.id for table in shown.tables if any(count for row in table.rows for count in row.counts)}
    assert full >= CHARTS
    assert shown.avoided.estimates, "enough people say what they would have done"
    assert (shown.avoided.answered or 0) < 0.8 * (shown.avoided.asked or 0), "and some do not"


async def test_every_answer_it_names_is_there() -> None:
    cast = demo_cast.read_cast()
    assert {campaign.entry for campaign in cast.campaigns} <= library().entries.keys()
    assert {campaign.topic for campaign in cast.campaigns} <= {topic.id for topic in library().topics}
