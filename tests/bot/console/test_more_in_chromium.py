"""Organisations, reviews, people waiting and import in a real Chromium, on a phone."""

from __future__ import annotations

from fastapi import FastAPI
from playwright.async_api import Browser, Page, expect

from bot.channels.web.app import create_app
from bot.clock import FixedClock
from bot.console.app import add_console
from bot.serving import console_of, web_of
from bot.store import chats, content, handovers, records
from handlers.turn import HandoverSaid, OpenHandover, ReportDetail, Turn
from knowledge.library import Library
from tests.bot.console.desk import Desk, library
from tests.bot.console.test_in_chromium import PHONE, narrow
from tests.bot.staff.crew import ALARM, CHECKED, checked
from tests.browser import BROWSER, Serve, faults
from tests.databases import SqliteFiles
from tests.house import BRAUNSTONE, Scripted, house

pytestmark = BROWSER
SLUG = "the-bridge"


def few() -> Library:
    """One answer that is due and one organisation: long lists take axe long."""
    known = checked(alarm=CHECKED)
    return known.model_copy(
        update={"entries": {ALARM: known.entry(ALARM)}, "organisations": {SLUG: known.organisations[SLUG]}}
    )


async def stocked(place: Desk) -> None:
    """Content, a report of a wrong detail, and somebody who waits."""
    async with place.store.write() as unit:
        await content.seed(unit, BRAUNSTONE)
        chat = await chats.lock(unit, Turn(channel="telegram", key="1", chat="5", at=unit.now, text="hello"))
        await records.report_detail(unit, chat.id, ReportDetail(organisation=SLUG, words="They moved.", thank=True))
        number = await handovers.open_ticket(unit, chat.id, OpenHandover(wish="callback", phone="01632 960001"))
        await handovers.add_words(unit, chat.id, HandoverSaid(ticket=number, text="Ring me after six."))


async def looks_right(page: Page) -> None:
    assert await faults(page) == []
    assert await narrow(page)


async def done(page: Page, words: str) -> None:
    await expect(page.get_by_role("status")).to_have_text(words)


async def test_the_main_job_of_each_page(
    chromium: Browser, serve: Serve, sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    async with house(sqlite_files.fresh(), clock, Scripted(holding=few())) as built:
        app: FastAPI = create_app(web_of(built))
        add_console(app, console_of(built))
        desk = Desk(app, built.store, clock)
        await stocked(desk)
        code = await desk.code(await desk.member("coordinator"))
        address = (await serve(app)).replace("127.0.0.1", "localhost")
        context = await chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(f"{address}/staff/link/{code}")
        await page.get_by_role("button", name="Sign in").click()
        await an_organisation(page)
        await a_review(page)
        await somebody_who_waits(page)
        await an_import(page)
        await context.close()


async def an_organisation(page: Page) -> None:
    await page.get_by_role("navigation").get_by_role("link", name="Organisations").click()
    await looks_right(page)
    await page.get_by_role("link", name=library().organisations[SLUG].name).click()
    await looks_right(page)
    await page.get_by_role("button", name="Put right report 1").click()
    await done(page, "The report is closed, and whoever sent it is thanked.")
    await page.get_by_label("A new notice").fill("Closed on Friday.")
    await page.get_by_label("The last day on which it holds").fill("2026-11-27")
    await page.get_by_role("button", name="Add the notice").click()
    await done(page, "The notice stands.")
    await page.get_by_label("Phone", exact=True).fill("none")
    await page.get_by_role("button", name="Publish these details").click()
    await expect(page.get_by_label("Phone", exact=True)).to_have_value("none")
    await looks_right(page)
    await page.get_by_label("Phone", exact=True).fill("01632 960123")
    await page.get_by_role("button", name="Publish these details").click()
    await done(page, "The details are live.")


async def a_review(page: Page) -> None:
    await page.get_by_role("navigation").get_by_role("link", name="Reviews").click()
    await looks_right(page)
    await page.locator(f'a[href="/staff/reviews/{ALARM}"]').click()
    await looks_right(page)
    await page.get_by_role("button", name="Still correct").click()
    await expect(page.get_by_role("status")).to_contain_text("Thank you. Confirmed:")


async def somebody_who_waits(page: Page) -> None:
    await page.get_by_role("navigation").get_by_role("link", name="People waiting").click()
    await looks_right(page)
    await page.get_by_role("link", name="Ticket 1").click()
    await looks_right(page)
    await page.get_by_role("button", name="We tried to ring you.").click()
    await page.get_by_label("Your words").press("Control+End")
    await page.get_by_label("Your words").type(" Tomorrow?")
    await page.get_by_role("button", name="Send", exact=True).click()
    await done(page, "Your reply is on its way.")
    await expect(page.get_by_text("We tried to ring you. When would be a good time? Tomorrow?")).to_be_visible()
    await page.get_by_role("button", name="Close this ticket").click()
    await done(page, "The ticket is closed.")


async def an_import(page: Page) -> None:
    await page.get_by_role("navigation").get_by_role("link", name="Import").click()
    await looks_right(page)
    sheet = {"name": "a.csv", "mimeType": "text/csv", "buffer": f"id,cost\n{SLUG},Two pounds\n".encode()}
    await page.get_by_label("A CSV or XLSX file").set_input_files(sheet)  # type: ignore[arg-type]
    await page.get_by_role("button", name="See what it would change").click()
    await expect(page.get_by_text("Two pounds")).to_be_visible()
    await looks_right(page)
    await page.get_by_role("button", name="Do it").click()
    await done(page, "Done. Organisations that changed: 1.")
