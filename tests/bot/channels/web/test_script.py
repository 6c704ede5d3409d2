"""What the page's script sends and gets: JSON."""

from __future__ import annotations

import httpx
import pytest
from httpx import AsyncClient

from bot.channels.web.parse import LONGEST
from handlers.turn import ForgetConversation, ForgetPerson, Outcome, Session
from tests.bot.channels.web.fakes import FakeConversation, NotStored, outcome, said, texts, urgent_for

TOKEN = "t" * 43
KEY = "0123456789abcdef"


async def post(client: AsyncClient, **fields: str) -> httpx.Response:
    return await client.post("/chat", json={"c": TOKEN, "k": KEY, **fields})


async def test_an_answer_comes_as_html_ready_to_show(client: AsyncClient) -> None:
    body = (await post(client, text="hello <b>")).json()
    assert (body["urgent"], body["problem"], body["forgotten"]) == (None, None, False)
    message = body["messages"][0]
    assert (message["seq"], message["urgent"]) == (1, False)
    assert message["html"].startswith('<article class="message bot" data-seq="1">')
    assert "You wrote hello &lt;b&gt;." in message["html"]


async def test_a_repeat_gets_the_stored_answer(client: AsyncClient, conversation: FakeConversation) -> None:
    first, again = await post(client, text="once"), await post(client, text="once")
    assert first.json() == again.json()
    assert len(conversation.turns) == 1


async def test_other_words_under_the_same_key_are_refused(client: AsyncClient) -> None:
    await post(client, text="one")
    response = await post(client, text="two")
    assert response.status_code == 409
    assert response.json()["problem"] == texts().say("web.key-reused")


async def test_503_holds_the_999_message(client: AsyncClient, conversation: FakeConversation) -> None:
    conversation.failures.append(NotStored(urgent_for("fire")))
    response = await post(client, text="fire")
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert 'href="tel:999"' in response.json()["urgent"]
    assert "999" in response.json()["urgent"]


async def test_503_without_danger(client: AsyncClient, conversation: FakeConversation) -> None:
    conversation.failures.append(NotStored())
    body = (await post(client, text="hello")).json()
    assert (body["urgent"], body["problem"]) == (None, texts().say("web.not-stored"))


@pytest.mark.parametrize("text", ["", "x" * (LONGEST + 1)])
async def test_words_that_cannot_be_taken(client: AsyncClient, conversation: FakeConversation, text: str) -> None:
    response = await post(client, text=text)
    assert response.status_code == 400
    assert response.json()["problem"]
    assert not conversation.turns


@pytest.mark.parametrize("effect", [ForgetConversation(), ForgetPerson()])
async def test_the_page_is_told_to_forget(
    client: AsyncClient, conversation: FakeConversation, effect: ForgetConversation | ForgetPerson
) -> None:
    conversation.script = lambda _turn: Outcome(session=Session(), replies=(said("Gone."),), effects=(effect,))
    assert (await post(client, text="/clear")).json()["forgotten"] is True


async def test_an_urgent_message_is_marked(client: AsyncClient, conversation: FakeConversation) -> None:
    conversation.script = lambda _turn: outcome(said("Ring 999.", urgent=True))
    message = (await post(client, text="fire")).json()["messages"][0]
    assert message["urgent"]
    assert 'class="message bot urgent"' in message["html"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"text": 7, "tap": null}', b"\xff\xfe"])
async def test_odd_json_gets_a_sentence(client: AsyncClient, body: bytes) -> None:
    response = await client.post("/chat", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json()["problem"] == texts().say("web.empty")


async def test_the_browsers_language_goes_with_the_turn(client: AsyncClient, conversation: FakeConversation) -> None:
    headers = {"accept-language": "pl-PL,pl;q=0.9,en;q=0.8"}
    await client.post("/chat", json={"c": TOKEN, "k": KEY, "text": "cześć"}, headers=headers)
    assert conversation.turns[0].language_code == "pl-PL"


async def test_an_answer_rings_the_bell_of_the_chat(client: AsyncClient, conversation: FakeConversation) -> None:
    await post(client, text="hello")
    assert conversation.turns[0].chat in conversation.boxes
