"""Stopped in the middle of its work: what is in hand is finished, the rest waits, nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import partial
from pathlib import Path

import httpx
from pydantic import SecretStr

from bot.settings import Settings
from tests.bot import child_node
from tests.bot.child_bot import ENTRIES
from tests.bot.test_killed import answered, count, has_answered, read_by
from tests.databases import SqliteFiles
from tests.fake_telegram import TOKEN, FakeTelegram, Person

CHATS = 4
UPDATES = CHATS * ENTRIES
PATIENCE = 60.0
WITHIN = 10.0
BROWSERS = 2
BY_WEB = "inbox WHERE channel = 'web'"


async def until_it_answers(address: str) -> None:
    """Until the web server is there."""
    async with httpx.AsyncClient() as client, asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(httpx.TransportError):
                await client.get(f"{address}/healthz")
                return
            await asyncio.sleep(0.05)


async def until_stored(database: str) -> None:
    """Until a first question by the web is there."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if count(database, BY_WEB):
                return
            await asyncio.sleep(0.05)


async def ask(address: str, number: int) -> int:
    """One question by the web, again and again until the server is gone; how many were taken."""
    taken = 0
    async with httpx.AsyncClient(headers={"Accept": "application/json"}) as client:
        with contextlib.suppress(httpx.TransportError):
            while True:
                fields = {"token": f"{number:043}", "key": f"web-key-{taken:04}", "text": "question 1"}
                answer = await client.post(f"{address}/chat", data=fields)
                if answer.status_code != 200:
                    assert "Retry-After" in answer.headers
                    break
                taken += 1
    return taken


async def listen(address: str) -> None:
    """A page that stays open."""
    headers = {"Authorization": f"Bearer {0:043}"}
    with contextlib.suppress(httpx.TransportError):
        async with (
            httpx.AsyncClient(timeout=PATIENCE) as client,
            client.stream("GET", f"{address}/chat/events", headers=headers) as stream,
        ):
            async for _ in stream.aiter_lines():
                pass


async def test_stopped_under_load(sqlite_files: SqliteFiles, tmp_path: Path, free_port: int) -> None:
    database, address = sqlite_files.fresh(), f"http://127.0.0.1:{free_port}"
    async with FakeTelegram() as fake:
        settings = Settings(
            database_url=database, keys_file=tmp_path / "keys", telegram_token=SecretStr(TOKEN), port=free_port,
            telegram_api=fake.url, _env_file=None,
        )  # fmt: skip
        people = [fake.person(f"Person {number}") for number in range(CHATS)]
        ask_all(people)
        child = child_node.start("web", settings)
        try:
            await until_it_answers(address)
            browsers = [asyncio.ensure_future(ask(address, number)) for number in range(BROWSERS)]
            page = asyncio.ensure_future(listen(address))
            await fake.wait_until(partial(has_answered, people, UPDATES // 4), PATIENCE)
            await until_stored(database)
            began = time.monotonic()
            code = await child_node.stop(child)
            took = time.monotonic() - began
            assert answered(people) < UPDATES, "it was stopped in the middle"
            taken = sum(await asyncio.gather(*browsers))
            await page
            assert code == 0
            assert took < WITHIN
            # each browser's last question may have been stored and its answer not have come: it is asked again then
            assert taken <= count(database, BY_WEB) <= taken + BROWSERS
            assert count(database, "outbox WHERE state = 'waiting' AND maybe_sent") == 0, "nothing was half sent"
            child = child_node.start("web", settings)
            await fake.wait_until(partial(has_answered, people, UPDATES), PATIENCE)
        finally:
            await child_node.stop(child)
        assert [read_by(person) for person in people] == [list(range(ENTRIES))] * CHATS


def ask_all(people: list[Person]) -> None:
    """Everybody asks everything, in turns."""
    for number in range(ENTRIES):
        for person in people:
            person.says(f"question {number} of {person.id}")
