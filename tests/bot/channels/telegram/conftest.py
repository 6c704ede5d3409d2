"""A fake Telegram over real HTTP, our account with it, and a door with a scripted conversation behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import pytest

from bot.channels.telegram.account import Account, account
from bot.channels.telegram.door import Door
from bot.clock import FixedClock
from tests.bot.channels.telegram.scripted import Delivered, Naps, ScriptedTurns
from tests.fake_telegram import TOKEN, FakeTelegram, Person

NAME = "braunstone_bot"
T = TypeVar("T")


@pytest.fixture(autouse=True)
def _time_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it python-telegram-bot 22 warns, and here a warning is an error, whenever it meets a 429."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


class PatientTelegram(FakeTelegram):
    """Waits long enough for a machine that is busy with something else; nothing here waits that long otherwise."""

    async def wait_until(self, true: Callable[[], T], timeout: float = 20.0) -> T:  # noqa: ASYNC109
        return await super().wait_until(true, timeout)


@pytest.fixture
async def fake(clock: FixedClock) -> AsyncIterator[FakeTelegram]:
    async with PatientTelegram(clock) as telegram:
        yield telegram


@pytest.fixture
def ann(fake: FakeTelegram) -> Person:
    return fake.person("Ann")


@pytest.fixture
def bob(fake: FakeTelegram) -> Person:
    return fake.person("Bob")


@pytest.fixture
async def bot(fake: FakeTelegram) -> AsyncIterator[Account]:
    made = account(TOKEN, fake.url)
    async with made:
        yield made


@pytest.fixture
def turns(fake: FakeTelegram) -> ScriptedTurns:
    return ScriptedTurns(fake.world.changes.announce)


@pytest.fixture
def delivered(fake: FakeTelegram) -> Delivered:
    return Delivered(fake.world.changes.announce)


@pytest.fixture
def naps(fake: FakeTelegram) -> Naps:
    return Naps(fake.world.changes.announce)


@pytest.fixture
async def door(
    bot: Account, turns: ScriptedTurns, delivered: Delivered, clock: FixedClock, naps: Naps
) -> AsyncIterator[Door]:
    made = Door(bot, NAME, turns, delivered, clock, sleep=naps)
    yield made
    await made.close()
