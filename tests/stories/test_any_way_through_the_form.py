"""Whatever is tapped or typed, in whatever order: one kind answer each, and never more than one visit for a chat."""

from __future__ import annotations

import itertools
import random

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot.clock import FixedClock
from bot.store.visit_tables import Occupied, Visit
from bot.wiring import House
from tests.databases import SqliteFiles
from tests.house import Scripted, house
from tests.stories.player import AtTheTerminal, Screen
from tests.team import open_diary

WORDS = (
    "/visit", "LE3 1AA", "le3", "ng1 5dt", "1", "2", "7", "skip", "back", "next", "never mind", "Sam", "by phone",
    "07700 900123", "not a number", "yes", "no", "12 Example Street", "blue kettle", "thursday 2pm", "weekend",
    "my house is on fire", "what is this?", "x" * 500, "\u202e", "<b>&", "/visit", "book", "LE3 1AA",
)  # fmt: skip
EXPECTED = {
    "postcode?": "LE3 1AA", "What name": "Sam", "phone number?": "07700 900123", "house or flat": "12 Example Street",
    "helps us to visit": "skip", "only you and we know": "blue kettle", "What would you like help with": "skip",
}  # fmt: skip
TAPPED = ("Skip all of these", "Book it", "Carry on")
TURNS, PEOPLE = 80, 3


@pytest.mark.parametrize("seed", range(2))
async def test_any_way_ends_in_an_answer_and_one_visit(seed: int, sqlite_files: SqliteFiles, clock: FixedClock) -> None:
    chance = random.Random(seed)
    async with house(sqlite_files.fresh(), clock, Scripted()) as built:
        await open_diary(built.store)
        for number in range(PEOPLE):
            person = AtTheTerminal(built, f"person-{number}", numbers=itertools.count(number * 1000))
            await _wander(person, chance, clock)
            await _nothing_twice(built)
        assert await _ever(built) > PEOPLE


async def _wander(person: AtTheTerminal, chance: random.Random, clock: FixedClock) -> None:
    screen = await person.say("/visit")
    for _ in range(TURNS):
        screen = await (_on(person, screen) if chance.random() < 0.7 else _astray(person, chance))
        assert screen.texts
        assert all(text.strip() for text in screen.texts)
        clock.move(minutes=chance.choice((0, 0, 1, 5, 30)))


async def _on(person: AtTheTerminal, screen: Screen) -> Screen:
    """What somebody would do who wants a visit."""
    for label in TAPPED:
        if label in screen.buttons:
            return await person.tap(label)
    said = next((answer for asked, answer in EXPECTED.items() if asked in screen), None)
    first = next((label for label in screen.buttons if label.startswith("1. ")), None)
    return await (person.say(said) if said else person.tap(first) if first else person.say("/visit"))


async def _astray(person: AtTheTerminal, chance: random.Random) -> Screen:
    """Anything: a button of any age, or any words."""
    labels = list(person.tokens)
    return await (person.tap(chance.choice(labels)) if chance.random() < 0.5 else person.say(chance.choice(WORDS)))


async def _nothing_twice(built: House) -> None:
    async with built.store.read() as unit:
        active = select(col(Visit.chat_id)).where(col(Visit.state) == "booked").group_by(col(Visit.chat_id))
        assert (await unit.session.execute(active.having(func.count() > 1))).all() == []
        kept = select(col(Occupied.cell)).join(Visit, col(Visit.id) == col(Occupied.visit_id))
        gone = kept.where(col(Visit.state).in_(("cancelled", "expired")))
        assert (await unit.session.execute(gone)).all() == []


async def _ever(built: House) -> int:
    """Visits that were held at least: how far they got."""
    async with built.store.read() as unit:
        return int((await unit.session.execute(select(func.count()).select_from(Visit))).scalar_one())
