"""The whole life of a visit: asked for, booked, reminded of, moved, made earlier, made, rated, erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.store.visit_tables import Resident, Visit, VisitFeedback
from bot.visits import acts, rounds
from bot.visits.sweep import sweep_once
from bot.wiring import House
from handlers.catalogue import Texts
from knowledge.hours import bank_holidays
from tests.databases import Databases
from tests.house import house
from tests.stories.player import AtTheTerminal, OnTelegram, Player, Screen, on_telegram, on_the_web
from tests.stories.test_visits import POSTCODE
from tests.team import open_diary

LONDON_TEN = dt.datetime(2026, 12, 17, 10, 0, tzinfo=dt.UTC)
"""Thursday 17 December at 10am: three weeks and a day after the clock of the tests."""


@dataclass
class Life:
    """A person, the bot, and time that passes."""

    built: House
    person: Player
    clock: FixedClock

    async def at(self, moment: dt.datetime) -> Screen:
        """It is that moment now: whatever is due happens, and the person looks at the chat."""
        self.clock.at = moment
        library = self.built.knowing.library()
        holidays = bank_holidays(range(2026, 2029))
        for _ in range(2):  # an offer that one sweep makes is told by the next
            await sweep_once(self.built.store, library, Texts, holidays)
        return await self.person.look()

    async def visit(self) -> Visit:
        async with self.built.store.read() as unit:
            return (await unit.session.execute(select(Visit).where(col(Visit.uid) != ""))).scalars().one()

    async def ring_list(self) -> list[str]:
        async with self.built.store.read() as unit:
            return [task.kind for task in await rounds.ring_list(unit, None)]


@pytest.fixture(params=["terminal", "web", "telegram"])
async def life(request: pytest.FixtureRequest, databases: Databases, clock: FixedClock) -> AsyncIterator[Life]:
    """At each channel, on both databases."""
    async with house(databases.fresh(), clock) as built:
        await open_diary(built.store)
        if request.param == "terminal":
            yield Life(built, AtTheTerminal(built), clock)
        elif request.param == "web":
            async with on_the_web(built) as player:
                yield Life(built, player, clock)
        else:
            async with on_telegram(built) as sender:
                yield Life(built, sender, clock)


async def ask_for(person: Player, when: str) -> Screen:
    """From a question of their own words to a booked visit."""
    await person.say("can somebody come and check my smoke alarms")
    await person.say(POSTCODE)
    await person.tap("Skip all of these")
    await person.tap("1. Fire safety")
    await person.tap("Next")
    await person.say(when)
    await person.say("Sam")
    if person.name == "telegram":
        await person.tap("1. Write to me here")
    else:
        for said in ("by phone", "07700 900123", "yes, at any time"):
            await person.say(said)
    await person.say("12 Example Street")
    await person.say("skip")
    if person.name != "telegram":
        await person.say("please ring me before")
    await person.say("yes")
    if person.name == "telegram":
        await person.say("yes")
    await person.say("blue kettle")
    return await person.tap("Book it")


async def test_a_whole_life(life: Life) -> None:
    person, told = life.person, isinstance(life.person, OnTelegram)
    booked = await ask_for(person, "17 december 10am")
    assert "Thursday 17 December, 10am to 10.30am" in booked
    assert ("I write to you here a day before" in booked) == told
    assert ("We ring you before the day." in booked) != told

    # Moved, to the day after, in their own words.
    await person.say("move my visit to 18 december 2pm")
    assert "Your visit has a new time." in await person.say("1")
    visit = await life.visit()
    assert (visit.sequence, visit.moves) == (1, 1)
    assert visit.starts == LONDON_TEN + dt.timedelta(days=1, hours=4)

    # An earlier time, where they can be told of one.
    if told:
        await person.tap("Tell me of an earlier time")
        offer = await life.at(life.clock.now() + dt.timedelta(minutes=1))
        assert "We have an earlier time for your visit:" in offer
        assert "Your visit stays: Friday 18 December" in await person.tap("No, keep my time")
        offer = await life.at(life.clock.now() + dt.timedelta(minutes=1))
        assert "We have an earlier time for your visit:" in offer
        assert "Your visit has a new time." in await person.tap("Yes, take the earlier time")
    visit = await life.visit()

    # A week and a day before, at the same hour. Nobody is written to where nothing would reach them. The earlier
    # time is the day after tomorrow: too soon for a reminder a week before.
    if not told:
        await life.at(visit.starts - dt.timedelta(days=7))
    screen = await life.at(visit.starts - dt.timedelta(days=1))
    assert ("Your free home visit is on" in screen) == told
    assert await life.ring_list() == ([] if told else ["week-before", "day-before"])
    if told:
        assert "We see you then" in await person.tap("I'll be in")

    # The visit, and what came of it.
    await life.at(visit.starts + dt.timedelta(minutes=40))
    library = life.built.knowing.library()
    assert library.visits is not None
    async with life.built.store.write() as unit:
        assert await acts.end(unit, visit.id, "done", library.visits)
    screen = await life.at(visit.ends + dt.timedelta(hours=25))
    assert ("Did we come?" in screen) == told
    if told:
        for answer in ("Yes", "A bit", "Yes, they were"):
            screen = await person.tap(answer)
        assert "What would you have done without us?" in screen
        assert "Thank you." in await person.tap("Rung 101")
        async with life.built.store.read() as unit:
            said = (await unit.session.execute(select(VisitFeedback))).scalar_one()
        assert (said.came, said.safer, said.kind, said.instead) == ("yes", "bit", "yes", "101")

    # Half a year later nothing tells who it was.
    await life.at(visit.ends + dt.timedelta(days=181))
    erased = await life.visit()
    async with life.built.store.read() as unit:
        assert (await unit.session.execute(select(Resident))).first() is None
    assert erased.state == "done"
    assert (erased.answers, erased.needs, erased.doorstep_word, erased.household, erased.chat_id) == (None,) * 5
    assert "I cannot see a visit booked" in await person.say("when is my visit?")
