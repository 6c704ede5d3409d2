"""The handles over HTTP, for a bot or a driver in another process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import NetworkError, RetryAfter

from bot.clock import SystemClock
from tests.fake_telegram import FakeTelegram

MENU = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y1")]])


class Handles:
    """What a driver in another process would do."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def post(self, path: str, **given: Any) -> Any:
        async with self.session.post(f"/_control/{path}", json=given) as response:
            return await response.json()

    async def get(self, path: str) -> Any:
        async with self.session.get(f"/_control/{path}") as response:
            return await response.json()


@pytest.fixture
async def handles(fake: FakeTelegram) -> AsyncIterator[Handles]:
    async with aiohttp.ClientSession(fake.url) as session:
        yield Handles(session)


async def test_a_conversation_from_outside(bot: Bot, handles: Handles) -> None:
    ann = (await handles.post("person", first_name="Ann"))["id"]
    said = await handles.post(f"person/{ann}/says", text="helo")
    await handles.post(f"person/{ann}/edits", message=said["message_id"], text="hello")
    sent = await bot.send_message(ann, "Sure?", reply_markup=MENU)
    assert await handles.post(f"person/{ann}/taps", message=sent.message_id, button="Yes") == {"ok": True}
    assert len(await bot.get_updates()) == 3
    assert (await handles.get(f"chat/{ann}"))["transcript"] == [
        "Ann sent: helo",
        "Ann edited: hello",
        "Braunstone Blues sent: Sure? [Yes]",
    ]
    assert [call["outcome"] for call in (await handles.get("calls"))["calls"]] == ["ok", "ok", "ok"]


async def test_faults_and_the_clock_from_outside(bot: Bot, fake: FakeTelegram, handles: Handles) -> None:
    ann = fake.person()
    await handles.post("fail", fault="retry_after", **{"with": [5]}, method="sendMessage", chat=ann.id)
    await handles.post("fail", fault="lost")
    with pytest.raises(RetryAfter):
        await bot.send_message(ann.id, "x")
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "x")
    before = fake.clock.now()
    await handles.post("move", minutes=5)
    assert (fake.clock.now() - before).total_seconds() == 300


async def test_a_group_from_outside(bot: Bot, handles: Handles) -> None:
    ann = (await handles.post("person", first_name="Ann"))["id"]
    group = (await handles.post("group", title="Neighbours"))["id"]
    said = await handles.post(f"person/{ann}/says", text="helo", chat=group)
    await handles.post(f"person/{ann}/edits", message=said["message_id"], text="hello", chat=group)
    assert (await handles.get(f"chat/{group}"))["transcript"] == ["Ann sent: helo", "Ann edited: hello"]
    assert await handles.get("violations") == {"violations": []}


async def test_a_wrong_handle_says_so(handles: Handles) -> None:
    ann = (await handles.post("person", first_name="Ann"))["id"]
    assert "nobody can fly" in (await handles.post(f"person/{ann}/fly"))["error"]
    assert "error" in await handles.post(f"person/{ann}/taps", message=1, button="Yes")


async def test_only_a_fixed_clock_moves() -> None:
    async with FakeTelegram(SystemClock()) as fake, aiohttp.ClientSession(fake.url) as session:
        assert "FixedClock" in (await Handles(session).post("move", minutes=5))["error"]
