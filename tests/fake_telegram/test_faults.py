"""What goes wrong on demand, and what the fake itself will not let pass."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.channels.telegram_http import AiohttpRequest
from tests.fake_telegram import TOKEN, FakeTelegram, Garbled, Lost, Person, Slow, refusals, spec
from tests.fake_telegram.refusals import Refusal


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (refusals.retry_after(7), RetryAfter),
        (refusals.blocked(), Forbidden),
        (refusals.deactivated(), Forbidden),
        (refusals.chat_not_found(), BadRequest),
        (refusals.not_modified(), BadRequest),
        (refusals.edit_not_found(), BadRequest),
        (refusals.cannot_delete(), BadRequest),
        (refusals.query_too_old(), BadRequest),
        (refusals.server_error(500), NetworkError),
        (refusals.server_error(502), NetworkError),
    ],
)
async def test_a_refusal_on_demand(
    bot: Bot, fake: FakeTelegram, ann: Person, refusal: Refusal, error: type[TelegramError]
) -> None:
    fake.fail(refusal, "sendMessage")
    with pytest.raises(error):
        await bot.send_message(ann.id, "one")
    await bot.send_message(ann.id, "two")
    assert [message.text for message in ann.chat.from_bot()] == ["two"]


async def test_only_this_method_in_this_chat_and_so_often(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    bob = fake.person("Bob")
    fake.fail(refusals.retry_after(5), "sendMessage", ann, times=2)
    await bot.send_message(bob.id, "fine")
    await bot.send_chat_action(ann.id, "typing")
    for _ in range(2):
        with pytest.raises(RetryAfter) as raised:
            await bot.send_message(ann.id, "no")
        assert raised.value.retry_after == dt.timedelta(seconds=5)
    await bot.send_message(ann.id, "yes")
    assert fake.script.unused == 0


async def test_a_lost_response_has_been_applied(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    fake.fail(Lost(), "sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "once")
    assert [message.text for message in ann.chat.from_bot()] == ["once"]
    assert [call.outcome for call in fake.calls_of("sendMessage")] == ["lost"]


async def test_a_lost_request_has_not(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    fake.fail(Lost(applied=False), "sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "never")
    assert ann.chat.from_bot() == []


async def test_a_page_in_place_of_an_answer(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    fake.fail(Garbled())
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(ann.id, "x")


async def test_a_slow_answer_waits_for_the_test(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    slow = Slow()
    fake.fail(slow, "sendMessage")
    sending = asyncio.create_task(bot.send_message(ann.id, "slow"))
    await slow.arrived.wait()
    await bot.send_message(ann.id, "quick")
    assert [message.text for message in ann.chat.from_bot()] == ["slow", "quick"]
    assert not sending.done()
    slow.release()
    assert (await sending).text == "slow"
    slow_call, quick_call = fake.calls_of("sendMessage")
    assert (slow_call.finished or 0) > (quick_call.finished or 0)


async def test_too_slow_an_answer(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    fake.fail(Slow(), "sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(ann.id, "x", read_timeout=0.01)
    fake.fail(Slow(seconds=0.001), "sendMessage")
    await bot.send_message(ann.id, "y", read_timeout=1)


async def test_a_flood_stops_one_chat_only(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    bob = fake.person("Bob")
    fake.limit(2, seconds=60)
    for person in (ann, ann, bob):
        await bot.send_message(person.id, "x")
    with pytest.raises(RetryAfter) as raised:
        await bot.send_message(ann.id, "x")
    assert raised.value.retry_after == dt.timedelta(seconds=60)
    fake.move(seconds=60)
    await bot.send_message(ann.id, "x")


async def test_a_once_only_fault_comes_before_a_standing_limit(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    fake.limit(1, seconds=1)
    fake.fail(refusals.blocked())
    with pytest.raises(Forbidden):
        await bot.send_message(ann.id, "x")
    await bot.send_message(ann.id, "x")


async def _ask(fake: FakeTelegram, query: str) -> object:
    async with AiohttpRequest() as request:
        return await request.post(f"{fake.base_url}{TOKEN}/sendMessage?{query}")


async def _misuse(fake: FakeTelegram) -> None:
    async with fake:
        for wrong in ("text=nowhere", "chat_id=1&text=x&colour=red", "chat_id=1&text=x&reply_markup=5"):
            with pytest.raises(BadRequest, match="The fake refuses"):
                await _ask(fake, wrong)


async def test_what_the_docs_do_not_allow_fails_the_test() -> None:
    if not spec.load().known:
        pytest.skip("no api.min.json beside this repository")
    fake = FakeTelegram()
    with pytest.raises(AssertionError, match="unknown field 'colour'"):
        await _misuse(fake)
    violations = fake.forgive()
    assert violations[0] == "sendMessage: 'chat_id' is missing"
    assert "reply_markup" in violations[2]
    assert fake.forgive() == []


async def test_a_test_may_forgive() -> None:
    async with FakeTelegram() as fake:
        with pytest.raises(BadRequest):
            await _ask(fake, "chat_id=1")
        fake.forgive()


async def test_without_the_specification_nothing_is_validated(tmp_path: Path) -> None:
    async with FakeTelegram(api_file=tmp_path / "none.json") as fake:
        await _ask(fake, f"chat_id={fake.person().id}&text=x&colour=red")


async def test_what_is_not_modelled_fails_the_test(bot: Bot, fake: FakeTelegram, ann: Person) -> None:
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "*x*", parse_mode="MarkdownV2")
    with pytest.raises(NetworkError):
        await bot.edit_message_text("x", inline_message_id="7")
    assert ["not modelled" in violation for violation in fake.forgive()] == [True, True]
