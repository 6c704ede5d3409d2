"""The sweep: reminders arrive once, at kind hours, where they are welcome; crashes and bad rows lose nothing."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.delivery import loop
from bot.delivery.loop import Guard, Step
from bot.errors import BotError
from bot.store import outbox
from bot.store.chats import COLUMN
from bot.store.tables import Chat, Outbox
from bot.store.unit import Unit
from bot.store.visit_tables import Occupied, StaffMember, VisitTask
from bot.visits import booking, tasks
from bot.visits.booking import Names
from handlers import buttons
from handlers.catalogue import Texts
from handlers.ports import Visitor
from handlers.turn import Session
from handlers.visits import letters
from handlers.visits.letters import ANSWERS, Coming
from knowledge.prose import words_of
from knowledge.visits.slots import Slot
from tests.bot.visits.later import HALF_HOUR, MONDAY_IN_TWO_WEEKS, RULES, ZONE, Later, labels, later
from tests.databases import SqliteFiles

SOMEBODY = "07700 900123"


@pytest.fixture
async def house(database_url: str, clock: FixedClock) -> AsyncIterator[Later]:
    async with later(database_url, clock) as made:
        yield made


@pytest.fixture
async def small(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Later]:
    """On SQLite alone, where a test is about a decision and not about SQL."""
    async with later(sqlite_files.fresh(), clock) as made:
        yield made


async def test_reminders_come_a_week_and_a_day_before_and_a_question_after(house: Later) -> None:
    chat = await house.chat()
    visit = await house.book(chat)
    said: list[list[str]] = []
    for moment in ("2026-11-30 09:59", "2026-11-30 10:00", "2026-12-06 10:00", "2026-12-08 10:30"):
        house.clock.at = dt.datetime.fromisoformat(f"{moment}+00:00")
        await house.sweep()
        said.append(await house.said(chat))

    assert [len(words) for words in said] == [0, 1, 2, 3]
    week, day, after = await house.sent(chat)
    assert labels(week) == ["I'll be in", "Move it", "Cancel"]
    assert labels(day) == ["I'll be in", "Cancel"]
    assert labels(after) == ["Yes", "No", "I am still waiting"]
    assert words_of(week.blocks) == (
        "Your free home visit is on Monday 7 December at 10am.\n"
        "Your reference is REF-2. The visit costs you nothing.\n"
        "If nobody is in, somebody else goes without that visit.\n"
        "Will you be in? If not, you can move the visit or cancel it. That is fine."
    )
    assert "somebody else goes without that visit" in said[2][1]
    assert set((await house.tasks(visit)).values()) == {"sent"}


async def test_the_buttons_say_which_visit_they_are_about(small: Later) -> None:
    chat = await small.chat()
    visit = await small.book(chat)
    small.clock.move(days=5)
    await small.sweep()

    ((reminder,),) = ([reply] for reply in await small.sent(chat))
    tapped = [buttons.decode(button.token or "").argument for row in reminder.buttons for button in row]
    assert tapped == [f"in.{visit}", f"move.{visit}", f"cancel.{visit}"]


async def test_visitors_are_named_once_they_are_known(small: Later) -> None:
    async with small.store.write() as unit:
        named = unit.vault.seal("staff_member.name", "Ola Nordmann")
        (await unit.session.get_one(StaffMember, small.staff[0])).name = named
    chat = await small.chat()
    await small.book(chat)
    small.clock.move(days=5)
    await small.sweep()

    assert "Who is coming:\nOla, " in (await small.said(chat))[0]
    assert "Nordmann" not in (await small.said(chat))[0]


async def test_the_same_task_is_said_once_however_often_it_is_swept(house: Later) -> None:
    chat = await house.chat()
    await house.book(chat)
    house.clock.move(days=5)
    await house.sweep()
    await house.sweep()
    await asyncio.gather(house.sweep(), house.sweep())

    assert len(await house.sent(chat)) == 1


async def test_two_sweeps_at_once_say_it_once(house: Later) -> None:
    chat = await house.chat()
    await house.book(chat)
    house.clock.move(days=5)
    await asyncio.gather(house.sweep(), house.sweep(), house.sweep())
    await house.sweep()  # whoever found the row held by another left it to the next round

    assert len(await house.sent(chat)) == 1


async def test_a_crash_between_queueing_and_marking_neither_loses_nor_doubles(
    house: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(_unit: Unit, _task: int, _state: str) -> None:
        raise RuntimeError("the power went")

    chat = await house.chat()
    visit = await house.book(chat)
    house.clock.move(days=5)
    with monkeypatch.context() as broken:
        broken.setattr(tasks, "mark", crash)
        with pytest.raises(RuntimeError):
            await house.sweep()
    after_the_crash = (await house.tasks(visit))["week-before"], await house.rows(Outbox)
    await house.sweep()

    assert after_the_crash == ("waiting", [])
    assert len(await house.sent(chat)) == 1


async def test_one_bad_row_does_not_stop_the_others(house: Later) -> None:
    failures: list[str] = []

    async def guard(step: Step) -> None:
        try:
            await step()
        except BotError as error:
            failures.append(type(error).__name__)

    bad, good = await house.chat(), await house.chat()
    broken = await house.book(bad)
    await house.book(good, MONDAY_IN_TWO_WEEKS + dt.timedelta(hours=2))
    await house.change(Chat, bad, session=b"\x09 sealed with a key that is gone")
    house.clock.move(days=5, hours=2)
    await house.sweep(guard)

    assert failures == ["KeyMissing"]
    assert len(await house.sent(good)) == 1
    assert (await house.tasks(broken))["week-before"] == "waiting"


async def test_nobody_is_written_to_at_night(small: Later) -> None:
    chat = await small.chat()
    await small.book(chat)
    small.clock.at = dt.datetime(2026, 11, 30, 21, 0, tzinfo=dt.UTC)  # the bot was down since the morning
    await small.sweep()
    at_night = await small.sent(chat)
    small.clock.at = dt.datetime(2026, 12, 1, 8, 0, tzinfo=dt.UTC)
    await small.sweep()

    assert at_night == []
    assert len(await small.sent(chat)) == 1


async def test_after_a_long_break_only_what_still_helps_is_said(small: Later) -> None:
    chat = await small.chat()
    visit = await small.book(chat, consents="")
    small.clock.at = MONDAY_IN_TWO_WEEKS - dt.timedelta(hours=1)
    await small.sweep()

    assert await small.tasks(visit) == {"week-before": "dropped", "day-before": "sent"}
    assert len(await small.sent(chat)) == 1


@pytest.mark.parametrize(
    ("channel", "columns", "visit", "state"),
    [
        ("web", {}, {}, "ring"),
        ("telegram", {"blocked_at": FixedClock().now()}, {}, "ring"),
        ("telegram", {}, {"remind_by": "ring"}, "ring"),
        ("telegram", {}, {"remind_by": "calendar"}, "dropped"),
        ("telegram", {"contact": "reply_only"}, {}, "dropped"),
        ("web", {"contact": "never"}, {}, "dropped"),
    ],
)
async def test_where_no_message_goes_none_is_queued(
    small: Later, channel: str, columns: dict[str, Any], visit: dict[str, Any], state: str
) -> None:
    chat = await small.chat(channel, **columns)  # type: ignore[arg-type]
    booked = await small.book(chat, **visit)
    small.clock.move(days=5)
    await small.sweep()

    assert (await small.tasks(booked))["week-before"] == state
    assert await small.rows(Outbox) == []


async def test_a_question_afterwards_is_never_a_call(small: Later) -> None:
    visit = await small.book(await small.chat("web"))
    small.clock.move(days=14)
    await small.sweep()

    assert (await small.tasks(visit))["after"] == "dropped"


async def test_a_reminder_that_could_not_be_delivered_becomes_a_call(house: Later) -> None:
    chat = await house.chat()
    visit = await house.book(chat)
    house.clock.move(days=5)
    await house.sweep()
    await house.change(Chat, chat, blocked_at=house.clock.now())
    async with house.store.write() as unit:
        await outbox.drop_waiting(unit, chat)
    await house.sweep()

    assert (await house.tasks(visit))["week-before"] == "ring"


async def test_a_reminder_that_was_delivered_is_no_call(small: Later) -> None:
    chat = await small.chat()
    visit = await small.book(chat)
    small.clock.move(days=5)
    await small.sweep()
    (row,) = await small.rows(Outbox)
    await small.change(Outbox, row.id, state="sent")
    await small.change(Chat, chat, blocked_at=small.clock.now())
    await small.sweep()

    assert (await small.tasks(visit))["week-before"] == "sent"


async def test_whoever_must_hide_later_is_taken_off_the_list_of_calls(house: Later) -> None:
    chat = await house.chat("web")
    visit = await house.book(chat)
    house.clock.move(days=5)
    await house.sweep()
    await house.change(Chat, chat, contact="reply_only")
    await house.sweep()

    assert (await house.tasks(visit))["week-before"] == "dropped"


async def test_nobody_is_rung_to_be_reminded_of_what_is_over(small: Later) -> None:
    visit = await small.book(await small.chat("web"))
    small.clock.move(days=5)
    await small.sweep()
    small.clock.at = MONDAY_IN_TWO_WEEKS
    await small.sweep()

    assert (await small.tasks(visit))["week-before"] == "dropped"


async def test_after_a_crisis_message_the_bot_does_not_write_unasked(small: Later) -> None:
    chat = await small.chat()
    visit = await small.book(chat)
    sealed = small.store.vault.seal(COLUMN, Session(quiet=True).model_dump_json())
    await small.change(Chat, chat, session=sealed)
    small.clock.move(days=5)
    await small.sweep()

    assert (await small.tasks(visit))["week-before"] == "ring"


async def test_holds_that_ran_out_are_given_back(house: Later) -> None:
    slot = Slot(MONDAY_IN_TWO_WEEKS, MONDAY_IN_TWO_WEEKS + HALF_HOUR, house.staff)
    chat = await house.chat()
    async with house.store.write() as unit:
        await booking.hold(unit, chat, slot, RULES, Names("REF-9", "9@visits.test"))
    house.clock.move(minutes=11)
    await house.sweep()

    assert await house.rows(Occupied) == []


async def test_what_has_been_kept_long_enough_goes(house: Later) -> None:
    chat = await house.chat()
    visit = await house.book(chat, notes=house.store.vault.seal("visit.notes", f"ring {SOMEBODY}"))
    house.clock.at = MONDAY_IN_TWO_WEEKS + dt.timedelta(days=1)
    await house.sweep()
    assert (await house.visit(visit)).erase_at is not None
    house.clock.move(days=400)
    await house.sweep()

    erased = await house.visit(visit)
    assert (erased.chat_id, erased.notes) == (None, None)
    assert await house.rows(VisitTask) == []


async def test_the_loop_goes_on_after_a_step_that_fails() -> None:
    reached = asyncio.Event()

    async def bad() -> None:
        raise RuntimeError("this step fails")

    async def good() -> None:
        reached.set()

    async def once(guard: Guard) -> None:
        await guard(bad)
        await guard(good)

    running = asyncio.ensure_future(loop.repeat(loop.Duty("some", 30.0, once)))
    async with asyncio.timeout(5):
        await reached.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


COMING = Coming(id=2**62, reference="J7M-4Q3", starts=MONDAY_IN_TWO_WEEKS, zone=ZONE)


def test_on_the_way_names_the_visitors_and_keeps_the_word_to_itself() -> None:
    who = (Visitor(name="Ola", role="firefighter"), Visitor(name="Kim", role="police officer"))
    visit = COMING.model_copy(update={"visitors": who})
    early = letters.on_the_way(Texts(), visit, word=True, early=True)
    words = words_of(early.blocks)

    assert words.startswith("Ola and Kim are on their way.")
    assert "Who is coming:\nOla, firefighter\nKim, police officer" in words
    assert "they will say your word" in words
    assert [one.label for row in early.buttons for one in row] == ["Cancel"]
    late = letters.on_the_way(Texts(), visit.model_copy(update={"visitors": who[:1]}), word=False, early=False)
    assert words_of(late.blocks).startswith("Ola is on the way.")
    assert "your word" not in words_of(late.blocks)
    assert "say no at the door" in words_of(late.blocks)
    assert late.buttons == ()
    nobody = letters.on_the_way(Texts(), COMING, word=False, early=False)
    assert words_of(nobody.blocks).startswith("Your visitors are on their way.")


def test_every_button_of_every_letter_fits() -> None:
    texts = Texts()
    every = [
        letters.reminder(texts, COMING, last=False),
        letters.earlier(texts, COMING, MONDAY_IN_TWO_WEEKS, MONDAY_IN_TWO_WEEKS),
        letters.came(texts, COMING),
        letters.on_the_way(texts, COMING, word=True, early=True),
        *(letters.follow_on(texts, COMING.id, question, said) for question in ANSWERS for said in ANSWERS[question]),
    ]
    tokens = [button.token or "" for reply in every for row in reply.buttons for button in row]

    assert len(tokens) > 20
    assert all(buttons.decode(token).verb for token in tokens)


@pytest.mark.parametrize(
    ("starts", "words"),
    [("2026-10-26T14:00+00:00", "Monday 26 October at 2pm"), ("2026-10-23T13:00+00:00", "Friday 23 October at 2pm")],
)
def test_times_are_those_of_the_wall_clock(starts: str, words: str) -> None:
    assert letters.when(Texts(), dt.datetime.fromisoformat(starts), ZONE) == words
