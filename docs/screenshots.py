"""Take the pictures in docs/pictures again: the real bot on a throw-away database, in a real Chromium.

Run by `make screenshots`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import typer
from playwright.async_api import Browser, Page, async_playwright

from bot.channels.web.app import create_app
from bot.cli.demo import console_code
from bot.clock import FixedClock
from bot.console.app import add_console
from bot.logs import configure
from bot.serving import console_of, web_of
from bot.settings import Settings
from bot.staff.past import remember_missing
from bot.store import chats, content, handovers, records
from bot.store.tables import Question
from bot.visits.demo import fill
from bot.visits.demo_cast import read_cast
from bot.wiring import House, place_folder, throwaway
from handlers.turn import HandoverSaid, OpenHandover, ReportDetail, Turn
from tests.browser import ARGUMENTS, chromium_path, serving
from tests.team import open_diary

PICTURES = Path(__file__).parent / "pictures"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
SLUG, HELPER = "home-security/doors-and-locks", "the-bridge"
AT_A_DESK = {
    "console-today": "/",
    "console-answer": f"/answers/{SLUG}",
    "console-missed": "/missed",
    "console-organisation": f"/organisations/{HELPER}",
    "console-waiting": "/waiting/1",
    "console-visits": "/visits",
}
ON_A_PHONE = {"console-phone-today": "/", "console-phone-edit": f"/answers/{SLUG}"}
MISSED = (
    "who do I ring about the flurb",
    "my flurb is bust",
    "the flurb is bust again",
    "can you come and look at my door bell",
    "door bell camera, is it allowed",
)
"""Questions that nobody could answer. Nobody asked them."""
TOLD = "Please ring me after six, I am at work until then."
ASKED = "phrasings:\n"
QUESTION, DANGER = "my smoke alarm wont stop chirping", "my house is on fire"


async def main() -> None:
    """All pictures, one after the other."""
    configure()
    async with (
        throwaway(Settings(), FixedClock()) as built,
        serving(create_app(web_of(built))) as address,
        async_playwright() as playwright,
    ):
        await open_diary(built.store)
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        await take_all(browser, address)
        await browser.close()
    await console()


async def console() -> None:
    """The pictures of the console, over the demonstration's made-up visits."""
    clock = FixedClock()
    async with throwaway(Settings(demonstration=True), clock) as built:
        await fill(built.store, clock, built.knowing.library(), read_cast(), Random(1), lambda _day: None)  # noqa: S311
        await stock(built)
        code = await console_code(built.store)
        app = create_app(web_of(built))
        add_console(app, console_of(built))
        async with serving(app) as address, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
            await staff(browser, f"{address.replace('127.0.0.1', 'localhost')}/staff", code)
            await browser.close()


async def stock(built: House) -> None:
    """The answers that ship, questions that were missed, a wrong detail, and somebody who waits."""
    async with built.store.write() as unit:
        await content.seed(unit, place_folder(built.settings))
        unit.session.add_all(Question(text=text, route="unknown", shown="", at=unit.now) for text in MISSED)
        chat = await chats.lock(unit, Turn(channel="telegram", key="made-up", chat="1", at=unit.now, text="hello"))
        ticket = await handovers.open_ticket(unit, chat.id, OpenHandover(wish="callback", phone="0116 496 0123"))
        await handovers.add_words(unit, chat.id, HandoverSaid(ticket=ticket, text=TOLD))
        report = ReportDetail(organisation=HELPER, words="They open at ten now, not at nine.", thank=True)
        await records.report_detail(unit, chat.id, report)
    await remember_missing(built.store, built.knowing.current)


async def take_all(browser: Browser, address: str) -> None:
    """Each picture in a conversation of its own."""
    PICTURES.mkdir(exist_ok=True)
    for name, size, text in (
        ("phone-start", PHONE, None),
        ("phone-answer", PHONE, QUESTION),
        ("phone-999", PHONE, DANGER),
        ("desk-answer", DESK, QUESTION),
    ):
        context = await browser.new_context(
            viewport=size, device_scale_factor=2 if size is PHONE else 1, reduced_motion="reduce"
        )
        page = await context.new_page()
        await page.goto(address)
        if text:
            await say(page, text)
        await page.screenshot(path=PICTURES / f"{name}.png")
        typer.echo(f"docs/pictures/{name}.png")
        await context.close()
    await book(browser, address)
    page = await browser.new_page(viewport=DESK)
    await page.goto(f"{address}/answers/fire-safety/smoke-alarm-beeping")
    await page.screenshot(path=PICTURES / "print.png", full_page=True)
    typer.echo("docs/pictures/print.png")


async def book(browser: Browser, address: str) -> None:
    """A visit asked for and booked, on a phone: the times, the summary, the confirmation."""
    context = await browser.new_context(viewport=PHONE, device_scale_factor=2, reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(address)
    for said in ("/visit", "LE3 1AA", "5"):
        await say(page, said)
    await tap(page, "Skip all of these")
    await tap(page, "1. Fire safety")
    await tap(page, "Next")
    await take(page, "phone-visit-when")
    for said in ("1", "Sam", "by phone", "0116 496 0123", "1", "12 Example Street", "skip", "2", "no"):
        await say(page, said)
    await tap(page, "Keep this word")
    await take(page, "phone-visit-summary")
    await tap(page, "Book it")
    await take(page, "phone-visit-booked")
    await context.close()


async def staff(browser: Browser, address: str, code: str) -> None:
    """The team's console, as an admin sees it at a desk and on a phone."""
    context = await browser.new_context(viewport=DESK, reduced_motion="reduce", locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{address}/link/{code}")
    await page.get_by_role("button", name="Sign in").click()
    for name, path in AT_A_DESK.items():
        await page.goto(f"{address}{path}")
        await take(page, name)
    await visit(page, address)
    await rehearsal(page, address)
    await page.set_viewport_size(PHONE)
    for name, path in ON_A_PHONE.items():
        await page.goto(f"{address}{path}")
        await take(page, name)
    await context.close()


async def visit(page: Page, address: str) -> None:
    """The first visit of the week, opened."""
    await page.goto(f"{address}/visits")
    await page.get_by_role("table").locator("td a").first.click()
    await page.get_by_role("heading", level=1).wait_for()
    await take(page, "console-visit")


async def rehearsal(page: Page, address: str) -> None:
    """A change tried out on every known question."""
    await page.goto(f"{address}/answers/{SLUG}")
    text = page.get_by_label("The whole answer")
    await text.fill((await text.input_value()).replace(ASKED, f"{ASKED}  - {MISSED[3]}\n", 1))
    await page.get_by_role("button", name="Save draft").click()
    await page.get_by_role("link", name="Try it out and publish").click()
    await page.get_by_role("button", name="Publish", exact=True).wait_for(timeout=300_000)
    for group in await page.locator("details:has(table) summary").all():
        await group.click()
    await page.evaluate("scrollTo(0, 0)")
    await take(page, "console-rehearsal")


async def take(page: Page, name: str) -> None:
    """A picture of what is on the screen."""
    await page.screenshot(path=PICTURES / f"{name}.png")
    typer.echo(f"docs/pictures/{name}.png")


async def tap(page: Page, label: str) -> None:
    """Tap the newest button with this label and wait for what comes."""
    before = await page.locator("article.bot").count()
    await page.get_by_role("button", name=label, exact=True).last.click()
    await page.locator("article.bot").nth(before).wait_for()


async def say(page: Page, text: str) -> None:
    """Send a message and wait for the answer."""
    before = await page.locator("article.bot").count()
    await page.locator("#message").fill(text)
    await page.keyboard.press("Enter")
    await page.locator("article.bot").nth(before).wait_for()


if __name__ == "__main__":
    asyncio.run(main())
