"""Campaigns at the console: one writes, a second agrees, anybody of them stops it; few are never counted out."""

from __future__ import annotations

import re
from html import unescape

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect
from sqlalchemy import select, update
from sqlmodel import col

from bot.clock import FixedClock
from bot.console.campaign_form import moment_of, on_the_wall
from bot.staff import audit
from bot.staff.campaigns import written_of
from bot.staff.campaigns_rules import print_of
from bot.store.reach_tables import Campaign, Subscription
from bot.store.tables import Chat
from tests.bot.console.answering import words
from tests.bot.console.desk import Browser, Desk
from tests.bot.console.stocked import stocked
from tests.browser import Serve, faults
from tests.databases import SqliteFiles

ENTRY = "fire-safety/bonfires-and-fireworks"
FORM = {
    "act": "save", "name": "Bonfire night", "topic": "fireworks", "entry": ENTRY, "starts": "",
    "ends": "2026-12-01T18:00", "text": "Keep pets in on **bonfire night**.",
}  # fmt: skip


async def row(place: Desk) -> Campaign:
    async with place.store.read() as unit:
        return (await unit.session.execute(select(Campaign))).scalar_one()


async def print_on(browser: Browser) -> str:
    """What stands hidden in the form of whoever may agree."""
    (found,) = re.findall(r'name="seen" value="([0-9a-f]+)"', (await browser.see("/campaigns/1")).text)
    return str(found)


async def begun(browser: Browser, **changes: str) -> None:
    """A draft with everything that it needs."""
    answer = await browser.send("/campaigns", name="Bonfire night", topic="fireworks")
    assert answer.headers["location"] == "/staff/campaigns/1"
    answer = await browser.send("/campaigns/1", **{**FORM, **changes})
    assert answer.status_code == 303


async def test_one_writes_a_second_agrees_and_each_act_is_recorded(place: Desk) -> None:
    editor, coordinator = await place.signed_in("editor"), await place.signed_in("coordinator")
    await begun(editor)
    assert (await row(place)).ends == FixedClock().at.replace(month=12, day=1, hour=18)
    await editor.send("/campaigns/1/submit")
    assert "Waits for a second person" in (await editor.see("/campaigns")).text
    assert (await editor.send("/campaigns/1/approve")).status_code == 404, "no editor agrees to one"
    assert "/campaigns/1/sending-back" not in (await editor.see("/campaigns/1")).text, "nor finds a button for it"
    assert "I agree: send it" in (await coordinator.see("/campaigns/1")).text
    await coordinator.send("/campaigns/1/sending-back", why="Say when.")
    assert "Sent back: Say when." in (await editor.see("/campaigns/1")).text
    await editor.send("/campaigns/1/submit")
    await coordinator.send("/campaigns/1/approve", seen=await print_on(coordinator))
    await editor.send("/campaigns/1/pause")
    assert (await row(place)).state == "paused"
    await coordinator.send("/campaigns/1/going-on")
    await editor.send("/campaigns/1/stop")
    assert (await row(place)).state == "stopped"
    async with place.store.read() as unit:
        acts = [one.action for one in await audit.entries(unit) if one.about == "campaign 1"]
    assert acts[::-1] == [
        "campaign written", "campaign written", "campaign submit", "campaign send-back", "campaign submit",
        "campaign approve", "campaign pause", "campaign go-on", "campaign stop",
    ]  # fmt: skip


async def test_nobody_agrees_to_their_own(place: Desk) -> None:
    admin = await place.signed_in("admin")
    await begun(admin)
    await admin.send("/campaigns/1/submit")
    assert "I agree: send it" not in (await admin.see("/campaigns/1")).text
    own = print_of(written_of(await row(place)))
    assert (await admin.send("/campaigns/1/approve", seen=own)).status_code == 422
    assert (await row(place)).state == "waiting"


async def test_a_page_that_is_older_than_the_words_agrees_to_nothing(place: Desk) -> None:
    """The author takes back what waits, changes it and sends it again, while somebody else has it open."""
    author, coordinator = await place.signed_in("admin"), await place.signed_in("coordinator")
    await begun(author)
    await author.send("/campaigns/1/submit")
    seen = await print_on(coordinator)
    await author.send("/campaigns/1/sending-back")
    await author.send("/campaigns/1", **{**FORM, "text": "Ring this number instead."})
    await author.send("/campaigns/1/submit")
    refused = await coordinator.send("/campaigns/1/approve", seen=seen)
    assert (refused.status_code, "changed after you opened it" in refused.text) == (422, True)
    assert "Ring this number instead." in refused.text, "they read it as it is now"
    assert (await row(place)).state == "waiting"
    await coordinator.send("/campaigns/1/approve", seen=await print_on(coordinator))
    assert (await row(place)).state == "planned"


async def test_nothing_sensitive_can_be_chosen_for_the_button(place: Desk) -> None:
    editor = await place.signed_in("editor")
    await begun(editor, entry="health-and-wellbeing/drugs")
    page = (await editor.see("/campaigns/1")).text
    assert "is sensitive" in unescape(page)
    assert 'value="health-and-wellbeing/drugs"' not in page
    assert f'value="{ENTRY}"' in page
    assert (await editor.send("/campaigns/1/submit")).status_code == 422


async def test_it_is_seen_as_it_is_sent_and_only_looking_keeps_nothing(place: Desk) -> None:
    editor = await place.signed_in("editor")
    await begun(editor)
    look = await editor.send(
        "/campaigns/1", **{**FORM, "act": "preview", "text": "# No\n\n<b>x</b>", "ends": "gibberish"}
    )
    said = words(look.text)
    assert "No headings, no < and >." in said
    assert "Say until when it may be sent" in said
    assert "Send to a second person" not in said
    assert (await row(place)).text == "Keep pets in on **bonfire night**."
    page = (await editor.see("/campaigns/1")).text
    assert "<strong>bonfire night</strong>" in page
    assert "You asked to hear about this: Fireworks and bonfires." in unescape(page)
    assert "Stop these messages" in page
    assert "Send to a second person" in page


async def test_few_are_never_counted_out(place: Desk) -> None:
    editor = await place.signed_in("editor")
    await begun(editor)
    async with place.store.write() as unit:
        chats = [
            Chat(channel="telegram", external_id=str(n), created_at=unit.now, last_turn_at=unit.now) for n in range(5)
        ]
        unit.session.add_all(chats)
        await unit.session.flush()
        unit.session.add_all(Subscription(chat_id=chat.id, topic="fireworks", since=unit.now) for chat in chats[:4])
        figures = {"queued": 200, "delivered": 199, "opened": 5, "helped": 4, "unhelpful": 1}
        await unit.session.execute(update(Campaign).values(state="done", **figures))
    said = words((await editor.see("/campaigns/1")).text)
    assert "It can be sent to fewer than 5 people" in said
    assert "200 199 5 fewer than 5 fewer than 5 fewer than 5" in said
    async with place.store.write() as unit:
        unit.session.add(Subscription(chat_id=chats[4].id, topic="fireworks", since=unit.now))
    assert "It can be sent to about 5 people" in words((await editor.see("/campaigns/1")).text)


@pytest.mark.parametrize("said", ["", "tomorrow", "2026-13-01T10:00", "9999-99-99", None])
def test_a_time_that_is_none(said: str | None) -> None:
    assert moment_of(said, "Europe/London") is None


def test_times_are_those_of_the_wall_clock() -> None:
    summer = moment_of("2026-07-01T18:30", "Europe/London")
    assert summer is not None
    assert (summer.hour, on_the_wall(summer, "Europe/London")) == (17, "2026-07-01T18:30")


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_writing_one_in_chromium(
    chromium: Chromium, serve: Serve, sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    async with stocked(sqlite_files.fresh(), clock) as stock:
        address = (await serve(stock.desk.app)).replace("127.0.0.1", "localhost")
        page = await chromium.new_page(viewport={"width": 390, "height": 844}, base_url=address)
        await page.goto(f"/staff/link/{await stock.desk.code(await stock.desk.member('editor'))}")
        await page.get_by_role("button", name="Sign in").click()
        await a_campaign(page)
        async with stock.desk.store.read() as unit:
            newest = select(Campaign).order_by(col(Campaign.id).desc()).limit(1)
            assert (await unit.session.execute(newest)).scalar_one().state == "waiting"
        await page.close()


async def a_campaign(page: Page) -> None:
    await page.get_by_role("navigation").get_by_role("link", name="Campaigns", exact=True).click()
    assert await faults(page) == []
    await page.get_by_label("Name").fill("Cold snap")
    await page.get_by_label("Topic").select_option(label="Heaters and keeping warm – in season now")
    await page.get_by_role("button", name="Begin").click()
    await page.get_by_label("What people read").fill("Keep heaters **a big step** from beds.")
    await page.get_by_label("Until").fill("2026-12-01T18:00")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_role("region", name="Preview", exact=True)).to_contain_text("a big step")
    assert await faults(page) == []
    await page.get_by_role("button", name="Save draft").click()
    await expect(page.get_by_role("status")).to_contain_text("Your draft is saved.")
    await page.get_by_role("button", name="Send to a second person").click()
    await expect(page.get_by_role("status")).to_contain_text("It waits for a second person now.")
