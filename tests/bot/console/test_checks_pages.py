"""The home check in the console: read, tried in the preview, kept as a draft, published, brought back."""

from __future__ import annotations

import html
import re

import pytest

from bot.staff import audit, versions
from bot.staff.shipped import upgrade_content
from bot.store import content
from knowledge.library import NATIONAL
from tests.bot.console.desk import Browser, Desk
from tests.house import BRAUNSTONE

PATH = "/checks/alarms"
SHIPPED = (NATIONAL / "home-check" / "alarms.yaml").read_text(encoding="utf-8")
MINE = SHIPPED.replace("question: Is there a smoke alarm", "question: Do you have a smoke alarm")
BROKEN = SHIPPED.replace("order: 10", "order: ten")
UNBACKED = MINE.replace("tip_from: fire-safety/smoke-alarms", "tip_from: fire-safety/no-such", 1)
BOX = re.compile(r"<textarea[^>]*>\n(.*?)</textarea>", re.DOTALL)


@pytest.fixture
async def stocked(place: Desk) -> Desk:
    """The console over the content that ships, in a database of before the home check."""
    async with place.store.write() as unit:
        await content.seed(unit, BRAUNSTONE)
    return place


async def boxed(browser: Browser, path: str = PATH) -> str:
    found = BOX.search((await browser.see(path)).text)
    assert found
    return html.unescape(found[1])


async def live(place: Desk) -> str:
    async with place.store.read() as unit:
        return (await content.library(unit, BRAUNSTONE)).checks["alarms"].question


async def states(place: Desk) -> list[str]:
    async with place.store.read() as unit:
        rows = [await versions.one(unit, "check", number) for number in range(1, 30)]
    return [row.state for row in rows if row is not None and row.slug == "alarms"]


async def test_an_editor_looks_keeps_and_publishes(stocked: Desk) -> None:
    editor = await stocked.signed_in("editor")
    assert "Smoke alarms" in (await editor.see("/checks")).text
    assert await boxed(editor) == SHIPPED
    look = await editor.send(PATH, text=MINE, base="1", act="look")
    assert "Do you have a smoke alarm that works on each floor?</strong>" in look.text
    assert await states(stocked) == ["live"]
    await editor.send(PATH, text=MINE, base="1", act="draft", note="plainer")
    assert await boxed(editor) == MINE
    assert "1 not published" in (await editor.see("/checks")).text
    assert (await live(stocked)).startswith("Is there")
    done = await editor.send(PATH, text=MINE, base="1", act="publish", note="plainer")
    assert done.headers["location"] == f"/staff{PATH}"
    assert "It is published." in (await editor.see(PATH)).text
    assert (await live(stocked)).startswith("Do you have")
    assert await states(stocked) == ["replaced", "live"]
    async with stocked.store.read() as unit:
        assert "publish" in [entry.action for entry in await audit.entries(unit)]
        assert await content.revision(unit) == "2"


async def test_the_words_of_before_are_brought_back(stocked: Desk) -> None:
    editor = await stocked.signed_in("editor")
    await editor.send(PATH, text=MINE, base="1", act="publish")
    found = re.search(rf'href="/staff({PATH}\?take=\d+)"', (await editor.see(PATH)).text)
    assert found
    assert await boxed(editor, found[1]) == SHIPPED
    await editor.send(PATH, text=SHIPPED, base="2", act="publish")
    assert (await live(stocked)).startswith("Is there")


@pytest.mark.parametrize(("text", "why"), [(BROKEN, "order"), (UNBACKED, "no entry")])
async def test_what_is_wrong_is_said_and_nothing_is_lost(stocked: Desk, text: str, why: str) -> None:
    editor = await stocked.signed_in("editor")
    answer = await editor.send(PATH, text=text, base="1", act="publish")
    assert answer.status_code == 422
    assert why in html.unescape(answer.text)
    assert await boxed(editor) == text
    assert (await live(stocked)).startswith("Is there")


async def test_an_officers_words_wait_for_somebody_who_may_publish(stocked: Desk) -> None:
    officer, editor = await stocked.signed_in("officer"), await stocked.signed_in("editor")
    await officer.send(PATH, text=MINE, base="1", act="publish")
    assert await states(stocked) == ["live", "waiting"]
    found = re.search(rf'action="/staff({PATH}/versions/\d+)"', (await editor.see(PATH)).text)
    assert found
    assert await boxed(editor) == SHIPPED
    await editor.send(found[1])
    assert await states(stocked) == ["live", "withdrawn"]
    await editor.send(found[1])
    assert "Nothing" in (await editor.see(PATH)).text


async def test_somebody_who_was_quicker_is_named_and_what_differs_is_shown(stocked: Desk) -> None:
    first, second = await stocked.signed_in("editor"), await stocked.signed_in("editor")
    await first.send(PATH, text=MINE, base="1", act="publish")
    late = SHIPPED.replace("title: Smoke alarms", "title: Alarms")
    answer = await second.send(PATH, text=late, base="1", act="publish")
    assert answer.status_code == 422
    assert "Robin Made-Up" in answer.text
    assert "Do you have a smoke alarm" in answer.text
    await second.send(PATH, text=late, base="2", act="publish")
    assert (await live(stocked)).startswith("Is there")


async def test_what_is_not_there_says_so(stocked: Desk) -> None:
    editor = await stocked.signed_in("editor")
    for answer in (await editor.see("/checks/no-such"), await editor.send("/checks/no-such", text="x", act="draft")):
        assert answer.status_code == 404


async def test_a_database_of_before_the_check_gets_it_with_the_upgrade(place: Desk) -> None:
    async with place.store.write() as unit:
        done = await upgrade_content(unit, BRAUNSTONE)
        again = await upgrade_content(unit, BRAUNSTONE)
        assert {"alarms", "getting-on"} <= set(done.live)
        assert again.live == again.offered == ()
    assert (await live(place)).startswith("Is there")
