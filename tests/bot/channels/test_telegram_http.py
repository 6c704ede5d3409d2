"""python-telegram-bot over aiohttp, against the fake Bot API over real HTTP."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator

import pytest
from starlette.responses import RedirectResponse
from telegram import Bot
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest

from bot.channels.telegram_http import AiohttpRequest
from tests.fake_telegram import TOKEN, FakeTelegram, Lost, Person, Slow
from tests.fake_telegram.server import Server


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram


@pytest.fixture
def ann(fake: FakeTelegram) -> Person:
    return fake.person("Ann")


def bot_on(fake: FakeTelegram, request: AiohttpRequest) -> Bot:
    return Bot(TOKEN, base_url=fake.base_url, request=request, get_updates_request=AiohttpRequest())


async def test_it_sends_and_reads(fake: FakeTelegram, ann: Person) -> None:
    async with bot_on(fake, AiohttpRequest()) as bot:
        sent = await bot.send_message(ann.id, "Fire & “smoke” 🔥")
        assert sent.text == ann.chat.screen()[0].text == "Fire & “smoke” 🔥"


async def test_it_uploads_files(fake: FakeTelegram, ann: Person) -> None:
    async with bot_on(fake, AiohttpRequest()) as bot:
        await bot.send_document(ann.id, b"BEGIN:VCALENDAR\r\n", filename="visit.ics", caption="Your visit")
    (message,) = ann.chat.screen()
    assert message.file is not None
    assert (message.file.name, message.file.kind) == ("visit.ics", "text/calendar")
    assert message.file.content == b"BEGIN:VCALENDAR\r\n"
    assert message.text == "Your visit"


async def test_it_opens_and_closes_any_number_of_times(fake: FakeTelegram) -> None:
    request = AiohttpRequest()
    await request.shutdown()
    for _ in range(2):
        await request.initialize()
        await request.initialize()
        assert await request.post(f"{fake.base_url}{TOKEN}/getMe")
        await request.shutdown()
        await request.shutdown()


async def test_unopened_it_says_so(fake: FakeTelegram) -> None:
    with pytest.raises(NetworkError, match="not initialised"):
        await AiohttpRequest().post(f"{fake.base_url}{TOKEN}/getMe")


async def test_nobody_answers() -> None:
    async with AiohttpRequest() as request:
        with pytest.raises(NetworkError, match="ClientConnectorError") as raised:
            await request.post("http://127.0.0.1:1/bot1:test/getMe")
    assert not isinstance(raised.value, TimedOut)


async def test_a_lost_response_is_reported_once_and_never_sent_again(fake: FakeTelegram, ann: Person) -> None:
    fake.fail(Lost(), "sendMessage")
    async with bot_on(fake, AiohttpRequest()) as bot:  # its connection has been used before, by getMe
        with pytest.raises(NetworkError, match="ServerDisconnectedError"):
            await bot.send_message(ann.id, "once")
    assert len(fake.calls_of("sendMessage")) == 1


@pytest.mark.parametrize("by_call", [None, 0.02])
async def test_a_slow_answer_times_out(fake: FakeTelegram, ann: Person, by_call: float | None) -> None:
    fake.fail(Slow(), "sendMessage")
    async with bot_on(fake, AiohttpRequest(read=5 if by_call else 0.02)) as bot:
        with pytest.raises(TimedOut, match="SocketTimeoutError"):
            await bot.send_message(ann.id, "x", read_timeout=by_call or BaseRequest.DEFAULT_NONE)


async def test_a_server_that_stops_reading_times_out_too() -> None:
    callers: list[asyncio.StreamWriter] = []
    deaf = await asyncio.start_server(lambda _, writer: callers.append(writer), "127.0.0.1", 0, limit=1)
    url = f"http://127.0.0.1:{deaf.sockets[0].getsockname()[1]}/bot"
    async with deaf, AiohttpRequest(read=0.02, write=0.01, connect=0.05, pool=0.01) as request:
        bot = Bot(TOKEN, base_url=url, request=request, get_updates_request=AiohttpRequest())
        with pytest.raises(TimedOut):
            await bot.send_document(1, b"x" * 8_000_000)
        for caller in callers:
            caller.transport.abort()


async def test_no_redirect_takes_the_token_elsewhere() -> None:
    server = Server(RedirectResponse("http://127.0.0.1:1/"))
    url = await server.open()
    async with AiohttpRequest() as request:
        with pytest.raises(NetworkError, match="Temporary Redirect"):
            await request.post(f"{url}/bot{TOKEN}/getMe")
    await server.close()


async def test_a_full_pool_times_out_before_anything_is_sent(fake: FakeTelegram, ann: Person) -> None:
    slow = Slow()
    fake.fail(slow, "sendMessage")
    async with bot_on(fake, AiohttpRequest(pool=0.01, connect=0.01, size=1)) as bot:
        first = asyncio.create_task(bot.send_message(ann.id, "first"))
        await slow.arrived.wait()
        with pytest.raises(TimedOut, match="ConnectionTimeoutError") as raised:
            await bot.send_message(ann.id, "second")
        slow.release()
        await first
    assert [call.given["text"] for call in fake.calls_of("sendMessage")] == ["first"]
    assert TOKEN not in "".join(traceback.format_exception(raised.value))


async def test_a_wrong_address_does_not_show_the_token() -> None:
    async with AiohttpRequest() as request:
        with pytest.raises(NetworkError) as raised:
            await request.post(f"ftp://telegram/bot{TOKEN}/getMe")
    assert TOKEN not in "".join(traceback.format_exception(raised.value))


async def test_no_timeout_at_all(fake: FakeTelegram, ann: Person) -> None:
    async with bot_on(fake, AiohttpRequest()) as bot:
        await bot.send_message(
            ann.id, "x", read_timeout=None, write_timeout=None, connect_timeout=None, pool_timeout=None
        )


async def test_a_long_poll_outlasts_the_read_timeout(fake: FakeTelegram, ann: Person) -> None:
    async with (
        AiohttpRequest(read=0.02) as updates,
        Bot(TOKEN, base_url=fake.base_url, request=AiohttpRequest(), get_updates_request=updates) as bot,
    ):
        fake.world.polling.scale = 0.05
        assert await bot.get_updates(timeout=1) == ()
