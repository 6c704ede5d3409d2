"""The whole bot on Telegram: python-telegram-bot's types over real HTTP, real database, real content."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import pytest

from bot.channels.telegram.account import account
from bot.channels.telegram.door import Door
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.send import TelegramSender
from bot.channels.telegram.setup import set_commands
from bot.clock import FixedClock
from bot.delivery.deliver import Delivery, quietly
from bot.wiring import House
from handlers.catalogue import Texts
from tests.databases import SqliteFiles
from tests.fake_telegram import TOKEN, FakeTelegram, Lost, Person, refusals
from tests.fake_telegram.model import Message
from tests.house import house

BEEP = "my smoke alarm wont stop chirping"
PATIENCE = 30.0


@dataclass
class Line:
    """A bot that polls, and Ann at the other end."""

    fake: FakeTelegram
    ann: Person
    door: Door
    delivery: Delivery
    built: House
    clock: FixedClock

    async def until(self, messages: int, who: Person | None = None) -> list[Message]:
        """Wait until somebody has so many messages from the bot."""
        person = who or self.ann
        await self.fake.wait_until(lambda: len(person.chat.from_bot()) >= messages, PATIENCE)
        return person.chat.from_bot()

    async def settled(self) -> None:
        """Wait until Telegram holds nothing for us any more."""
        await self.fake.wait_until(lambda: not self.fake.world.updates.waiting(), PATIENCE)

    async def later(self, **time: float) -> None:
        """Time passes; the engine picks up what was left."""
        await self.door.close()  # what is being sent now has ended
        self.clock.move(**time)
        await self.delivery.deliver_due()


@asynccontextmanager
async def running(built: House, clock: FixedClock) -> AsyncIterator[Line]:
    async with FakeTelegram(clock) as fake, account(TOKEN, fake.url) as bot:
        delivery = Delivery(built.store, TelegramSender(bot))
        door = Door(bot, bot.username, built.conversation, partial(quietly, delivery), clock)
        await set_commands(bot, Texts, "Braunstone")
        poller = Poller(bot, door)
        task = asyncio.ensure_future(poller.run())
        try:
            yield Line(fake, fake.person("Ann"), door, delivery, built, clock)
        finally:
            poller.stop()
            await task
            await door.close()


@pytest.fixture
async def line(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Line]:
    async with house(sqlite_files.fresh(), clock) as built, running(built, clock) as made:
        yield made


async def test_a_conversation_with_buttons(line: Line) -> None:
    line.ann.starts("leaflet-7")
    (hello,) = await line.until(1)
    assert "Hello." in hello.text
    line.ann.says(BEEP)
    _, answer = await line.until(2)
    assert "battery" in answer.text
    assert "That helped" in answer.buttons
    line.ann.taps(answer, "More")
    _, _, more = await line.until(3)
    assert "Where this comes from" in more.text
    tap = line.ann.taps(answer, "That helped")
    await line.until(4)
    await line.fake.wait_until(lambda: tap.is_answered and not answer.buttons, PATIENCE)


async def test_an_edited_message_is_answered_again(line: Line) -> None:
    message = line.ann.says("what is the capital of mongolia")
    (first,) = await line.until(1)
    assert "I will not guess" in first.text
    line.ann.edits(message, BEEP)
    _, second = await line.until(2)
    assert "battery" in second.text


async def test_too_many_messages_wait_for_that_chat_alone(line: Line) -> None:
    line.fake.fail(refusals.retry_after(5), "sendMessage", line.ann, times=1)
    bob = line.fake.person("Bob")
    line.ann.says(BEEP)
    await line.settled()
    bob.says(BEEP)
    await line.until(1, bob)
    assert line.ann.chat.from_bot() == []
    await line.later(seconds=6)
    await line.until(1)


async def test_somebody_who_blocks_us_is_left_alone_until_they_write_again(line: Line) -> None:
    line.ann.starts()
    await line.until(1)
    line.ann.blocks_bot()
    await line.settled()
    line.ann.unblocks_bot()
    line.ann.says(BEEP)
    await line.until(2)


async def test_a_lost_response_leads_to_a_duplicate_and_never_to_silence(line: Line) -> None:
    line.fake.fail(Lost(), "sendMessage", line.ann, times=1)
    line.ann.says(BEEP)
    await line.until(1)
    await line.settled()
    await line.later(seconds=3)
    first, second = await line.until(2)
    assert first.text == second.text


async def test_the_same_update_twice_is_answered_once(line: Line) -> None:
    line.ann.says(BEEP)
    update = line.fake.world.updates.waiting()[0].body
    await line.until(1)
    await line.settled()
    line.fake.world.deliver_again(update)
    await line.settled()
    line.ann.says("/help")
    assert len(await line.until(2)) == 2


async def test_a_message_and_a_tap_at_once(line: Line) -> None:
    line.ann.says(BEEP)
    (answer,) = await line.until(1)
    line.ann.taps(answer, "More")
    line.ann.says("/help")
    _, *both = await line.until(3)
    assert sorted("/visit" in message.text for message in both) == [False, True]


async def test_what_is_not_words_gets_a_kind_answer(line: Line) -> None:
    ann = line.ann
    ann.sends_photo()
    ann.sends_voice()
    ann.sends_sticker()
    ann.sends_location()
    ann.sends_contact()
    ann.sends_document()
    ann.sends_video()
    ann.sends_dice()
    ann.sends_poll()
    got = [message.text for message in await line.until(9)]
    assert len(set(got)) >= 8
    ann.sends_photo(caption="my house is on fire")
    assert (await line.until(10))[-1].text.startswith("Get out, stay out")


async def test_in_a_group_we_ask_for_a_private_chat_but_never_miss_a_fire(line: Line) -> None:
    group = line.fake.group("Neighbours")
    line.ann.says("anybody seen my cat", chat=group)
    line.ann.says("/help", chat=group)
    line.ann.says("my house is on fire", chat=group)
    await line.fake.wait_until(lambda: len(group.from_bot()) >= 2, PATIENCE)
    private, fire = group.from_bot()
    assert "only talk in private" in private.text
    assert fire.text.startswith("Get out, stay out")


async def test_clear_deletes_both_sides(line: Line) -> None:
    line.ann.says("my husband hits me")
    await line.until(1)
    line.ann.says("/clear")
    await line.fake.wait_until(
        lambda: [m for m in line.ann.chat.screen() if m.text.startswith("I have asked")], PATIENCE
    )
    (receipt,) = line.ann.chat.screen()
    assert "I have asked Telegram to delete 3 messages" in receipt.text


async def test_the_menu_is_set(line: Line) -> None:
    names = [command["command"] for command in line.fake.calls_of("setMyCommands")[0].given["commands"]]
    assert names == ["start", "help", "visit", "check", "language", "topics", "stop", "clear"]
