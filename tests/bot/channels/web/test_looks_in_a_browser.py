"""How the pages look in a real Chromium: through axe, on a phone, in the dark, in larger text, on paper."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.bot.channels.web.fakes import DRAFT, SIGNED, FakeConversation, NotStored
from tests.bot.channels.web.visiting import DANGER, DESK, PHONE, SAY, Open, say
from tests.browser import BROWSER, faults

pytestmark = BROWSER


async def test_every_target_is_large_enough_for_a_thumb(visit: Open) -> None:
    page = await visit(viewport=PHONE)
    await say(page, "smoke")
    await expect(page.locator("[data-seq='1']")).to_be_visible()
    for target in await page.locator("button:visible, .bar a:visible, label:has(input):visible, summary:visible").all():
        box = await target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, await target.inner_text()


@pytest.mark.parametrize(("width", "large"), [(320, True), (1280, True)])
async def test_nothing_runs_off_the_side(visit: Open, width: int, large: bool) -> None:
    page = await visit(viewport={"width": width, "height": 740})
    if large:
        await page.get_by_label(SAY("web.larger-text")).check()
    await say(page, "smoke " + "x" * 300)
    await expect(page.locator("[data-seq='1']")).to_be_attached()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("colours", "viewport", "large"),
    [("light", PHONE, False), ("dark", PHONE, True), ("light", DESK, True)],
    ids=["light-phone", "dark-phone-large", "light-desk-large"],
)
async def test_axe_finds_nothing(visit: Open, talk: FakeConversation, colours: Any, viewport: Any, large: bool) -> None:
    page = await visit(viewport=viewport, color_scheme=colours, reduced_motion="reduce")
    if large:
        await page.get_by_label(SAY("web.larger-text")).check()
    assert await faults(page) == []
    await say(page, "smoke")
    await expect(page.locator("[data-seq='1']")).to_be_visible()
    await say(page, "fire")
    await expect(page.locator(".urgent")).to_be_visible()
    talk.failures.append(NotStored(DANGER))
    await say(page, "more fire")
    await expect(page.locator("#urgent")).to_be_visible()
    await say(page, " ")
    assert await faults(page) == []


@pytest.mark.parametrize("colours", ["dark"])
async def test_axe_finds_nothing_on_the_other_pages(visit: Open, address: str, colours: Any) -> None:
    page = await visit(viewport=PHONE, color_scheme=colours)
    for path in (f"/answers/{SIGNED.id}", f"/answers/{DRAFT.id}", "/nowhere", "/?embed=1"):
        await page.goto(address + path)
        assert await faults(page) == []


@pytest.mark.parametrize("colours", ["light"])
async def test_the_colours_can_be_swapped(visit: Open, colours: Any) -> None:
    page = await visit(color_scheme=colours)
    before = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    await page.get_by_label(SAY("web.switch-colours")).check()
    after = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert before != after
    assert await faults(page) == []


async def test_paper_holds_the_answer_and_no_buttons(visit: Open) -> None:
    page = await visit(f"/answers/{SIGNED.id}")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.locator("figure.qr svg")).to_be_visible()
    for gone in (".top", "#print", ".controls", ".home"):
        await expect(page.locator(gone)).to_be_hidden()


async def test_axe_is_awake(visit: Open) -> None:
    page = await visit()
    await page.evaluate("document.querySelector('label[for=message]').remove()")
    assert any(fault.startswith("label") for fault in await faults(page))
