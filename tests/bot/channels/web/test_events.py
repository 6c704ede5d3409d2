"""Server-sent events: what is missed is sent, what comes is sent, and the stream ends when it should."""

from __future__ import annotations

import asyncio
import json

import pytest
from httpx import AsyncClient

from bot.channels.web.bell import Bell
from bot.channels.web.events import stream_of
from bot.channels.web.identity import chat_of
from bot.channels.web.ports import Web
from bot.channels.web.site import Site
from handlers.turn import Reply
from tests.bot.channels.web.conftest import client_of
from tests.bot.channels.web.fakes import FakeConversation, said, web

TOKEN = "t" * 43
CHAT = chat_of(TOKEN)
ALL = ["1", "2", "3"]


def bearer(token: str = TOKEN, last: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **({"Last-Event-ID": last} if last is not None else {})}


def events_in(text: str) -> list[tuple[str, dict[str, object]]]:
    found = []
    for block in text.split("\n\n"):
        if block.startswith("id: "):
            first, second = block.split("\n")
            found.append((first.removeprefix("id: "), json.loads(second.removeprefix("data: "))))
    return found


class Ending(Bell):
    """A bell that closes at the first wait, so that a stream gives what is there and ends."""

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        self.close()


@pytest.fixture
def channel(conversation: FakeConversation) -> Web:
    return Web(**{**vars(web(conversation)), "bell": Ending()})


async def test_all_that_waits_is_sent_in_order(client: AsyncClient, conversation: FakeConversation) -> None:
    for words in ("one", "two", "three"):
        conversation.put(CHAT, said(words))
    response = await client.get("/chat/events", headers=bearer())
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    assert [number for number, _ in events_in(response.text)] == ["1", "2", "3"]
    assert "<p>two</p>" in str(events_in(response.text)[1][1]["html"])


@pytest.mark.parametrize(("last", "numbers"), [("2", ["3"]), ("0", ALL), ("x", ALL), ("9" * 40, ALL)])
async def test_only_what_the_page_lacks(
    client: AsyncClient, conversation: FakeConversation, last: str, numbers: list[str]
) -> None:
    for words in ("one", "two", "three"):
        conversation.put(CHAT, said(words))
    response = await client.get("/chat/events", headers=bearer(last=last))
    assert [number for number, _ in events_in(response.text)] == numbers


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer short"}, {"Authorization": f"Basic {TOKEN}"}])
async def test_without_a_token_there_is_nothing(client: AsyncClient, headers: dict[str, str]) -> None:
    assert (await client.get("/chat/events", headers=headers)).status_code == 401


async def test_another_token_hears_nothing(client: AsyncClient, conversation: FakeConversation) -> None:
    conversation.put(CHAT, said("private"))
    response = await client.get("/chat/events", headers=bearer("o" * 43))
    assert events_in(response.text) == []


async def test_a_message_that_comes_later_is_sent(conversation: FakeConversation) -> None:
    channel = web(conversation)
    stream = stream_of(Site(channel), CHAT, 0)
    assert await anext(stream) == ": open\n\n"
    next_one = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    conversation.put(CHAT, said("Sam here"))
    channel.bell.ring(CHAT)
    assert "Sam here" in await next_one
    channel.bell.close()
    assert [event async for event in stream] == []


async def test_a_sending_rings_the_bell_of_its_chat(conversation: FakeConversation) -> None:
    channel = web(conversation)
    ringing = channel.bell.listen(CHAT)
    async with client_of(channel) as client:
        await client.post("/chat", json={"c": TOKEN, "k": "12345678", "text": "hi"})
    assert ringing.is_set()


async def test_messages_with_nothing_to_see_are_left_out(client: AsyncClient, conversation: FakeConversation) -> None:
    conversation.put(CHAT, Reply(strip_buttons_of="1"))
    conversation.put(CHAT, said("seen"))
    response = await client.get("/chat/events", headers=bearer())
    assert [number for number, _ in events_in(response.text)] == ["2"]


async def test_a_stream_ends_when_the_store_goes_away(client: AsyncClient, conversation: FakeConversation) -> None:
    conversation.away = True
    response = await client.get("/chat/events", headers=bearer())
    assert (response.status_code, response.text) == (200, ": open\n\n")


async def test_no_stream_is_opened_while_the_server_stops(client: AsyncClient, channel: Web) -> None:
    channel.bell.close()
    response = await client.get("/chat/events", headers=bearer())
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")


async def test_one_address_opens_so_many_streams_and_no_more(conversation: FakeConversation) -> None:
    async with client_of(web(conversation, streams_an_address=0)) as client:
        assert (await client.get("/chat/events", headers=bearer())).status_code == 503


async def test_a_bell_that_nobody_hears_holds_nothing() -> None:
    bell = Bell()
    bell.ring(CHAT)
    event = bell.listen(CHAT)
    assert bell.listen(CHAT) is event
    await bell.wait(event, 0)
    assert not event.is_set()
    bell.ring(CHAT)
    await bell.wait(event, 60)
    assert bell.listen(CHAT) is not event


async def test_a_quiet_stream_shows_that_it_lives(
    conversation: FakeConversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.web.events.LOOK_EVERY", 0)
    found = [event async for event in stream_of(Site(web(conversation)), CHAT, 0)]
    assert found[0] == ": open\n\n"
    assert set(found[1:]) == {": still here\n\n"}
    assert len(found) > 10
