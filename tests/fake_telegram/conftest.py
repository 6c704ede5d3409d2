"""A fake Telegram, a real `telegram.Bot` that talks to it, and a place for its webhook to post to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from telegram import Bot

from bot.channels.telegram_http import AiohttpRequest
from tests.fake_telegram import TOKEN, FakeTelegram, Person
from tests.fake_telegram.changes import Changes
from tests.fake_telegram.server import Server


@pytest.fixture(autouse=True)
def _time_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it python-telegram-bot 22 warns, and here a warning is an error, whenever it meets a 429."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram


@pytest.fixture
def ann(fake: FakeTelegram) -> Person:
    return fake.person("Ann")


@pytest.fixture
async def bot(fake: FakeTelegram) -> AsyncIterator[Bot]:
    """python-telegram-bot over our own transport."""
    made = Bot(
        TOKEN,
        base_url=fake.base_url,
        base_file_url=fake.base_file_url,
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(),
    )
    async with made:
        yield made


class Receiver:
    """The bot's end of a webhook: it writes down what comes and answers what the test wants."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.at_once = self.most_at_once = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.got.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.changes.announce()
        await self.open.wait()
        self.at_once -= 1
        status, headers = self.answers.pop(0) if self.answers else (200, {})
        await Response(status_code=status, headers=headers)(scope, receive, send)

    def texts(self) -> list[str]:
        return [each["message"]["text"] for each in self.got if "message" in each]


@pytest.fixture
async def receiver(fake: FakeTelegram) -> AsyncIterator[Receiver]:
    """Somewhere to post to; `fake` is asked for so that it stops posting first."""
    made = Receiver(fake.world.changes)
    server = Server(made)
    made_url = await server.open()
    fake.world.webhook.set({"url": f"{made_url}/hook", "secret_token": "s3cret"})
    yield made
    made.open.set()
    fake.world.webhook.delete({})
    await server.close()
