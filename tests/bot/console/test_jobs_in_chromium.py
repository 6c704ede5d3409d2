"""What each page is for, done by clicking in a real Chromium. That every page looks right: `test_every_page_…`."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from bot.clock import FixedClock
from handlers.office import Role
from tests.bot.console.answering import ALARM, LOCKS, STRANGE
from tests.bot.console.stocked import HELPER, Stocked, stocked
from tests.bot.visits.estate import MONDAY, TEN
from tests.browser import BROWSER, Serve, faults
from tests.databases import SqliteFiles

pytestmark = BROWSER
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
NOW = FixedClock().at
PATIENT = 30_000
"""Milliseconds: a change is tried out, however busy the machine is."""

FEED = b'[{"id": "1", "name": "Chair Yoga", "status": "active", "description": "Help."}]'

Opened = Callable[..., AbstractAsyncContextManager[tuple[Page, Stocked]]]


@pytest.fixture
def opened(chromium: Browser, serve: Serve, sqlite_files: SqliteFiles, clock: FixedClock) -> Opened:
    """A page of somebody who is signed in, over a console that has something of everything."""

    @asynccontextmanager
    async def browse(
        role: Role, screen: dict[str, int] = DESK, script: bool = True, at: dt.datetime = NOW
    ) -> AsyncIterator[tuple[Page, Stocked]]:
        async with stocked(sqlite_files.fresh(), clock) as stock:
            clock.at = at
            staff = stock.estate.staff[0] if role == "officer" else await stock.desk.member(role)
            address = (await serve(stock.desk.app)).replace("127.0.0.1", "localhost")
            page = await chromium.new_page(viewport=screen, java_script_enabled=script, base_url=address)  # type: ignore[arg-type]
            await page.goto(f"/staff/link/{await stock.desk.code(staff)}")
            await page.get_by_role("button", name="Sign in").click()
            yield page, stock
            await page.close()

    return browse


async def menu(page: Page, name: str) -> None:
    await page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def done(page: Page, words: str) -> None:
    await expect(page.get_by_role("status")).to_contain_text(words, timeout=PATIENT)


async def test_answers(opened: Opened) -> None:
    """An editor writes and publishes, then brings the words of before back."""
    async with opened("editor", PHONE) as (page, _):
        await an_edit(page)
        await brought_back(page)


async def an_edit(page: Page) -> None:
    await menu(page, "Answers")
    await page.get_by_label("Words").fill("doors locks")
    await press(page, "Show")
    await page.locator(f'a[href="/staff/answers/{LOCKS}"]').click()
    preview = page.get_by_role("region", name="Preview", exact=True)
    text = page.get_by_label("The whole answer")
    await text.fill((await text.input_value()).replace("\n1. ", "\n1. Grease the flurb. ", 1))
    await expect(preview).to_contain_text("Grease the flurb.")
    await press(page, "Save draft")
    await done(page, "Your draft is saved.")
    await page.get_by_role("link", name="Try it out and publish").click()
    await page.get_by_role("button", name="Publish", exact=True).click(timeout=PATIENT)
    await done(page, "It is published")


async def brought_back(page: Page) -> None:
    await page.goto(f"/staff/answers/{LOCKS}/versions")
    await page.get_by_role("link", name="Version 1", exact=True).click()
    await press(page, "Restore these words as my draft")
    await done(page, "These words are your draft now.")
    await page.goto(f"/staff/answers/{LOCKS}")
    assert "Grease" not in await page.get_by_label("The whole answer").input_value()


async def test_a_second_person_agrees_and_a_missed_question_finds_its_answer(opened: Opened) -> None:
    async with opened("approver") as (page, stock):
        await page.goto(f"/staff{stock.address('/answers/{topic}/{name}/drafts/{number}')}")
        await page.get_by_role("button", name="Approve and publish").click(timeout=PATIENT)
        await done(page, "It is published")
        await expect(page.get_by_text("Robin Made-Up agreed")).to_be_visible()
        await menu(page, "Missed questions")
        missed = page.get_by_role("region", name=STRANGE)
        await missed.get_by_text("Add to another answer").click()
        await missed.get_by_label("Answer").select_option(LOCKS)
        await missed.get_by_role("button", name="Add", exact=True).click()
        await done(page, "Added to “Doors and locks”.")
        await expect(page.get_by_text("Nothing was missed.")).to_be_visible()


async def test_what_an_organisation_a_review_and_a_ticket_need(opened: Opened) -> None:
    async with opened("coordinator", PHONE) as (page, _):
        await an_organisation(page)
        await a_review(page)
        await somebody_who_waits(page)
        await an_import(page)


async def an_organisation(page: Page) -> None:
    await menu(page, "Organisations")
    await page.locator(f'a[href="/staff/organisations/{HELPER}"]').click()
    await press(page, "Put right report 1")
    await done(page, "The report is closed, and whoever sent it is thanked.")
    await page.get_by_label("A new notice").fill("Closed on Friday.")
    await page.get_by_label("The last day on which it holds").fill("2026-11-27")
    await press(page, "Add the notice")
    await done(page, "The notice stands.")
    await page.get_by_label("Phone", exact=True).fill("none")
    await press(page, "Publish these details")
    await expect(page.get_by_label("Phone", exact=True)).to_have_value("none")
    await page.get_by_label("Phone", exact=True).fill("01632 960123")
    await press(page, "Publish these details")
    await done(page, "The details are live.")


async def a_review(page: Page) -> None:
    await menu(page, "Reviews")
    await page.locator(f'a[href="/staff/reviews/{ALARM}"]').click()
    await press(page, "Still correct")
    await done(page, "Thank you. Confirmed:")


async def somebody_who_waits(page: Page) -> None:
    await menu(page, "People waiting")
    await page.get_by_role("link", name="Ticket 1").click()
    await page.get_by_role("button", name="We tried to ring you.").click()
    await page.get_by_label("Your words").press("Control+End")
    await page.get_by_label("Your words").type(" Tomorrow?")
    await press(page, "Send")
    await done(page, "Your reply is on its way.")
    await expect(page.get_by_text("We tried to ring you. When would be a good time? Tomorrow?")).to_be_visible()
    await press(page, "Close this ticket")
    await done(page, "The ticket is closed.")


async def an_import(page: Page) -> None:
    await menu(page, "Import")
    sheet = {"name": "a.csv", "mimeType": "text/csv", "buffer": f"id,cost\n{HELPER},Two pounds\n".encode()}
    await page.get_by_label("A CSV, XLSX or JSON file").set_input_files(sheet)  # type: ignore[arg-type]
    await press(page, "See what it would change")
    await expect(page.get_by_text("Two pounds")).to_be_visible()
    await press(page, "Do it")
    await done(page, "Done. Organisations that changed: 1.")
    feed = {"name": "feed.json", "mimeType": "application/json", "buffer": FEED}
    await page.get_by_label("A CSV, XLSX or JSON file").set_input_files(feed)  # type: ignore[arg-type]
    await page.get_by_label("Whose directory it is (JSON files only)").fill("Loamshire Council")
    await press(page, "See what it would change")
    await expect(page.get_by_text("From Loamshire Council. New to us: 1.")).to_be_visible()
    assert await faults(page) == []
    await press(page, "Do it")
    await done(page, "Drafts of organisations: 1.")


async def test_visits_are_booked_moved_and_cancelled_and_hours_kept(opened: Opened) -> None:
    async with opened("coordinator") as (page, stock):
        await moved(page, stock.address("/visits/{number}"))
        await booked_and_cancelled(page)
        await hours_and_absences(page)


async def moved(page: Page, visit: str) -> None:
    await menu(page, "Visits")
    await page.get_by_role("link", name="The week after").click()
    await page.get_by_role("link", name="Show by area").click()
    await page.get_by_role("table").locator(f'a[href="/staff{visit}"]').click()
    await page.goto(f"/staff{visit}/move?from={MONDAY}")
    await page.get_by_role("group", name="Monday 7 December 2026").get_by_label("09:00").check()
    await press(page, "Move the visit")
    await done(page, "Mon 7 Dec 2026, 09:00. They are told")


async def booked_and_cancelled(page: Page) -> None:
    await page.goto("/staff/visits/book")
    await page.get_by_role("group", name="How did they come to us?").get_by_role("radio").first.check()
    for label, said in (("Name", "Ann Example"), ("House and street", "9 Made Up Road"), ("Postcode", "LE3 1AB")):
        await page.get_by_label(label, exact=True).fill(said)
    await page.get_by_label("When", exact=True).select_option(index=1)
    await page.get_by_label("Fire safety").check()
    await press(page, "Book the visit")
    await done(page, "is booked. Tell them the reference")
    await page.get_by_role("link", name="Cancel").click()
    await press(page, "Yes, cancel it")
    await done(page, "is cancelled.")


async def hours_and_absences(page: Page) -> None:
    await menu(page, "Working hours")
    hours = page.get_by_role("region", name="Hours of each week")
    await hours.get_by_label("From", exact=True).fill("13:00")
    await hours.get_by_label("To", exact=True).fill("17:00")
    await press(page, "Add hours")
    await done(page, "The hours are added.")
    await page.get_by_label("Away from").fill("2026-12-14T09:00")
    await page.get_by_label("Away until").fill("2026-12-14T12:00")
    await press(page, "Add an absence")
    await done(page, "The absence is added.")
    await page.get_by_label("Date", exact=True).fill("2026-12-28")
    await press(page, "Close a day")
    await done(page, "The day is closed.")


async def test_an_officer_ends_a_visit_on_a_phone_without_scripts(opened: Opened) -> None:
    async with opened("officer", PHONE, script=False, at=TEN) as (page, stock):
        await page.goto("/staff/visits")
        await expect(page.get_by_role("table")).to_be_hidden()
        await expect(page.get_by_role("heading", name="Monday 30 November")).to_be_visible()
        await page.locator(f'a[href="/staff{stock.address("/visits/{number}")}"]:visible').click()
        await page.get_by_label("Done", exact=True).check()
        await press(page, "Record the outcome")
        await done(page, "is recorded as done.")


async def test_the_bot_is_switched_off_and_on_and_the_audit_says_who(opened: Opened) -> None:
    async with opened("admin", PHONE) as (page, _):
        await menu(page, "Off switch")
        await page.get_by_label("Why").fill("A wrong number")
        await page.get_by_label("What residents read").fill("Back at noon.")
        await press(page, "Switch the bot off")
        await done(page, "The bot is off.")
        await page.get_by_label("Why").fill("Put right")
        await press(page, "Switch the bot on")
        await done(page, "The bot is on.")
        await menu(page, "Who did what")
        await expect(page.get_by_role("cell", name="A wrong number")).to_be_visible()
