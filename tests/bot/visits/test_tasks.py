"""What is written down to be said about a visit, when, and how it reaches the resident or does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.store import chats
from bot.store.tables import Chat
from bot.store.unit import Unit
from bot.store.vault import throwaway_vault
from bot.store.visit_tables import Visit, VisitTask
from bot.visits import tasks, ways
from bot.visits.tasks import Due
from handlers.turn import Session
from tests.bot.visits.later import FEEDBACK_AFTER, HALF_HOUR, MONDAY_IN_TWO_WEEKS, ZONE, Later, later

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
async def house(database_url: str, clock: FixedClock) -> AsyncIterator[Later]:
    async with later(database_url, clock) as made:
        yield made


async def times(house: Later) -> dict[str, str]:
    """When each waiting task is due, by its kind."""
    return {task.kind: f"{task.due_at:%d %b %H:%M}" for task in await house.rows(VisitTask) if task.state == "waiting"}


async def plan(house: Later, visit_id: int, **changes: object) -> None:
    """The visit changes, and what is to be said is planned anew."""
    async with house.store.write() as unit:
        visit = await unit.session.get_one(Visit, visit_id)
        for name, value in changes.items():
            setattr(visit, name, value)
        await unit.session.flush()
        await tasks.plan(unit, visit, ZONE, FEEDBACK_AFTER)


async def test_a_week_before_a_day_before_and_a_day_after(house: Later) -> None:
    await house.book(await house.chat())

    assert await times(house) == {
        "week-before": "30 Nov 10:00",
        "day-before": "06 Dec 10:00",
        "after": "08 Dec 10:30",
    }


async def test_nobody_is_reminded_of_what_they_have_just_booked(house: Later) -> None:
    soon = house.clock.now() + DAY + HALF_HOUR
    await house.book(await house.chat(), soon, consents="")

    assert await times(house) == {}


async def test_without_consent_nothing_is_asked_afterwards(house: Later) -> None:
    await house.book(await house.chat(), consents="partners")

    assert "after" not in await times(house)


async def test_planning_twice_is_planning_once(house: Later) -> None:
    visit = await house.book(await house.chat())
    before = await house.rows(VisitTask)
    await plan(house, visit)

    assert [task.id for task in await house.rows(VisitTask)] == [task.id for task in before]


async def test_a_visit_that_moved_is_spoken_of_at_its_new_time_alone(house: Later) -> None:
    visit = await house.book(await house.chat())
    ringing = next(task.id for task in await house.rows(VisitTask) if task.kind == "week-before")
    await house.change(VisitTask, ringing, state="ring")
    later_on = MONDAY_IN_TWO_WEEKS + DAY
    await plan(house, visit, starts=later_on, ends=later_on + HALF_HOUR, sequence=1)

    assert await times(house) == {
        "week-before": "01 Dec 10:00",
        "day-before": "07 Dec 10:00",
        "after": "09 Dec 10:30",
    }
    old = [task for task in await house.rows(VisitTask) if task.sequence == 0]
    assert {task.state for task in old} == {"dropped"}


async def test_of_a_cancelled_visit_nothing_more_is_said(house: Later) -> None:
    visit = await house.book(await house.chat())
    async with house.store.write() as unit:
        await tasks.drop(unit, visit)

    assert set((await house.tasks(visit)).values()) == {"dropped"}


async def test_what_is_due_comes_in_order_and_in_batches(house: Later) -> None:
    chat = await house.chat()
    for hours in range(3):
        await house.book(chat, MONDAY_IN_TWO_WEEKS + hours * 2 * HOUR)
    house.clock.move(days=13)
    async with house.store.read() as unit:
        every, some = await tasks.due(unit), await tasks.due(unit, limit=2)

    assert len(every) == 6
    assert some == every[:2]


def due(kind: str = "day-before", chat: Chat | None = None, **visit: Any) -> Due:
    """A task of a visit that was booked in a chat."""
    now = FixedClock().now()
    columns: dict[str, Any] = {
        "reference": "REF-1",
        "uid": "1@visits.test",
        "state": "booked",
        "created_at": now,
        **visit,
    }
    columns.setdefault("starts", now + 5 * DAY)
    columns.setdefault("ends", columns["starts"] + HALF_HOUR)
    return Due(VisitTask(visit_id=1, kind=kind, due_at=now), Visit(**columns), chat)


def chat(**columns: Any) -> Chat:
    now = FixedClock().now()
    return Chat(**{"channel": "telegram", "external_id": "1", "created_at": now, "last_turn_at": now, **columns})


@pytest.fixture
def unit() -> Unit:
    """A unit without a database: enough where nothing is read."""
    return Unit(throwaway_vault(), FixedClock().now(), None)  # type: ignore[arg-type]


WAYS = [
    ("message", {}, {}),
    ("ring", {"channel": "web"}, {}),
    ("ring", {"channel": "terminal"}, {}),
    ("ring", {"blocked_at": FixedClock().now()}, {}),
    ("ring", {}, {"remind_by": "ring"}),
    ("dropped", {}, {"remind_by": "calendar"}),
    ("dropped", {"contact": "reply_only"}, {}),
    ("dropped", {"contact": "never"}, {}),
    ("dropped", {"contact": "reply_only", "channel": "web"}, {}),
    ("dropped", {"contact": "reply_only"}, {"remind_by": "ring"}),
    ("dropped", {"contact": "never", "blocked_at": FixedClock().now()}, {}),
]


@pytest.mark.parametrize("kind", tasks.REMINDERS)
@pytest.mark.parametrize(("way", "columns", "visit"), WAYS)
def test_how_a_reminder_goes(
    unit: Unit, kind: str, way: str, columns: dict[str, object], visit: dict[str, object]
) -> None:
    assert ways.way_of(unit, due(kind, chat(**columns), **visit)) == way


def test_whoever_was_booked_by_the_team_is_rung(unit: Unit) -> None:
    assert ways.way_of(unit, due()) == "ring"


def test_after_a_crisis_message_nothing_is_written_unasked(unit: Unit) -> None:
    quiet = unit.vault.seal(chats.COLUMN, Session(quiet=True).model_dump_json())

    assert ways.way_of(unit, due(chat=chat(session=quiet))) == "ring"


@pytest.mark.parametrize("kind", ["after", "earlier"])
@pytest.mark.parametrize("columns", [{"channel": "web"}, {"blocked_at": FixedClock().now()}, {"contact": "never"}])
def test_a_question_and_an_offer_are_messages_or_nothing(unit: Unit, kind: str, columns: dict[str, object]) -> None:
    assert ways.way_of(unit, due(kind, chat(**columns))) == "dropped"
    assert ways.way_of(unit, due(kind, chat())) == "message"


@pytest.mark.parametrize(
    ("kind", "until_it_starts", "sensible"),
    [
        ("week-before", 2 * DAY + HOUR, True),
        ("week-before", 2 * DAY, False),
        ("day-before", HOUR, True),
        ("day-before", 0 * HOUR, False),
        ("after", -7 * DAY, True),
        ("after", -8 * DAY, False),
        ("earlier", HOUR, True),
        ("earlier", 0 * HOUR, False),
    ],
)
def test_what_was_missed_is_said_late_only_if_it_makes_sense(
    kind: str, until_it_starts: dt.timedelta, sensible: bool
) -> None:
    now = FixedClock().now()
    one = due(kind, starts=now + until_it_starts)

    assert ways.makes_sense(one.task, one.visit, now) is sensible


@pytest.mark.parametrize("kind", [*tasks.PLANNED, "earlier"])
@pytest.mark.parametrize("state", ["cancelled", "expired", "refused", "not_in", "held"])
def test_nothing_is_said_about_a_visit_that_is_off(kind: str, state: str) -> None:
    one = due(kind, state=state)

    assert not ways.makes_sense(one.task, one.visit, FixedClock().now())
