"""The page of a home check's result, in a real Chromium: on a phone, on paper, through axe."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import expect

from bot.channels.web.ports import Web
from handlers.ports import Ports
from knowledge.home_check_code import written
from tests.bot.channels.web.fakes import FakeAnswers, FakeConversation, web
from tests.bot.channels.web.visiting import PHONE, Open
from tests.browser import BROWSER, faults
from tests.house import braunstone

pytestmark = BROWSER
TOPICS = braunstone().holding.check_topics
SAID = {topic.id: topic.answers[-1].id for topic in TOPICS}


class Whole(FakeAnswers):
    """All the content that ships."""

    def ports(self) -> Ports:
        return replace(super().ports(), library=braunstone().holding)


@pytest.fixture
def site(talk: FakeConversation) -> Web:
    return web(talk, Whole())


async def test_the_result_is_read_on_a_phone_and_printed(visit: Open) -> None:
    page = await visit(f"/check/{written(TOPICS, SAID)}", viewport=PHONE)
    await expect(page.get_by_role("heading", level=1)).to_have_text("My home check")
    await expect(page.get_by_text("Do these first:")).to_be_visible()
    assert await faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("heading", name="Your tips")).to_be_visible()
    for gone in (".top", "#print", ".controls", ".home"):
        await expect(page.locator(gone)).to_be_hidden()
