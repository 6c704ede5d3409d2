"""Before every request: an id for the log; at a stop, those inside finish and nobody else comes in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx
import pytest
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.late import Late
from bot.ops.gate import HEADER, Gate

GIVEN = "given-by-proxy-1"


class Slow:
    """An application that answers with its request's id, once it may."""

    def __init__(self) -> None:
        self.may, self.inside = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        request = Request(scope, receive)  # type: ignore[arg-type]
        if request.url.path == "/slow":
            self.inside.set()
            await self.may.wait()
        answer: Response = JSONResponse(structlog.contextvars.get_contextvars())
        await answer(scope, receive, send)  # type: ignore[arg-type]


def gate(app: Slow, trusted: Sequence[str] = ("10.0.0.0/8",)) -> Gate:
    return Gate(app, trusted, lambda: "made-by-us", "Later.")


def client(gate: Gate, address: str = "10.1.2.3") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(gate, client=(address, 4711))
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


@pytest.mark.parametrize(
    ("address", "said", "expected"),
    [
        ("10.1.2.3", GIVEN, GIVEN),
        ("10.1.2.3", "short", "made-by-us"),
        ("10.1.2.3", "with spaces and 07700 900123", "made-by-us"),
        ("10.1.2.3", "x" * 65, "made-by-us"),
        ("192.0.2.9", GIVEN, "made-by-us"),
        ("::1", GIVEN, "made-by-us"),
        ("unknown", GIVEN, "made-by-us"),
    ],
)
async def test_an_id_is_believed_only_from_a_trusted_proxy(address: str, said: str, expected: str) -> None:
    async with client(gate(Slow()), address) as browser:
        answer = await browser.get("/", headers={HEADER: said})
    assert answer.headers[HEADER] == expected
    assert answer.json() == {"request": expected}
    assert structlog.contextvars.get_contextvars() == {}


async def test_everybody_may_be_trusted() -> None:
    async with client(gate(Slow(), ["*"]), "192.0.2.9") as browser:
        assert (await browser.get("/", headers={HEADER: GIVEN})).headers[HEADER] == GIVEN


async def test_a_closed_gate_lets_those_inside_finish() -> None:
    app = Slow()
    door = gate(app)
    async with client(door) as browser:
        slow = asyncio.ensure_future(browser.get("/slow"))
        await app.inside.wait()
        door.close()
        refused = await browser.get("/")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert (await browser.get("/healthz")).status_code == 200
        assert not await door.emptied(0.0)
        app.may.set()
        assert (await slow).status_code == 200
    assert await door.emptied(1.0)


async def test_what_is_late_is_made_once() -> None:
    made: list[Slow] = []

    def make() -> Slow:
        made.append(Slow())
        return made[-1]

    late = Late(make)
    assert made == []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(late), base_url="http://testserver") as browser:
        answers = await asyncio.gather(*(browser.get("/") for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len(made) == 1
