"""What is refused, clicked through in a real Chromium: it is said in words, and axe finds no fault with any of it."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.bot.console.answering import BURNING, LOCKS, asked_for_as
from tests.bot.console.stocked import HELPER, Stocked
from tests.bot.console.test_jobs_in_chromium import PATIENT, Opened, done, menu, opened, press
from tests.browser import BROWSER, faults

__all__ = ["opened"]
pytestmark = BROWSER


async def test_a_blocked_change_a_wrong_sheet_and_a_page_of_another_role(opened: Opened) -> None:
    async with opened("coordinator") as (page, stock):
        await a_blocked_change(page)
        await a_wrong_sheet_and_a_right_one(page)
        await an_officer_sends_on_and_is_refused(page, stock)


async def saved(page: Page, text: str) -> None:
    await page.goto(f"/staff/answers/{LOCKS}")
    await page.get_by_label("The whole answer").fill(text)
    await press(page, "Save draft")
    await done(page, "Your draft is saved.")


async def a_blocked_change(page: Page) -> None:
    """A danger would be answered with doors and locks: there is nothing to publish it with."""
    await saved(page, asked_for_as(LOCKS, BURNING))
    await page.get_by_role("link", name="Try it out and publish").click()
    await expect(page.get_by_text("It cannot be published.")).to_be_visible(timeout=PATIENT)
    await expect(page.get_by_role("cell", name=BURNING)).to_be_visible()
    await expect(page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    assert await faults(page) == []


async def a_wrong_sheet_and_a_right_one(page: Page) -> None:
    for row, words in (
        (f"{HELPER},x\nno id,y\n", "Nothing was changed. Put these right"),
        (f"{HELPER},Two pounds\n", "Two pounds"),
    ):
        await menu(page, "Import")
        sheet = {"name": "a.csv", "mimeType": "text/csv", "buffer": f"id,cost\n{row}".encode()}
        await page.locator("#file").set_input_files(sheet)  # type: ignore[arg-type]
        await press(page, "See what it would change")
        await expect(page.get_by_role("main")).to_contain_text(words, timeout=PATIENT)
        assert await faults(page) == []


async def an_officer_sends_on_and_is_refused(page: Page, stock: Stocked) -> None:
    await press(page, "Sign out")
    await page.goto(f"/staff/link/{await stock.desk.code(await stock.desk.member('officer'))}")
    await press(page, "Sign in")
    await saved(page, asked_for_as(LOCKS, "who mends a flurb"))
    await page.get_by_role("link", name="Try it out and publish").click()
    await page.get_by_role("button", name="Send to a second person").click(timeout=PATIENT)
    await done(page, "It waits for a second person now.")
    assert await faults(page) == []
    await page.goto("/staff/campaigns")
    await expect(page.get_by_text("There is no such page, or it is not for your role.")).to_be_visible()
    assert await faults(page) == []
