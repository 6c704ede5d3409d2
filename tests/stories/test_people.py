"""Stories with a person at the other end: call back, reply here, a detail put right, and who is never written to."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.store import handovers, records
from bot.store.reach_tables import SourceCode
from bot.store.tables import Chat, DetailReport, Handover
from bot.wiring import House
from handlers.catalogue import Texts
from handlers.ports import Decision
from handlers.turn import Reply
from tests.databases import SqliteFiles
from tests.house import PEOPLE, Scripted, braunstone, house, place_with
from tests.stories.player import AtTheTerminal, OnTelegram, on_telegram

ALARM = "fire-safety/smoke-alarm-beeping"
BEEP = Decision(route="answer", answered=(ALARM,), offered=("fire-safety/smoke-alarms",))
LATE = dt.datetime(2026, 11, 27, 18, 0, tzinfo=dt.UTC)
"""A Friday evening."""


@pytest.fixture
async def built(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    """A place where a team answers, Monday to Friday, 9am to 5pm."""
    library = place_with(braunstone().holding, people=PEOPLE)
    search = Scripted({"beep": BEEP, "person": Decision(route="action", action="human")}, library)
    async with house(sqlite_files.fresh(), clock, search) as made:
        yield made


@pytest.fixture
async def ann(built: House) -> AsyncIterator[OnTelegram]:
    async with on_telegram(built) as person:
        yield person


async def staff_reply(built: House, ticket: int, words: str) -> bool:
    message = Reply(blocks=Texts().blocks("handover.from-team", text=words))
    async with built.store.write() as unit:
        return await handovers.reply(unit, ticket, words, message)


async def test_a_call_back(built: House) -> None:
    person = AtTheTerminal(built)
    screen = await person.say("person")
    assert "The Braunstone team can answer you." in screen
    assert "Open now, until 5pm. You will hear within two working days." in screen
    await person.tap("Ring me")
    assert "does not look like a phone number" in await person.say("ring my house")
    screen = await person.say("its 0116 496 0123 ta")
    assert "A person will ring you." in screen
    await person.say("my alarm is broken")
    assert "That is all noted" in await person.tap("That is all")
    async with built.store.read() as unit:
        ticket = await handovers.find(unit, 1)
    assert ticket is not None
    assert (ticket.wish, ticket.phone) == ("callback", "+441164960123")
    assert [said.text for said in ticket.said] == ["my alarm is broken"]


async def test_out_of_hours_is_said_honestly(built: House, clock: FixedClock) -> None:
    clock.at = LATE
    person = AtTheTerminal(built)
    assert "Closed now, opens Monday 9am" in await person.say("person")
    await person.tap("Reply in this chat")
    for words in ("my alarm is broken", "it is the one upstairs"):
        heard = await person.say(words)
        assert "The team is not there to read this now. Closed now, opens Monday 9am." in heard
        assert "Passed on." in heard
    clock.at = dt.datetime(2026, 12, 24, 18, tzinfo=dt.UTC)  # a Thursday; Friday and Monday are bank holidays
    assert "Closed now, opens Tuesday 9am" in await person.say("are you there")
    clock.at = dt.datetime(2026, 12, 29, 11, tzinfo=dt.UTC)
    assert "not there to read" not in await person.say("and now")


async def test_a_reply_in_the_chat_goes_to_that_person_alone(built: House, ann: OnTelegram) -> None:
    other = ann.fake.person("Bob")
    await ann.say("person")
    await ann.tap("Reply in this chat")
    await ann.say("can somebody look at my alarm")
    assert await staff_reply(built, 1, "Yes. When suits you?")
    async with built.store.read() as unit:
        assert len(await handovers.open_tickets(unit)) == 1
    await ann.say("person")
    assert any("From the team: Yes. When suits you?" in m.text for m in ann.person.chat.from_bot())
    assert other.chat.from_bot() == []
    async with built.store.write() as unit:
        assert await handovers.close(unit, 1)
        assert not await handovers.close(unit, 1)


async def test_a_detail_is_put_right_and_they_are_thanked(built: House, ann: OnTelegram) -> None:
    await ann.say("beep")
    await ann.tap("A detail is wrong?")
    assert "Write it in a few words" in await ann.say("1")
    screen = await ann.say("the number rings out. I am Ann, 07700 900123")
    assert "I will tell you here when it is put right" in screen
    thanks = Reply(blocks=Texts().blocks("wrong.mended", name="the fire service"))
    async with built.store.write() as unit:
        (report,) = await records.open_reports(unit)
        assert "rings out" in report.words
        assert await records.mend(unit, report.id, thanks) == (True, True)
        assert await records.mend(unit, report.id, thanks) == (False, False)
    await ann.say("beep")
    assert any("put right now" in message.text for message in ann.person.chat.from_bot())


@pytest.mark.parametrize("words", ["I want to kill myself", "my husband hits me"])
async def test_after_crisis_or_abuse_nothing_is_sent_later(built: House, ann: OnTelegram, words: str) -> None:
    await ann.say("person")
    await ann.tap("Reply in this chat")
    await ann.say(words)
    before = len(ann.person.chat.from_bot())
    assert not await staff_reply(built, 1, "How are you?")
    assert len(ann.person.chat.from_bot()) == before
    async with built.store.read() as unit:
        assert (await unit.session.execute(select(col(Chat.contact)))).scalar_one() == "reply_only"


async def test_not_safe_means_never_until_they_write(built: House, ann: OnTelegram) -> None:
    await ann.say("my husband hits me")
    await ann.tap("No")
    async with built.store.read() as unit:
        assert (await unit.session.execute(select(col(Chat.contact)))).scalar_one() == "never"
    assert "999" in (await ann.say("my house is on fire")).first_line


async def test_stopping_and_starting_again(built: House, ann: OnTelegram) -> None:
    await ann.say("/stop")
    await ann.tap("Stop messages")
    await ann.tap("Send me messages again")
    async with built.store.read() as unit:
        assert (await unit.session.execute(select(col(Chat.contact)))).scalar_one() == "ok"


async def test_deleting_takes_tickets_and_reports_along(built: House, ann: OnTelegram) -> None:
    await ann.say("person")
    await ann.tap("Reply in this chat")
    await ann.say("hello")
    await ann.say("/stop")
    await ann.tap("Delete my data")
    assert "Requests for a person: 1" in await ann.tap("Yes, delete it")
    async with built.store.read() as unit:
        for table in (Handover, DetailReport):
            assert (await unit.session.execute(select(table))).first() is None


async def test_the_code_of_a_leaflet_is_kept(built: House, ann: OnTelegram) -> None:
    async with built.store.write() as unit:
        unit.session.add(SourceCode(code="C7M4Q", label="A made-up surgery", made_at=unit.now))
    for code in ("C7M4Q", "gp-surgery_7"):
        ann.person.starts(code)
        await ann.deliver()
    async with built.store.read() as unit:
        assert (await unit.session.execute(select(col(Chat.source)))).scalar_one() == "C7M4Q", "no code but ours"


async def test_a_location_is_used_and_forgotten(built: House, ann: OnTelegram) -> None:
    await ann.say("beep")
    ann.person.sends_location(52.62, -1.17)
    screen = await ann.deliver()
    assert "Nearest to Braunstone first" in screen
    async with built.store.read() as unit:
        sessions = (await unit.session.execute(select(col(Chat.session)))).scalars().all()
    assert all(b"52.6" not in (unit_ or b"") for unit_ in sessions)


async def test_in_a_live_place_an_unsigned_answer_is_withheld(sqlite_files: SqliteFiles, clock: FixedClock) -> None:
    search = Scripted({"beep": BEEP}, place_with(braunstone().holding, live=True))
    async with house(sqlite_files.fresh(), clock, search) as built:
        screen = await AtTheTerminal(built).say("beep")
    assert "our team has not signed off this advice yet" in screen
    assert "0116 210 5555" in screen
    assert "battery" not in screen


async def test_in_a_live_place_a_signed_answer_holds_until_its_review(
    sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    library = place_with(braunstone().holding, live=True)
    signed = library.entries[ALARM].model_copy(
        update={"checked_on": dt.date(2026, 11, 1), "checked_by": "Watch manager"}
    )
    library = library.model_copy(update={"entries": {**library.entries, ALARM: signed}})
    async with house(sqlite_files.fresh(), clock, Scripted({"beep": BEEP}, library)) as built:
        screen = await AtTheTerminal(built).say("beep")
        assert "Checked on 1 November 2026." in screen
        assert "not yet signed off" not in screen
        clock.move(days=90)
        screen = await AtTheTerminal(built, numbers=itertools.count(9)).say("beep")
        assert "our team has not checked this advice lately" in screen
