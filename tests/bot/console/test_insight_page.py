"""What the numbers say, at the console: the address is the filter, every number has its words, the report is made."""

from __future__ import annotations

import dataclasses
import io
import zipfile

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, expect

from bot.channels.web.app import Assets
from bot.channels.web.site import STATIC
from bot.clock import FixedClock
from bot.console import insight_page
from bot.errors import ReportMissing
from bot.insight.report import Report
from bot.insight.shapes import Filter, Insight, Period
from bot.store.unit import Unit
from handlers.catalogue import Texts
from knowledge.library import Library
from tests.bot.console.answering import words
from tests.bot.console.desk import Desk, desk
from tests.bot.insight.figures import OCTOBER, insight
from tests.browser import BROWSER, Serve, faults
from tests.databases import SqliteFiles

SIZES = ({"width": 390, "height": 844}, {"width": 1280, "height": 900})
FEW = ("months", "topic", "hours", "route", "visits-outcome", "entries", "organisations")
"""Enough to see every kind of chart; axe takes long over more."""
TOO_WIDE = "document.documentElement.scrollWidth > window.innerWidth"


@pytest.fixture
def wanted(monkeypatch: pytest.MonkeyPatch) -> list[Filter]:
    """Pages of these tests show made-up figures; what they asked for."""
    asked: list[Filter] = []

    async def made_up(_unit: Unit, filter_: Filter, _library: Library, _texts: Texts) -> Insight:
        asked.append(filter_)
        made = insight()
        return dataclasses.replace(made, filter=filter_, tables=tuple(one for one in made.tables if one.id in FEW))

    monkeypatch.setattr(insight_page, "insight", made_up)
    return asked


async def test_nothing_was_asked_yet(place: Desk) -> None:
    """The real numbers of a bot that nobody has written to: no chart fails, and no number is made up."""
    page = words((await (await place.signed_in()).see("/insight")).text)
    assert "October 2026" in page
    assert "There is no estimate yet." in page
    assert "How exact the numbers are" in page


async def test_every_number_stands_with_what_it_means(place: Desk, wanted: list[Filter]) -> None:
    page = (await (await place.signed_in()).see("/insight")).text
    said = words(page)
    assert wanted == [Filter(OCTOBER)]
    assert "people in Braunstone asked the bot 1,092 questions. That is about 30% more" in said
    assert "between 9 and 44 calls to 999 were not made. That is what people tell us" in said
    assert "Perhaps because: The campaign Fireworks with care began on 20 October." in said
    assert page.count("<svg") == len(FEW) + 1, "and the estimate of calls"
    assert '<a href="/staff/organisations/the-bridge">The Bridge</a>' in page
    assert "style=" not in page


async def test_the_address_is_the_filter(place: Desk, wanted: list[Filter]) -> None:
    browser = await place.signed_in()
    for query, first, last, more in (
        ("period=2026-07", 7, 7, {}),
        ("period=2026-Q3&topic=fire-safety", 7, 9, {"topic": "fire-safety"}),
        ("period=2026-10&from=2026-02&to=2026-05&agency=police", 2, 5, {"agency": "police"}),
        ("source=library-1&area=Leicester", 10, 10, {"source": "library-1", "area": "Leicester"}),
    ):
        answer = await browser.see(f"/insight?{query}")
        assert answer.status_code == 200
        assert ("Only: " in answer.text) == bool(more), "a number never stands without what it leaves out"
        period = Period(OCTOBER.first.replace(month=first), OCTOBER.first.replace(month=last))
        assert wanted[-1] == Filter(period, **more)


WRONG = {
    "period=yesterday": "There is no period “yesterday”.",
    "period=2027-01": "2027-01 is still to come.",
    "from=2026-05&to=2026-02": "The period ends before it begins.",
    "from=2020-05&to=2026-02": "At most 24 months can be shown at once.",
    "topic=dragons": "We have no topic “dragons”.",
    "agency=<b>x</b>": "There is no agency “&lt;b&gt;x&lt;/b&gt;”.",
    "area=Atlantis": "There is no area “Atlantis” here.",
    "source=' OR 1": "There is no code “&#39; OR 1”.",
}


async def test_what_is_not_understood_is_said_and_left_out(place: Desk, wanted: list[Filter]) -> None:
    browser = await place.signed_in()
    for query, said in WRONG.items():
        answer = await browser.see(f"/insight?{query}")
        assert (answer.status_code, said in answer.text) == (422, True), query
        assert "Instead you see October 2026" in answer.text
        assert wanted[-1] == Filter(OCTOBER)


async def test_the_button_makes_the_report_of_the_whole_place(place: Desk, wanted: list[Filter]) -> None:
    answer = await (await place.signed_in()).see("/insight/report?from=2026-07&to=2026-09&topic=fire-safety")
    assert answer.headers["content-disposition"] == 'attachment; filename="report-2026-Q3.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.read("report-2026-Q3/report.pdf").startswith(b"%PDF")
    assert wanted == [Filter(Period(OCTOBER.first.replace(month=7), OCTOBER.first.replace(month=9)))]
    assert (await (await place.signed_in()).see("/insight/report?period=never")).status_code == 422


async def test_without_its_libraries_the_page_says_what_is_missing(
    place: Desk, wanted: list[Filter], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_report: Report) -> dict[str, bytes]:
        raise ReportMissing(library="typst")

    monkeypatch.setattr(Report, "files", missing)
    answer = await (await place.signed_in()).see("/insight/report")
    assert (answer.status_code, len(wanted)) == (422, 1)
    assert "braunstone-blues[report]" in answer.text


class TestInChromium:
    """On a phone and at a desk."""

    pytestmark = BROWSER

    async def test_it_is_read_on_a_phone_and_at_a_desk(
        self, chromium: Browser, serve: Serve, sqlite_files: SqliteFiles, clock: FixedClock, wanted: list[Filter]
    ) -> None:
        async with desk(sqlite_files.fresh(), clock) as built:
            app: FastAPI = built.app
            app.mount("/static", Assets(directory=STATIC))
            address = (await serve(app)).replace("127.0.0.1", "localhost")
            page = await chromium.new_page()
            await page.goto(f"{address}/staff/link/{await built.code(await built.member('admin'))}")
            await page.get_by_role("button", name="Sign in").click()
            for size in SIZES:
                await page.set_viewport_size(size)  # type: ignore[arg-type]
                await page.goto(f"{address}/staff/insight")
                assert await faults(page) == []
                assert not await page.evaluate(TOO_WIDE)
            await page.get_by_label("Topic").select_option("Fire safety")
            await page.get_by_role("button", name="Show").click()
            await expect(page.get_by_label("Topic")).to_have_value("fire-safety")
            assert wanted[-1].topic == "fire-safety"
            assert "topic=fire-safety" in page.url
            await expect(page.get_by_role("img", name="Questions month by month")).to_be_visible()
            await page.context.close()
