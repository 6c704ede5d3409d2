"""Sending to a fake Telegram over real HTTP: what people see, and what each refusal means."""

from __future__ import annotations

import pytest

from bot.channels.telegram.account import Account
from bot.channels.telegram.send import TelegramSender
from bot.clock import FixedClock
from bot.errors import Blocked, Refused, TooMany, Unreached
from handlers.turn import Button, Reply
from knowledge.prose import Paragraph, Span, line
from tests.bot.channels.telegram.scripted import reply
from tests.fake_telegram import FakeTelegram, Garbled, Lost, Message, Person, refusals
from tests.fake_telegram.refusals import Refusal

YES = ((Button(label="Yes", token="1~yes~~abcd"),),)


@pytest.fixture
def sender(bot: Account) -> TelegramSender:
    return TelegramSender(bot)


async def test_it_sends(fake: FakeTelegram, sender: TelegramSender, ann: Person) -> None:
    spans = (Span(text="Ring "), Span(text="999", strong=True), Span(text=" & see nhs.uk", href="https://nhs.uk/"))
    sent = await sender.send(str(ann.id), Reply(blocks=(Paragraph(spans=spans),), buttons=YES, urgent=True))
    (message,) = ann.chat.from_bot()
    assert sent == str(message.message_id)
    assert (message.text, message.buttons) == ("Ring 999 & see nhs.uk", ["Yes"])
    assert [entity["type"] for entity in message.content["entities"]] == ["bold", "text_link"]
    (call,) = fake.calls_of("sendMessage")
    assert call.given["link_preview_options"] == {"is_disabled": True}
    assert not call.given.get("disable_notification")
    assert "protect_content" not in call.given


async def test_it_sends_all_parts_in_order(sender: TelegramSender, ann: Person) -> None:
    sent = await sender.send(str(ann.id), Reply(blocks=(line("a" * 4000), line("b" * 4000)), buttons=YES))
    first, last = ann.chat.from_bot()
    assert (first.text[0], first.buttons, last.text[0], last.buttons) == ("a", [], "b", ["Yes"])
    assert sent == f"{first.message_id} {last.message_id}"


async def test_after_a_failed_part_all_are_sent_again(fake: FakeTelegram, sender: TelegramSender, ann: Person) -> None:
    long = Reply(blocks=(line("a" * 4000), line("b" * 4000)))
    fake.limit(1, 10)
    with pytest.raises(TooMany):
        await sender.send(str(ann.id), long)
    fake.script.clear()
    await sender.send(str(ann.id), long)
    assert [message.text[0] for message in ann.chat.from_bot()] == ["a", "a", "b"]


async def test_nothing_to_send(fake: FakeTelegram, sender: TelegramSender, ann: Person) -> None:
    assert await sender.send(str(ann.id), Reply()) is None
    assert not fake.calls_of("sendMessage")


async def test_buttons_are_taken_away(sender: TelegramSender, ann: Person) -> None:
    sent = await sender.send(str(ann.id), reply("Which?", buttons=YES))
    strip = Reply(strip_buttons_of=sent)
    assert await sender.send(str(ann.id), strip) is None
    (message,) = ann.chat.from_bot()
    assert (message.text, message.buttons) == ("Which?", [])
    await sender.send(str(ann.id), strip)  # Telegram says that nothing is modified
    message.deleted = True
    await sender.send(str(ann.id), strip)
    await sender.send(str(ann.id), Reply(strip_buttons_of="not a number"))


async def test_buttons_that_cannot_be_taken_away_for_another_reason(
    fake: FakeTelegram, sender: TelegramSender, ann: Person
) -> None:
    fake.fail(refusals.bad_request("something new"), "editMessageReplyMarkup")
    with pytest.raises(Refused, match="Something new"):
        await sender.send(str(ann.id), Reply(strip_buttons_of="1"))


def many(ann: Person, count: int) -> tuple[list[Message], Reply]:
    messages = [ann.says(f"{number}") for number in range(count)]
    return messages, Reply(forget_messages=tuple(str(message.message_id) for message in messages))


async def test_messages_are_forgotten(fake: FakeTelegram, sender: TelegramSender, ann: Person) -> None:
    _, forget = many(ann, 205)
    assert await sender.send(str(ann.id), forget) is None
    assert ann.chat.screen() == []
    assert [len(call.given["message_ids"]) for call in fake.calls_of("deleteMessages")] == [100, 100, 5]


async def test_parts_are_forgotten_by_the_id_that_send_gave(sender: TelegramSender, ann: Person) -> None:
    sent = await sender.send(str(ann.id), Reply(blocks=(line("a" * 4000), line("b" * 4000))))
    assert sent is not None
    await sender.send(str(ann.id), Reply(forget_messages=(sent, "not a number")))
    assert ann.chat.screen() == []


async def test_one_that_is_too_old_does_not_keep_the_others(
    clock: FixedClock, fake: FakeTelegram, sender: TelegramSender, ann: Person
) -> None:
    messages, forget = many(ann, 20)
    messages[7].date -= clock.now() - clock.now().replace(year=2025)
    await sender.send(str(ann.id), forget)
    assert ann.chat.screen() == [messages[7]]
    assert len(fake.calls_of("deleteMessages")) <= 10


async def test_html_that_is_not_taken_is_sent_as_words(fake: FakeTelegram, sender: TelegramSender, ann: Person) -> None:
    fake.fail(refusals.cannot_parse("Unsupported start tag"), "sendMessage")
    await sender.send(str(ann.id), Reply(blocks=(line("Ring 999 & go", strong=True),), buttons=YES))
    (message,) = ann.chat.from_bot()
    assert (message.text, message.buttons) == ("Ring 999 & go", ["Yes"])


async def test_buttons_that_are_not_taken_are_left_out(fake: FakeTelegram, sender: TelegramSender, ann: Person) -> None:
    wrong = ((Button(label="Our page", url="https://nowhere"),),)
    await sender.send(str(ann.id), reply("Ring 999", buttons=wrong))
    (message,) = ann.chat.from_bot()
    assert (message.text, message.buttons) == ("Ring 999", [])
    assert len(fake.calls_of("sendMessage")) == 3


@pytest.mark.parametrize("access", ["unstarted", "blocked", "deactivated", "kicked"])
async def test_somebody_who_cannot_be_written_to(sender: TelegramSender, ann: Person, access: str) -> None:
    ann.chat.access = access  # type: ignore[assignment]
    with pytest.raises(Blocked):
        await sender.send(str(ann.id), reply())


async def test_nobody(fake: FakeTelegram, sender: TelegramSender) -> None:
    for given in (reply(), Reply(strip_buttons_of="1"), Reply(forget_messages=("1",))):
        with pytest.raises(Blocked, match="Chat not found"):
            await sender.send("12345", given)
    assert len(fake.calls) == 4  # with getMe: none was tried twice


async def test_too_many(fake: FakeTelegram, sender: TelegramSender, ann: Person) -> None:
    fake.fail(refusals.retry_after(7), "sendMessage")
    with pytest.raises(TooMany) as raised:
        await sender.send(str(ann.id), reply())
    assert raised.value.seconds == 7


async def test_what_telegram_never_takes(fake: FakeTelegram, sender: TelegramSender, ann: Person) -> None:
    fake.fail(refusals.bad_request("message is odd"), "sendMessage", times=3)
    with pytest.raises(Refused, match="Message is odd"):
        await sender.send(str(ann.id), reply())


@pytest.mark.parametrize("refusal", [refusals.server_error(), refusals.server_error(502), refusals.unauthorised()])
async def test_what_may_pass(fake: FakeTelegram, sender: TelegramSender, ann: Person, refusal: Refusal) -> None:
    fake.fail(refusal, "sendMessage")
    with pytest.raises(Unreached):
        await sender.send(str(ann.id), reply())


@pytest.mark.parametrize("fault", [Lost(), Lost(applied=False), Garbled()])
async def test_the_network(fake: FakeTelegram, sender: TelegramSender, ann: Person, fault: Lost | Garbled) -> None:
    fake.fail(fault, "sendMessage")
    with pytest.raises(Unreached):
        await sender.send(str(ann.id), reply())
