"""One turn = one transaction: applied once, never lost, and never silent about danger."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot.clock import FixedClock
from bot.errors import KeyReused, NotStored
from bot.store import switch
from bot.store.tables import Inbox, Outbox, Question, RouteCount
from bot.wiring import House
from handlers import advice, buttons
from handlers.buttons import Verb
from handlers.turn import Channel, Reply, Turn
from knowledge.prose import words_of
from tests.databases import SqliteFiles
from tests.house import house


@pytest.fixture
async def built(database_url: str, clock: FixedClock) -> AsyncIterator[House]:
    async with house(database_url, clock) as made:
        yield made


def said(clock: FixedClock, text: str, key: str = "1", chat: str = "9", channel: Channel = "web") -> Turn:
    return Turn(channel=channel, key=key, chat=chat, at=clock.now(), text=text)


def words(reply: Reply | None) -> str:
    assert reply is not None
    return words_of(reply.blocks)


async def count(built: House, table: type[Inbox | Outbox | Question]) -> int:
    async with built.store.read() as unit:
        return int((await unit.session.execute(select(func.count()).select_from(table))).scalar_one())


async def test_a_repeat_is_applied_once_and_its_answer_can_be_read_again(built: House, clock: FixedClock) -> None:
    first = await built.conversation.take(said(clock, "my smoke alarm is beeping"))
    again = await built.conversation.take(said(clock, "my smoke alarm is beeping"))
    assert (first.repeat, again.repeat) == (False, True)
    assert await count(built, Outbox) == len(await built.conversation.replies(again.source)) == 1


async def test_other_words_under_the_same_key_are_refused(built: House, clock: FixedClock) -> None:
    await built.conversation.take(said(clock, "one"))
    with pytest.raises(KeyReused):
        await built.conversation.take(said(clock, "two"))


async def test_a_message_and_a_tap_at_once_wait_for_each_other(built: House, clock: FixedClock) -> None:
    turns = [said(clock, "hello", key=str(number)) for number in range(10)]
    await asyncio.gather(*(built.conversation.take(turn) for turn in turns))
    async with built.store.read() as unit:
        seqs = (await unit.session.execute(select(col(Outbox.seq)).order_by(col(Outbox.seq)))).scalars().all()
    assert list(seqs) == list(range(1, 11))


async def test_a_turn_that_fails_is_given_up_kindly_at_the_third_time(
    built: House, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_given: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(advice, "go_on", broken)
    for _time in range(2):
        with pytest.raises(NotStored):
            await built.conversation.take(said(clock, "what about my bins"))
    assert await count(built, Inbox) == 0
    taken = await built.conversation.take(said(clock, "what about my bins"))
    assert taken.outcome is not None
    (reply,) = taken.outcome.replies
    assert words(reply).startswith("If anyone is in danger right now, ring 999.")
    assert (await built.conversation.take(said(clock, "what about my bins"))).repeat


async def test_danger_is_answered_while_a_turn_fails(
    built: House, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_given: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("bot.conversation.router.handle", broken)
    with pytest.raises(NotStored) as caught:
        await built.conversation.take(said(clock, "my house is on fire"))
    assert "999" in words(caught.value.urgent).splitlines()[0]


async def test_the_off_switch_answers_danger_all_the_same(built: House, clock: FixedClock) -> None:
    async with built.store.write() as unit:
        await switch.turn_off(unit, "We are putting something right.")
    off = await built.conversation.take(said(clock, "my smoke alarm is beeping", key="a"))
    danger = await built.conversation.take(said(clock, "my house is on fire", key="b"))
    assert off.outcome is not None
    assert danger.outcome is not None
    assert "We are putting something right." in words(off.outcome.replies[0])
    assert "999" in words(danger.outcome.replies[0]).splitlines()[0]


async def test_while_switched_off_the_safety_question_and_leaving_are_heard(built: House, clock: FixedClock) -> None:
    await built.conversation.take(said(clock, "i can smell burning", key="a"))
    async with built.store.write() as unit:
        await switch.turn_off(unit, "We are putting something right.")
    for number, (tap, heard) in enumerate(
        (
            (buttons.encode(Verb.DANGER, "yes"), "999"),
            (buttons.encode(Verb.PRIVACY, "stop"), "Stopped. I only answer when you write to me."),
            (buttons.encode(Verb.MENU), "In an emergency ring 999."),
        )
    ):
        tapped = said(clock, "", key=f"tap-{number}").model_copy(update={"kind": "tap", "tap": tap})
        taken = await built.conversation.take(tapped)
        assert taken.outcome is not None
        first = words(taken.outcome.replies[0])
        assert heard in first.splitlines()[0]
        assert ("putting something right" in first) == (number == 2)


@pytest.mark.parametrize("text", ["I want to kill myself", "my husband hits me"])
async def test_a_fault_of_ours_does_not_end_the_quiet(
    built: House, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    await built.conversation.take(said(clock, text, key="a"))

    async def broken(*_given: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("bot.conversation.router.handle", broken)
    for _time in range(2):
        with pytest.raises(NotStored):
            await built.conversation.take(said(clock, "what about my bins", key="b"))
    taken = await built.conversation.take(said(clock, "what about my bins", key="b"))
    assert taken.outcome is not None
    assert taken.outcome.session.quiet


@pytest.mark.parametrize("text", ["I want to kill myself", "my husband hits me"])
async def test_nothing_of_crisis_and_abuse_is_kept(built: House, clock: FixedClock, text: str) -> None:
    await built.conversation.take(said(clock, text, key="a"))
    await built.conversation.take(said(clock, "and the food bank is shut", key="b"))
    assert await count(built, Question) == 0
    async with built.store.read() as unit:
        routes = (await unit.session.execute(select(col(RouteCount.route), col(RouteCount.turns)))).all()
    assert [tuple(row) for row in routes] == [("crisis" if "kill" in text else "abuse", 1)]


async def test_a_later_false_alarm_does_not_end_the_quiet(built: House, clock: FixedClock) -> None:
    for key, text in enumerate(("I want to kill myself", "smell of gas in the kitchen", "no", "is the food bank open")):
        await built.conversation.take(said(clock, text, key=str(key)))
    assert await count(built, Question) == 0


async def test_a_question_is_kept_without_personal_details(built: House, clock: FixedClock) -> None:
    await built.conversation.take(said(clock, "my name is Ann Other, ring me on 07700 900123 about my bins"))
    async with built.store.read() as unit:
        kept = (await unit.session.execute(select(col(Question.text)))).scalar_one()
    assert "Ann" not in kept
    assert "900123" not in kept


async def test_with_the_database_gone_danger_is_still_answered(
    sqlite_files: SqliteFiles, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = sqlite_files.fresh()
    path = url.removeprefix("sqlite:///")
    async with house(url, clock) as built:
        os.rename(path, f"{path}.away")
        os.mkdir(path)  # a file cannot be opened where a folder stands
        with pytest.raises(NotStored) as danger:
            await built.conversation.take(said(clock, "my house is on fire"))
        with pytest.raises(NotStored) as question:
            await built.conversation.take(said(clock, "my smoke alarm is beeping"))
    assert "999" in words(danger.value.urgent).splitlines()[0]
    assert question.value.urgent is None


async def test_an_update_costs_at_most_eight_statements(built: House, clock: FixedClock) -> None:
    from sqlalchemy import event

    spoken: list[str] = []
    await built.conversation.take(said(clock, "hello", key="warm"))
    event.listen(
        built.store.writing.sync_engine,
        "before_cursor_execute",
        lambda _c, _cur, statement, _p, _ctx, _many: spoken.append(statement),
    )
    await built.conversation.take(said(clock, "my smoke alarm is beeping", key="counted"))
    assert len(spoken) <= 8, "\n".join(spoken)
    await built.conversation.take(said(clock, "check my home", key="checked"))
    del spoken[:]
    await built.conversation.take(said(clock, "1", key="answered"))
    assert len(spoken) <= 8, "\n".join(spoken)
