"""The fake against a real `telegram.Bot` over real HTTP: sending, editing, deleting, and what Telegram refuses."""

from __future__ import annotations

import datetime as dt

import pytest
from telegram import (
    Bot,
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest, EndPointNotFound, Forbidden, InvalidToken
from telegram.request import BaseRequest, HTTPXRequest

from bot.channels.telegram_http import AiohttpRequest
from bot.clock import FixedClock
from tests.fake_telegram import TOKEN, FakeTelegram, Person


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label.lower())] for label in labels])


@pytest.mark.parametrize("transport", [AiohttpRequest, HTTPXRequest])
async def test_a_round_trip_over_either_transport(fake: FakeTelegram, transport: type[BaseRequest]) -> None:
    ann = fake.person("Ann")
    ann.says("hello")
    async with Bot(TOKEN, base_url=fake.base_url, request=transport(), get_updates_request=transport()) as bot:
        (update,) = await bot.get_updates()
        assert update.effective_chat is not None
        await bot.send_message(update.effective_chat.id, "Hello, Ann", reply_markup=keyboard("Menu"))
    assert [str(line) for line in ann.chat.transcript()] == [
        "Ann sent: hello",
        "Braunstone Blues sent: Hello, Ann [Menu]",
    ]


async def test_ids_count_in_each_chat_and_dates_come_from_the_clock(bot: Bot, fake: FakeTelegram) -> None:
    ann, bob = fake.person("Ann"), fake.person("Bob")
    sent = [await bot.send_message(person.id, "hi") for person in (ann, ann, bob)]
    assert [message.message_id for message in sent] == [1, 2, 1]
    assert {message.date for message in sent} == {fake.clock.now()}


async def test_calls_are_logged_in_order(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    await bot.send_message(ann.id, "one")
    with pytest.raises(BadRequest):
        await bot.send_message(1, "two")
    first, second = fake.calls_of("sendMessage")
    assert (first.given["text"], first.outcome) == ("one", "ok")
    assert (second.order, second.outcome) == (first.order + 1, "Bad Request: chat not found")


async def test_the_edges_of_a_text(bot: Bot, ann: Person) -> None:
    assert (await bot.send_message(ann.id, "🏟" * 2048)).text == "🏟" * 2048
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(ann.id, "🏟" * 2048 + "!")
    with pytest.raises(BadRequest, match="Message text is empty"):
        await bot.send_message(ann.id, "")
    with pytest.raises(BadRequest, match="Text must be non-empty"):
        await bot.send_message(ann.id, " \n ")


@pytest.mark.parametrize(
    ("button", "why"),
    [
        (InlineKeyboardButton("x", callback_data="é" * 32), None),
        (InlineKeyboardButton("x", callback_data="é" * 32 + "!"), "BUTTON_DATA_INVALID"),
        (InlineKeyboardButton("x", url="https://example.org/a"), None),
        (InlineKeyboardButton("x", url="tel:+441164960000"), "Unsupported URL protocol"),
        (InlineKeyboardButton("x", url="http://localhost"), "Wrong HTTP URL"),
        (InlineKeyboardButton(" ", callback_data="x"), "must be non-empty"),
        (InlineKeyboardButton("x"), "Text buttons are unallowed"),
    ],
)
async def test_a_button(bot: Bot, ann: Person, button: InlineKeyboardButton, why: str | None) -> None:
    markup = InlineKeyboardMarkup([[button]])
    if why is None:
        assert (await bot.send_message(ann.id, "x", reply_markup=markup)).reply_markup == markup
    else:
        with pytest.raises(BadRequest, match=f"(?i){why}"):  # python-telegram-bot capitalises what Telegram says
            await bot.send_message(ann.id, "x", reply_markup=markup)


async def test_a_hundred_buttons_and_no_more(bot: Bot, ann: Person) -> None:
    await bot.send_message(ann.id, "x", reply_markup=keyboard(*map(str, range(100))))
    with pytest.raises(BadRequest, match="Reply markup is too long"):
        await bot.send_message(ann.id, "x", reply_markup=keyboard(*map(str, range(101))))


async def test_an_edit_changes_the_screen(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(ann.id, "one", reply_markup=keyboard("Yes", "No"))
    await bot.edit_message_text("two", ann.id, sent.message_id)
    await bot.edit_message_reply_markup(ann.id, sent.message_id, reply_markup=keyboard("Undo"))
    assert [str(line) for line in ann.chat.transcript()] == [
        "Braunstone Blues sent: one [Yes] [No]",
        "Braunstone Blues edited: two",
        "Braunstone Blues edited: two [Undo]",
    ]
    assert [message.text for message in ann.chat.screen()] == ["two"]


async def test_an_edit_must_change_something(bot: Bot, ann: Person) -> None:
    yes = keyboard("Yes")
    sent = await bot.send_message(ann.id, "<b>one</b>", "HTML", reply_markup=yes)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("<b>one</b>", ann.id, sent.message_id, parse_mode="HTML", reply_markup=yes)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(ann.id, sent.message_id, reply_markup=yes)
    await bot.edit_message_text("one", ann.id, sent.message_id, reply_markup=yes)  # no longer bold


async def test_what_cannot_be_edited(bot: Bot, ann: Person) -> None:
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", ann.id, 99)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", ann.id, ann.says("mine").message_id)
    menu = await bot.send_message(ann.id, "x", reply_markup=ReplyKeyboardMarkup([["Menu"]]))
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("y", ann.id, menu.message_id)
    photo = await bot.send_photo(ann.id, b"jpeg")
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("y", ann.id, photo.message_id)


async def test_deleting_both_sides(bot: Bot, ann: Person) -> None:
    theirs, ours = ann.says("hello"), await bot.send_message(ann.id, "hi")
    assert await bot.delete_messages(ann.id, [theirs.message_id, ours.message_id, 77])
    assert ann.chat.screen() == []
    assert [line.kind for line in ann.chat.transcript()] == ["sent", "sent", "deleted", "deleted"]
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(ann.id, ours.message_id)
    with pytest.raises(BadRequest, match="too many messages"):
        await bot.delete_messages(ann.id, range(1, 102))


async def test_nothing_is_deleted_after_48_hours(ann: Person, bot: Bot, fake: FakeTelegram) -> None:
    sent = await bot.send_message(ann.id, "hi")
    fake.move(hours=48, seconds=1)
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(ann.id, sent.message_id)


async def test_a_bot_is_no_admin_of_a_group(ann: Person, bot: Bot, fake: FakeTelegram) -> None:
    said = ann.says("hello", chat=fake.group())
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(said.chat.id, said.message_id)


async def test_a_tap_is_answered(bot: Bot, ann: Person, fake: FakeTelegram) -> None:
    await bot.send_message(ann.id, "Sure?", reply_markup=keyboard("Yes"))
    tap = ann.taps(ann.chat.from_bot()[-1], "Yes")
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert await bot.answer_callback_query(update.callback_query.id, "Done", show_alert=True)
    assert tap.is_answered
    assert tap.answers[0]["text"] == "Done"
    with pytest.raises(BadRequest, match="too_long"):
        await bot.answer_callback_query(tap.id, "x" * 201)
    fake.move(seconds=151)
    for query in (tap.id, "77"):
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query(query)


async def test_replies(bot: Bot, ann: Person) -> None:
    asked = ann.says("When?")
    sent = await bot.send_message(ann.id, "At ten", reply_parameters=ReplyParameters(asked.message_id))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "When?"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(ann.id, "x", reply_parameters=ReplyParameters(99))
    await bot.send_message(ann.id, "x", reply_parameters=ReplyParameters(99, allow_sending_without_reply=True))


async def test_files_are_kept_byte_for_byte(bot: Bot, ann: Person) -> None:
    await bot.send_document(
        ann.id, b"\x00PDF\r\n", filename="visit.ics", caption="<b>Your visit</b>", parse_mode="HTML"
    )
    await bot.send_photo(ann.id, b"\xffJPEG", caption="QR", reply_markup=keyboard("Print"))
    document, photo = ann.chat.from_bot()
    assert document.file is not None
    assert photo.file is not None
    assert (document.file.name, document.file.content) == ("visit.ics", b"\x00PDF\r\n")
    assert photo.file.content == b"\xffJPEG"
    assert document.seen() == "[document visit.ics] Your visit"
    again = await bot.send_document(ann.id, document.content["document"]["file_id"])
    assert again.document is not None
    await bot.send_photo(ann.id, photo.content["photo"][0]["file_id"])
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(ann.id, b"")
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_photo(ann.id, b"x", caption="x" * 1025)


async def test_downloads_and_unknown_methods_are_not_found(bot: Bot, ann: Person) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("noSuchMethod", {"chat_id": ann.id})
    with pytest.raises(InvalidToken, match="Not Found"):
        await bot.get_file("photo-1")
    with pytest.raises(InvalidToken, match="Not Found"):
        await bot.request.retrieve(f"{bot.base_file_url}/photo.jpg")


async def test_a_wrong_token(fake: FakeTelegram) -> None:
    stranger = Bot("2:test", base_url=fake.base_url, request=AiohttpRequest())
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


async def test_where_the_bot_may_not_write(bot: Bot, fake: FakeTelegram) -> None:
    ann, bob, eve = fake.person(), fake.person("Bob"), fake.person("Eve", started=False)
    group = fake.group()
    ann.blocks_bot()
    bob.deactivates()
    bob.removes_bot(group)
    refused = {1: "Chat not found", ann.id: "blocked by the user", bob.id: "deactivated"}
    refused |= {eve.id: "can't initiate conversation", group.id: "kicked from the group"}
    for chat, why in refused.items():
        with pytest.raises((BadRequest, Forbidden), match=why):
            await bot.send_message(chat, "hello")
    ann.starts()
    eve.starts("leaflet")
    for person in (ann, eve):
        await bot.send_message(person.id, "welcome")


async def test_profile(bot: Bot, fake: FakeTelegram) -> None:
    commands = [BotCommand("help", "What I can do")]
    await bot.set_my_commands(commands, language_code="pl")
    assert list(await bot.get_my_commands(language_code="pl")) == commands
    assert list(await bot.get_my_commands()) == []
    await bot.set_my_description("x" * 512)
    await bot.set_my_short_description("x" * 120)
    assert fake.world.descriptions["description", ""] == "x" * 512
    for wrong in (BotCommand("Help", "x"), BotCommand("help", "x" * 257)):
        with pytest.raises(BadRequest, match="invalid"):
            await bot.set_my_commands([wrong])
    with pytest.raises(BadRequest):
        await bot.set_my_commands(commands * 101)
    with pytest.raises(BadRequest):
        await bot.set_my_short_description("x" * 121)


async def test_chat_actions(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    await bot.send_chat_action(ann.id, "typing")
    assert fake.world.actions[ann.id] == ["typing"]
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(ann.id, "dancing")


async def test_a_keyboard_in_place_of_the_phones_own(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(ann.id, "x", reply_markup=ReplyKeyboardMarkup([["Menu", "Help"]]))
    assert sent.reply_markup is None
    assert ann.chat.from_bot()[0].buttons == ["Menu", "Help"]
    ann.picks(ann.chat.from_bot()[0], "Help")
    assert ann.chat.screen()[-1].text == "Help"
    await bot.send_message(ann.id, "Name?", reply_markup=ForceReply())
    gone = await bot.send_message(ann.id, "x", reply_markup=ReplyKeyboardRemove())
    await bot.edit_message_text("y", ann.id, gone.message_id)


async def test_a_preview_is_not_read(bot: Bot, ann: Person) -> None:
    await bot.send_message(ann.id, "https://example.org", link_preview_options=LinkPreviewOptions(is_disabled=True))
    assert str(ann.chat.transcript()[0]) == "Braunstone Blues sent: https://example.org"


async def test_wait_until_says_what_happened_instead(fake: FakeTelegram, ann: Person) -> None:
    ann.says("hello")
    with pytest.raises(AssertionError, match="Ann sent: hello"):
        await fake.wait_until(lambda: False, timeout=0.001)


async def test_the_clock_is_the_tests_own() -> None:
    noon = dt.datetime(2027, 3, 28, 12, tzinfo=dt.UTC)
    async with FakeTelegram(FixedClock(noon)) as fake:
        assert fake.person().says("hello").date == noon
