"""Reviews in the console: what is due and whose, one tap, and who keeps an answer true."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator

import pytest

from bot.clock import FixedClock
from bot.console import reviews_page
from bot.console.app import add_console
from bot.console.site import Console, Counts
from bot.knowing import Knowing
from bot.staff import audit, reviews, versions
from bot.store import content
from handlers.office import Colleague
from knowledge.library import Library
from tests.bot.console.answering import asked_for_as, field
from tests.bot.console.desk import Desk, desk
from tests.bot.staff.crew import ALARM, CANDLES, CHECKED, Heard, checked
from tests.databases import SqliteFiles
from tests.house import BRAUNSTONE, Scripted, place_with

PATH = f"/reviews/{ALARM}"
LONG_AGO = dt.date(2026, 8, 1)
"""A check of advice on danger to life that was due on 1 November."""


def known(live: bool = True) -> Library:
    """The alarm's answer due today, that about candles long ago."""
    return place_with(checked(alarm=CHECKED, candles=LONG_AGO), live=live)


@pytest.fixture
async def stocked(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Desk]:
    async with desk(sqlite_files.fresh(), clock) as place:
        knowing = Knowing(Scripted(holding=known()))
        place.app.router.routes.clear()
        add_console(place.app, Console(place.store, knowing, clock, Counts(), place.random.randbytes))
        async with place.store.write() as unit:
            await content.seed(unit, BRAUNSTONE)
        yield place


async def test_the_oldest_stands_first_and_what_is_withheld_is_marked(stocked: Desk) -> None:
    page = (await (await stocked.signed_in("editor")).see("/reviews")).text
    rows = re.findall(r'href="/staff/reviews/([a-z0-9/-]+)"', page)
    assert rows[:2] == [CANDLES, ALARM]
    states = [re.sub(r"<[^>]+>", "", row) for row in re.findall(r"<tr><td>(.*?)</tr>", page, re.DOTALL)]
    assert "1 Nov 2026" in states[0]
    assert "Withheld" in states[0]
    assert "Due today." in states[1]
    assert "never confirmed" in states[2]
    share = round(100 * reviews.share_in_date(known(), dt.date(2026, 11, 25)))
    assert f"{share} % of the answers are confirmed and in date." in page


async def test_before_a_place_is_live_nothing_is_withheld(clock: FixedClock) -> None:
    line = reviews_page._state(LONG_AGO, known(live=False), clock.now().date())
    assert line == "overdue"
    assert reviews_page._state(None, known(live=False), clock.now().date()) == "never"


async def test_one_tap_says_that_it_is_still_correct(stocked: Desk) -> None:
    editor = await stocked.signed_in("editor")
    page = await editor.see(PATH)
    assert "Still correct" in page.text
    answer = await editor.send(PATH, seen=field(page, "seen"))
    assert answer.headers["location"] == "/staff/reviews"
    assert "Thank you. Confirmed:" in (await editor.see("/reviews")).text
    async with stocked.store.read() as unit:
        row = await versions.live(unit, "entry", ALARM)
        assert ("still correct", f"entry {ALARM}") in [(e.action, e.about) for e in await audit.entries(unit)]
    assert row
    assert "checked_on: 2026-11-25" in row.text
    assert "Made-Up" not in row.text


async def test_an_officer_confirms_only_what_is_theirs(stocked: Desk) -> None:
    officer = await stocked.signed_in("officer")
    refused = await officer.send(PATH, seen=field(await officer.see(PATH), "seen"))
    assert refused.status_code == 422
    assert "Somebody else keeps this answer" in refused.text
    async with stocked.store.write() as unit:
        await reviews.assign(unit, ALARM, 1, None, Heard())
    assert (await officer.send(PATH, seen=field(refused, "seen"))).status_code == 303


async def test_what_was_changed_while_somebody_read_is_shown_and_not_confirmed(stocked: Desk) -> None:
    """Whatever the content in use said when the page was made: it is read from the tables."""
    editor = await stocked.signed_in("editor")
    seen = field(await editor.see(PATH), "seen")
    async with stocked.store.write() as unit:
        text = asked_for_as(ALARM, "it pips").replace("**", "**Quite other words. ", 1)
        number = await versions.put(unit, "entry", ALARM, False, {"text": text, "state": "draft"})
        row = await versions.one(unit, "entry", number)
        assert row is not None
        await versions.go_live(unit, "entry", row)
    for said in (seen, ""):
        refused = await editor.send(PATH, seen=said)
        assert refused.status_code == 422
        assert "It was changed since you read it" in refused.text
        assert "Quite other words." in refused.text
    assert (await editor.send(PATH, seen=field(refused, "seen"))).status_code == 303


async def test_keepers_are_set_by_those_who_may(stocked: Desk) -> None:
    officer, editor = await stocked.signed_in("officer"), await stocked.signed_in("editor")
    assert (await officer.send(f"{PATH}/keepers", owner="1", deputy="2")).status_code == 404
    assert "Somebody else has to stand in" in (await editor.send(f"{PATH}/keepers", owner="1", deputy="1")).text
    await editor.send(f"{PATH}/keepers", owner="1", deputy="no number")
    async with stocked.store.read() as unit:
        kept = (await reviews.owners(unit))[ALARM]
    assert (kept.owner_id, kept.deputy_id) == (1, None)
    own = (await officer.see("/reviews?whose=own")).text
    assert ALARM in own
    assert "Answers to look at: 1." in own
    assert (await editor.see("/reviews?whose=1")).text.count("/staff/reviews/") == 1
    assert ALARM not in (await editor.see("/reviews?whose=nobody")).text


async def test_an_answer_that_is_not_there_is_said_so(stocked: Desk) -> None:
    editor = await stocked.signed_in("editor")
    assert (await editor.see("/reviews/no/such")).status_code == 404
    assert (await editor.send("/reviews/no/such")).status_code == 404
    assert (await editor.send("/reviews/no/such/keepers", owner="1")).status_code == 404


async def test_today_counts_what_is_theirs(stocked: Desk) -> None:
    number = await stocked.member("officer")
    async with stocked.store.write() as unit:
        await reviews.assign(unit, CANDLES, number, None, Heard())
        who = Colleague(id=number, name="Robin Made-Up", role="officer")
        count = await reviews_page.count(known, unit, who)
    assert (count.number, count.since) == (1, dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
