"""A visit in its resident's calendar and in its visitors': what they read, at which address, and who is turned away."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlmodel import col

from bot.channels.web.app import create_app
from bot.clock import FixedClock
from bot.serving import web_of
from bot.store import chats
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import Resident, StaffMember, Visit
from bot.visits import booking, calendars, feeds
from bot.visits.booking import Names, Rules
from handlers.catalogue import Texts
from handlers.turn import Turn
from knowledge.place import Place
from knowledge.visits import names
from knowledge.visits.slots import Slot
from tests.databases import SqliteFiles
from tests.house import house

LONDON = ZoneInfo("Europe/London")
PLACE = Place(name="Braunstone", partnership="Braunstone Blues")
RULES = Rules(visitors=1)
TEN = dt.datetime(2026, 11, 30, 10, 0, tzinfo=dt.UTC)
HALF_HOUR, HOUR, DAY = dt.timedelta(minutes=30), dt.timedelta(hours=1), dt.timedelta(days=1)
SECRETS = ("Asha", "Example", "07700 900123", "Gooding", "LE3 1AA", "oxygen", "kettle")


class Team:
    """A store, two visitors, and visits with somebody's details."""

    def __init__(self, store: Store, first: StaffMember, second: StaffMember, chat: int) -> None:
        self.store, self.first, self.second, self.chat = store, first, second, chat
        self._drawn = 0

    def names(self) -> Names:
        self._drawn += 1
        reference = names.reference(lambda size: self._drawn.to_bytes(size, "big"))
        return Names(reference, f"{self._drawn}@visits.test")

    async def book(self, starts: dt.datetime = TEN, staff: StaffMember | None = None) -> Visit:
        slot = Slot(starts, starts + HALF_HOUR, ((staff or self.first).id,))
        async with self.store.write() as unit:
            sealed = {name: unit.vault.seal(f"visit.{name}", word) for name, word in (("answers", "oxygen"),)}
            resident = Resident(
                name=unit.vault.seal("resident.name", "Asha Example"),
                address=unit.vault.seal("resident.address", "14 Gooding Avenue"),
                postcode=unit.vault.seal("resident.postcode", "LE3 1AA"),
                outward="LE3",
                created_at=unit.now,
            )
            unit.session.add(resident)
            await unit.session.flush()
            held = await booking.hold(unit, self.chat, slot, RULES, self.names())
            assert held.visit_id is not None
            await booking.confirm(unit, held.visit_id, None, RULES, resident_id=resident.id, **sealed)
        return await self.visit(held.visit_id)

    async def visit(self, visit_id: int) -> Visit:
        async with self.store.read() as unit:
            found = await unit.session.get(Visit, visit_id)
            assert found is not None
            return found

    async def change(self, visit: Visit, **values: object) -> None:
        async with self.store.write() as unit:
            await unit.session.execute(update(Visit).where(col(Visit.id) == visit.id).values(**values))

    async def move(self, visit: Visit, starts: dt.datetime) -> None:
        async with self.store.write() as unit:
            slot = Slot(starts, starts + HALF_HOUR, (self.first.id,))
            assert (await booking.move(unit, visit.id, slot, RULES)).visit_id

    async def cancel(self, visit: Visit) -> None:
        async with self.store.write() as unit:
            assert await booking.cancel(unit, visit.id)

    async def get(self, path: str) -> str | None:
        """The calendar at an address, taken apart as the web takes it."""
        *before, name, file = path.split("/")
        token = file.removesuffix(".ics")
        async with self.store.read() as unit:
            if before[-1] == "team":
                return await feeds.staff_calendar(unit, name, token, Texts(), PLACE)
            return await feeds.resident_calendar(unit, name, token, Texts(), PLACE)

    def path(self, visit: Visit) -> str:
        return calendars.calendar_path(self.store.vault, visit)

    def staff_path(self, staff: StaffMember) -> str:
        return calendars.staff_feed_path(self.store.vault, staff)

    async def of(self, visit: Visit) -> Any:
        """The resident's calendar, read."""
        return read(await self.get(self.path(visit)))

    async def round_of(self, staff: StaffMember) -> list[Any]:
        """The events in the calendar of one of the team."""
        return list(read(await self.get(self.staff_path(staff))).events)


@pytest.fixture
async def team(database_url: str, clock: FixedClock) -> AsyncIterator[Team]:
    store = Store(database_url, throwaway_vault(), clock)
    async with store.write() as unit:
        staff = [StaffMember(role="officer", created_at=clock.now()) for _ in range(2)]
        unit.session.add_all(staff)
        turn = Turn(channel="web", bot="", key="1", chat="1", at=clock.now(), text="visit")
        chat = await chats.lock(unit, turn)
        await unit.session.flush()
    yield Team(store, staff[0], staff[1], chat.id)
    await store.close()


def read(text: str | None) -> Any:
    assert text is not None
    return icalendar.Calendar.from_ical(text)


def only(calendar: Any) -> Any:
    [event] = calendar.events
    return event


def by_its_own_rules(calendar: Any) -> dt.datetime:
    """When its one visit starts to a calendar that knows no zone but the one in the file."""
    [zone] = calendar.timezones
    assert only(calendar)["DTSTART"].params["TZID"] == zone.tz_name
    started: dt.datetime = only(calendar)["DTSTART"].dt.replace(tzinfo=zone.to_tz(lookup_tzid=False))
    return started


async def test_one_address_follows_a_visit_through_its_life(team: Team, clock: FixedClock) -> None:
    visit = await team.book()
    booked = await team.of(visit)
    assert booked["METHOD"] == "PUBLISH"
    assert only(booked)["SUMMARY"] == f"Home visit, reference {visit.reference}"
    assert "Braunstone Blues" in only(booked)["DESCRIPTION"]
    assert "LOCATION" not in only(booked)
    assert only(booked)["DTSTAMP"].dt == clock.now()
    assert [alarm["TRIGGER"].dt for alarm in only(booked).walk("VALARM")] == [-DAY, -HOUR]

    await team.move(visit, TEN + DAY)
    clock.move(minutes=5)
    moved = await team.of(visit)
    assert moved["METHOD"] == "PUBLISH"
    assert only(moved)["DTSTART"].dt == TEN + DAY

    await team.cancel(visit)
    cancelled = await team.of(visit)
    assert (cancelled["METHOD"], only(cancelled)["STATUS"]) == ("CANCEL", "CANCELLED")
    assert only(cancelled)["SUMMARY"] == f"Cancelled: home visit, reference {visit.reference}"
    assert only(cancelled).walk("VALARM") == []

    states = [booked, moved, cancelled]
    assert [only(state)["SEQUENCE"] for state in states] == [0, 1, 2]
    assert {only(state)["UID"] for state in states} == {visit.uid}
    assert only(moved)["DTSTAMP"].dt == clock.now()


@pytest.mark.parametrize(
    ("local", "offset"),
    [
        ("2026-03-28T10:00", 0),
        ("2026-03-28T14:00", 0),
        ("2026-03-29T10:00", 1),
        ("2026-03-29T14:00", 1),
        ("2026-10-24T14:00", 1),
        ("2026-10-25T10:00", 0),
        ("2026-10-25T14:00", 0),
    ],
)
async def test_a_visit_stays_at_its_hour_when_the_clocks_change(team: Team, local: str, offset: int) -> None:
    wall = dt.datetime.fromisoformat(local)
    starts = (wall - dt.timedelta(hours=offset)).replace(tzinfo=dt.UTC)
    found = await team.of(await team.book(starts))
    assert only(found)["DTSTART"].to_ical().decode() == wall.strftime("%Y%m%dT%H%M%S")
    assert only(found)["DTSTART"].dt == starts
    assert only(found)["DTEND"].dt == starts + HALF_HOUR
    assert by_its_own_rules(found) == starts
    assert by_its_own_rules(found).utcoffset() == dt.timedelta(hours=offset)


async def test_nobody_who_reads_a_calendar_learns_who_or_exactly_where(team: Team) -> None:
    visit = await team.book()
    for text in (await team.get(team.path(visit)), await team.get(team.staff_path(team.first))):
        assert text is not None
        assert [secret for secret in SECRETS if secret in text] == []
        assert visit.reference in text


async def test_a_wrong_address_opens_nothing(team: Team) -> None:
    visit, other = await team.book(), await team.book(TEN + DAY)
    token = team.path(visit).rpartition("/")[2]
    stranger = calendars.calendar_path(throwaway_vault(), visit)
    for wrong in (
        team.path(visit).replace(token, team.path(other).rpartition("/")[2]),
        stranger,
        f"/calendar/{visit.reference}/.ics",
        f"/calendar/{visit.reference}/é\ud800.ics",
        f"/calendar/{visit.reference.lower()}/{token}",
        f"/calendar/{visit.reference} /{token}",
        f"/calendar/no\0thing/{token}",
        f"/calendar/GGG-GGG/{calendars.visit_token(team.store.vault, '')}.ics",
    ):
        assert await team.get(wrong) is None, wrong
    assert await team.get(team.path(visit))


@pytest.mark.parametrize("state", ["held", "offered", "expired"])
async def test_a_time_that_was_never_promised_is_in_no_calendar(team: Team, state: str) -> None:
    visit = await team.book()
    await team.change(visit, state=state)
    assert await team.get(team.path(visit)) is None
    assert await team.round_of(team.first) == []


@pytest.mark.parametrize("state", ["booked", "done", "not_in", "refused", "cancelled"])
async def test_once_its_details_are_erased_a_visit_is_gone(team: Team, state: str) -> None:
    visit = await team.book()
    await team.change(visit, state=state)
    assert await team.get(team.path(visit))
    async with team.store.write() as unit:
        await unit.session.execute(delete(Resident))
    assert await team.get(team.path(visit)) is None


async def test_the_team_sees_reference_and_outward_postcode_of_their_own(team: Team) -> None:
    second = await team.book(TEN + DAY)
    first = await team.book()
    await team.book(TEN, team.second)
    events = await team.round_of(team.first)
    assert [event["UID"] for event in events] == [first.uid, second.uid]
    assert events[0]["SUMMARY"] == f"Visit {first.reference} LE3"
    assert events[0]["LOCATION"] == "LE3"
    assert "DESCRIPTION" not in events[0]
    assert events[0]["DTSTART"].dt == TEN


async def test_the_calendar_of_the_team_goes_thirty_days_back(team: Team, clock: FixedClock) -> None:
    visit = await team.book()
    clock.move(seconds=(TEN + 30 * DAY - clock.now()).total_seconds())
    assert [event["UID"] for event in await team.round_of(team.first)] == [visit.uid]
    clock.move(seconds=1)
    assert await team.round_of(team.first) == []


async def test_an_erased_visit_leaves_the_team_its_reference_alone(team: Team) -> None:
    visit = await team.book()
    async with team.store.write() as unit:
        await unit.session.execute(delete(Resident))
    [event] = await team.round_of(team.first)
    assert event["SUMMARY"] == f"Visit {visit.reference}"
    assert "LOCATION" not in event


async def test_who_has_left_or_is_somebody_else_sees_nothing(team: Team, clock: FixedClock) -> None:
    token = team.staff_path(team.first).rpartition("/")[2]
    for other in (str(team.second.id), f"0{team.first.id}", "²", "-1", "", "x", "9" * 18, "9" * 40):
        assert await team.get(f"/calendar/team/{other}/{token}") is None, other
    nobody = calendars.staff_token(team.store.vault, 999)
    assert await team.get(f"/calendar/team/999/{nobody}.ics") is None

    assert await team.round_of(team.first) == []
    async with team.store.write() as unit:
        leaving = update(StaffMember).where(col(StaffMember.id) == team.first.id)
        await unit.session.execute(leaving.values(left_at=clock.now()))
    assert await team.get(team.staff_path(team.first)) is None
    assert await team.get(team.staff_path(team.second))


def visit_of(**values: object) -> Visit:
    about: dict[str, Any] = {
        "reference": "J7M-4Q3",
        "uid": "1@visits.test",
        "starts": TEN,
        "ends": TEN + HALF_HOUR,
        "created_at": TEN,
    }
    return Visit(**(about | {"state": "booked"} | values))


def test_a_cancelled_visit_says_so_to_the_team() -> None:
    cancelled = visit_of(state="cancelled", sequence=1)
    calendar = read(calendars.staff_feed([(cancelled, "LE3"), (visit_of(uid="2@x"), "LE3")], Texts(), PLACE, TEN))
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["X-WR-CALNAME"] == "Braunstone Blues: home visits"
    found = [(event["SUMMARY"], event["STATUS"]) for event in calendar.events]
    assert found == [("Cancelled: visit J7M-4Q3 LE3", "CANCELLED"), ("Visit J7M-4Q3 LE3", "CONFIRMED")]


@given(st.text(max_size=40), st.text(max_size=40))
def test_addresses_differ_with_their_uid_and_can_be_written_anywhere(one: str, other: str) -> None:
    vault = throwaway_vault()
    paths = [calendars.calendar_path(vault, visit_of(uid=uid)) for uid in (one, other)]
    assert (paths[0] == paths[1]) == (one == other)
    assert all(re.fullmatch(r"/calendar/J7M-4Q3/[0-9a-f]{32}\.ics", path) for path in paths)


def test_an_address_of_one_kind_never_opens_the_other() -> None:
    vault = throwaway_vault()
    assert calendars.visit_token(vault, "1") != calendars.staff_token(vault, 1)


async def test_the_running_bot_serves_both(sqlite_files: SqliteFiles, clock: FixedClock) -> None:
    async with house(sqlite_files.fresh(), clock) as built:
        async with built.store.write() as unit:
            officer = StaffMember(role="officer", created_at=clock.now())
            unit.session.add(officer)
            resident = Resident(outward="LE3", created_at=clock.now())
            unit.session.add(resident)
            await unit.session.flush()
            visit = visit_of(resident_id=resident.id)
            unit.session.add(visit)
        transport = httpx.ASGITransport(create_app(web_of(built)))
        async with httpx.AsyncClient(transport=transport, base_url="https://ask.example") as client:
            answer = await client.get(calendars.calendar_path(built.store.vault, visit))
            assert only(read(answer.text))["UID"] == visit.uid
            assert (await client.get(calendars.staff_feed_path(built.store.vault, officer))).status_code == 200
            assert (await client.get("/calendar/J7M-4Q3/guess.ics")).status_code == 404
