"""People who wait too long: who of the team is reminded, when, and never twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlmodel import col

from bot.clock import FixedClock
from bot.staff import chasing
from bot.staff.chasing import Unanswered
from bot.store import handovers, outbox
from bot.store.tables import Chat, Outbox
from bot.store.unit import Store, Unit
from bot.visits import team
from handlers.catalogue import Texts
from handlers.staff.chased import AFTER, MOST_NAMED, Chased, Stage, letter
from handlers.turn import HandoverSaid, OpenHandover, Reply
from knowledge.hours import bank_holidays
from knowledge.prose import words_of
from tests.bot.staff.crew import braunstone_alone, crew, the_team
from tests.house import PEOPLE

HOLIDAYS = bank_holidays(range(2025, 2029))
PLACE = braunstone_alone().place.model_copy(update={"people": PEOPLE})
EVERYBODY = ["Asha", "Ben", "Cara", "Dev"]


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    async with crew(database_url, clock) as made:
        yield made


async def ticket(unit: Unit, name: str = "resident") -> int:
    """Somebody asks for a person; the ticket's number."""
    chat = Chat(channel="telegram", external_id=name, created_at=unit.now, last_turn_at=unit.now)
    unit.session.add(chat)
    await unit.session.flush()
    return await handovers.open_ticket(unit, chat.id, OpenHandover(wish="reply"))


async def chased(store: Store) -> list[str]:
    """One round; whoever of the team is reminded, by name."""
    async with store.write() as unit:
        last = (await unit.session.execute(select(func.coalesce(func.max(col(Outbox.id)), 0)))).scalar_one()
        number = await chasing.chase(unit, PLACE, Texts(), HOLIDAYS)
    async with store.read() as unit:
        statement = select(col(Chat.external_id)).join(Outbox, col(Outbox.chat_id) == col(Chat.id))
        got = (await unit.session.execute(statement.where(col(Outbox.id) > last))).scalars().all()
    assert len(got) == number
    return sorted(got)


async def test_all_who_may_answer_then_the_coordinators_and_nobody_twice_nor_at_night(
    store: Store, clock: FixedClock
) -> None:
    clock.at = dt.datetime(2026, 12, 24, 16, tzinfo=dt.UTC)  # a Thursday; then four days on which nobody works
    async with store.write() as unit:
        await ticket(unit)
    for moment, heard in (
        ("2026-12-24T16:30", []),
        ("2026-12-28T16:00", []),  # a bank holiday
        ("2026-12-29T15:59", []),
        ("2026-12-29T20:00", []),  # due, but nobody is at work
        ("2026-12-30T09:00", EVERYBODY),
        ("2026-12-30T09:01", []),
        ("2026-12-30T16:00", ["Cara"]),
        ("2027-01-06T12:00", []),
    ):
        clock.at = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
        assert await chased(store) == heard, moment


async def test_whoever_has_taken_it_on_is_reminded_alone_and_an_answer_ends_it(store: Store, clock: FixedClock) -> None:
    async with store.write() as unit:
        ben = (await the_team(unit))["Ben"]
        number, other = await ticket(unit), await ticket(unit, "another")
        assert await handovers.take(unit, number, ben.id)
        assert not await handovers.take(unit, number, ben.id + 1, free=True)
        assert await handovers.close(unit, other)
        assert not await handovers.take(unit, other, ben.id)
    clock.move(days=1)
    assert await chased(store) == ["Ben"]
    async with store.write() as unit:
        await handovers.reply(unit, number, "We look into it.", Reply(blocks=Texts().blocks("staff.keep.people.none")))
    clock.move(days=6)
    assert await chased(store) == []
    async with store.write() as unit:
        chat = (
            await unit.session.execute(select(col(Chat.id)).where(col(Chat.external_id) == "resident"))
        ).scalar_one()
        await handovers.add_words(unit, chat, HandoverSaid(ticket=number, text="And?"))
    assert await chased(store) == []
    clock.move(days=1)
    assert await chased(store) == ["Ben"]  # a new wait
    async with store.write() as unit:
        assert await team.leave(unit, ben.id)
    clock.move(days=1)
    assert await chased(store) == ["Cara"]


async def test_one_message_names_them_all_and_tells_no_words(store: Store, clock: FixedClock) -> None:
    async with store.write() as unit:
        people = await the_team(unit)
        first, second = await ticket(unit), await ticket(unit, "another")
        count = partial(chasing.overdue, unit, place=PLACE, bank_holidays=HOLIDAYS)
        assert (await count(people["Asha"])).number == 0
    clock.move(days=1)
    async with store.write() as unit:
        await handovers.take(unit, second, people["Ben"].id)
        numbers = {name: (await chasing.overdue(unit, one, PLACE, HOLIDAYS)).number for name, one in people.items()}
        assert numbers == {"Asha": 1, "Ben": 2, "Cara": 1, "Dev": 1}
    assert await chased(store) == EVERYBODY
    async with store.read() as unit:
        rows = (await unit.session.execute(select(Outbox).order_by(col(Outbox.id)))).scalars().all()
        letters = [Reply.model_validate_json(unit.vault.open(outbox.COLUMN, row.payload or b"")) for row in rows]
    said = [words_of(each.blocks) for each in letters]
    assert [f"{second}: reply" in words for words in said] == [False, True, False, False]
    assert all(f"{first}: reply, since Wednesday 25 November at 10am" in words for words in said)
    assert [one.label for row in letters[0].buttons for one in row] == ["People waiting"]
    clock.move(days=1)
    async with store.read() as unit:
        assert (await chasing.overdue(unit, people["Cara"], PLACE, HOLIDAYS)).number == 2
        assert (await chasing.overdue(unit, people["Dev"], PLACE, HOLIDAYS)).number == 1


def test_a_long_list_is_cut_and_says_so() -> None:
    since = FixedClock().now()
    many = [Chased(id=number, wish="callback", since=since) for number in range(MOST_NAMED + 3)]
    assert "And 3 more." in words_of(letter(Texts(), {"team": many}, "Europe/London").blocks)
    assert "more." not in words_of(letter(Texts(), {"team": many[:MOST_NAMED]}, "Europe/London").blocks)


@given(st.lists(st.sampled_from(["staff", "resident"]), max_size=8))
def test_somebody_waits_exactly_while_the_team_has_not_the_last_word(spoke: Sequence[str]) -> None:
    opened = FixedClock().now()
    said = [(by, opened + dt.timedelta(hours=n + 1)) for n, by in enumerate(spoke)]
    since = chasing.waiting_since(opened, said)
    assert (since is None) is (bool(spoke) and spoke[-1] == "staff")
    if since is not None:
        assert not any(by == "staff" and at >= since for by, at in said)


@given(st.lists(st.floats(0, 12), min_size=1, max_size=10).map(sorted))
def test_stages_only_ever_rise_and_each_comes_once(days: Sequence[float]) -> None:
    opened = FixedClock().now()
    reminded = dict[Stage, dt.datetime]()
    for day in days:
        now = opened + dt.timedelta(days=day)
        waits = Unanswered(1, "reply", opened, None, reminded.get("team"), reminded.get("coordinators"))
        stage = chasing.next_stage(waits, chasing.reached(waits, now, PLACE, HOLIDAYS))
        if stage is not None:
            assert stage not in reminded
            reminded[stage] = now
    assert list(reminded) == sorted(reminded, key=list(AFTER).index)
