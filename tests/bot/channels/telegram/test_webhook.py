"""The webhook over real HTTP, with a fake Telegram that posts to it and with strangers who try."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.channels.telegram.door import Door
from bot.channels.telegram.webhook import SECRET_HEADER, Webhook
from bot.errors import NotStored
from tests.bot.channels.telegram.scripted import Delivered, ScriptedTurns, reply
from tests.fake_telegram import FakeTelegram, Person, Tap
from tests.fake_telegram.server import Server

PATH, SECRET = "a-long-path", "s3cret"


@pytest.fixture
async def address(fake: FakeTelegram, door: Door) -> AsyncIterator[str]:
    server = Server(Webhook(door, PATH, SECRET))
    url = await server.open()
    yield f"{url}/telegram"
    fake.world.webhook.delete({})
    await server.close()


@pytest.fixture
def hooked(fake: FakeTelegram, address: str) -> FakeTelegram:
    fake.world.webhook.set({"url": f"{address}/{PATH}", "secret_token": SECRET})
    return fake


async def post(address: str, body: bytes, path: str = PATH, secret: str | None = SECRET) -> int:
    headers = {SECRET_HEADER: secret} if secret is not None else {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{address}/{path}", data=body, headers=headers) as answer,
    ):
        return answer.status


def update(**fields: Any) -> bytes:
    return json.dumps({"update_id": 1, **fields}).encode()


async def test_an_update_is_taken_and_delivered(
    hooked: FakeTelegram, ann: Person, turns: ScriptedTurns, delivered: Delivered
) -> None:
    ann.says("hello")
    await hooked.wait_until(lambda: delivered.chats and not hooked.world.updates.waiting())
    assert turns.said() == ["hello"]
    assert hooked.world.webhook.delays == []


async def test_what_is_not_stored_comes_again(hooked: FakeTelegram, ann: Person, turns: ScriptedTurns) -> None:
    urgent = reply("Ring 999 now.", urgent=True)
    turns.faults["fire"] = [NotStored(urgent), NotStored(urgent)]
    ann.says("fire")
    await hooked.wait_until(lambda: turns.said() == ["fire"])
    assert hooked.world.webhook.delays == [2.0, 2.0]
    assert [message.text for message in ann.chat.from_bot()] == ["Ring 999 now."]


async def test_it_is_acknowledged_only_after_the_commit(
    hooked: FakeTelegram, ann: Person, turns: ScriptedTurns
) -> None:
    gate = turns.close("hello")
    ann.says("hello")
    await hooked.wait_until(lambda: turns.begun)
    assert hooked.world.updates.waiting()
    gate.set()
    await hooked.wait_until(lambda: not hooked.world.updates.waiting())


@pytest.mark.parametrize(
    ("path", "secret"), [(PATH, "wrong"), (PATH, None), ("wrong", SECRET), ("wr%C3%B6ng", "wr\xf6ng"), (PATH, "")]
)
async def test_strangers_find_nothing(address: str, turns: ScriptedTurns, path: str, secret: str | None) -> None:
    assert await post(address, update(), path, secret) == 404
    assert not turns.begun


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"update_id": "1"}', 400),
        (b" " * 1_000_001, 413),
        (update(), 200),
        (update(from_the_future={"x": 1}), 200),
        (update(message={"nobody": "knows"}), 200),
        (update(poll={"id": "x"}), 200),
    ],
)
async def test_odd_bodies(address: str, turns: ScriptedTurns, body: bytes, status: int) -> None:
    assert await post(address, body) == status
    assert not turns.begun


async def test_only_posts(address: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{address}/{PATH}") as answer:
        assert answer.status == 405


async def test_that_a_tap_was_heard_is_said_in_the_answer(hooked: FakeTelegram, ann: Person) -> None:
    message = ann.chat.add(hooked.world.bot, hooked.clock.now(), {"text": "Which?"})
    message.dress({"inline_keyboard": [[{"text": "This", "callback_data": "1~x"}]]})
    tapped = ann.taps(message, "This")
    assert isinstance(tapped, Tap)
    await hooked.wait_until(lambda: tapped.is_answered)
    assert hooked.calls[-1].outcome == "ok"
