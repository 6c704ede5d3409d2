"""Who is asked to look at an answer that is due: whoever keeps it, who stands in, the coordinators; each once."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.staff import asking, reviews
from bot.staff.asking import Stage, next_stage
from bot.staff.reviews import Review
from bot.store import outbox
from bot.store.staff_tables import ReviewOwner
from bot.store.tables import Chat, Outbox
from bot.store.unit import Store
from handlers.catalogue import Texts
from handlers.turn import Reply
from knowledge.hours import bank_holidays
from knowledge.library import Library
from knowledge.prose import words_of
from tests.bot.staff.crew import ALARM, CANDLES, CHECKED, DUE, Heard, checked, crew, the_team


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    async with crew(database_url, clock) as made:
        yield made


async def ask(store: Store, library: Library) -> list[str]:
    """One round; whoever got a message, by name."""
    async with store.write() as unit:
        before = set((await unit.session.execute(select(col(Outbox.id)))).scalars())
        number = await asking.ask_due(unit, library, Texts(), bank_holidays(range(2026, 2028)))
    async with store.read() as unit:
        statement = select(col(Chat.external_id), col(Outbox.id)).join(Outbox, col(Outbox.chat_id) == col(Chat.id))
        got = [row[0] for row in (await unit.session.execute(statement)).all() if row[1] not in before]
    assert len(got) == number
    return sorted(got)


async def test_the_owner_then_the_deputy_then_the_coordinators_and_nobody_twice(
    store: Store, clock: FixedClock
) -> None:
    library = checked(alarm=CHECKED)
    async with store.write() as unit:
        people = await the_team(unit)
        await reviews.assign(unit, ALARM, people["Asha"].id, people["Ben"].id, Heard())
    for days, heard in ((0, ["Asha"]), (2, []), (5, ["Ben"]), (1, []), (4, ["Cara"]), (30, [])):
        clock.move(days=days)
        assert await ask(store, library) == heard
        clock.move(minutes=1)
        assert await ask(store, library) == []
    again = checked(alarm=clock.now().date() - dt.timedelta(days=100))
    clock.at = dt.datetime(2027, 1, 25, 10, tzinfo=dt.UTC)
    assert await ask(store, again) == ["Asha"]


async def test_one_message_names_all_that_is_due_and_not_at_night(store: Store, clock: FixedClock) -> None:
    library = checked(alarm=CHECKED, candles=CHECKED)
    clock.at = dt.datetime(2026, 11, 28, 10, tzinfo=dt.UTC)
    assert await ask(store, library) == []  # a Saturday
    clock.at = dt.datetime(2026, 11, 30, 10, tzinfo=dt.UTC)
    assert await ask(store, library) == ["Cara"]  # nobody keeps them
    async with store.read() as unit:
        row = (await unit.session.execute(select(Outbox))).scalar_one()
        said = words_of(Reply.model_validate_json(unit.vault.open(outbox.COLUMN, row.payload or b"")).blocks)
    assert "Smoke alarm beeping: due 25 November 2026" in said
    assert library.entry(CANDLES).title in said
    assert row.key.startswith("review:fire-safety/")


@given(st.lists(st.floats(0, 20), min_size=1, max_size=12).map(sorted))
def test_stages_only_ever_rise_and_each_is_asked_once(days: Iterable[float]) -> None:
    review, kept, asked = Review(ALARM, "", "life-safety", "fire", DUE), ReviewOwner(slug=ALARM), list[Stage]()
    for day in days:
        now = dt.datetime(2026, 11, 25, 12, tzinfo=ZoneInfo("Europe/London")) + dt.timedelta(days=day)
        stage = next_stage(review, kept, now)
        if stage is None:
            continue
        asked.append(stage)
        if stage == "owner":
            kept.asked_at = now
        else:
            kept.escalated_at = now
    assert asked[0] == "owner"
    assert asked == sorted(set(asked), key=asking.STAGES.index)


def test_what_was_never_confirmed_is_asked_of_nobody() -> None:
    assert next_stage(Review(ALARM, "", "life-safety", "fire", None), None, FixedClock().now()) is None
