"""Delivery by webhook: queues, retries, Retry-After, expiry and the settings."""

from __future__ import annotations

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict

from tests.fake_telegram import FakeTelegram, Person
from tests.fake_telegram.conftest import Receiver

MENU = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y1")]])


def settled(fake: FakeTelegram) -> bool:
    return len(fake.world.updates) == 0


async def test_updates_are_posted_with_the_secret(fake: FakeTelegram, receiver: Receiver, ann: Person) -> None:
    ann.says("hello")
    await fake.wait_until(lambda: settled(fake))
    assert (receiver.texts(), receiver.secrets) == (["hello"], ["s3cret"])


async def test_messages_of_one_chat_come_in_order(fake: FakeTelegram, receiver: Receiver, ann: Person) -> None:
    receiver.answers = [(500, {}), (500, {}), (200, {}), (500, {})]
    for text in ("one", "two"):
        ann.says(text)
    await fake.wait_until(lambda: settled(fake))
    assert receiver.texts() == ["one", "one", "one", "two", "two"]
    assert receiver.most_at_once == 1


async def test_a_message_and_a_tap_come_together(bot: Bot, fake: FakeTelegram, receiver: Receiver, ann: Person) -> None:
    await bot.send_message(ann.id, "Sure?", reply_markup=MENU)
    receiver.open.clear()
    ann.says("wait")
    ann.taps(ann.chat.from_bot()[0], "Yes")
    ann.says("no")
    ann.taps(ann.chat.from_bot()[0], "Yes")
    await fake.wait_until(lambda: receiver.at_once == 2)
    assert {*receiver.got[0], *receiver.got[1]} == {"update_id", "message", "callback_query"}
    receiver.open.set()
    await fake.wait_until(lambda: settled(fake))
    assert (len(receiver.got), receiver.most_at_once) == (4, 2)


async def test_a_failing_chat_holds_up_nobody_else(fake: FakeTelegram, receiver: Receiver, ann: Person) -> None:
    fake.world.webhook.scale = 1000
    receiver.answers = [(503, {"Retry-After": "9"})]
    ann.says("stuck")
    await fake.wait_until(lambda: fake.world.webhook.delays)
    fake.person("Bob").says("fine")
    await fake.wait_until(lambda: len(fake.world.updates) == 1)
    assert receiver.texts() == ["stuck", "fine"]


async def test_the_delay_doubles(fake: FakeTelegram, receiver: Receiver, ann: Person) -> None:
    fake.world.webhook.scale = 0.00001
    receiver.answers = [(500, {})] * 8
    ann.says("hello")
    await fake.wait_until(lambda: settled(fake))
    assert fake.world.webhook.delays == [0, 2, 4, 8, 16, 32, 60, 60]


async def test_retry_after_is_honoured_up_to_an_hour(fake: FakeTelegram, receiver: Receiver, ann: Person) -> None:
    fake.world.webhook.scale = 0.000001
    receiver.answers = [(503, {"Retry-After": "17"}), (503, {"Retry-After": "86400"}), (429, {})]
    ann.says("hello")
    await fake.wait_until(lambda: settled(fake))
    assert fake.world.webhook.delays == [17, 3600, 2]


async def test_a_tap_that_would_come_too_late_is_dropped(
    bot: Bot, fake: FakeTelegram, receiver: Receiver, ann: Person
) -> None:
    await bot.send_message(ann.id, "Sure?", reply_markup=MENU)
    receiver.answers = [(503, {"Retry-After": "151"})]
    ann.taps(ann.chat.from_bot()[0], "Yes")
    await fake.wait_until(lambda: fake.world.webhook.dropped)
    assert len(receiver.got) == 1


async def test_max_connections(bot: Bot, fake: FakeTelegram, receiver: Receiver) -> None:
    await bot.set_webhook(fake.world.webhook.url, max_connections=2)
    receiver.open.clear()
    for name in ("Ann", "Bob", "Cat", "Dan"):
        fake.person(name).says("hello")
    await fake.wait_until(lambda: receiver.at_once == 2)
    receiver.open.set()
    await fake.wait_until(lambda: settled(fake))
    assert (len(receiver.got), receiver.most_at_once) == (4, 2)


async def test_the_same_update_twice_at_once(fake: FakeTelegram, receiver: Receiver, ann: Person) -> None:
    receiver.open.clear()
    ann.says("hello")
    fake.world.deliver_again(fake.world.updates.waiting()[0].body)
    await fake.wait_until(lambda: receiver.at_once == 2)
    assert receiver.got[0] == receiver.got[1]


async def test_webhook_info(bot: Bot, fake: FakeTelegram, receiver: Receiver, ann: Person) -> None:
    fake.world.webhook.scale = 1000
    receiver.answers = [(503, {"Retry-After": "5"})]
    ann.says("one")
    ann.says("two")
    await fake.wait_until(lambda: fake.world.webhook.delays)
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.max_connections) == (fake.world.webhook.url, 2, 40)
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"
    assert info.last_error_date == fake.clock.now()


async def test_nobody_listens(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    await bot.set_webhook("http://127.0.0.1:1/", allowed_updates=["message"])
    fake.world.webhook.scale = 1000
    ann.says("hello")
    await fake.wait_until(lambda: fake.world.webhook.delays)
    info = await bot.get_webhook_info()
    assert "Webhook connection closed" in (info.last_error_message or "")
    assert list(info.allowed_updates) == ["message"]


async def test_polling_and_a_webhook_exclude_each_other(
    bot: Bot, fake: FakeTelegram, receiver: Receiver, ann: Person
) -> None:
    with pytest.raises(Conflict, match="while webhook is active"):
        await bot.get_updates()
    receiver.open.clear()
    ann.says("kept")
    await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_a_secret_of_the_wrong_letters(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="unallowed characters"):
        await bot.set_webhook("http://127.0.0.1:1/", secret_token="pass word")


async def test_23_hours_of_gone_end_the_webhook(fake: FakeTelegram, receiver: Receiver, ann: Person) -> None:
    fake.world.webhook.scale = 1000
    receiver.answers = [(410, {"Retry-After": "9"}), (410, {})]
    ann.says("hello")
    await fake.wait_until(lambda: fake.world.webhook.delays)
    fake.move(hours=23, seconds=1)
    fake.person("Bob").says("hello")
    await fake.wait_until(lambda: not fake.world.webhook.url)
