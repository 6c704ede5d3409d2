"""What a turn costs the database, in statements: eight at most, and more where a visit is held, booked or moved."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import event

from bot.clock import FixedClock
from tests.databases import SqliteFiles
from tests.house import house
from tests.stories.player import OnTelegram, Screen, on_telegram
from tests.stories.test_visits import fill_in
from tests.team import open_diary

MOST = 8
SENDING = 3
"""To mark an answer as tried and as sent, and to look for the next one."""


class Counted:
    """Ann on Telegram, and how many statements each thing that she did took until its answer was sent."""

    name = "telegram"

    def __init__(self, ann: OnTelegram, spoken: list[str]) -> None:
        self._ann, self._spoken = ann, spoken
        self.took: dict[str, int] = {}

    async def say(self, text: str) -> Screen:
        self._spoken.clear()
        screen = await self._ann.say(text)
        self.took[text] = len(self._spoken)
        return screen

    async def tap(self, label: str) -> Screen:
        self._spoken.clear()
        screen = await self._ann.tap(label)
        self.took[label] = len(self._spoken)
        return screen

    async def look(self) -> Screen:
        return await self._ann.look()


@pytest.fixture
async def ann(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Counted]:
    async with house(sqlite_files.fresh(), clock) as built, on_telegram(built) as person:
        await open_diary(built.store)
        spoken: list[str] = []
        engine = built.store.writing.sync_engine
        event.listen(engine, "before_cursor_execute", lambda _c, _cur, said, _p, _ctx, _many: spoken.append(said))
        yield Counted(person, spoken)


async def test_a_question_and_its_answer_take_eight(ann: Counted) -> None:
    await ann.say("hello")
    await ann.say("my smoke alarm is beeping")
    await ann.say("check my home")
    await ann.say("1")
    await ann.say("/menu")
    assert {said: count for said, count in ann.took.items() if count > MOST} == {}


async def test_the_form_takes_eight_but_where_the_diary_is_read_and_written(ann: Counted) -> None:
    await fill_in(ann)
    await ann.tap("Book it")
    await ann.say("can i move my visit to next thursday 2pm")
    await ann.tap("1. Thursday 3 December, 2pm")
    await ann.say("cancel my visit please")
    await ann.tap("Yes, cancel it")
    diary = {
        "1": 14, "Book it": 19, "can i move my visit to next thursday 2pm": 13, "1. Thursday 3 December, 2pm": 24,
        "cancel my visit please": 9, "Yes, cancel it": 16,
    }  # fmt: skip
    most = {said: diary.get(said, MOST) + SENDING for said in ann.took}
    assert {said: count for said, count in ann.took.items() if count > most[said]} == {}
