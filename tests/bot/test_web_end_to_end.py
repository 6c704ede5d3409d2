"""The whole bot in a real Chromium: real content, real database, a conversation by a person on a phone."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from bot.channels.web.app import create_app
from bot.clock import FixedClock
from bot.serving import web_of
from tests.browser import BROWSER, Serve, faults
from tests.databases import SqliteFiles
from tests.house import house

pytestmark = BROWSER
PICTURES = Path(__file__).parents[2] / "build" / "pictures"


async def test_a_conversation_on_a_phone(
    chromium: Browser, serve: Serve, sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    async with house(sqlite_files.fresh(), clock) as built:
        address = await serve(create_app(web_of(built)))
        context = await chromium.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
        page = await context.new_page()
        await page.goto(address)
        log = page.get_by_role("log")
        await page.locator("#message").fill("my smoke alarm wont stop chirping")
        await page.keyboard.press("Enter")
        await expect(log.get_by_text("low battery")).to_be_visible()
        await expect(log.get_by_text("Leicestershire Fire and Rescue Service").first).to_be_visible()
        await page.get_by_role("button", name="More", exact=True).click()
        await expect(log.get_by_text("Where this comes from")).to_be_visible()
        assert await faults(page) == []
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURES / "end-to-end.png")
        await page.locator("#message").fill("my house is on fire")
        await page.keyboard.press("Enter")
        await expect(log.get_by_text("Get out, stay out, and ring")).to_be_visible()
        assert await faults(page) == []
        await context.close()


async def test_an_answer_to_print(
    chromium: Browser, serve: Serve, sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    async with house(sqlite_files.fresh(), clock, public_url="https://ask.example") as built:
        address = await serve(create_app(web_of(built)))
        page = await chromium.new_page()
        await page.goto(f"{address}/answers/fire-safety/smoke-alarm-beeping")
        await expect(page.get_by_text("To read out or text")).to_be_visible()
        await expect(page.locator(".qr [role=img]")).to_be_visible()
        assert await faults(page) == []
        await page.close()


async def test_the_home_check_on_a_phone(
    chromium: Browser, serve: Serve, sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    """Begun, stopped, gone on with, done: one tap for each question."""
    async with house(sqlite_files.fresh(), clock) as built:
        topics = built.knowing.library().check_topics
        context = await chromium.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
        page = await context.new_page()
        await page.goto(await serve(create_app(web_of(built))))
        log = page.get_by_role("log")
        await page.get_by_role("button", name="Check my home").first.click()
        for number, topic in enumerate(topics):
            await expect(log.get_by_text(topic.question)).to_be_visible()
            if number == 2:
                await page.get_by_role("button", name="Stop for now", exact=True).last.click()
                await page.get_by_role("button", name="Carry on", exact=True).last.click()
            worst = max(topic.answers, key=lambda answer: answer.risk)
            label = f"{topic.answers.index(worst) + 1}. {worst.label}"
            await page.get_by_role("button", name=label, exact=True).last.click()
            await expect(log.get_by_text(worst.tip).last).to_be_visible()
        await expect(log.get_by_text("Do these first:")).to_be_visible()
        assert await faults(page) == []
        await context.close()
