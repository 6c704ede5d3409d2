"""The console's pages about visits: who may open what, what they show, and what their forms do."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.clock import FixedClock
from bot.console import week
from bot.store import outbox
from bot.store.tables import Outbox
from bot.store.visit_tables import Absence, VisitTask, WaitingPlace
from bot.visits import clashes, gaps, rota, team
from bot.visits.clashes import Closed, Going
from bot.visits.rota import Away
from handlers.office import StaffVisit
from tests.bot.console.desk import Browser
from tests.bot.console.rounds import Rounds, on_rounds
from tests.bot.console.test_console_pages import words
from tests.bot.visits.estate import ELEVEN, MONDAY, TEN, library
from tests.databases import SqliteFiles

ZONE = "Europe/London"
NO_VISIT = "There is no such visit, or it is not one of yours."
PERSONAL = ("Zebedee Quillfeather", "+441164960123", "1 Marzipan Walk, LE3 1AB", "cosy kettle", "A loud parrot")
FORM = {
    "source": "phone", "name": "Ann Example", "address": "9 Made Up Road", "postcode": "le3 1ab",
    "phone": "07700 900123", "when": "2026-11-30T11:00Z", "reason": "fire-safety", "answer-household": "alone",
    "needs": "A step", "word": "",
}  # fmt: skip


@pytest.fixture
async def either(database_url: str, clock: FixedClock) -> AsyncIterator[Rounds]:
    async with on_rounds(database_url, clock) as built:
        yield built


@pytest.fixture
async def place(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Rounds]:
    async with on_rounds(sqlite_files.fresh(), clock) as built:
        yield built


async def done(browser: Browser, path: str, **form: str) -> str:
    """A form, and the words of the page that it leads to."""
    answer = await browser.send(path, **form)
    assert answer.status_code == 303, words(answer.text)
    return words((await browser.client.get(answer.headers["location"])).text)


async def read(browser: Browser, path: str) -> str:
    """The words of a page."""
    return words((await browser.see(path)).text)


async def test_an_officer_reads_their_visit_and_says_what_came_of_it(either: Rounds) -> None:
    either.desk.clock.at = TEN - dt.timedelta(minutes=15)
    sam, at = await either.browser(either.sam), f"/visits/{either.number}"
    page = await read(sam, at)
    for fact in (*PERSONAL, "Only before noon", "Someone aged 85 or over: 8", "One person, alone: 4"):
        assert fact in page
    assert "Agreed: details may go to named partners" in page
    assert "What came of the visit?" not in page, "it has not begun"
    assert await either.done() == [("read visit", either.reference)]
    early = await sam.send(f"{at}/outcome", outcome="done")
    assert early.status_code == 422
    assert "has not begun yet" in early.text

    either.desk.clock.move(minutes=20)
    said = await done(sam, f"{at}/outcome", outcome="not_in", **{"follow-up": "yes"})
    assert f"{either.reference} is recorded as not in." in said
    assert "A follow-up is wanted." in said
    visit = await either.visit()
    assert (visit.state, visit.follow_up) == ("not_in", True)
    assert ("visit not in", either.reference) in await either.done()


async def test_setting_out_tells_the_resident_once_and_says_what_came_of_it(place: Rounds) -> None:
    sam, at = await place.browser(place.sam), f"/visits/{place.number}"
    assert "We are on our way" not in await read(sam, at), "it is days away"
    assert "The visit is not today" in (await sam.send(f"{at}/on-our-way")).text
    hidden = await place.estate.book(2, ELEVEN, safe="not-safe", phone="")
    place.desk.clock.at = TEN - dt.timedelta(minutes=15)
    sam = await place.browser(place.sam)
    assert "We are on our way" in await read(sam, at)
    assert "a message goes out to them now" in await done(sam, f"{at}/on-our-way")
    again = await sam.send(f"{at}/on-our-way")
    assert (again.status_code, "it was done before" in again.text) == (422, True)
    assert "please do not ring" in (await sam.send(f"/visits/{hidden.id}/on-our-way")).text
    assert [one for one in await place.done() if one[0] == "on our way"] == [("on our way", place.reference)]
    async with place.estate.store.read() as unit:
        rows = (await unit.session.execute(select(Outbox))).scalars().all()
        (words_,) = [unit.vault.open(outbox.COLUMN, row.payload or b"") for row in rows]
    assert "Sam and Alex are on their way." in words_


async def test_absences_and_closed_days_stand_in_the_week(either: Rounds) -> None:
    at, hours = f"/visits?week={MONDAY}", dt.timedelta(hours=1)
    async with either.estate.store.write() as unit:
        await rota.be_away(unit, either.sam, TEN + 24 * hours, TEN + 50 * hours, "Dentist")
        await rota.be_away(unit, either.alex, TEN - 800 * hours, TEN - 700 * hours)
        await rota.close_day(unit, MONDAY + dt.timedelta(days=4), ZONE, "Team day")
    kit, sam, alex = await either.coordinator(), await either.browser(either.sam), await either.browser(either.alex)
    for browser, whose in ((kit, "Sam Underhill: "), (sam, "Sam Underhill: "), (alex, "")):
        for view in ("person", "area"):
            page = await read(browser, f"{at}&view={view}")
            assert page.count("Closed: no visits: Team day") == 2, "once for the table, once for phones"
            for words_ in ("Away from 10:00", "Away until 12:00"):
                assert (words_ in page) is bool(whose)
            assert (f"{whose}Away from 10:00" in page) is bool(whose)
            assert "Dentist" not in page, "why is told by the rota"
    empty = await read(kit, f"/visits?week={MONDAY + dt.timedelta(days=14)}")
    assert "No visits this week." in empty
    assert "Closed: no visits" not in empty


async def test_notes_flags_and_referrals(place: Rounds) -> None:
    sam, at = await place.browser(place.sam), f"/visits/{place.number}"
    assert "your note is kept" in await done(sam, f"{at}/note", note="Alarm <b>fitted</b>.")
    assert "Sam Underhill: Alarm &lt;b&gt;fitted&lt;/b&gt;." in (await sam.see(at)).text
    assert "the safeguarding flag is up" in await done(sam, f"{at}/safeguarding", flag="up")
    assert "The safeguarding flag is up." in await read(sam, at)
    assert "the safeguarding flag is down" in await done(sam, f"{at}/safeguarding", flag="down")
    assert "a follow-up is wanted" in await done(sam, f"{at}/follow-up", wanted="yes")
    assert "no follow-up is wanted" in await done(sam, f"{at}/follow-up", wanted="no")
    partner = next(id_ for id_ in library().place.agencies.values() if id_ in library().organisations)
    assert "Nothing was sent to them" in await done(sam, f"{at}/refer", organisation=partner)
    visit = await place.visit()
    assert (visit.safeguarding, visit.follow_up) == (False, False)

    for path, form in (("note", {"note": "  "}), ("refer", {"organisation": "nobody"}), ("outcome", {"outcome": "x"})):
        assert (await sam.send(f"{at}/{path}", **form)).status_code == 422
    kept = await sam.send(f"{at}/note", note="x" * 2000)
    for _ in range(4):
        kept = await sam.send(f"{at}/note", note="x" * 2000)
    assert "The note was not kept" in kept.text
    assert "x" * 2000 + "</textarea>" in kept.text, "what was typed is not lost"


async def test_a_colleagues_visit_is_not_there(place: Rounds) -> None:
    robin = await place.browser(await place.colleague("officer"))
    missing = await robin.see("/visits/0")
    assert (missing.status_code, NO_VISIT in missing.text) == (404, True)
    before = await place.visit()
    for path in ("", "/outcome", "/note", "/follow-up", "/safeguarding", "/refer"):
        form = {"outcome": "done", "note": "Mine", "wanted": "yes", "flag": "up", "organisation": "age-uk-leicester"}
        theirs, nobodys = f"/visits/{place.number}{path}", f"/visits/999{path}"
        answers = [await robin.send(one, **form) if path else await robin.see(one) for one in (theirs, nobodys)]
        assert (answers[0].status_code, answers[0].text) == (404, answers[1].text), path
    for path in ("/move", "/cancel", "/swap", "/assign"):
        assert (await robin.send(f"/visits/{place.number}{path}")).status_code == 404
    assert await place.visit() == before
    assert place.reference not in (await robin.see(f"/visits?week={MONDAY}")).text
    assert await place.done() == []


async def test_the_week_by_person_and_by_area(place: Rounds) -> None:
    sam, kit = await place.browser(place.sam), await place.coordinator()
    mine = (await sam.see(f"/visits?week={MONDAY}")).text
    assert f'<a href="/staff/visits/{place.number}">10:00 {place.reference}</a>' in mine
    assert "Book a visit" not in mine
    all_ = await kit.see(f"/visits?week={MONDAY + dt.timedelta(days=3)}&view=area")
    assert '<th scope="row">LE3' in all_.text
    assert f"/staff/visits?week={MONDAY}&amp;view=person" in all_.text
    assert '<th scope="row">Alex Brandybuck</th>' in (await kit.see(f"/visits?week={MONDAY}")).text
    for told in PERSONAL:
        assert told not in words(mine + all_.text)
    assert "No visits this week." in (await kit.see("/visits")).text
    for wrong in ("week=never", "view=moon", "week=9999-12-31", "week=0001-01-01"):
        assert (await kit.see(f"/visits?{wrong}")).status_code == 404


async def test_what_is_wrong_with_visits_stands_above_the_week(either: Rounds) -> None:
    async with either.estate.store.write() as unit:
        await rota.be_away(unit, either.sam, TEN, ELEVEN)
        await rota.close_day(unit, MONDAY, ZONE)
        assert await team.leave(unit, either.alex)
    robin = await either.browser(await either.colleague("officer"))
    for browser in (await either.coordinator(), await either.browser(either.sam)):
        page = await read(browser, "/visits")
        assert either.reference in page
        for why in ("Sam Underhill is away then.", "Alex Brandybuck has left the team.", "The day is closed."):
            assert f"Mon 30 Nov 2026, 10:00: {why}" in page
    assert either.reference not in await read(robin, "/visits")


async def test_swapping_and_assigning(place: Rounds) -> None:
    robin = await place.colleague("officer")
    kit, at = await place.coordinator(), f"/visits/{place.number}"
    said = await done(kit, f"{at}/swap", out=str(place.sam), **{"in": str(robin)})
    assert "Robin Made-Up goes instead of Sam Underhill" in said
    assert {number for number, _ in (await place.visit()).visitors} == {robin, place.alex}
    both = {"csrf": await kit.token(), "staff": [str(place.sam), str(robin)]}
    assert (await kit.client.post(f"/staff{at}/assign", data=both)).status_code == 303
    assert {number for number, _ in (await place.visit()).visitors} == {robin, place.sam}

    for path, form in (("swap", {"out": str(place.alex), "in": str(robin)}), ("assign", {"staff": str(robin)})):
        refused = await kit.send(f"{at}/{path}", **form)
        assert (refused.status_code, "Nothing was changed" in refused.text) == (422, True)
    assert {number for number, _ in (await place.visit()).visitors} == {robin, place.sam}


async def test_moving_to_a_free_time_tells_the_resident(place: Rounds) -> None:
    kit, at = await place.coordinator(), f"/visits/{place.number}"
    page = (await kit.see(f"{at}/move?from={MONDAY}")).text
    assert 'value="2026-11-30T11:00Z"' in page
    assert 'value="2026-11-30T10:00Z"' not in page, "that is where it stands"
    assert "Monday 30 November 2026" in page
    said = await done(kit, f"{at}/move", when="2026-11-30T11:00Z")
    assert f"{place.reference} is now on Mon 30 Nov 2026, 11:00. They are told in their chat." in said
    assert ((await place.visit()).starts, await place.told()) == (ELEVEN, 1)
    for when in ("2026-11-30T03:00Z", "", "x"):
        assert "is not free any more" in (await kit.send(f"{at}/move", when=when)).text


async def test_cancelling_asks_once_more(place: Rounds) -> None:
    kit, at = await place.coordinator(), f"/visits/{place.number}"
    assert "They will be told in their chat." in await read(kit, f"{at}/cancel")
    assert (await place.visit()).state == "booked", "asking is not doing"
    said = await done(kit, f"{at}/cancel")
    assert f"{place.reference} is cancelled. They are told in their chat." in said
    assert ((await place.visit()).state, await place.told()) == ("cancelled", 1)
    assert "There is nothing to cancel" in (await kit.send(f"{at}/cancel")).text
    assert "There is nothing to cancel" in await read(kit, f"{at}/cancel")


async def test_booking_for_a_resident_who_rings(place: Rounds) -> None:
    kit = await place.coordinator()
    assert '<option value="2026-11-30T11:00Z"' in (await kit.see("/visits/book")).text
    answer = await kit.send("/visits/book", **FORM)
    number = int(answer.headers["location"].rpartition("/")[2])
    page = await read(kit, f"/visits/{number}")
    for fact in (
        "Ann Example",
        "+447700900123",
        "9 Made Up Road, LE3 1AB",
        "A step",
        "Fire safety",
        "One person, alone: 4",
    ):
        assert fact in page
    visit = await place.visit(number)
    assert (visit.starts, visit.source, visit.state) == (ELEVEN, "phone", "booked")
    assert visit.word
    assert ("book visit", visit.reference) in await place.done()

    cancelled = await read(kit, f"/visits/{number}/cancel")
    assert "No message reaches them. Ring them" in cancelled
    assert "They are NOT told yet: ring them." in await done(kit, f"/visits/{number}/cancel")
    assert await place.told() == 0


FAULTS = (
    ({"postcode": "LE3"}, "not a whole postcode"),
    ({"postcode": "B1 1AA"}, "outside the area"),
    ({"name": " - "}, "needs a name"),
    ({"address": ""}, "needs an address"),
    ({"phone": "12"}, "cannot be dialled"),
    ({"word": "7"}, "2 to 24 letters"),
    ({"source": "dream"}, "how they came to us"),
    ({"when": ""}, "Choose a time"),
    ({"when": "2026-11-30T10:00Z"}, "that time is gone"),
    ({"address": "1 Marzipan Walk"}, "has a visit already"),
)


async def test_a_form_with_a_fault_books_nothing_and_is_kept(place: Rounds) -> None:
    kit = await place.coordinator()
    token = await kit.token()
    for wrong, why in FAULTS:
        answer = await kit.post("/visits/book", csrf=token, **(FORM | wrong))
        assert answer.status_code == 422, why
        assert why in answer.text
        assert 'value="A step"' in answer.text
        assert 'value="alone" checked' in answer.text
    assert await place.done() == []


async def test_the_ring_list_is_ones_own_and_reading_it_is_recorded(place: Rounds) -> None:
    task = VisitTask(visit_id=place.number, kind="missed", sequence=1, due_at=place.desk.clock.now(), state="ring")
    await place.estate.add(task)
    sam, robin = await place.browser(place.sam), await place.browser(await place.colleague("officer"))
    assert "There are no calls to make." in await read(robin, "/ring")
    assert "not on the list any more" in await done(robin, f"/ring/{task.id}")
    assert await place.done() == []
    page = await read(sam, "/ring")
    for fact in ("Zebedee Quillfeather", "+441164960123", "Only before noon", "They say that nobody came."):
        assert fact in page
    assert await place.done() == [("read ring list", place.reference)]
    assert "Noted: you rang." in await done(sam, f"/ring/{task.id}")
    assert "There are no calls to make." in await read(sam, "/ring")


async def test_what_was_tapped_about_getting_in_touch_is_said_in_words(place: Rounds) -> None:
    hidden = await place.estate.book(2, ELEVEN, safe="not-safe")
    task = VisitTask(visit_id=hidden.id, kind="missed", sequence=1, due_at=place.desk.clock.now(), state="ring")
    await place.estate.add(task)
    sam = await place.browser(place.sam)
    for path in (f"/visits/{hidden.id}", "/ring"):
        assert "It is not safe: do not ring or write" in await read(sam, path)


async def test_the_waiting_list_says_who_is_next(either: Rounds) -> None:
    calm = await either.estate.book(2, ELEVEN, answers={}, remind_by="message")
    now = either.desk.clock.now()
    await either.estate.add(
        WaitingPlace(visit_id=calm.id, since=now - dt.timedelta(days=2)),
        WaitingPlace(
            visit_id=either.number, since=now, offer_id=calm.id, offer_until=now + dt.timedelta(hours=1), turned_down=""
        ),
    )
    page = await read(await either.coordinator(), "/waiting-list")
    assert page.index(either.reference) < page.index(calm.reference), "the most at risk first"
    assert "Mon 30 Nov 2026, 11:00 is kept for them until Wed 25 Nov 2026, 11:00." in page
    assert "Waiting for 2 days." in page


HOURS = st.integers(0, 20 * 24)
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)
VISITORS = st.lists(st.integers(1, 4), unique=True, max_size=3)


@given(st.lists(st.tuples(HOURS, VISITORS, st.sampled_from(["", "LE3", "LE2"])), max_size=8))
def test_a_week_shows_each_of_its_visits_on_its_own_day(drawn: list[tuple[int, list[int], str]]) -> None:
    """Also in the week in which the clock changes: the day is that of the wall clock."""
    visits = [
        StaffVisit(
            id=n, reference=str(n), state="booked", starts=at, ends=at, outward=outward,
            visitors=tuple((who, f"number {who}") for who in goers),
        )
        for n, (hours, goers, outward) in enumerate(drawn)
        for at in [dt.datetime(2026, 3, 20, tzinfo=dt.UTC) + dt.timedelta(hours=hours)]
    ]  # fmt: skip
    first = dt.date(2026, 3, 23)
    last = first + dt.timedelta(days=7)
    shown = week.by_area(visits, first, ZONE, "?")
    in_rows = sorted(visit.id for row in shown.rows for cell in row.cells for visit in cell)
    in_days = sorted(visit.id for cell in shown.by_day for visit in cell)
    in_week = [v.id for v in visits if first <= v.starts.astimezone(ZoneInfo(ZONE)).date() < last]
    assert in_rows == in_days == in_week
    by_person = week.by_person(visits, first, ZONE, {9: "Nobody's visits"})
    assert len(by_person.rows) == len({who for _, goers, _ in drawn for who in goers} | {9})
    twice = [visit.id for row in by_person.rows for cell in row.cells for visit in cell]
    assert all(twice.count(v.id) == len(v.visitors) * (v.id in in_week) for v in visits)


@given(st.lists(st.tuples(HOURS, st.integers(1, 60), st.integers(1, 3)), max_size=6))
def test_an_absence_stands_on_each_day_that_it_touches_and_on_no_other(drawn: list[tuple[int, int, int]]) -> None:
    """Also in the week in which the clock changes."""
    begin, local = dt.datetime(2026, 3, 20, tzinfo=dt.UTC), ZoneInfo(ZONE)
    absences = [
        Absence(id=n, staff_id=who, starts=begin + start * HOUR, ends=begin + (start + lasts) * HOUR)
        for n, (start, lasts, who) in enumerate(drawn)
    ]
    days = [dt.date(2026, 3, 20) + dt.timedelta(days=n) for n in range(25)]
    shown = {day: gaps.gone_on(day, absences, ZONE) for day in days}
    for day, gone in shown.items():
        touched = [
            one
            for one in absences
            if one.starts.astimezone(local).date() <= day <= (one.ends - SECOND).astimezone(local).date()
        ]
        assert [one.staff_id for one in gone] == [one.staff_id for one in touched]
        assert all(one.starts is None or one.starts.astimezone(local).date() == day for one in gone)
    assert sum(one.starts is not None or one.ends is not None for gone in shown.values() for one in gone) >= len(
        [one for one in absences if one.ends - one.starts < dt.timedelta(hours=23)]
    )


def test_an_absence_that_only_touches_the_road_is_in_the_way() -> None:
    quarter = dt.timedelta(minutes=15)
    going = Going(1, "J7M-4Q3", TEN, TEN + 2 * quarter, 3, TEN - quarter, TEN + 3 * quarter)
    before, road, other = (
        Away(1, staff, TEN - dt.timedelta(hours=1), end) for staff, end in ((3, TEN - quarter), (3, TEN), (4, ELEVEN))
    )
    assert clashes.found([going], [before, other], [Closed(MONDAY + dt.timedelta(days=1))], ZONE) == ()
    (only,) = clashes.found([going], [road], [], ZONE)
    assert (only.why, only.staff_id) == ("away", 3)
