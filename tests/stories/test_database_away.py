"""With the database file locked away, danger to life is answered at once in every channel."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest

from bot.cli.ask import show
from bot.clock import FixedClock
from bot.errors import NotStored
from bot.wiring import House
from tests.databases import SqliteFiles
from tests.house import house
from tests.stories.player import on_telegram, on_the_web

FIRE = "my house is on fire"
ANSWER = "Get out, stay out, and ring 999."


@pytest.fixture
async def locked(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    """A bot whose database cannot be opened any more."""
    url = sqlite_files.fresh()
    path = url.removeprefix("sqlite:///")
    async with house(url, clock) as built:
        os.rename(path, f"{path}.away")
        os.mkdir(path)
        yield built


async def test_at_the_terminal(locked: House, capsys: pytest.CaptureFixture[str]) -> None:
    await show(locked, "1", FIRE, ())
    assert capsys.readouterr().out.strip().startswith(ANSWER)


async def test_on_the_web(locked: House) -> None:
    async with on_the_web(locked) as person:
        first = await person.client.get("/")
        assert first.status_code == 200
        token = {"c": "t" * 43, "k": "0123456789abcdef"}
        answer = await person.client.post("/chat", json={**token, "text": FIRE})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "Get out, stay out, and ring" in answer.json()["urgent"]


async def test_on_telegram(locked: House) -> None:
    async with on_telegram(locked) as person:
        person.person.says(FIRE)
        (update,) = person.fake.world.updates.waiting()
        for _time in range(2):  # Telegram tries again; the warning is given once
            with pytest.raises(NotStored):
                await person.door.take(update.body)
        assert [message.text.splitlines()[0] for message in person.person.chat.from_bot()] == [ANSWER]
        person.fake.world.updates.forget(update)
