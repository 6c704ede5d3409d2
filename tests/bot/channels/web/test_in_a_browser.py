"""The chat in a real Chromium: with and without JavaScript, by keyboard alone, when things go wrong, and leaving it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Route, expect

from bot.channels.web.ports import Web
from bot.channels.web.site import NEUTRAL_PAGE
from tests.bot.channels.web.fakes import SIGNED, FakeConversation, NotStored, said
from tests.bot.channels.web.visiting import DANGER, PHONE, SAY, Open, say
from tests.browser import BROWSER

pytestmark = BROWSER


async def test_words_are_sent_and_answered(visit: Open) -> None:
    page = await visit()
    await say(page, "My alarm beeps")
    log = page.get_by_role("log")
    await expect(log.get_by_text("You wrote My alarm beeps.")).to_be_visible()
    await expect(log.get_by_text("My alarm beeps", exact=True)).to_be_visible()
    await expect(page.locator("#message")).to_have_value("")
    assert page.url.endswith("/")


async def test_the_same_without_javascript(visit: Open, talk: FakeConversation) -> None:
    page = await visit(java_script_enabled=False)
    await say(page, "Where do I put a smoke alarm?")
    await expect(page.get_by_text("Where do I put a smoke alarm?", exact=True)).to_be_visible()
    await page.locator("#message").fill("half a sentence")
    await page.get_by_role("button", name="Tell me more").click()
    await expect(page.get_by_text("Tell me more", exact=True).first).to_be_visible()
    await expect(page.locator("#message")).to_have_value("half a sentence")
    assert [turn.kind for turn in talk.turns] == ["text", "tap"]


@pytest.mark.parametrize("script", [True, False])
async def test_where_a_poster_led_them_from_is_sent_once(visit: Open, talk: FakeConversation, script: bool) -> None:
    page = await visit("/?from=C7M4Q", java_script_enabled=script)
    for words in ("My alarm beeps", "hello"):
        await say(page, words)
        await expect(page.get_by_text(words, exact=True)).to_be_visible()
    assert [turn.source for turn in talk.turns] == ["C7M4Q", ""]


async def test_without_javascript_larger_text_lasts(visit: Open) -> None:
    page = await visit(java_script_enabled=False)
    await page.get_by_label(SAY("web.larger-text")).check()
    await say(page, "hello")
    await expect(page.get_by_label(SAY("web.larger-text"))).to_be_checked()


async def test_by_keyboard_alone(visit: Open, talk: FakeConversation) -> None:
    page = await visit()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name=SAY("web.skip"))).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#message")).to_be_focused()
    await page.keyboard.type("one smoke")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    button = page.get_by_role("button", name="That helped")
    await expect(button).to_be_visible()
    await expect(page.locator("#message")).to_be_focused()
    for _ in range(20):
        await page.keyboard.press("Shift+Tab")
        if await button.evaluate("(element) => element === document.activeElement"):
            break
    await expect(button).to_be_focused()
    await page.keyboard.press("Space")
    await expect(page.get_by_text(re.compile(r"^You wrote 1"))).to_be_visible()
    await expect(button).to_be_focused()
    assert [turn.text for turn in talk.turns] == ["one smoke\ntwo", ""]


async def test_a_new_answer_is_shown_from_its_beginning(visit: Open) -> None:
    page = await visit(viewport=PHONE, reduced_motion="reduce")
    for number in range(3):
        await say(page, f"smoke {number}")
        await expect(page.locator(f"[data-seq='{number + 1}']")).to_be_attached()
    bar = await page.locator(".top").bounding_box()
    newest = await page.locator("[data-seq='3']").bounding_box()
    assert bar is not None
    assert newest is not None
    assert bar["height"] <= newest["y"] <= bar["height"] + 40


async def test_an_empty_message_gets_a_sentence(visit: Open, talk: FakeConversation) -> None:
    page = await visit()
    await say(page, "  ")
    await expect(page.get_by_text(SAY("web.empty"))).to_be_visible()
    await say(page, "x" * 4001)
    await expect(page.get_by_text(SAY("web.too-long"))).to_be_visible()
    assert len(await page.locator("#message").input_value()) == 4001
    assert not talk.turns


async def test_after_503_it_is_kept_and_sent_again(visit: Open, talk: FakeConversation) -> None:
    page = await visit()
    await page.clock.install()
    talk.failures += [NotStored(DANGER), NotStored()]
    await say(page, "the fire is in the kitchen")
    alert = page.locator("#urgent")
    await expect(alert.get_by_role("link", name="Call 999")).to_be_in_viewport()
    await expect(page.get_by_text(SAY("web.trying-again")).first).to_be_visible()
    async with page.expect_response("**/chat"):
        await page.clock.run_for(5_000)
    async with page.expect_response("**/chat"):
        await page.clock.run_for(5_000)
    await expect(page.get_by_role("log").get_by_text("Get out, stay out.")).to_be_visible()
    await expect(page.locator("#log").get_by_text(SAY("web.trying-again"))).to_be_hidden()
    await expect(alert).to_be_hidden()
    assert [turn.text for turn in talk.turns] == ["the fire is in the kitchen"]


async def test_danger_is_answered_while_an_earlier_message_waits(visit: Open, talk: FakeConversation) -> None:
    page = await visit()
    await page.clock.install()
    talk.failures += [NotStored(), NotStored(), NotStored(DANGER)]
    await say(page, "one")
    await expect(page.get_by_role("log").get_by_text(SAY("web.trying-again"))).to_be_visible()
    await say(page, "two fire")
    await expect(page.locator("#urgent").get_by_role("link", name="Call 999")).to_be_in_viewport()
    await page.clock.run_for(6_000)
    await expect(page.get_by_text("You wrote one.")).to_be_visible()
    await expect(page.locator("#urgent")).to_be_hidden()
    assert [turn.text for turn in talk.turns] == ["one", "two fire"]


async def test_without_a_network_it_is_kept_and_sent_once(visit: Open, talk: FakeConversation) -> None:
    page = await visit()
    await page.context.set_offline(True)
    await say(page, "one")
    await say(page, "two")
    await expect(page.get_by_role("log").get_by_text(SAY("web.trying-again"))).to_have_count(2)
    await page.context.set_offline(False)
    await expect(page.get_by_text("You wrote two.")).to_be_visible()
    assert [turn.text for turn in talk.turns] == ["one", "two"]


async def test_a_lost_answer_is_not_asked_twice(visit: Open, talk: FakeConversation) -> None:
    page = await visit()
    lost: list[int] = []

    async def lose_the_first(route: Route) -> None:
        if lost:
            await route.continue_()
        else:
            lost.append(1)
            await route.fetch()
            await route.abort()

    await page.route("**/chat", lose_the_first)
    await say(page, "once")
    await expect(page.get_by_text("You wrote once.")).to_be_visible()
    assert len(talk.turns) == 1


async def test_a_message_of_staff_arrives_by_itself(visit: Open, talk: FakeConversation, site: Web) -> None:
    page = await visit()
    async with page.expect_response("**/chat/events"):
        await say(page, "hello")
    await expect(page.get_by_text("You wrote hello.")).to_be_visible()
    chat = talk.turns[0].chat
    talk.put(chat, said("Sam here. We can come on Friday."))
    site.bell.ring(chat)
    await expect(page.get_by_role("log").get_by_text("We can come on Friday.")).to_be_visible()
    assert await page.locator("[data-seq='1']").count() == 1


async def test_a_cleared_conversation_leaves_the_screen(visit: Open) -> None:
    page = await visit()
    await say(page, "a secret")
    await expect(page.get_by_text("You wrote a secret.")).to_be_visible()
    await say(page, "/clear")
    await expect(page.get_by_text("It is gone.")).to_be_visible()
    await expect(page.get_by_text("secret")).to_have_count(0)


async def test_the_token_is_in_no_address_and_nothing_is_stored(visit: Open) -> None:
    page = await visit()
    await say(page, "hello")
    await expect(page.get_by_text("You wrote hello.")).to_be_visible()
    assert "#" not in page.url
    assert await page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0
    assert await page.evaluate("history.state") is None


async def test_a_link_brings_the_conversation_back(visit: Open, address: str) -> None:
    page = await visit()
    await say(page, "hello")
    await expect(page.get_by_text("You wrote hello.")).to_be_visible()
    await page.get_by_text(SAY("web.come-back"), exact=True).click()
    await expect(page.get_by_text(SAY("web.come-back-warning"))).to_be_visible()
    await page.get_by_role("button", name=SAY("web.make-link")).click()
    link = await page.get_by_role("link", name=SAY("web.link-words")).get_attribute("href")
    assert link is not None
    assert re.fullmatch(re.escape(address) + r"/#c=[A-Za-z0-9_-]{43}", link)
    later = await visit(link.removeprefix(address))
    await expect(later.get_by_text("You wrote hello.")).to_be_visible()
    assert later.url == f"{address}/"


@pytest.mark.parametrize("script_on", [True, False])
@pytest.mark.parametrize("path", ["/", f"/answers/{SIGNED.id}"])
async def test_leaving_acts_at_once(visit: Open, script_on: bool, path: str) -> None:
    page = await visit(path, java_script_enabled=script_on)
    await page.context.route(f"{NEUTRAL_PAGE}**", lambda route: route.fulfill(body="<title>Weather</title>Rain later"))
    await page.get_by_role("link", name=SAY("web.leave")).click()
    await page.wait_for_url(NEUTRAL_PAGE)
    await expect(page.get_by_text("Rain later")).to_be_visible()
    if script_on:
        await page.go_back()
        assert page.url == "about:blank"


async def test_leaving_blanks_the_page_before_the_weather_comes(visit: Open) -> None:
    page = await visit()
    await say(page, "a secret")
    await expect(page.get_by_text("You wrote a secret.")).to_be_visible()
    await page.context.route(f"{NEUTRAL_PAGE}**", lambda route: route.fulfill(body="Rain later"))
    left = await page.evaluate("() => { document.getElementById('leave').click(); return document.body.innerText }")
    assert left == ""
    await expect(page.get_by_text("Rain later")).to_be_visible()
