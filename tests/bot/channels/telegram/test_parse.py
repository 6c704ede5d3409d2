"""What a Telegram update means, with updates as the fake Telegram makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.channels.cleaning import clean
from bot.channels.telegram.parse import essential, read
from bot.clock import FixedClock
from handlers.turn import Turn
from tests.fake_telegram import FakeTelegram, Person

NAME = "braunstone_bot"
FIRE = "help my house is on fire"


class Telegram:
    """A fake Telegram that nobody connects to; `turn` is what its newest update means to us."""

    def __init__(self) -> None:
        self.clock = FixedClock()
        self.fake = FakeTelegram(self.clock)
        self.ann = self.fake.person("Ann", language="pl")
        self.group = self.fake.group()

    @property
    def raw(self) -> dict[str, Any]:
        return self.fake.world.updates.waiting()[-1].body

    @property
    def turn(self) -> Turn | None:
        return read(self.raw, NAME, self.clock.now())

    @property
    def sure(self) -> Turn:
        turn = self.turn
        assert turn is not None
        return turn


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


def test_words(telegram: Telegram) -> None:
    said = telegram.ann.says("Do I need a smoke alarm?")
    assert telegram.sure == Turn(
        channel="telegram",
        bot=NAME,
        key=str(telegram.raw["update_id"]),
        chat=str(telegram.ann.id),
        at=telegram.clock.now(),
        text="Do I need a smoke alarm?",
        message_id=str(said.message_id),
        language_code="pl",
    )


@pytest.mark.parametrize(
    ("said", "text", "command", "argument"),
    [
        ("/start", "/start", "start", ""),
        ("/start leaflet-7", "/start leaflet-7", "start", "leaflet-7"),
        ("/Start@Braunstone_Bot  leaflet-7 ", "/start leaflet-7", "start", "leaflet-7"),
        ("/help\nmy cooker", "/help my cooker", "help", "my cooker"),
        ("/fire", "/fire", "fire", ""),
        ("/visit@another_bot", "/visit", "visit", ""),
    ],
)
def test_commands(telegram: Telegram, said: str, text: str, command: str, argument: str) -> None:
    telegram.ann.says(said)
    turn = telegram.sure
    assert (turn.kind, turn.text, turn.command, turn.argument) == ("command", text, command, argument)


@pytest.mark.parametrize("said", ["1/2 of it", "/", "/ start", "/straße auf", "see /start"])
def test_what_is_no_command(telegram: Telegram, said: str) -> None:
    telegram.ann.says(said)
    assert (telegram.sure.kind, telegram.sure.command, telegram.sure.text) == ("text", None, said)


def test_an_edited_message(telegram: Telegram) -> None:
    telegram.ann.edits(telegram.ann.says("/strat"), "/start")
    assert (telegram.sure.kind, telegram.sure.command) == ("edited", "start")


def test_a_caption_is_what_they_say(telegram: Telegram) -> None:
    telegram.ann.sends_photo("Is this plug safe?")
    turn = telegram.sure
    assert (turn.kind, turn.attachment, turn.text) == ("attachment", "photo", "Is this plug safe?")


Sending = Callable[[Person], object]


@pytest.mark.parametrize(
    ("send", "kind"),
    [
        (lambda ann: ann.sends_photo(), "photo"),
        (lambda ann: ann.sends_voice(), "voice"),
        (lambda ann: ann.sends_video(), "video"),
        (lambda ann: ann.sends_document(), "document"),
        (lambda ann: ann.sends_sticker(), "sticker"),
        (lambda ann: ann.sends_contact(), "contact"),
        (lambda ann: ann.sends_poll(), "poll"),
        (lambda ann: ann.sends_dice(), "other"),
    ],
)
def test_attachments(telegram: Telegram, send: Sending, kind: str) -> None:
    send(telegram.ann)
    assert (telegram.sure.kind, telegram.sure.attachment, telegram.sure.text) == ("attachment", kind, "")


FILE = {"file_id": "f", "file_unique_id": "u"}
MOVING = FILE | {"width": 9, "height": 9, "duration": 1}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"animation": MOVING, "document": FILE}, "video"),
        ({"video_note": FILE | {"length": 9, "duration": 1}}, "video"),
        ({"audio": FILE | {"duration": 1}}, "audio"),
        ({"story": {"chat": {"id": 7, "type": "private"}, "id": 1}}, "other"),
    ],
)
def test_rarer_attachments(telegram: Telegram, content: dict[str, Any], kind: str) -> None:
    telegram.ann.says("x")
    message = {name: value for name, value in telegram.raw["message"].items() if name != "text"}
    turn = read({"update_id": 1, "message": message | content}, NAME, telegram.clock.now())
    assert turn is not None
    assert turn.attachment == kind


def test_a_position(telegram: Telegram) -> None:
    telegram.ann.sends_location(52.62, -1.18)
    assert (telegram.sure.kind, telegram.sure.location) == ("location", (52.62, -1.18))


def test_a_place(telegram: Telegram) -> None:
    telegram.ann.sends_location(52.6, -1.2)
    place = telegram.raw["message"]["location"]
    telegram.raw["message"]["venue"] = {"location": place, "title": "Library", "address": "Braunstone"}
    assert (telegram.sure.kind, telegram.sure.location) == ("location", (52.6, -1.2))


def test_a_position_that_moves_is_not_answered_again(telegram: Telegram) -> None:
    telegram.ann.sends_location()
    moved = {"update_id": 9, "edited_message": telegram.raw["message"]}
    assert read(moved, NAME, telegram.clock.now()) is None


def test_a_tap(telegram: Telegram) -> None:
    message = telegram.ann.chat.add(telegram.fake.world.bot, telegram.clock.now(), {"text": "Which?"})
    message.dress({"inline_keyboard": [[{"text": "This", "callback_data": "1~show~x~abcd"}]]})
    telegram.ann.taps(message, "This")
    turn = telegram.sure
    assert (turn.kind, turn.tap, turn.text, turn.group) == ("tap", "1~show~x~abcd", "", False)
    assert (turn.chat, turn.message_id) == (str(telegram.ann.id), str(message.message_id))
    assert turn.key == str(telegram.raw["update_id"])


def test_a_tap_under_a_message_that_is_gone(telegram: Telegram) -> None:
    message = telegram.ann.chat.add(telegram.fake.world.bot, telegram.clock.now(), {"text": "Which?"})
    message.dress({"inline_keyboard": [[{"text": "This", "callback_data": "1~show~x~abcd"}]]})
    message.deleted = True
    telegram.ann.taps(message, "This", stale=True)
    assert (telegram.sure.tap, telegram.sure.message_id) == ("1~show~x~abcd", str(message.message_id))


def test_blocking_and_coming_back(telegram: Telegram) -> None:
    telegram.ann.blocks_bot()
    assert (telegram.sure.kind, telegram.sure.chat) == ("blocked", str(telegram.ann.id))
    telegram.ann.unblocks_bot()
    assert telegram.sure.kind == "unblocked"


def test_being_put_out_of_a_group_is_nothing(telegram: Telegram) -> None:
    telegram.ann.removes_bot(telegram.group)
    assert "my_chat_member" in telegram.raw
    assert telegram.turn is None


@pytest.mark.parametrize("said", ["/help", "/visit@braunstone_bot", "hello @Braunstone_Bot", f"well {FIRE}"])
def test_what_is_for_us_in_a_group(telegram: Telegram, said: str) -> None:
    telegram.ann.says(said, chat=telegram.group)
    assert telegram.sure.group
    assert telegram.sure.chat == str(telegram.group.id)


@pytest.mark.parametrize(
    "said",
    ["hello all", "/ban him", "/visit@another_bot", "ask @braunstone_botany", "me@braunstone_bot.org", "i feel low"],
)
def test_what_is_not_for_us_in_a_group(telegram: Telegram, said: str) -> None:
    telegram.ann.says(said, chat=telegram.group)
    assert telegram.turn is None


def test_a_danger_said_to_another_bot_is_still_a_danger(telegram: Telegram) -> None:
    telegram.ann.says(f"/ask@another_bot {FIRE}", chat=telegram.group)
    assert telegram.sure.text.endswith(FIRE)


def test_an_answer_to_us_in_a_group(telegram: Telegram) -> None:
    ours = telegram.group.add(telegram.fake.world.bot, telegram.clock.now(), {"text": "Please write in private."})
    telegram.ann.says("why?", chat=telegram.group, reply_to=ours)
    assert telegram.sure.text == "why?"


def test_pictures_in_a_group_are_not_for_us(telegram: Telegram) -> None:
    telegram.ann.sends_photo(chat=telegram.group)
    assert telegram.turn is None


def changed(telegram: Telegram, **fields: Any) -> Turn | None:
    telegram.ann.says(FIRE)
    raw = {"update_id": 1, "message": telegram.raw["message"] | fields}
    return read(raw, NAME, telegram.clock.now())


GROUP = {"id": -4, "type": "supergroup", "title": "Neighbours"}
CHANNEL = {"id": -5, "type": "channel", "title": "News"}
BOT = {"id": 1087968824, "is_bot": True, "first_name": "Group"}


def test_bots_and_channels_are_not_heard(telegram: Telegram) -> None:
    assert changed(telegram, **{"from": BOT}) is None
    assert changed(telegram, **{"from": BOT, "chat": GROUP, "sender_chat": CHANNEL}) is None
    assert changed(telegram, is_automatic_forward=True) is None
    assert changed(telegram, chat=CHANNEL) is None


def test_an_administrator_who_stays_anonymous_is_heard(telegram: Telegram) -> None:
    turn = changed(telegram, **{"from": BOT, "chat": GROUP, "sender_chat": GROUP})
    assert turn is not None
    assert turn.text == FIRE


@pytest.mark.parametrize("kind", ["channel_post", "poll", "message_reaction", "chat_member", "from_the_future"])
def test_other_kinds_are_nothing(telegram: Telegram, kind: str) -> None:
    telegram.ann.says("hello")
    assert read({"update_id": 1, kind: telegram.raw["message"]}, NAME, telegram.clock.now()) is None
    assert read({"update_id": 1}, NAME, telegram.clock.now()) is None


def test_a_service_message_is_nothing(telegram: Telegram) -> None:
    telegram.ann.says("x")
    message = {name: value for name, value in telegram.raw["message"].items() if name != "text"}
    pinned = {"update_id": 1, "message": message | {"group_chat_created": True}}
    assert read(pinned, NAME, telegram.clock.now()) is None


def test_words_are_heard_through_fields_that_nobody_can_read(telegram: Telegram) -> None:
    turn = changed(telegram, sticker={"new": "shape"}, reply_to_message={"who": "knows"})
    assert turn is not None
    assert turn.text == FIRE


def test_a_tap_is_heard_through_them_too(telegram: Telegram) -> None:
    message = telegram.ann.chat.add(telegram.fake.world.bot, telegram.clock.now(), {"text": "Which?"})
    message.dress({"inline_keyboard": [[{"text": "This", "callback_data": "1~x"}]]})
    telegram.ann.taps(message, "This")
    telegram.raw["callback_query"]["message"]["sticker"] = {"new": "shape"}
    assert (telegram.sure.tap, telegram.sure.message_id) == ("1~x", str(message.message_id))


def test_only_words_are_essential() -> None:
    assert essential({"update_id": 1, "message": {"text": "x", "entities": []}, "poll": {}}) == {
        "update_id": 1,
        "message": {"text": "x"},
    }


def test_halves_of_characters_go() -> None:
    assert clean("a\ud83db\0c🔥\ud83d\udd25") == "a\ufffdbc🔥🔥"


@pytest.mark.parametrize(("text", "ours"), [("hey @a.c look", True), ("hey @abc look", False), ("hey @a.cd", False)])
def test_the_bots_name_is_taken_by_its_letters(telegram: Telegram, text: str, ours: bool) -> None:
    telegram.ann.says(text, chat=telegram.group)
    assert (read(telegram.raw, "a.c", telegram.clock.now()) is not None) is ours
