"""A file that goes with a message: sent after its words, deleted with them, and never a reason to repeat them."""

from __future__ import annotations

import pytest

from bot.channels.telegram.account import Account
from bot.channels.telegram.render import render
from bot.channels.telegram.send import TelegramSender
from bot.errors import Blocked, TooMany, Unreached
from handlers.turn import Button, File, Reply
from knowledge.prose import Paragraph, Span, line
from tests.fake_telegram import FakeTelegram, Lost, Person, refusals
from tests.fake_telegram.refusals import Refusal

TEXT = "BEGIN:VCALENDAR\r\nSUMMARY:Home visit – café\r\nEND:VCALENDAR\r\n"
ICS = File(name="visit-J7M-4Q3.ics", media_type="text/calendar", text=TEXT)
YES = ((Button(label="Yes", token="1~yes~~abcd"),),)
BOOKED = Reply(blocks=(line("You are booked in."),), buttons=YES, file=ICS)


@pytest.fixture
def sender(bot: Account) -> TelegramSender:
    return TelegramSender(bot)


async def test_the_file_comes_after_the_words(fake: FakeTelegram, sender: TelegramSender, ann: Person) -> None:
    await sender.send(str(ann.id), BOOKED)
    words, document = ann.chat.from_bot()
    assert (words.text, words.buttons, document.buttons) == ("You are booked in.", ["Yes"], [])
    assert document.file is not None
    assert (document.file.name, document.file.content) == ("visit-J7M-4Q3.ics", TEXT.encode())
    assert len(fake.calls_of("sendDocument")) == 1


async def test_what_is_forgotten_takes_the_file_along(sender: TelegramSender, ann: Person) -> None:
    sent = await sender.send(str(ann.id), BOOKED)
    assert sent is not None
    assert len(sent.split()) == 2
    await sender.send(str(ann.id), Reply(forget_messages=(sent,)))
    assert ann.chat.screen() == []


async def test_the_buttons_are_taken_from_the_words(sender: TelegramSender, ann: Person) -> None:
    sent = await sender.send(str(ann.id), BOOKED)
    await sender.send(str(ann.id), Reply(strip_buttons_of=sent))
    assert ann.chat.from_bot()[0].buttons == []


async def test_a_file_may_come_alone(sender: TelegramSender, ann: Person) -> None:
    sent = await sender.send(str(ann.id), Reply(file=ICS))
    (document,) = ann.chat.from_bot()
    assert sent == str(document.message_id)


async def test_a_file_that_is_refused_does_not_repeat_the_words(
    fake: FakeTelegram, sender: TelegramSender, ann: Person
) -> None:
    fake.fail(refusals.bad_request("not enough rights to send documents to the chat"), "sendDocument")
    sent = await sender.send(str(ann.id), BOOKED)
    (words,) = ann.chat.from_bot()
    assert sent == str(words.message_id)
    assert len(fake.calls_of("sendDocument")) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (refusals.retry_after(7), TooMany),
        (refusals.server_error(), Unreached),
        (Lost(), Unreached),
        (refusals.bad_request("chat not found"), Blocked),
    ],
)
async def test_other_errors_mean_what_they_mean_for_words(
    fake: FakeTelegram, sender: TelegramSender, ann: Person, fault: Refusal | Lost, error: type[Exception]
) -> None:
    fake.fail(fault, "sendDocument")
    with pytest.raises(error):
        await sender.send(str(ann.id), BOOKED)


def test_a_link_below_our_own_address_is_words_here() -> None:
    spans = (Span(text="See "), Span(text="your calendar", href="/calendar/J7M-4Q3/x.ics"))
    button = Button(label="Add it", url="/calendar/J7M-4Q3/x.ics")
    (part,) = render(Reply(blocks=(Paragraph(spans=spans),), buttons=((button,), *YES)))
    assert part.html == part.plain == "See your calendar"
    assert part.markup is not None
    assert [[each.text for each in row] for row in part.markup.inline_keyboard] == [["Yes"]]
