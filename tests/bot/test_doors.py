"""What stands before every page: whom a proxy speaks for, how often, and only over TLS."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.channels.web.app import create_app
from bot.channels.web.quota import network
from bot.clock import FixedClock
from bot.console.app import create_console
from bot.console.site import Console
from bot.knowing import Knowing
from bot.settings import Settings
from tests.bot.channels.web.conftest import client_of
from tests.bot.channels.web.fakes import FakeConversation, web
from tests.bot.console.desk import Desk, desk, library
from tests.databases import SqliteFiles
from tests.house import Scripted

PROXY, STRANGER = "10.0.0.1", "203.0.113.9"
HSTS = "strict-transport-security"


@pytest.fixture
async def place(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Desk]:
    async with desk(sqlite_files.fresh(), clock) as built:
        yield built


def behind_a_proxy(peer: str, posts_a_minute: int = 1) -> httpx.AsyncClient:
    """A web chat that trusts one proxy, reached by `peer`."""
    app = ProxyHeadersMiddleware(create_app(web(FakeConversation(), posts_a_minute=posts_a_minute)), [PROXY])  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app, client=(peer, 1))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://ask.example")


async def statuses(client: httpx.AsyncClient, *addresses: str) -> list[int]:
    """What each of these people gets, as the headers say who they are."""
    async with client:
        return [
            (await client.post("/chat", data={"text": "hi"}, headers={"x-forwarded-for": one})).status_code
            for one in addresses
        ]


async def test_behind_a_trusted_proxy_each_person_has_their_own_limit() -> None:
    assert await statuses(behind_a_proxy(PROXY), "192.0.2.1", "192.0.2.2", "192.0.2.1") == [200, 200, 429]


async def test_what_a_stranger_says_of_itself_is_not_believed() -> None:
    assert await statuses(behind_a_proxy(STRANGER), "192.0.2.1", "192.0.2.2") == [200, 429]


async def test_an_address_that_was_put_before_the_proxys_own_does_not_help() -> None:
    said = ("198.51.100.1, 192.0.2.1", "198.51.100.2, 192.0.2.1")
    assert await statuses(behind_a_proxy(PROXY), *said) == [200, 429]


def test_by_default_only_this_machine_is_a_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    file = tmp_path / ".env"
    file.touch()
    assert Settings(_env_file=file).proxies == ["127.0.0.1"]
    file.write_text("FORWARDED_ALLOW_IPS=10.0.0.3\n")
    assert Settings(_env_file=file).proxies == ["10.0.0.3"]
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.1, 172.30.83.0/24")
    assert Settings(_env_file=file).proxies == ["10.0.0.1", "172.30.83.0/24"]


@pytest.mark.parametrize("everybody", ["*", "10.0.0.1, *", "0.0.0.0/0", "::/0", "proxy", "10.0.0.1/8"])
def test_everybody_is_no_proxy(everybody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", everybody)
    with pytest.raises(ValidationError, match="FORWARDED_ALLOW_IPS holds"):
        Settings(_env_file=None)


@pytest.mark.parametrize(
    ("address", "who"),
    [("::ffff:192.0.2.1", "192.0.2.1"), ("fe80::1%eth0", "fe80::/64"), ("::ffff:192.0.2.2", "192.0.2.2")],
)
def test_odd_ways_to_write_an_address(address: str, who: str) -> None:
    assert network(address) == who


async def test_over_tls_browsers_are_told_to_stay_there(place: Desk) -> None:
    async with client_of(web(FakeConversation())) as client:
        assert "max-age=31536000" in (await client.get("/")).headers[HSTS]
        client.base_url = httpx.URL("http://ask.example")
        assert HSTS not in (await client.get("/")).headers
    assert "includeSubDomains" in (await place.browser().see("/sign-in")).headers[HSTS]


@pytest.mark.parametrize("header", [{"origin": "https://[x"}, {"host": "a[b"}, {"sec-fetch-site": "odd"}])
async def test_headers_that_are_no_address_get_a_page(place: Desk, header: dict[str, str]) -> None:
    async with client_of(web(FakeConversation())) as client:
        assert (await client.post("/chat", data={"text": "hi"}, headers=header)).status_code in (200, 403)
    browser = place.browser()
    del browser.client.headers["sec-fetch-site"]
    answer = await browser.client.post("/staff/sign-in/invitation", data={"code": "x"}, headers=header)
    assert answer.status_code in (403, 422)


async def test_a_query_of_bytes_that_are_no_text_gets_a_page(place: Desk) -> None:
    transport = place.browser().client._transport

    async def odd(scope: dict[str, Any]) -> int:
        statuses: list[int] = []

        async def send(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(int(str(message["status"])))

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        await transport.app(scope, receive, send)  # type: ignore[attr-defined]
        return statuses[0]

    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": "/staff/sign-in", "raw_path": b"/staff/sign-in", "root_path": "",
        "query_string": b"number=\xe9", "headers": [(b"host", b"ask.example")], "scheme": "https",
        "server": ("ask.example", 443), "client": ("192.0.2.1", 1), "http_version": "1.1",
    }  # fmt: skip
    assert await odd(scope) == 200


async def test_forms_of_the_console_are_counted_by_address(place: Desk) -> None:
    console = Console(place.store, Knowing(Scripted(holding=library())), place.clock, posts_a_minute=2)
    transport = httpx.ASGITransport(create_console(console), client=("192.0.2.77", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://ask.example") as client:
        found = [await client.post("/switch", data={"turn": "off"}) for _ in range(3)]
    assert [answer.status_code for answer in found] == [303, 303, 429]
    assert "Wait a minute" in found[-1].text


async def test_signing_out_clears_the_browser(place: Desk) -> None:
    browser = await place.signed_in()
    assert '"storage"' in (await browser.send("/sign-out")).headers["clear-site-data"]


async def test_signing_in_again_ends_what_this_browser_had(place: Desk) -> None:
    browser = await place.signed_in()
    before = dict(browser.client.cookies)
    await browser.post("/sign-in/invitation", code=await place.code(await place.member("admin", "Sam Made-Up")))
    assert "/audit" in (await browser.see()).text
    old = place.browser()
    old.client.cookies.update(before)
    assert (await old.see()).status_code == 303


async def test_what_was_refused_is_in_the_log_and_nobody_is(place: Desk) -> None:
    officer = await place.signed_in("officer")
    with capture_logs() as lines:
        await officer.see("/audit")
        await officer.post("/settings/passkeys")
        await place.browser().post("/sign-in/invitation", code="ABCD-EFGH-JKLM")
        await place.browser(**{"sec-fetch-site": "cross-site"}).post("/sign-in/invitation", code="x")
    said = [line["event"] for line in lines]
    assert said == ["a page of another role", "a form without its token", "sign-in refused", "a form from elsewhere"]
    assert "ABCD" not in str(lines)
