"""A resident asks what is held, has a copy, and has it all deleted: each says the truth, in their own chat."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.clock import FixedClock
from bot.store import person as persons
from bot.wiring import House
from handlers.ports import Decision
from tests.databases import SqliteFiles
from tests.house import PEOPLE, Scripted, braunstone, house, place_with
from tests.stories.player import OnTelegram, on_telegram, on_the_web

SEARCH = {
    "person": Decision(route="action", action="human"),
    "held": Decision(route="action", action="privacy.export"),
}


@pytest.fixture
async def built(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    library = place_with(braunstone().holding, people=PEOPLE)
    async with house(sqlite_files.fresh(), clock, Scripted(SEARCH, library)) as made:
        yield made


@pytest.fixture
async def ann(built: House) -> AsyncIterator[OnTelegram]:
    async with on_telegram(built) as person:
        yield person


async def asked_for_a_call(ann: OnTelegram) -> None:
    await ann.say("person")
    await ann.tap("Ring me")
    await ann.say("0116 496 0123")
    await ann.say("my alarm is broken")
    await ann.tap("That is all")


async def test_a_copy_comes_as_a_file(ann: OnTelegram) -> None:
    await asked_for_a_call(ann)
    assert "Requests for a person: 1" in await ann.say("held")
    assert "This is your copy." in await ann.tap("Send me a copy")
    (file,) = [message.file for message in ann.person.chat.from_bot() if message.file]
    assert file.name == "what-we-hold.txt"
    assert "phone: '+441164960123'" in file.content.decode()
    assert "words: my alarm is broken" in file.content.decode()


async def test_on_the_web_the_copy_is_a_message(built: House) -> None:
    async with on_the_web(built) as person:
        await person.say("person")
        await person.say("held")
        screen = await person.tap("Send me a copy")
        assert "This is your copy." in screen
        assert "channel: web" in screen


async def test_deleting_takes_the_messages_on_telegram_along(built: House, ann: OnTelegram) -> None:
    await asked_for_a_call(ann)
    await ann.say("/stop")
    await ann.tap("Delete my data")
    screen = await ann.tap("Yes, delete it")
    assert "Deleted." in screen
    assert "I have asked Telegram to delete" in screen
    left = [message.text for message in ann.person.chat.from_bot()]
    assert len(left) == 1, "the receipt alone is still there"
    async with built.store.read() as unit:
        whole = await persons.by_account(unit, "telegram", str(ann.person.chat.id))
        counted = await persons.counted(unit, whole)
        assert not await persons.by_phone(unit, "+441164960123")
    assert {table for table, count in counted.items() if count} <= {"outbox", "inbox", "chat"}, "this turn's own rows"
