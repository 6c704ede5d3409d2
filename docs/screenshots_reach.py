"""Take the pictures of the home check, the numbers, the report and a poster again, over the demonstration's quarter.

Run by `make screenshots`, after the others.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import typer
import typst
from playwright.async_api import Browser, async_playwright
from screenshots import DESK, PHONE, PICTURES, say, take, tap

from bot.channels.web.app import create_app
from bot.cli.demo import console_code
from bot.clock import FixedClock
from bot.console.app import add_console
from bot.insight import demo, demo_cast, report_pdf, report_period
from bot.insight.reading import insight
from bot.insight.report_shapes import About
from bot.insight.report_story import Teller
from bot.insight.shapes import Filter
from bot.insight.wording import Words
from bot.logs import configure
from bot.posters import pdf
from bot.posters.sheets import Card, doors_of, sheet
from bot.serving import console_of, web_of
from bot.settings import Settings
from bot.store import content
from bot.visits.demo import fill
from bot.visits.demo_cast import read_cast
from bot.wiring import House, place_folder, throwaway
from handlers.catalogue import Texts
from tests.browser import ARGUMENTS, chromium_path, serving

TALL = {"width": 1280, "height": 1500}
SHARP = 70
"""Dots to an inch of a printed page."""
TAPPED = (
    "1. Yes, on every floor", "2. I sometimes leave it on", "4. Smoking, indoors",
    "1. All safe, and a CO alarm if I need one", "2. Cream for dry or sore skin",
    "1. Yes, clear path and keys to hand", "3. Not always", "1. No small children",
)  # fmt: skip
TO_THE_MIDDLE = "heading => heading.scrollIntoView({block: 'center'})"
"""What is decided stands there with what it is about above it, and the buttons below it."""
LAST = "3. Someone has had a fall"
PERIOD = "2026-Q3"
POSTER = "BRTPQ"


async def main() -> None:
    """All pictures, one after the other."""
    configure()
    clock, chance = FixedClock(), Random(1)  # noqa: S311  to repeat itself is what it is for
    settings = Settings(demonstration=True, public_url="https://chat.example.org")
    async with throwaway(settings, clock) as built:
        library = built.knowing.library()
        await fill(built.store, clock, library, read_cast(), chance, lambda _day: None)
        async with built.store.write() as unit:
            await content.seed(unit, place_folder(settings))
        await demo.fill(built.store, library, demo_cast.read_cast(), chance)
        app = create_app(web_of(built))
        add_console(app, console_of(built))
        async with serving(app) as address, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
            await home_check(browser, address)
            await numbers(
                browser, f"{address.replace('127.0.0.1', 'localhost')}/staff", await console_code(built.store)
            )
            await browser.close()
        await paper(built)


async def home_check(browser: Browser, address: str) -> None:
    """The check in the chat on a phone: a question with the tip before it, and what comes of it."""
    context = await browser.new_context(viewport=PHONE, device_scale_factor=2, reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(address)
    await say(page, "check my home")
    for place, label in enumerate(TAPPED):
        await tap(page, label)
        if place == 1:
            await take(page, "phone-check")
    await tap(page, LAST)
    await take(page, "phone-check-result")
    await context.close()


async def numbers(browser: Browser, address: str, code: str) -> None:
    """What the numbers say, at a desk and on a phone; a campaign that waits for a second person."""
    context = await browser.new_context(viewport=TALL, reduced_motion="reduce", locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{address}/link/{code}")
    await page.get_by_role("button", name="Sign in").click()
    await page.goto(f"{address}/insight?period={PERIOD}")
    await take(page, "console-insight")
    heading = page.get_by_role("heading", name="Calls that were perhaps not made")
    await heading.evaluate("heading => heading.scrollIntoView()")
    await take(page, "console-avoided")
    await page.set_viewport_size(DESK)
    await page.goto(f"{address}/campaigns/4")
    await page.get_by_role("heading", name=Texts().say("console.publish.decide")).evaluate(TO_THE_MIDDLE)
    await take(page, "console-campaign")
    await page.set_viewport_size(PHONE)
    await page.goto(f"{address}/insight?period={PERIOD}")
    await take(page, "console-phone-insight")
    await context.close()


async def paper(built: House) -> None:
    """The first page of the report, and a poster, as they are printed."""
    library, words = built.knowing.library(), Words(Texts())
    async with built.store.read() as unit:
        found = await insight(unit, Filter(report_period.period(PERIOD, unit.now.date())), library, words.texts)
    about = About(library.place.name, library.place.partnership, built.clock.now().date(), demonstration=True)
    story = Teller(found, library.place.name, words).story()
    print_page("report", report_pdf.TEMPLATE, {"report": report_pdf.told(story, about, words)})
    doors = doors_of(POSTER, built.settings.public_url, "https://t.me/ExampleBot")
    hung = sheet(library.place, "poster", Card(POSTER, "Community centre noticeboard"), doors)
    print_page("poster", pdf.TEMPLATE, {"facts": json.dumps(hung.facts())})


def print_page(name: str, template: Path, facts: dict[str, Any]) -> None:
    """The first page of a template, as a picture."""
    made: bytes | Sequence[bytes] = typst.compile(str(template), format="png", ppi=SHARP, sys_inputs=facts)
    (PICTURES / f"{name}.png").write_bytes(made if isinstance(made, bytes) else made[0])
    typer.echo(f"docs/pictures/{name}.png")


if __name__ == "__main__":
    asyncio.run(main())
