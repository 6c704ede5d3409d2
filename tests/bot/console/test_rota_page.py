"""Working hours, absences and closed days in the console."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator

import pytest

from bot.clock import FixedClock
from bot.visits import clashes, rota
from bot.visits.rota import Hours
from tests.bot.console.rounds import Rounds, on_rounds
from tests.bot.console.test_console_pages import words
from tests.bot.console.test_visits_pages import ZONE, done, read
from tests.bot.visits.estate import MONDAY, TEN
from tests.databases import SqliteFiles

IN_THE_WAY = "Mon 30 Nov 2026, 10:00:"


@pytest.fixture
async def either(database_url: str, clock: FixedClock) -> AsyncIterator[Rounds]:
    async with on_rounds(database_url, clock) as built:
        yield built


@pytest.fixture
async def place(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Rounds]:
    async with on_rounds(sqlite_files.fresh(), clock) as built:
        yield built


async def test_hours_are_added_and_removed(place: Rounds) -> None:
    kit = await place.coordinator()
    hours = {"staff": str(place.sam), "weekday": "wed", "begins": "13:00", "ends": "17:30", "first": "2026-12-02"}
    page = await done(kit, "/rota/hours", **hours, last="")
    assert "The hours are added." in page
    assert "Wednesday 13:00–17:30, from 2 Dec 2026" in page
    async with place.estate.store.read() as unit:
        found = {one.hours: one.id for one in await rota.patterns(unit) if one.staff_id == place.sam}
    assert Hours(2, dt.time(13), dt.time(17, 30), dt.date(2026, 12, 2)) in found

    page = await done(kit, f"/rota/hours/{found[Hours(0, dt.time(9), dt.time(12))]}")
    assert "Monday 09:00–12:00" in page, "Alex still works then"
    assert f"{IN_THE_WAY} Sam Underhill does not work then." in page
    assert f"{IN_THE_WAY} Alex Brandybuck" not in page
    assert [action for action, _ in await place.done()] == ["remove hours", "add hours"]
    assert "it was gone already" in await done(kit, "/rota/hours/99")


async def test_an_absence_names_the_visits_in_its_way(place: Rounds) -> None:
    kit = await place.coordinator()
    away = {"staff": str(place.sam), "starts": "2026-11-30T08:00", "ends": "2026-11-30T17:00", "why": "Training"}
    page = await done(kit, "/rota/absences", **away)
    assert "Sam Underhill, Mon 30 Nov 2026, 08:00 – Mon 30 Nov 2026, 17:00: Training" in page
    assert f"{IN_THE_WAY} Sam Underhill is away then." in page
    assert (await place.visit()).starts == TEN, "people move it, not the program"
    async with place.estate.store.read() as unit:
        (one,) = await rota.absences(unit)
    page = await done(kit, f"/rota/absences/{one.id}")
    assert "The absence is gone." in page
    assert "is away then" not in page
    assert [action for action, _ in await place.done()] == ["remove absence", "add absence"]


async def test_a_closed_day_names_its_visits_and_opens_again(either: Rounds) -> None:
    kit = await either.coordinator()
    page = await done(kit, "/rota/closed", day=str(MONDAY), why="Snow", turn="close")
    assert "Mon 30 Nov 2026: Snow" in page
    assert f"{IN_THE_WAY} The day is closed." in page
    async with either.estate.store.read() as unit:
        assert [one.day for one in await clashes.closed_days(unit, ZONE)] == [MONDAY]
    assert "No day is closed." in await done(kit, "/rota/closed", day=str(MONDAY), turn="open")
    assert "it was gone already" in await done(kit, "/rota/closed", day=str(MONDAY), turn="open")
    assert [action for action, _ in await either.done()] == ["open day", "close day"]


async def test_what_makes_no_sense_changes_nothing(place: Rounds) -> None:
    kit, editor = await place.coordinator(), await place.colleague("editor")
    token, sam = await kit.token(), str(place.sam)
    hours = {"staff": sam, "weekday": "mon", "begins": "09:00", "ends": "17:00"}
    away = {"staff": sam, "starts": "2026-12-01T09:00", "ends": "2026-12-01T10:00"}
    faults = (
        ("hours", hours | {"ends": "09:00"}, "The end must be after the begin."),
        ("hours", hours | {"first": "2026-12-02", "last": "2026-12-01"}, "must not be before the first"),
        ("hours", hours | {"staff": "999"}, "Nobody in the team has that number."),
        ("hours", hours | {"staff": "²"}, "Nobody in the team has that number."),
        ("hours", hours | {"staff": str(editor)}, "a role that goes to no visits"),
        ("hours", hours | {"weekday": "moon"}, "cannot be read"),
        ("hours", hours | {"first": "soon"}, "cannot be read"),
        ("hours", hours | {"begins": ""}, "cannot be read"),
        ("absences", away | {"ends": "2028-12-01T10:00"}, "An absence may last a year."),
        ("absences", away | {"starts": "9999-12-31T23:59"}, "The end must be after the begin."),
        ("absences", away | {"starts": "0001-01-01T00:00"}, "An absence may last a year."),
        ("absences", away | {"ends": "later"}, "cannot be read"),
        ("closed", {"day": "", "turn": "close"}, "cannot be read"),
    )
    before = await read(kit, "/rota")
    for path, form, why in faults:
        answer = await kit.post(f"/rota/{path}", csrf=token, **form)
        assert (answer.status_code, why in words(answer.text)) == (422, True), (path, form)
    assert await read(kit, "/rota") == before
    assert await place.done() == []
