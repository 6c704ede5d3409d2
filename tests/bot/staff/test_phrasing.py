"""A phrasing is added beside what its editor has begun, and a refused one leaves nothing behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from bot.clock import FixedClock
from bot.staff import audit, versions
from bot.staff.edits import Editing
from bot.staff.outcomes import Draft, Rehearsal
from bot.staff.phrasings import OWN_DRAFT, CarefulPhrasings
from bot.store.unit import Store, Unit
from handlers.catalogue import Texts
from knowledge.replay import Replay
from tests.bot.staff.crew import ALARM, TEXT, Heard, braunstone_alone, crew, the_team

UNTRIED = Rehearsal("", None, Replay())


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    async with crew(database_url, clock) as made:
        yield made


async def editing(unit: Unit, heard: versions.Audit) -> Editing:
    return Editing(unit, braunstone_alone(), (await the_team(unit))["Asha"], heard)


async def test_what_waits_takes_more_phrasings_and_a_draft_is_left_alone(store: Store) -> None:
    async with store.write() as unit:
        edits = await editing(unit, Heard())
        careful = CarefulPhrasings(edits, UNTRIED, Texts())
        for words in ("what is this flurb", "why does it flurb"):
            assert await careful.add_phrasing(ALARM, words, edits.staff.id) is None
        own = await versions.draft_of(unit, "entry", ALARM, edits.staff.id)
        assert own is not None
        assert own.state == "waiting"
        assert own.text.count("flurb") == 2
        mine = await edits.draft("entry", ALARM, TEXT.replace("title: ", "title: My "))
        assert isinstance(mine, Draft)
        assert await careful.add_phrasing(ALARM, "flurb again", edits.staff.id) == OWN_DRAFT
        own = await versions.draft_of(unit, "entry", ALARM, edits.staff.id)
        assert own is not None
        assert (own.state, "title: My " in own.text, "flurb" in own.text) == ("draft", True, False)


async def test_a_refused_phrasing_leaves_no_draft_and_no_record(store: Store) -> None:
    async with store.write() as unit:
        edits = await editing(unit, partial(audit.record, unit, None))
        careful = CarefulPhrasings(edits, UNTRIED, Texts())
        (taken,) = braunstone_alone().entry("fire-safety/candles").phrasings[:1]
        assert await careful.add_phrasing(ALARM, taken, edits.staff.id) is not None
        assert audit.so_far(unit) == 0
        assert await versions.draft_of(unit, "entry", ALARM, edits.staff.id) is None
