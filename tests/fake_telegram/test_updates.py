"""Updates: what people do, and how long polling hands it over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup, Update
from telegram.error import Conflict

from tests.fake_telegram import FakeTelegram, Person

MENU = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Yes", callback_data="y1"), InlineKeyboardButton("Map", url="https://example.org/")]]
)


async def texts(bot: Bot, offset: int | None = None) -> list[str | None]:
    return [update.effective_message.text for update in await bot.get_updates(offset) if update.effective_message]


async def test_an_update_stays_until_a_later_offset_confirms_it(bot: Bot, ann: Person) -> None:
    for text in ("one", "two", "three"):
        ann.says(text)
    first, second, third = await bot.get_updates()
    assert [second.update_id, third.update_id] == [first.update_id + 1, first.update_id + 2]
    assert await texts(bot) == ["one", "two", "three"]
    assert await texts(bot, second.update_id) == ["two", "three"]
    assert await texts(bot) == ["two", "three"]
    assert await texts(bot, third.update_id + 1) == []
    assert await texts(bot) == []


async def test_a_negative_offset_keeps_the_end(bot: Bot, ann: Person) -> None:
    for text in ("one", "two", "three"):
        ann.says(text)
    assert await texts(bot, -1) == ["three"]
    assert await texts(bot) == ["three"]


async def test_an_offset_of_another_life_is_ignored(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    fake.world.updates.next_id = 40
    ann.says("after a quiet week")
    assert await texts(bot, 700_000_009) == ["after a quiet week"]


async def test_a_limit(bot: Bot, ann: Person) -> None:
    for _ in range(3):
        ann.says("x")
    assert len(await bot.get_updates(limit=2)) == 2


async def test_a_long_poll_wakes_for_an_update(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await fake.wait_until(lambda: fake.world.polling.waiting)
    ann.says("hello")
    assert len(await poll) == 1


async def test_a_long_poll_ends_empty(bot: Bot, fake: FakeTelegram) -> None:
    fake.world.polling.scale = 0.0001
    assert await bot.get_updates(timeout=30) == ()


async def test_a_second_poll_ends_the_first(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await fake.wait_until(lambda: fake.world.polling.waiting)
    second = asyncio.create_task(bot.get_updates(timeout=30))
    with pytest.raises(Conflict, match="terminated by other getUpdates"):
        await first
    ann.says("hello")
    assert len(await second) == 1


async def test_updates_expire(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    ann.says("good night")
    await bot.send_message(ann.id, "Menu", reply_markup=MENU)
    ann.taps(ann.chat.from_bot()[0], "Yes")
    fake.move(seconds=150)
    assert [update.callback_query for update in await bot.get_updates()] == [None]
    fake.move(hours=24)
    assert await bot.get_updates() == ()


async def test_allowed_updates_are_remembered(bot: Bot, ann: Person) -> None:
    await bot.get_updates(allowed_updates=["message"])
    ann.blocks_bot()
    ann.unblocks_bot()
    ann.says("hello")
    assert await texts(bot) == ["hello"]
    await bot.get_updates(allowed_updates=[])
    ann.blocks_bot()
    assert [update.my_chat_member is not None for update in await bot.get_updates()] == [False, True]


async def test_an_update_comes_again(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    ann.says("hello")
    (update,) = await bot.get_updates()
    fake.world.deliver_again(update.to_dict())
    assert await bot.get_updates(update.update_id + 1) == (update,)
    assert await bot.get_updates(update.update_id + 1) == ()


async def only(bot: Bot) -> Update:
    (update,) = await bot.get_updates(-1)
    return update


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        ("photo", Person.sends_photo),
        ("voice", Person.sends_voice),
        ("sticker", Person.sends_sticker),
        ("location", Person.sends_location),
        ("contact", Person.sends_contact),
        ("document", Person.sends_document),
        ("video", Person.sends_video),
        ("dice", Person.sends_dice),
        ("poll", Person.sends_poll),
    ],
)
async def test_what_people_send(bot: Bot, ann: Person, kind: str, act: Callable[[Person], object]) -> None:
    act(ann)
    message = (await only(bot)).message
    assert message is not None
    assert message[kind]
    assert str(ann.chat.transcript()[-1]) == f"Ann sent: [{kind}]"


async def test_a_caption(bot: Bot, ann: Person) -> None:
    ann.sends_photo("my alarm")
    message = (await only(bot)).message
    assert message is not None
    assert message.caption == "my alarm"


async def test_start_with_a_payload(bot: Bot, ann: Person) -> None:
    ann.starts("leaflet")
    message = (await only(bot)).message
    assert message is not None
    assert message.text == "/start leaflet"
    assert list(message.parse_entities().values()) == ["/start"]


async def test_a_group_message_with_a_mention(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    group = fake.group("Neighbours")
    ann.says("@braunstone_bot is the library open?", chat=group)
    message = (await only(bot)).message
    assert message is not None
    assert (message.chat.type, message.chat.title) == ("group", "Neighbours")
    assert list(message.parse_entities(["mention"]).values()) == [bot.name]


async def test_an_edit_a_reply_and_a_forward(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    said = ann.says("helo")
    ann.edits(said, "hello")
    edited = (await only(bot)).edited_message
    assert edited is not None
    assert (edited.text, edited.edit_date) == ("hello", fake.clock.now())
    ann.says("this one", reply_to=said)
    reply = (await only(bot)).message
    assert reply is not None
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.message_id == said.message_id
    for origin in (fake.person("Bob"), "Bob"):
        ann.forwards("look", of=origin)
        forwarded = (await only(bot)).message
        assert forwarded is not None
        assert forwarded.forward_origin is not None
        assert forwarded.forward_origin.type == ("hidden_user" if origin == "Bob" else "user")


async def test_a_deleted_message_is_gone_without_a_word(bot: Bot, ann: Person) -> None:
    ann.deletes(ann.says("hello"))
    assert ann.chat.screen() == []
    assert len(await bot.get_updates()) == 1


async def test_a_tap_by_label_and_by_data(bot: Bot, ann: Person) -> None:
    await bot.send_message(ann.id, "Sure?", reply_markup=MENU)
    question = ann.chat.from_bot()[0]
    for button in ("Yes", "y1"):
        ann.taps(question, button)
        query = (await only(bot)).callback_query
        assert query is not None
        assert query.data == "y1"
        assert query.message is not None
        assert query.message.message_id == question.message_id
    for impossible in ("No", "Map"):
        with pytest.raises(AssertionError):
            ann.taps(question, impossible)


async def test_a_tap_on_what_is_no_longer_there(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(ann.id, "Sure?", reply_markup=MENU)
    question = ann.chat.from_bot()[0]
    await bot.edit_message_text("Done", ann.id, sent.message_id)
    with pytest.raises(AssertionError, match="no button 'Yes'"):
        ann.taps(question, "Yes")
    ann.taps(question, "Yes", stale=True)
    await bot.delete_message(ann.id, sent.message_id)
    ann.taps(question, "Yes", stale=True)
    changed, gone = [update.callback_query for update in await bot.get_updates()]
    assert changed is not None
    assert gone is not None
    assert changed.message is not None
    assert gone.message is not None
    assert (changed.message.is_accessible, gone.message.is_accessible) == (True, False)


async def test_a_contact_asked_for(bot: Bot, ann: Person) -> None:
    ask = ReplyKeyboardMarkup([[KeyboardButton("Send my number", request_contact=True)]])
    await bot.send_message(ann.id, "Number?", reply_markup=ask)
    ann.picks(ann.chat.from_bot()[0], "Send my number")
    message = (await only(bot)).message
    assert message is not None
    assert message.contact is not None


async def test_blocking_and_coming_back(bot: Bot, ann: Person) -> None:
    ann.blocks_bot()
    ann.blocks_bot()
    ann.starts()
    blocked, back, start = await bot.get_updates()
    assert blocked.my_chat_member is not None
    assert back.my_chat_member is not None
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert back.my_chat_member.new_chat_member.status == "member"
    assert start.message is not None
