"""The council's page: another origin, our script, our chat in a dialog."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from bot.channels.web.app import create_app
from bot.channels.web.site import NEUTRAL_PAGE
from tests.bot.channels.web.fakes import FakeAnswers, FakeConversation, texts, web
from tests.browser import BROWSER, Serve, faults

pytestmark = BROWSER
SAY = texts().say
OPEN = SAY("web.embed-open", partnership="Braunstone Blues")
TITLE = SAY("web.embed-title", partnership="Braunstone Blues")


class Council:
    """A page that holds one script of ours, under a content policy that allows that and no style."""

    def __init__(self) -> None:
        self.chat = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        html = (
            f'<!doctype html><html lang="en"><title>Council</title><main><h1>Council</h1><a href="#x">Bins</a></main>'
            f'<script src="{self.chat}/embed.js" defer></script></html>'
        )
        policy = f"default-src 'none'; script-src {self.chat}; frame-src {self.chat}"
        await HTMLResponse(html, headers={"Content-Security-Policy": policy})(scope, receive, send)


@pytest_asyncio.fixture(loop_scope="session")
async def council(chromium: Browser, serve: Serve) -> AsyncIterator[Page]:
    answers, page_of_council = FakeAnswers(), Council()
    channel = web(FakeConversation(), answers)
    page_of_council.chat = await serve(create_app(channel))
    there = (await serve(page_of_council)).replace("127.0.0.1", "localhost")
    answers.origins = (there,)
    page = await chromium.new_page()
    await page.goto(there)
    yield page
    await page.close()
    channel.bell.close()


async def test_the_chat_opens_in_a_dialog_and_works(council: Page) -> None:
    await council.get_by_role("button", name=OPEN).click()
    await expect(council.get_by_role("dialog", name=TITLE)).to_be_visible()
    chat = council.frame_locator(f"iframe[title='{TITLE}']")
    await chat.locator("#message").fill("hello")
    await chat.locator("#message").press("Enter")
    await expect(chat.get_by_text("You wrote hello.")).to_be_visible()
    assert await faults(council) == []


async def test_escape_closes_it_and_the_focus_comes_back(council: Page) -> None:
    button = council.get_by_role("button", name=OPEN)
    await button.click()
    await council.keyboard.press("Escape")
    await expect(council.get_by_role("dialog")).to_be_hidden()
    await expect(button).to_be_focused()


async def test_escape_inside_the_frame_closes_it_too(council: Page) -> None:
    await council.get_by_role("button", name=OPEN).click()
    chat = council.frame_locator("iframe")
    await chat.locator("#message").fill("half a sentence")
    await chat.locator("#message").press("Escape")
    await expect(council.get_by_role("dialog")).to_be_hidden()
    await council.get_by_role("button", name=OPEN).click()
    await expect(chat.locator("#message")).to_have_value("half a sentence")


async def test_the_focus_stays_inside(council: Page) -> None:
    await council.get_by_role("button", name=OPEN).click()
    await expect(council.frame_locator("iframe").locator("#message")).to_be_visible()
    for _ in range(40):
        await council.keyboard.press("Tab")
        on_link = await council.evaluate("document.activeElement && document.activeElement.tagName === 'A'")
        assert not on_link


async def test_leaving_takes_the_whole_page_away(council: Page) -> None:
    await council.context.route(f"{NEUTRAL_PAGE}**", lambda route: route.fulfill(body="Rain later"))
    await council.get_by_role("button", name=OPEN).click()
    await council.frame_locator("iframe").get_by_role("link", name=SAY("web.leave")).click()
    await council.wait_for_url(NEUTRAL_PAGE)
    await expect(council.get_by_text("Rain later")).to_be_visible()


async def test_on_a_page_that_is_not_listed_the_frame_stays_shut(chromium: Browser, serve: Serve) -> None:
    page_of_council = Council()
    channel = web(FakeConversation(), FakeAnswers(origins=("https://other.example",)))
    page_of_council.chat = await serve(create_app(channel))
    there = (await serve(page_of_council)).replace("127.0.0.1", "localhost")
    page = await chromium.new_page()
    await page.goto(there)
    await page.get_by_role("button", name=OPEN).click()
    await expect(page.frame_locator("iframe").locator("#message")).to_have_count(0)
    await page.close()
