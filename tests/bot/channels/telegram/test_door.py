"""What happens around a turn: the tap's answer, typing, delivery, and the message that cannot wait."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.channels.telegram import door as doors
from bot.channels.telegram.account import Account
from bot.channels.telegram.door import TYPING_AFTER, Door
from bot.channels.telegram.parse import read
from bot.channels.telegram.tasks import Background
from bot.clock import FixedClock
from bot.errors import NotStored
from tests.bot.channels.telegram.scripted import Delivered, Naps, ScriptedTurns, Taken, reply
from tests.fake_telegram import FakeTelegram, Person, Tap, refusals
from tests.fake_telegram.updates import Json

URGENT = reply("Ring 999 now.", urgent=True)


def newest(fake: FakeTelegram) -> Json:
    return fake.world.updates.waiting()[-1].body


def tap(fake: FakeTelegram, ann: Person) -> Tap:
    message = ann.chat.add(fake.world.bot, fake.clock.now(), {"text": "Which?"})
    message.dress({"inline_keyboard": [[{"text": "This", "callback_data": "1~x"}]]})
    tapped = ann.taps(message, "This")
    assert isinstance(tapped, Tap)
    return tapped


async def test_a_committed_turn_is_delivered(
    fake: FakeTelegram, door: Door, ann: Person, turns: ScriptedTurns, delivered: Delivered
) -> None:
    ann.says("hello")
    await door.take(newest(fake))
    await door.close()
    assert (turns.said(), delivered.chats) == (["hello"], [ann.id])
    assert [call.method for call in fake.calls] == ["getMe"]


async def test_a_repeat_is_not_delivered(
    fake: FakeTelegram, door: Door, ann: Person, turns: ScriptedTurns, delivered: Delivered
) -> None:
    ann.says("hello")
    for _ in range(2):
        await door.take(newest(fake))
    await door.close()
    assert (turns.said(), delivered.chats) == (["hello", "hello"], [ann.id])


async def test_a_tap_is_answered_after_the_commit(
    fake: FakeTelegram, door: Door, ann: Person, turns: ScriptedTurns
) -> None:
    tapped, gate = tap(fake, ann), turns.close("1~x")
    turns.faults["1~x"] = [NotStored(None)]
    gate.set()
    with pytest.raises(NotStored):
        await door.take(newest(fake))
    await door.close()
    assert not tapped.is_answered
    await door.take(newest(fake))
    await door.close()
    assert tapped.is_answered


async def test_a_tap_that_is_too_old_is_done_all_the_same(
    fake: FakeTelegram, door: Door, ann: Person, turns: ScriptedTurns, clock: FixedClock
) -> None:
    tapped = tap(fake, ann)
    update = newest(fake)
    clock.move(minutes=5)
    await door.take(update)
    await door.close()
    assert turns.said() == ["1~x"]
    assert not tapped.is_answered


async def slowly(fake: FakeTelegram, door: Door, turns: ScriptedTurns, naps: Naps, said: str) -> list[str]:
    """What the chat sees while a turn takes longer than typing waits."""
    naps.short.add(TYPING_AFTER)
    gate = turns.close(said)
    work = Background()
    work.start(door.take(newest(fake)))
    await fake.wait_until(lambda: TYPING_AFTER in naps.asked and turns.begun)
    if said == "hello":
        await fake.wait_until(lambda: fake.calls_of("sendChatAction"))
    gate.set()
    await work.settle()
    await door.close()
    return [call.given["action"] for call in fake.calls_of("sendChatAction")]


async def test_typing_is_shown_when_it_takes_long(
    fake: FakeTelegram, door: Door, ann: Person, turns: ScriptedTurns, naps: Naps
) -> None:
    ann.says("hello")
    assert await slowly(fake, door, turns, naps, "hello") == ["typing"]


async def test_typing_that_fails_changes_nothing(
    fake: FakeTelegram, door: Door, ann: Person, turns: ScriptedTurns, naps: Naps
) -> None:
    fake.fail(refusals.blocked(), "sendChatAction")
    ann.says("hello")
    await slowly(fake, door, turns, naps, "hello")
    assert turns.said() == ["hello"]


@pytest.mark.parametrize(
    "act",
    [
        lambda ann, group: ann.says("my house is on fire"),
        lambda ann, group: ann.says("i want to kill myself"),
        lambda ann, group: ann.says("/help", chat=group),
        lambda ann, group: ann.blocks_bot(),
    ],
)
async def test_typing_is_never_shown_to_somebody_in_danger_nor_in_groups(
    bot: Account, fake: FakeTelegram, ann: Person, turns: ScriptedTurns, act: Callable[[Person, object], object]
) -> None:
    act(ann, fake.group())
    naps = Naps(fake.world.changes.announce, short={TYPING_AFTER})
    asked = Background()
    turn = read(newest(fake), "braunstone_bot", fake.clock.now())
    assert turn is not None
    door = Door(bot, "braunstone_bot", turns, Delivered(), fake.clock, sleep=naps)
    asked.start(door._type(turn))
    await asked.settle()
    assert not fake.calls_of("sendChatAction")


async def test_no_typing_when_the_turn_is_over_at_once(fake: FakeTelegram, door: Door, ann: Person, naps: Naps) -> None:
    ann.says("hello")
    await door.take(newest(fake))
    await door.close()
    assert not fake.calls_of("sendChatAction")


async def test_the_message_that_cannot_wait_is_sent_once(
    fake: FakeTelegram, door: Door, ann: Person, turns: ScriptedTurns, delivered: Delivered
) -> None:
    ann.says("fire")
    turns.faults["fire"] = [NotStored(URGENT), NotStored(URGENT)]
    for _ in range(2):
        with pytest.raises(NotStored):
            await door.take(newest(fake))
    assert [message.text for message in ann.chat.from_bot()] == ["Ring 999 now."]
    await door.take(newest(fake))
    assert turns.said() == ["fire"]


async def test_nothing_is_said_where_nothing_is_urgent(
    fake: FakeTelegram, door: Door, ann: Person, turns: ScriptedTurns
) -> None:
    ann.says("hello")
    turns.faults["hello"] = [NotStored(None)]
    with pytest.raises(NotStored):
        await door.take(newest(fake))
    assert not ann.chat.from_bot()


async def test_it_is_tried_again_until_it_got_through(
    fake: FakeTelegram, door: Door, ann: Person, turns: ScriptedTurns
) -> None:
    ann.says("fire")
    turns.faults["fire"] = [NotStored(URGENT), NotStored(URGENT)]
    fake.fail(refusals.server_error(), "sendMessage")
    for expected in ([], ["Ring 999 now."]):
        with pytest.raises(NotStored):
            await door.take(newest(fake))
        assert [message.text for message in ann.chat.from_bot()] == expected


async def test_whoever_blocked_us_is_not_tried_again(
    fake: FakeTelegram, door: Door, ann: Person, turns: ScriptedTurns
) -> None:
    ann.says("fire")
    ann.chat.access = "blocked"
    turns.faults["fire"] = [NotStored(URGENT), NotStored(URGENT)]
    for _ in range(2):
        with pytest.raises(NotStored):
            await door.take(newest(fake))
    assert len(fake.calls_of("sendMessage")) == 1


async def test_only_so_many_are_remembered(
    fake: FakeTelegram, door: Door, ann: Person, turns: ScriptedTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "REMEMBERED", 1)
    turns.faults["fire"] = [NotStored(URGENT) for _ in range(3)]
    updates = []
    for _ in range(2):
        ann.says("fire")
        updates.append(newest(fake))
    for update in (*updates, updates[0]):
        with pytest.raises(NotStored):
            await door.take(update)
    assert len(ann.chat.from_bot()) == 3


async def test_a_delivery_that_breaks_breaks_nothing_else(
    bot: Account, fake: FakeTelegram, ann: Person, turns: ScriptedTurns, naps: Naps
) -> None:
    async def broken(chat_id: int, _ready: object) -> None:
        raise ValueError(chat_id)

    ann.says("hello")
    door = Door(bot, "braunstone_bot", turns, broken, fake.clock, sleep=naps)
    await door.take(newest(fake))
    await door.close()
    assert turns.said() == ["hello"]


async def test_what_is_not_for_us_is_nobodys_turn(fake: FakeTelegram, door: Door, turns: ScriptedTurns) -> None:
    await door.take({"update_id": 1, "poll": {"id": "x"}})
    await door.take({"update_id": 2, "callback_query": "odd"})
    assert not turns.begun


def test_taken_says_whose_messages_wait() -> None:
    assert Taken(7).chat_id == 7
