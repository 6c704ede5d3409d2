"""People waiting: read with a record, answered by words bound to one ticket, closed."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlmodel import select

from bot.clock import FixedClock
from bot.console.waiting_page import LONGEST, OPENINGS, working_days
from bot.staff import audit
from bot.store import chats, handovers, outbox
from bot.store.tables import Chat, Outbox
from handlers.office import Role
from handlers.turn import HandoverSaid, OpenHandover, Turn
from knowledge.hours import bank_holidays
from tests.bot.console.desk import ROLES, Browser, Desk


async def ticket(place: Desk, chat: str = "5", phone: str | None = "01632 960001", contact: str = "ok") -> int:
    """Somebody asked for a person, and said why."""
    async with place.store.write() as unit:
        found = await chats.lock(unit, Turn(channel="telegram", key=chat, chat=chat, at=unit.now, text="hello"))
        number = await handovers.open_ticket(unit, found.id, OpenHandover(wish="callback", phone=phone))
        await handovers.add_words(unit, found.id, HandoverSaid(ticket=number, text="Ring <me> after six."))
        row = await unit.session.get_one(Chat, found.id)
        row.contact = contact
    return number


async def sent(place: Desk) -> list[str]:
    """What waits to go to residents."""
    async with place.store.read() as unit:
        rows = (await unit.session.execute(select(Outbox))).scalars()
        return [unit.vault.open(outbox.COLUMN, row.payload) for row in rows if row.payload]


async def done(place: Desk) -> list[tuple[str, str]]:
    async with place.store.read() as unit:
        return [(entry.action, entry.about) for entry in await audit.entries(unit)]


async def test_the_longest_waits_first_by_working_days(place: Desk, clock: FixedClock) -> None:
    await ticket(place, "5")
    clock.move(days=1)
    await ticket(place, "6")
    clock.move(days=4)
    officer = await place.signed_in("officer")
    page = " ".join((await officer.see("/waiting")).text.split())
    assert page.index("Ticket 1") < page.index("Ticket 2")
    assert "Too long.</strong> 3 working days." in page
    assert "<p>2 working days." in page
    assert "01632" not in page
    assert "after six" not in page
    assert "read ticket" not in [action for action, _ in await done(place)]


async def test_who_has_been_answered_waits_no_longer_until_they_write_again(place: Desk, clock: FixedClock) -> None:
    answered, other = await ticket(place, "5"), await ticket(place, "6")
    officer = await place.signed_in("officer")
    await officer.send(f"/waiting/{answered}", text="We will ring at seven.")
    clock.move(days=6)
    officer = await place.signed_in("officer")
    page = " ".join((await officer.see("/waiting")).text.split())
    assert page.index(f"Ticket {other}") < page.index(f"Ticket {answered}")
    assert page.count("Too long.") == 1
    assert "Answered. They have written nothing since." in page.split(f"Ticket {answered}")[1]
    assert "Too long." not in (await officer.see(f"/waiting/{answered}")).text
    assert await waiting(officer) == 1
    async with place.store.write() as unit:
        await handovers.add_words(unit, answered, HandoverSaid(ticket=answered, text="Nobody rang."))
    assert await waiting(officer) == 2
    assert "<p>0 working days." in " ".join((await officer.see("/waiting")).text.split())


async def waiting(browser: Browser) -> int:
    """How many wait, as Today says."""
    said = re.search(r'People waiting(?:</a>)?</h2>\s*<p class="number">(\d+)', (await browser.see("/")).text)
    assert said
    return int(said[1])


async def test_who_reads_a_ticket_is_in_the_record(place: Desk) -> None:
    number = await ticket(place)
    officer = await place.signed_in("officer")
    page = (await officer.see(f"/waiting/{number}")).text
    assert "Ring &lt;me&gt; after six." in page
    assert 'href="tel:01632960001"' in page
    assert (await done(place))[0] == ("read ticket", f"ticket {number}")
    assert "There is no such ticket." in (await officer.see("/waiting/99")).text


async def test_a_reply_goes_to_that_chat_alone_once(place: Desk) -> None:
    number, other = await ticket(place, "5"), await ticket(place, "6")
    officer = await place.signed_in("officer")
    answer = await officer.send(f"/waiting/{number}", text=" We will ring at seven. ")
    assert answer.headers["location"] == f"/staff/waiting/{number}"
    assert "Your reply is on its way." in (page := (await officer.see(f"/waiting/{number}")).text)
    assert "We will ring at seven." in page
    assert "We will ring at seven." not in (await officer.see(f"/waiting/{other}")).text
    (message,) = await sent(place)
    assert "We will ring at seven." in message
    assert ("reply to ticket", f"ticket {number}") in await done(place)


async def test_whoever_takes_it_on_is_named_and_can_be_relieved(place: Desk) -> None:
    number, officer = await ticket(place), await place.signed_in("officer")
    assert "I take it on" in (await officer.see(f"/waiting/{number}")).text
    await officer.send(f"/waiting/{number}/taking")
    page = (await officer.see(f"/waiting/{number}")).text
    assert "Robin Made-Up has taken this on." in page
    assert "I take it on" not in page
    coordinator = await place.signed_in("coordinator")
    assert "Robin Made-Up has taken this on." in (await coordinator.see("/waiting")).text
    assert "I take it on" in (await coordinator.see(f"/waiting/{number}")).text
    await coordinator.send(f"/waiting/{number}/taking")
    assert [each for each in await done(place) if each[0] == "take ticket"] == [("take ticket", f"ticket {number}")] * 2
    await officer.send("/waiting/99/taking")
    assert "it was gone already" in (await officer.see("/waiting")).text


async def test_today_says_who_waits_too_long_to_those_who_may_answer(place: Desk, clock: FixedClock) -> None:
    await ticket(place)
    team: tuple[Role, ...] = ("officer", "coordinator", "editor")
    officer, coordinator, editor = [await place.member(role) for role in team]

    async def signed_in(staff: int) -> Browser:
        browser = place.browser()
        await browser.post("/sign-in/invitation", code=await place.code(staff))
        return browser

    async def told(staff: int) -> bool:
        page = (await (await signed_in(staff)).see("/")).text
        assert "<h1>Today</h1>" in page
        return "Somebody has waited for an answer for more than a working day" in page

    assert not await told(officer)
    clock.move(days=1)
    assert [await told(one) for one in (officer, coordinator, editor)] == [True, True, False]
    await (await signed_in(officer)).send("/waiting/1/taking")
    assert [await told(one) for one in (officer, coordinator)] == [True, False]
    clock.move(days=1)
    assert [await told(one) for one in (officer, coordinator)] == [True, True]
    await (await signed_in(officer)).send("/waiting/1", text="We will ring.")
    assert not await told(officer)


async def test_a_canned_opening_goes_into_the_box_before_what_was_written(place: Desk) -> None:
    number, officer = await ticket(place), await place.signed_in("officer")
    for opening in OPENINGS:
        page = (await officer.send(f"/waiting/{number}", text="See you at <six>.", opening=opening)).text
        assert ". See you at &lt;six&gt;.</textarea>" in page or "? See you at &lt;six&gt;.</textarea>" in page
    assert await sent(place) == []


@pytest.mark.parametrize(("words", "why"), [(" ", "Write what they should read."), ("x" * (LONGEST + 1), "too long")])
async def test_no_words_or_too_many_are_not_sent(place: Desk, words: str, why: str) -> None:
    number, officer = await ticket(place), await place.signed_in("officer")
    answer = await officer.send(f"/waiting/{number}", text=words)
    assert answer.status_code == 422
    assert why in answer.text
    assert words.strip() in answer.text
    assert await sent(place) == []


@pytest.mark.parametrize("contact", ["reply_only", "never"])
async def test_who_must_not_be_written_to_is_not(place: Desk, contact: str) -> None:
    number, officer = await ticket(place, contact=contact), await place.signed_in("officer")
    page = (await officer.see(f"/waiting/{number}")).text
    assert "This person must not be written to." in page
    assert "<textarea" not in page
    answer = await officer.send(f"/waiting/{number}", text="Hello there.")
    assert answer.status_code == 422
    assert "Hello there." in answer.text
    assert await sent(place) == []


async def test_a_closed_ticket_takes_no_more_words(place: Desk) -> None:
    number, officer = await ticket(place), await place.signed_in("officer")
    await officer.send(f"/waiting/{number}/closing")
    assert "Nobody is waiting." in (page := (await officer.see("/waiting")).text)
    assert "The ticket is closed." in page
    assert (await officer.send(f"/waiting/{number}", text="One more thing.")).status_code == 422
    await officer.send(f"/waiting/{number}/closing")
    assert "it was gone already" in (await officer.see("/waiting")).text
    assert [action for action, _ in await done(place)].count("close ticket") == 1
    assert await sent(place) == []


@pytest.mark.parametrize("role", ROLES)
async def test_only_those_who_deal_with_residents_read_tickets(place: Desk, role: Role) -> None:
    number, browser = await ticket(place), await place.signed_in(role)
    may = role in ("officer", "coordinator", "admin")
    for path in ("/waiting", f"/waiting/{number}"):
        assert (await browser.see(path)).status_code == (200 if may else 404)
    assert (await browser.send(f"/waiting/{number}", text="Hello.")).status_code == (303 if may else 404)
    assert (await browser.send(f"/waiting/{number}/closing")).status_code == (303 if may else 404)


def test_working_days_leave_out_weekends_and_bank_holidays() -> None:
    christmas = bank_holidays(range(2026, 2028))
    friday = dt.datetime(2026, 11, 27, 16, tzinfo=dt.UTC)
    assert working_days(friday, friday + dt.timedelta(hours=7), christmas) == 0
    assert working_days(friday, friday + dt.timedelta(days=2), christmas) == 0
    assert working_days(friday, friday + dt.timedelta(days=3), christmas) == 1
    eve = dt.datetime(2026, 12, 24, 12, tzinfo=dt.UTC)
    assert working_days(eve, dt.datetime(2026, 12, 29, 12, tzinfo=dt.UTC), christmas) == 1
    assert working_days(friday, friday - dt.timedelta(days=3), christmas) == 0
