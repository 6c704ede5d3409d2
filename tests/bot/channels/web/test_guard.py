"""The headers of every response, and what is turned away."""

from __future__ import annotations

import asyncio

import pytest
from httpx import AsyncClient
from starlette.datastructures import Headers

from bot.channels.web.quota import Quota, network
from bot.channels.web.security import MOST_BYTES, is_same_origin, security_headers
from tests.bot.channels.web.conftest import client_of
from tests.bot.channels.web.fakes import COUNCIL, FakeAnswers, FakeConversation, texts, web
from tests.bot.channels.web.html import Page

SAY = texts().say
TOKEN = "t" * 43
PATHS = ["/", "/answers/fire-safety/draft", "/nowhere", "/static/chat.js", "/embed.js", "/healthz", "/chat/events"]


def policy(header: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


@pytest.mark.parametrize("path", PATHS)
async def test_every_response_is_guarded(client: AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    found = policy(headers["content-security-policy"])
    assert found["default-src"] == "'none'"
    assert found["script-src"] == found["style-src"] == found["connect-src"] == "'self'"
    assert found["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize("path", ["/", "/answers/fire-safety/draft", "/nowhere"])
async def test_pages_are_not_stored(client: AsyncClient, path: str) -> None:
    assert (await client.get(path)).headers["cache-control"] == "no-store"


async def test_our_own_files_may_be_kept(client: AsyncClient) -> None:
    page = Page((await client.get("/")).text)
    sources = [found["src"] for tag, found in page.tags if tag == "script"]
    response = await client.get(sources[0])
    assert response.status_code == 200
    assert "max-age" in response.headers["cache-control"]
    assert "?v=" in sources[0]


@pytest.mark.parametrize("path", ["/", "/answers/fire-safety/draft", "/nowhere"])
async def test_nothing_is_inline_and_nothing_is_fetched_from_elsewhere(client: AsyncClient, path: str) -> None:
    page = Page((await client.get(path)).text)
    for tag, found in page.tags:
        assert tag != "style"
        assert "style" not in found
        assert not any(name.startswith("on") for name in found)
        if tag in ("script", "link", "img"):
            assert found.get("src", found.get("href", "")).startswith("/static/")


async def test_only_listed_origins_may_show_the_chat_in_a_frame(client: AsyncClient) -> None:
    headers = (await client.get("/?embed=1")).headers
    assert policy(headers["content-security-policy"])["frame-ancestors"] == f"'self' {COUNCIL}"
    assert "x-frame-options" not in headers


async def test_nobody_may_where_none_is_listed(conversation: FakeConversation) -> None:
    async with client_of(web(conversation, FakeAnswers(origins=()))) as client:
        headers = (await client.get("/?embed=1")).headers
    assert policy(headers["content-security-policy"])["frame-ancestors"] == "'none'"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "origin", ["https://a.example; script-src *", "*", "javascript:x", "https://a.example/b", "'self'"]
)
def test_what_is_no_origin_never_reaches_the_policy(origin: str) -> None:
    assert policy(security_headers([origin])["Content-Security-Policy"])["frame-ancestors"] == "'none'"


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://ask.example"}, False),
        ({"origin": "https://ask.example", "host": "ask.example"}, True),
        ({"origin": "https://evil.example", "host": "ask.example"}, False),
        ({"origin": "null", "host": "ask.example"}, True),
    ],
)
def test_same_origin(headers: dict[str, str], same: bool) -> None:
    assert is_same_origin(Headers(headers)) is same


async def test_a_post_from_another_site_is_turned_away(client: AsyncClient, conversation: FakeConversation) -> None:
    response = await client.post("/chat", data={"text": "hi"}, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert Page(response.text).has(SAY("web.elsewhere"))
    assert response.headers["content-security-policy"]
    assert not conversation.turns


async def test_a_body_that_is_too_long_is_not_read_to_its_end(client: AsyncClient) -> None:
    response = await client.post("/chat", data={"text": "x" * MOST_BYTES})
    assert response.status_code == 413
    assert Page(response.text).has(SAY("web.too-much"))


async def test_what_is_posted_to_another_door_is_not_ours_to_judge(client: AsyncClient) -> None:
    response = await client.post("/telegram", data={"text": "x" * MOST_BYTES}, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 404


async def test_a_page_that_is_not_there_is_kind(client: AsyncClient) -> None:
    response = await client.get("/nowhere")
    assert response.status_code == 404
    assert Page(response.text).has("Call 999", SAY("web.no-such-page"), "Ask Braunstone Blues a question")


async def test_a_fault_of_ours_is_a_kind_page(client: AsyncClient, conversation: FakeConversation) -> None:
    conversation.failures.append(RuntimeError("a bug"))
    response = await client.post("/chat", data={"text": "hi"})
    assert response.status_code == 500
    assert Page(response.text).has("Call 999", SAY("web.broken"))
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


async def test_too_many_posts_wait_but_danger_is_answered(conversation: FakeConversation) -> None:
    async with client_of(web(conversation, posts_a_minute=2)) as client:
        for number in range(2):
            assert (await client.post("/chat", data={"text": f"{number}"})).status_code == 200
        response = await client.post("/chat", json={"c": TOKEN, "k": "12345678", "text": "my house is on fire"})
        page = Page((await client.post("/chat", data={"c": TOKEN, "text": "fire"})).text)
    assert response.status_code == 429
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert 'href="tel:999"' in response.json()["urgent"]
    assert response.json()["problem"] == SAY("web.too-many")
    assert page.has("Get out, stay out.", SAY("web.too-many"))
    assert page.draft.strip() == "fire"
    assert len(conversation.turns) == 2


async def test_another_address_is_not_held_up(conversation: FakeConversation) -> None:
    channel = web(conversation, posts_a_minute=1)
    async with client_of(channel) as one, client_of(channel, "198.51.100.7") as two:
        assert (await one.post("/chat", data={"text": "a"})).status_code == 200
        assert (await two.post("/chat", data={"text": "b"})).status_code == 200


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_one_home_is_one_address(address: str, expected: str) -> None:
    assert network(address) == expected


def test_streams_are_counted_while_they_are_open() -> None:
    quota = Quota(posts_a_minute=1, streams=1)
    with quota.listening("192.0.2.1"):
        assert not quota.may_listen("192.0.2.1")
        assert quota.may_listen("192.0.2.2")
    assert quota.may_listen("192.0.2.1")


async def test_many_at_once(client: AsyncClient, conversation: FakeConversation) -> None:
    posts = [client.post("/chat", json={"c": TOKEN, "k": f"key-{n:05}", "text": f"{n}"}) for n in range(20)]
    found = await asyncio.gather(*posts)
    assert {response.status_code for response in found} == {200}
    assert len(conversation.turns) == 20


@pytest.mark.parametrize("path", ["/", "/chat", "/static/chat.js", "/healthz"])
async def test_tracing_is_refused(client: AsyncClient, path: str) -> None:
    answer = await client.request("TRACE", path)
    assert answer.status_code == 405
    assert "TRACE" not in answer.headers.get("allow", "")


@pytest.mark.parametrize("path", ["/static", "/static/", "/static/%2e%2e/templates/", "/answers/"])
async def test_no_folder_is_listed(client: AsyncClient, path: str) -> None:
    answer = await client.get(path, follow_redirects=True)
    assert answer.status_code == 404
    assert 'chat.js">' not in answer.text
