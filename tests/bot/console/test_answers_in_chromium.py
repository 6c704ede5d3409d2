"""Answers and missed questions in a real Chromium: the preview follows what is typed, and nothing keeps anybody out."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from bot.channels.web.app import Assets
from bot.channels.web.site import STATIC
from bot.clock import FixedClock
from tests.bot.console.answering import LOCKS, STRANGE, answering, asked
from tests.browser import BROWSER, Serve, faults
from tests.databases import SqliteFiles

pytestmark = BROWSER


async def test_the_editor_the_list_and_the_missed_questions(
    chromium: Browser, serve: Serve, sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    async with answering(sqlite_files.fresh(), clock) as place:
        await asked(place, STRANGE)
        place.app.mount("/static", Assets(directory=STATIC))
        code = await place.code(await place.member("editor"))
        address = (await serve(place.app)).replace("127.0.0.1", "localhost")
        context = await chromium.new_context(viewport={"width": 360, "height": 740})
        page = await context.new_page()
        await page.goto(f"{address}/staff/link/{code}")
        await page.get_by_role("button", name="Sign in").click()

        await page.get_by_role("navigation").get_by_role("link", name="Answers", exact=True).click()
        await expect(page.get_by_role("heading", name="Answers", exact=True)).to_be_visible()
        assert await faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        await page.get_by_label("Words").fill("doors locks")
        await page.get_by_role("button", name="Show").click()
        await page.locator(f'a[href="/staff/answers/{LOCKS}"]').click()

        preview = page.get_by_role("region", name="Preview", exact=True)
        await expect(preview).to_contain_text("No faults were found.")
        assert await faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        text = page.get_by_label("The whole answer")
        await text.fill((await text.input_value()).replace("\n1. ", "\n1. Grease the flurb. ", 1))
        await expect(preview).to_contain_text("Grease the flurb.")
        await page.get_by_role("button", name="Save draft").click()
        await expect(page.get_by_role("status")).to_contain_text("Your draft is saved.")
        await page.get_by_role("link", name="Try it out and publish").click()
        await expect(page.get_by_role("heading", name="Decide")).to_be_visible()
        await expect(page.get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=30_000)
        assert await faults(page) == []
        await page.get_by_role("button", name="Publish", exact=True).click()
        await page.get_by_role("link", name="Version 2").click()
        await expect(page.get_by_text("Grease the flurb.")).to_be_visible()
        assert await faults(page) == []

        await page.get_by_role("navigation").get_by_role("link", name="Missed questions").click()
        await expect(page.get_by_role("heading", name=STRANGE)).to_be_visible()
        assert await faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        await page.get_by_role("button", name="Not for us").click()
        await expect(page.get_by_text("Nothing was missed.")).to_be_visible()
        await context.close()
