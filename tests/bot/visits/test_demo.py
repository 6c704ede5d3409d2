"""`bot demo`: a fortnight that looks real, and nobody in it who is."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from bot.cli.demo import FOLDER, LOOK, settings_of, throw_away, what_to_look_at
from bot.clock import FixedClock
from bot.conversation import Conversation
from bot.knowing import Knowing
from bot.settings import Settings
from bot.store.tables import Chat, Outbox
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import (
    Absence,
    ClosedDay,
    Occupied,
    Referral,
    Resident,
    Visit,
    VisitFeedback,
    VisitTask,
    WaitingPlace,
)
from bot.visits import details, diary, rounds, team
from bot.visits.demo import fill
from bot.visits.demo_cast import DAYS, Cast, Person, read_cast
from bot.visits.details import Details
from handlers.office import RingTask
from knowledge.visits.questions import refuse_unknown
from knowledge.visits.slots import cells_of
from tests.bot.visits.estate import library, visits
from tests.databases import SqliteFiles
from tests.house import Scripted, house
from tests.stories.player import on_the_web
from tests.stories.test_visits import book
from tests.team import open_diary
from tests.test_docs import commands

WEDNESDAY = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)
NOBODY_COMES = "This is a demonstration. Everybody in it is made up. Nobody will come or ring."
DRAMA = re.compile(r"\+447700900\d{3}")
Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Shown:
    """What there is to see once it is filled, opened."""

    code: str
    clock: dt.datetime
    days: int
    visits: Sequence[Visit]
    told: dict[int, Details]
    team: tuple[str, ...]
    calls: tuple[RingTask, ...]
    chats: Sequence[Chat]
    outbox: Sequence[Outbox]
    occupied: Sequence[Occupied]
    residents: Sequence[Resident]
    waiting: Sequence[WaitingPlace]
    feedback: Sequence[VisitFeedback]
    tasks: Sequence[VisitTask]
    referrals: Sequence[Referral]
    absences: Sequence[Absence]
    closed: Sequence[ClosedDay]

    def of(self, person: Person) -> Visit:
        """The visit of somebody of the cast."""
        return next(visit for visit in self.visits if visit.id in self.told and self.told[visit.id].name == person.name)


async def rows(unit: Unit, table: type[Row]) -> Sequence[Row]:
    """All of a table."""
    return (await unit.session.execute(select(table))).scalars().all()


async def filled(url: str, cast: Cast, now: dt.datetime) -> Shown:
    """Fill a database, and read what there is to see."""
    clock, done = FixedClock(now), list[int]()
    store = Store(url, throwaway_vault(), clock)
    try:
        code = await fill(store, clock, library(), cast, Random("a seed"), done.append)
        async with store.read() as unit:
            return await read(unit, code, sum(done))
    finally:
        await store.close()


async def read(unit: Unit, code: str, days: int) -> Shown:
    """Everything, with the names that are sealed."""
    residents = {one.id: one for one in await rows(unit, Resident)}
    every = await rows(unit, Visit)
    told = {v.id: details.opened(unit, v, residents[v.resident_id]) for v in every if v.resident_id is not None}
    return Shown(
        code, unit.now, days, every, told, tuple(one.name for one in await team.everybody(unit)),
        await rounds.ring_list(unit), await rows(unit, Chat), await rows(unit, Outbox), await rows(unit, Occupied),
        list(residents.values()), await rows(unit, WaitingPlace), await rows(unit, VisitFeedback),
        await rows(unit, VisitTask), await rows(unit, Referral), await rows(unit, Absence),
        await rows(unit, ClosedDay),
    )  # fmt: skip


@pytest.fixture(scope="module")
def shown(sqlite_files: SqliteFiles) -> Shown:
    """The whole demonstration."""
    return asyncio.run(filled(sqlite_files.fresh(), read_cast(), WEDNESDAY))


def test_everybody_s_visit_is_there_and_came_to_what_it_should(shown: Shown) -> None:
    cast = read_cast()
    assert len(cast.people) == len(shown.told) == 40
    for person in cast.people:
        expected = "cancelled" if person.then == "cancels" else person.outcome or "booked"
        assert shown.of(person).state == expected, person.name
        assert shown.of(person).source == person.by
        assert (shown.of(person).follow_up, shown.of(person).safeguarding) == (person.follow_up, person.safeguarding)
    assert {"done", "not_in", "refused", "booked", "cancelled"} <= {visit.state for visit in shown.visits}
    assert {visit.priority for visit in shown.visits} == {"high", "medium", "standard"}
    assert len({(one.outward, one.area) for one in shown.residents}) > 2
    assert (shown.clock, shown.days) == (WEDNESDAY, DAYS)


def test_they_are_spread_over_the_fortnight_that_was_asked_for(shown: Shown) -> None:
    days = Counter((visit.starts.date() - WEDNESDAY.date()).days for visit in shown.visits if visit.id in shown.told)
    assert min(days) in (-8, -7)
    assert max(days) in (10, 11)
    assert len(days) >= 12
    assert all(visit.created_at < visit.starts for visit in shown.visits)
    assert {visit.state for visit in shown.visits if visit.created_at.date() == WEDNESDAY.date()} <= {"offered"}


def test_nobody_is_in_two_places(shown: Shown) -> None:
    """A pair has every cell of its visit; the key of the table makes a second owner impossible."""
    buffer = diary.rules_of(visits()).buffer
    owners: defaultdict[int | None, set[tuple[int, dt.datetime]]] = defaultdict(set)
    for cell in shown.occupied:
        owners[cell.visit_id].add((cell.staff_id, cell.cell))
    for visit in shown.visits:
        pair = {who for who, _ in owners[visit.id]}
        wanted = cells_of(visit.starts, visit.ends, buffer)
        if visit.state == "cancelled":
            assert not pair
        else:
            assert len(pair) == 2
            assert owners[visit.id] == {(who, cell) for who in pair for cell in wanted}
    closed = {day.day for day in shown.closed}
    assert len(closed) == len(shown.absences) == 1
    assert not closed & {visit.starts.date() for visit in shown.visits}


def test_nobody_in_it_exists(shown: Shown) -> None:
    everybody = shown.told.values()
    assert len(shown.team) == 6
    assert [name for name in (*shown.team, *(one.name for one in everybody)) if not name.startswith("Demo ")] == []
    assert [one.phone for one in everybody if not DRAMA.fullmatch(one.phone)] == []
    assert [one.postcode for one in everybody if not one.postcode.endswith(" 9ZZ")] == []
    assert len({one.phone for one in everybody}) == len({one.address for one in everybody}) == len(shown.told)


def test_no_message_can_have_reached_anybody(shown: Shown) -> None:
    assert all(int(chat.external_id) < 0 for chat in shown.chats)
    assert {chat.channel for chat in shown.chats} == {"telegram", "web"}
    assert {(row.state, row.message_id) for row in shown.outbox} == {("waiting", None)}


def test_there_is_something_on_every_list(shown: Shown) -> None:
    assert {"missed", "day-before"} <= {call.kind for call in shown.calls}
    assert any(task.state == "rung" for task in shown.tasks)
    assert len(shown.waiting) == 2
    assert {row.came for row in shown.feedback} == {"yes", "no"}
    assert {row.instead for row in shown.feedback} >= {"999", "101", "gp", "nothing", "else"}
    assert len(shown.referrals) == 3
    assert any(visit.moves for visit in shown.visits)
    assert re.fullmatch(r"(\w{4}-){2}\w{4}", shown.code)


def few(people: slice) -> Cast:
    """Some of the cast, which is quicker."""
    cast = read_cast()
    return cast.model_copy(update={"people": cast.people[people]})


def test_the_same_date_is_the_same_demonstration_at_any_hour(sqlite_files: SqliteFiles) -> None:
    cast = few(slice(18, 26))
    morning, night = (
        asyncio.run(filled(sqlite_files.fresh(), cast, WEDNESDAY.replace(hour=hour, minute=50))) for hour in (0, 23)
    )
    assert [(v.reference, v.uid, v.starts) for v in morning.visits] == [
        (v.reference, v.uid, v.starts) for v in night.visits
    ]
    assert {one.word for one in morning.told.values()} == {one.word for one in night.told.values()}


def test_over_christmas_visits_go_to_the_nearest_working_day(sqlite_files: SqliteFiles) -> None:
    cast = few(slice(18, 26))
    shown = asyncio.run(filled(sqlite_files.fresh(), cast, dt.datetime(2026, 12, 26, 3, 0, tzinfo=dt.UTC)))
    assert len(shown.told) == len(cast.people)
    assert not {visit.starts.date() for visit in shown.visits} & {dt.date(2026, 12, day) for day in (25, 26, 28)}
    for person in cast.people:
        wanted = dt.date(2026, 12, 26) + dt.timedelta(days=person.day)
        assert abs((shown.of(person).starts.date() - wanted).days) <= 4, person.name


def test_the_cast_fits_what_is_asked_here() -> None:
    reasons = {reason.id for reason in visits().reasons}
    for person in read_cast().people:
        refuse_unknown(visits(), {question: frozenset(tapped) for question, tapped in person.answers.items()})
        assert set(person.reasons) <= reasons, person.name
        assert not person.refer or person.refer in library().place.roles, person.name
        assert person.channel or not (person.then or person.said), f"{person.name} has no chat to do that in"


def test_it_has_nothing_of_the_deployment(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("123:real", encoding="utf-8")
    deployment = Settings(
        telegram_token_file=token, public_url="https://ask.example", database_url="postgresql://real/bot",
        keys_file=tmp_path / "real.keys", host="0.0.0.0", _env_file=None,  # noqa: S104
    )  # fmt: skip
    own = settings_of(deployment, 8001)
    assert deployment.telegram_token is not None
    assert (own.telegram_token, own.telegram_token_file, own.public_url) == (None, None, None)
    assert (own.database_url, own.keys_file) == (f"sqlite:///{FOLDER}/demo.sqlite3", FOLDER / "bot.keys")
    assert (own.host, own.port, own.demonstration) == ("127.0.0.1", 8001, True)


def test_what_it_says_to_look_at_is_there() -> None:
    lines = what_to_look_at(settings_of(Settings(_env_file=None), 8000), "ABCD-EFGH", "JKLM-NOPQ-RSTU")
    assert lines.pop(0).endswith("http://localhost:8000/staff/link/JKLM-NOPQ-RSTU")
    assert [f"  BOT_DATABASE_URL=sqlite:///{FOLDER}/demo.sqlite3 bot {name}" for name in LOOK] == lines[1:5]
    assert set(LOOK) <= {name for name, _ in commands()}
    assert any("/staff ABCD-EFGH" in line for line in lines)


def test_only_its_own_files_are_thrown_away(tmp_path: Path) -> None:
    for name in ("demo.sqlite3", "demo.sqlite3-wal", "bot.keys", "notes.txt"):
        (tmp_path / name).touch()
    throw_away(tmp_path)
    throw_away(tmp_path / "not there")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("demonstration", [True, False])
async def test_page_menu_and_visit_say_that_nobody_comes(
    sqlite_files: SqliteFiles, clock: FixedClock, demonstration: bool
) -> None:
    quick = Scripted(holding=library())
    async with house(sqlite_files.fresh(), clock, quick) as built:
        await open_diary(built.store)
        knowing = Knowing(quick, demonstration=demonstration)
        built = replace(built, knowing=knowing, conversation=Conversation(built.store, knowing))
        async with on_the_web(built) as person:
            page = (await person.client.get("/")).text
            menu = await person.say("/menu")
            booked = await book(person)
    assert "Your visit is booked." in booked
    said = [NOBODY_COMES in page, NOBODY_COMES in menu, NOBODY_COMES in booked]
    assert said == [demonstration] * 3
