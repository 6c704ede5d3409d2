"""The getUpdates loop against a fake Telegram: nothing is confirmed before its turn is committed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from bot.channels.telegram.account import Account
from bot.channels.telegram.door import Door
from bot.channels.telegram.polling import ALLOWED_UPDATES, AT_ONCE, LOOK_AGAIN, Ledger, Poller, chat_of
from bot.errors import NotStored
from tests.bot.channels.telegram.scripted import Delivered, Naps, ScriptedTurns, reply
from tests.fake_telegram import FakeTelegram, Garbled, Lost, Person, refusals

URGENT = reply("Ring 999 now.", urgent=True)


@asynccontextmanager
async def polling(bot: Account, door: Door, naps: Naps, patience: float = 10.0) -> AsyncIterator[Poller]:
    """A poller that runs for as long as the test wants."""
    poller = Poller(bot, door, sleep=naps, patience=patience)
    task = asyncio.create_task(poller.run())
    try:
        yield poller
    finally:
        poller.stop()
        await task


def waiting(fake: FakeTelegram) -> list[int]:
    """What Telegram would send again."""
    return [pending.id for pending in fake.world.updates.waiting()]


async def test_an_update_is_taken_delivered_and_confirmed(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, ann: Person, turns: ScriptedTurns, delivered: Delivered
) -> None:
    async with polling(bot, door, naps):
        ann.says("hello")
        await fake.wait_until(lambda: delivered.chats and not waiting(fake))
        ann.says("and again")
        await fake.wait_until(lambda: len(delivered.chats) == 2 and not waiting(fake))
    assert turns.said() == ["hello", "and again"]
    first, *_ = fake.calls_of("getUpdates")
    assert "offset" not in first.given
    assert first.given["allowed_updates"] == list(ALLOWED_UPDATES)
    assert first.given["timeout"] == 25


async def test_nothing_is_confirmed_before_the_commit(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, ann: Person, turns: ScriptedTurns
) -> None:
    gate = turns.close("hello")
    async with polling(bot, door, naps):
        ann.says("hello")
        await fake.wait_until(lambda: turns.begun and LOOK_AGAIN in naps.asked)
        polls = len(fake.calls_of("getUpdates"))
        naps.wake(LOOK_AGAIN)
        await fake.wait_until(lambda: len(fake.calls_of("getUpdates")) > polls)
        assert waiting(fake)
        gate.set()
        await fake.wait_until(lambda: not waiting(fake))
    assert len(turns.begun) == 1


async def test_what_is_ignored_is_confirmed(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, ann: Person, turns: ScriptedTurns
) -> None:
    ann.says("odd")
    fake.world.updates.waiting()[0].body["message"] = {"nobody": "knows"}
    ann.says("just chatting", chat=fake.group())
    async with polling(bot, door, naps):
        await fake.wait_until(lambda: not waiting(fake))
    assert not turns.begun


async def test_a_turn_that_is_not_stored_waits_and_others_go_on(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, ann: Person, bob: Person, turns: ScriptedTurns
) -> None:
    turns.faults["fire"] = [NotStored(URGENT) for _ in range(6)]
    async with polling(bot, door, naps):
        ann.says("fire")
        for pause in (0.2, 0.4, 0.8, 1.6, 3.2):
            await fake.wait_until(partial(naps.asked.__contains__, pause))
            naps.wake(pause)
        await fake.wait_until(lambda: 5.0 in naps.asked)
        ann.says("are you there?")
        bob.says("hello")
        naps.short.add(LOOK_AGAIN)
        naps.wake(LOOK_AGAIN)
        await fake.wait_until(lambda: turns.said() == ["hello"])
        assert len(waiting(fake)) == 3  # none is confirmed past the one that waits
        assert [message.text for message in ann.chat.from_bot()] == ["Ring 999 now."]
        naps.wake(5.0)
        await fake.wait_until(lambda: not waiting(fake))
    assert turns.said() == ["hello", "fire", "are you there?"]


async def test_whatever_breaks_is_tried_again(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, ann: Person, turns: ScriptedTurns
) -> None:
    turns.faults["hello"] = [ValueError("a fault of ours")]
    naps.short.add(0.2)
    async with polling(bot, door, naps):
        ann.says("hello")
        await fake.wait_until(lambda: not waiting(fake))
    assert turns.said() == ["hello"]


async def test_a_chat_keeps_its_order_taps_and_all(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, ann: Person, bob: Person, turns: ScriptedTurns
) -> None:
    message = ann.chat.add(fake.world.bot, fake.clock.now(), {"text": "Which?"})
    message.dress({"inline_keyboard": [[{"text": "This", "callback_data": "1~x"}]]})
    gate = turns.close("first")
    async with polling(bot, door, naps):
        ann.says("first")
        ann.taps(message, "This")
        ann.says("last")
        bob.says("beside")
        await fake.wait_until(lambda: turns.said() == ["beside"])
        assert [turn.text for turn in turns.begun if turn.chat == str(ann.id)] == ["first"]
        gate.set()
        await fake.wait_until(lambda: not waiting(fake))
    assert turns.said() == ["beside", "first", "1~x", "last"]


async def test_only_so_many_at_once(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, turns: ScriptedTurns
) -> None:
    gate = turns.close("hello")
    for number in range(AT_ONCE + 4):
        fake.person(f"P{number}").says("hello")
    async with polling(bot, door, naps):
        await fake.wait_until(lambda: len(turns.begun) == AT_ONCE)
        gate.set()
        await fake.wait_until(lambda: not waiting(fake))
    assert len(turns.taken) == AT_ONCE + 4


@pytest.mark.parametrize(
    "fault", [refusals.conflict("terminated by other getUpdates request"), Garbled(), Garbled(200, "[]"), Lost()]
)
async def test_polling_goes_on_after_trouble(
    fake: FakeTelegram,
    bot: Account,
    door: Door,
    naps: Naps,
    ann: Person,
    turns: ScriptedTurns,
    fault: Garbled | Lost,
) -> None:
    fake.fail(fault, "getUpdates", times=3)
    naps.short |= {0.2, 0.4, 0.8}
    ann.says("hello")
    async with polling(bot, door, naps):
        await fake.wait_until(lambda: not waiting(fake))
    assert [pause for pause in naps.asked if pause in (0.2, 0.4, 0.8)] == [0.2, 0.4, 0.8]
    assert turns.said() == ["hello"]


async def test_telegrams_own_wish_is_kept(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, ann: Person
) -> None:
    fake.fail(refusals.retry_after(9), "getUpdates")
    naps.short.add(9.0)
    ann.says("hello")
    async with polling(bot, door, naps):
        await fake.wait_until(lambda: not waiting(fake))
    assert 9.0 in naps.asked


async def test_a_stop_finishes_the_turns_in_hand_and_no_others(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, ann: Person, bob: Person, turns: ScriptedTurns
) -> None:
    gate = turns.close("hello")
    turns.faults["fire"] = [NotStored(None)]
    async with polling(bot, door, naps) as poller:
        ann.says("hello")
        bob.says("fire")
        await fake.wait_until(lambda: len(turns.begun) == 2 and 0.2 in naps.asked)
        ann.says("later")
        poller.stop()
        gate.set()
    assert turns.said() == ["hello"]


async def test_a_stop_does_not_wait_for_ever(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, ann: Person, turns: ScriptedTurns
) -> None:
    turns.close("hello")
    async with polling(bot, door, naps, patience=0.0):
        ann.says("hello")
        await fake.wait_until(lambda: turns.begun)
    assert (turns.said(), len(waiting(fake))) == ([], 1)


async def test_after_a_restart_it_begins_where_telegram_is(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, ann: Person, turns: ScriptedTurns
) -> None:
    turns.close("hello")
    async with polling(bot, door, naps, patience=0.0):
        ann.says("hello")
        await fake.wait_until(lambda: turns.begun)
    turns.gates.clear()
    async with polling(bot, door, naps):
        await fake.wait_until(lambda: not waiting(fake))
    assert turns.said() == ["hello"]


async def test_numbers_begin_anew_after_a_quiet_week(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, ann: Person, turns: ScriptedTurns
) -> None:
    async with polling(bot, door, naps):
        ann.says("hello")
        await fake.wait_until(lambda: turns.taken and not waiting(fake))
        await fake.wait_until(lambda: fake.world.polling.waiting)
        fake.world.updates.next_id = 17
        ann.says("a week later")
        fake.world.polling.end("a new long poll")
        naps.wake(0.2)
        naps.short.add(0.2)
        await fake.wait_until(lambda: len(turns.taken) == 2 and not waiting(fake))


async def test_being_cancelled_is_a_stop_too(
    fake: FakeTelegram, bot: Account, door: Door, naps: Naps, ann: Person, turns: ScriptedTurns
) -> None:
    gate = turns.close("hello")
    task = asyncio.create_task(Poller(bot, door, sleep=naps).run())
    ann.says("hello")
    await fake.wait_until(lambda: turns.begun)
    task.cancel()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert turns.said() == ["hello"]


def test_the_ledger() -> None:
    ledger = Ledger()
    assert ledger.offset() is None
    batch = [{"update_id": number} for number in (5, 6, 8)]
    assert list(ledger.note(batch)) == batch
    ledger.done(6)
    assert ledger.offset() == 5
    assert list(ledger.note([*batch, {"update_id": 9}])) == [{"update_id": 9}]
    ledger.done(5)
    assert ledger.offset() == 8
    ledger.done(8)
    ledger.done(9)
    assert ledger.offset() == 10
    assert list(ledger.note([])) == []
    assert (ledger.offset(), ledger.idle.is_set()) == (10, True)


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        ({"update_id": 1, "message": {"chat": {"id": 7}}}, 7),
        ({"update_id": 1, "callback_query": {"message": {"chat": {"id": 7}}}}, 7),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": -7}}}, -7),
        ({"update_id": 1, "callback_query": {"message": "odd"}}, None),
        ({"update_id": 1, "message": {"chat": 7}}, None),
        ({"update_id": 1}, None),
    ],
)
def test_whose_update_it_is(update: dict[str, object], chat: int | None) -> None:
    assert chat_of(update) == chat
