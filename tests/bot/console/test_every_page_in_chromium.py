"""Every page of the guard's table in a real Chromium, at a desk and on a phone: axe finds nothing, and nothing stands
out at the side. Made from the table, so a page that somebody adds is looked at by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.clock import FixedClock
from bot.console import guard
from tests.bot.console.stocked import Stocked, stocked
from tests.browser import BROWSER, faults, serving
from tests.databases import SqliteFiles

pytestmark = BROWSER
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
TOO_WIDE = "document.documentElement.scrollWidth > window.innerWidth"
PATIENCE = 30_000
"""Milliseconds."""
FILES = frozenset(
    {
        "/import/folder.zip",
        "/import/sheets/{name}",
        "/import/templates/{name}",
        "/posters/{code}/sheets/{name}",
        "/insight/report",
    }
)
ROOMS = sorted({path.split("/")[1] for path in (*guard.PAGES, *guard.OPEN)})
"""The first parts of addresses: one test each."""


@dataclass(frozen=True)
class Looking:
    """An admin's browser and a stranger's, and what there is to see."""

    stock: Stocked
    admin: Page
    stranger: Page
    address: str

    def pages(self, room: str) -> list[str]:
        """Those that are looked at: a file that is only downloaded is none."""
        return [path for path in self.stock.pages("GET") if path.split("/")[1] == room and path not in FILES]

    async def open(self, path: str) -> Page:
        page = self.stranger if path in guard.OPEN else self.admin
        answer = await page.goto(f"{self.address}{self.stock.address(path)}")
        assert answer is not None
        assert answer.status == 200, path
        if page is self.admin:
            await expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
        # a rehearsal that runs shows how far it is, and loads the page anew when it is done
        await expect(page.locator("#progress")).to_have_count(0, timeout=PATIENCE)
        await page.wait_for_load_state()
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def looking(chromium: Browser, sqlite_files: SqliteFiles) -> AsyncIterator[Looking]:
    """One browser and one server for all pages."""
    async with stocked(sqlite_files.fresh(), FixedClock()) as stock, serving(stock.desk.app) as server:
        address = f"{server.replace('127.0.0.1', 'localhost')}/staff"
        admin, stranger = await chromium.new_page(), await chromium.new_page()
        await admin.goto(f"{address}/link/{await stock.desk.code(await stock.desk.member('admin'))}")
        await admin.get_by_role("button", name="Sign in").click()
        yield Looking(stock, admin, stranger, address)
        for page in (admin, stranger):
            await page.context.close()


@pytest.mark.parametrize("room", ROOMS)
async def test_axe_finds_nothing_and_nothing_stands_out(looking: Looking, room: str) -> None:
    wrong: list[str] = []
    for path in looking.pages(room):
        page = await looking.open(path)
        for size in (DESK, PHONE):
            await page.set_viewport_size(size)  # type: ignore[arg-type]
            wrong += [f"{path} at {size['width']}: {fault}" for fault in await faults(page)]
            if await page.evaluate(TOO_WIDE):
                wrong.append(f"{path} at {size['width']}: too wide")
    assert wrong == []
