"""A visitor with a real Chromium, and a conversation that has something to say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page

from bot.channels.web.app import create_app
from bot.channels.web.ports import Web
from handlers import answer
from handlers.turn import ForgetConversation, Outcome, Session, Turn
from tests.bot.channels.web.fakes import DRAFT, FakeAnswers, FakeConversation, outcome, said, texts, urgent_for, web
from tests.browser import Serve

SAY = texts().say
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
DANGER = urgent_for("fire")
Open = Callable[..., Any]


def script(turn: Turn) -> Outcome:
    """An answer for words about smoke, the 999 message for fire, an echo for all else."""
    if "fire" in turn.text:
        return outcome(DANGER)
    if "smoke" in turn.text:
        return outcome(answer.first_message(FakeAnswers().ports(), DRAFT))
    if turn.command == "clear":
        return Outcome(session=Session(), replies=(said("It is gone."),), effects=(ForgetConversation(),))
    return outcome(said(f"You wrote {turn.text or turn.tap}."))


@pytest.fixture
def talk() -> FakeConversation:
    return FakeConversation(script=script)


@pytest.fixture
def site(talk: FakeConversation) -> Web:
    return web(talk)


@pytest_asyncio.fixture(loop_scope="session")
async def address(serve: Serve, site: Web) -> AsyncIterator[str]:
    yield await serve(create_app(site))
    site.bell.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium: Browser, address: str) -> AsyncIterator[Open]:
    """Opens a page, and at the end demands that no script of ours failed in it."""
    wrong: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            wrong.append(message.text)

    async with AsyncExitStack() as stack:

        async def open_(path: str = "/", **options: Any) -> Page:
            context = await chromium.new_context(viewport=options.pop("viewport", DESK), **options)
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.set_default_timeout(10_000)
            page.on("console", note)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            await page.goto(address + path)
            return page

        yield open_
    assert wrong == []


async def say(page: Page, words: str) -> None:
    await page.get_by_label(SAY("web.your-message")).fill(words)
    await page.get_by_role("button", name=SAY("web.send"), exact=True).click()
