"""What the shell's pages do for those they are for."""

from __future__ import annotations

import datetime as dt
import re

from bot.clock import FixedClock
from bot.console.site import Counts
from bot.staff import audit
from bot.staff.counts import Count
from bot.store import chats, handovers, switch
from bot.store.unit import Unit
from handlers.catalogue import Texts
from handlers.office import Colleague
from handlers.turn import OpenHandover, Turn
from tests.bot.console.desk import Desk, desk
from tests.databases import SqliteFiles


async def test_today_counts_what_waits(sqlite_files: SqliteFiles, clock: FixedClock) -> None:
    async def reviews(unit: Unit, who: Colleague) -> Count:
        return Count(4, unit.now - dt.timedelta(days=3)) if who.role == "editor" else Count(0)

    async with desk(sqlite_files.fresh(), clock, Counts(reviews=reviews)) as place:
        async with place.store.write() as unit:
            chat = await chats.lock(unit, Turn(channel="web", key="1", chat="5", at=unit.now, text="hello"))
            await handovers.open_ticket(unit, chat.id, OpenHandover(wish="callback", phone="01632 960001"))
        clock.move(hours=2)
        editor = words((await (await place.signed_in("editor")).see()).text)
        officer = words((await (await place.signed_in("officer")).see()).text)

    assert "Reviews due 4 The oldest: 3 days ago." in editor
    assert "People waiting 1 The oldest: 2 hours ago." in editor
    assert "0 % of the answers are confirmed and in date." in editor
    assert "Visits today" not in editor
    assert "Reviews due 0 Nothing waits." in officer
    assert "Visits today 0 Nothing waits." in officer
    assert not re.search(r"Missed questions \d", officer)
    assert "01632" not in editor


async def test_the_off_switch_wants_a_reason_and_words(place: Desk) -> None:
    admin = await place.signed_in("admin")
    no_reason = await admin.send("/switch", turn="off", reason=" ", message="Back <b>soon</b>.")
    assert no_reason.status_code == 422
    assert "Say why" in no_reason.text
    assert "Back &lt;b&gt;soon&lt;/b&gt;." in no_reason.text
    assert "Write what residents read" in (await admin.send("/switch", turn="off", reason="A test")).text
    async with place.store.read() as unit:
        assert await switch.message(unit) is None

    await admin.send("/switch", turn="off", reason="A test", message="Back soon.")
    assert "Back soon." in (await admin.see("/switch")).text
    assert "Back soon." in (await admin.see()).text
    async with place.store.read() as unit:
        assert await switch.message(unit) == "Back soon."
    await admin.send("/switch", turn="on", reason="Tested")
    async with place.store.read() as unit:
        assert await switch.message(unit) is None
        done = [(one.action, one.about) for one in await audit.entries(unit)]
    assert done == [("switch on", "Tested"), ("switch off", "A test"), ("sign-in", "invitation")]


async def test_the_audit_is_read_page_by_page_and_by_person(place: Desk) -> None:
    admin = await place.signed_in("admin")
    kit = await place.member("editor", "Kit <Invented>")
    async with place.store.write() as unit:
        for number in range(60):
            await audit.record(unit, kit, "read visit", f"about-{number}-")
        await audit.record(unit, None, "make sign-in link")
    first = (await admin.see("/audit")).text
    assert "Kit &lt;Invented&gt;" in first
    assert "The program" in first
    assert "about-59-" in first
    older = re.search(r'href="/staff(/audit\?before=\d+)"', first)
    assert older
    second = (await admin.see(older[1])).text
    assert "about-0-" in second
    assert "about-59-" not in second
    assert "make sign-in link" not in (await admin.see(f"/audit?person={kit}")).text


async def test_one_sees_and_ends_ones_other_sign_ins(place: Desk) -> None:
    here, staff = place.browser(), await place.member("editor")
    there = place.browser()
    for browser in (here, there):
        await browser.post("/sign-in/invitation", code=await place.code(staff))
    page = (await here.see("/settings")).text
    numbers = re.findall(r"/settings/devices/(\d+)", page)
    assert len(numbers) == 2
    assert page.count("This device") == 1

    await here.send(f"/settings/devices/{numbers[0]}")
    assert (await there.see()).status_code == 303
    assert "Signed out there." in (await here.see("/settings")).text
    colleague = await place.signed_in("admin")
    await colleague.send(f"/settings/devices/{numbers[1]}")
    assert "it was gone already" in (await colleague.see("/settings")).text
    assert (await here.see()).status_code == 200


async def test_words_for_the_next_page_cannot_be_made_up(place: Desk) -> None:
    browser = await place.signed_in()
    await browser.see()
    for forged in ("console.done.on", "WyJjb25zb2xlLmRvbmUub24iLHt9XQ==", "!", "", "AAAA"):
        browser.client.cookies.set("__Host-staff-said", forged)
        assert "The bot is on." not in (await browser.see()).text


def words(html: str) -> str:
    """A page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_a_passkey_is_added_soon_after_signing_in_and_not_later(place: Desk, clock: FixedClock) -> None:
    editor = await place.signed_in("editor")
    text = Texts().say("console.settings.sign-in-again")
    for moved, status in ((9, 200), (2, 403)):
        clock.move(minutes=moved)
        token = await editor.token()
        asked = await editor.post("/settings/passkeys/options", csrf=token)
        assert asked.status_code == status
        assert (text in (await editor.see("/settings")).text) == (status == 403)
    assert asked.json() == {"problem": text}
    assert (await editor.post("/settings/passkeys", csrf=token)).json() == {"problem": text}
