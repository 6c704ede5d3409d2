"""The report as a page, in a real Chromium: at a desk, on a phone, on paper, through axe."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.async_api import Browser, expect

from bot.insight.report import Report
from bot.insight.report_shapes import About
from bot.insight.wording import Words
from handlers.catalogue import Texts
from tests.bot.insight.figures import insight
from tests.browser import BROWSER, faults

pytestmark = BROWSER
ABOUT = About("Braunstone", "Made-up Blues", dt.date(2026, 11, 25), demonstration=True)


@pytest.mark.parametrize("width", [1280, 360])
async def test_it_is_read_at_any_width_and_printed(chromium: Browser, width: int) -> None:
    context = await chromium.new_context(viewport={"width": width, "height": 800})
    page = await context.new_page()
    await page.set_content(Report(insight(), ABOUT, Words(Texts())).files()["report.html"].decode())
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert await page.get_by_role("img").count() >= 3, "charts that are told as pictures"
    assert await faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("table").first).to_be_visible()
    await context.close()
