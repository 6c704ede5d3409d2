"""The pages about visits in a real Chromium: a coordinator at a desk, an officer with a phone and without scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, expect

from bot.channels.web.app import Assets
from bot.channels.web.site import STATIC
from bot.clock import FixedClock
from bot.visits import rota
from tests.bot.console.rounds import Rounds, on_rounds
from tests.bot.console.test_in_chromium import PHONE, narrow
from tests.bot.visits.estate import ELEVEN, MONDAY, TEN
from tests.browser import BROWSER, Serve, faults
from tests.databases import SqliteFiles

pytestmark = BROWSER
DESK = {"width": 1280, "height": 900}


@asynccontextmanager
async def opened(
    chromium: Browser, serve: Serve, place: Rounds, staff: int, screen: dict[str, int], script: bool = True
) -> AsyncIterator[tuple[Page, str]]:
    """A page of somebody who is signed in, and the console's address."""
    place.desk.app.mount("/static", Assets(directory=STATIC))
    address = (await serve(place.desk.app)).replace("127.0.0.1", "localhost")
    context = await chromium.new_context(viewport=screen, java_script_enabled=script)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{address}/staff/link/{await place.desk.code(staff)}")
    await page.get_by_role("button", name="Sign in").click()
    yield page, f"{address}/staff"
    await context.close()


async def test_a_coordinator_moves_a_visit_at_a_desk(
    chromium: Browser, serve: Serve, sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    async with on_rounds(sqlite_files.fresh(), clock) as place:
        async with place.estate.store.write() as unit:
            await rota.be_away(unit, place.sam, TEN, ELEVEN)
        kit = await place.colleague("coordinator", "Kit Invented")
        async with opened(chromium, serve, place, kit, DESK) as (page, staff):
            await page.get_by_role("navigation").get_by_role("link", name="Visits", exact=True).click()
            await page.get_by_role("link", name="The week after").click()
            await expect(page.get_by_role("table")).to_be_visible()
            assert await faults(page) == []
            await page.get_by_role("link", name="Show by area").click()
            await expect(page.get_by_role("columnheader", name="Area")).to_be_visible()
            await page.get_by_role("table").get_by_role("link", name=place.reference).click()
            await expect(page.get_by_text("Sam Underhill is away then.")).to_be_visible()
            assert await faults(page) == []
            await page.goto(f"{staff}/visits/{place.number}/move?from={MONDAY}")
            assert await faults(page) == []
            await page.get_by_role("group", name="Monday 7 December 2026").get_by_label("10:30").check()
            await page.get_by_role("button", name="Move the visit").click()
            await expect(page.get_by_role("status")).to_contain_text("Mon 7 Dec 2026, 10:30. They are told")
            for path in (f"/visits/{place.number}/cancel", "/visits/book", "/ring", "/waiting-list", "/rota"):
                await page.goto(f"{staff}{path}")
                assert await faults(page) == [], path
            await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            for path in ("/rota", "/visits/book", f"/visits/{place.number}"):
                await page.goto(f"{staff}{path}")
                assert await narrow(page), path


async def test_an_officer_ends_a_visit_on_a_phone_without_scripts(
    chromium: Browser, serve: Serve, sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    async with on_rounds(sqlite_files.fresh(), clock) as place:
        clock.at = TEN
        async with opened(chromium, serve, place, place.sam, PHONE, script=False) as (page, staff):
            await page.goto(f"{staff}/visits")
            await expect(page.get_by_role("table")).to_be_hidden()
            await expect(page.get_by_role("heading", name="Monday 30 November")).to_be_visible()
            await page.get_by_role("link", name=place.reference).click()
            await page.get_by_label("Done", exact=True).check()
            await page.get_by_role("button", name="Record the outcome").click()
            await expect(page.get_by_role("status")).to_have_text(f"{place.reference} is recorded as done.")
        assert (await place.visit()).state == "done"
