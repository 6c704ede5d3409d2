"""A version that has a time is tried out again when it has come; what stands in its way then is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.clock import FixedClock
from bot.staff import versions
from bot.staff.due import publish_due
from bot.staff.outcomes import Rehearsal
from bot.store import content
from bot.store.content import Row
from handlers.catalogue import Texts
from knowledge.check_one import Kind
from knowledge.evaluating.questions import Met
from knowledge.library import Library
from knowledge.replay import Asked, Difference, Replay
from knowledge.search.remembered import Remembered
from tests.bot.staff.crew import braunstone_alone
from tests.bot.staff.test_edits import RIGHT, Desk, desk_on, titled

HOUR = dt.timedelta(hours=1)
BURNING = "is water ok for a telly thats burning"
MISSED = Difference(
    Asked(Remembered(BURNING, odd=False, versions=()), danger="emergency"),
    Met("emergency", "certain", ()),
    Met("unknown", None, ()),
    "worse",
)


@pytest.fixture
async def desk(database_url: str, clock: FixedClock) -> AsyncIterator[Desk]:
    async with desk_on(database_url, clock) as opened:
        yield opened


@dataclass
class Tries:
    """What trying a change out finds. `overtaken`: how many times somebody publishes while it runs."""

    desk: Desk
    found: tuple[Difference, ...] = ()
    overtaken: int = 0
    asked: int = 0

    async def __call__(self, _kind: Kind, _slug: str, text: str | None) -> Rehearsal:
        self.asked += 1
        async with self.desk.store.read() as unit:
            revision = await content.revision(unit)
        if self.asked <= self.overtaken:
            async with self.desk.store.write() as unit:
                await versions.bump(unit)
        return Rehearsal(text or "", revision, Replay(self.found, 1))


async def scheduled(desk: Desk, text: str = "") -> int:
    """An editor's change of an answer, to be live in an hour, which is over."""
    draft = await desk.draft("editor", RIGHT, text or titled(RIGHT, "Later"))
    await desk.publish("editor", draft, starts=desk.clock.now() + HOUR)
    desk.clock.at = desk.clock.now() + HOUR
    return draft.version_id


async def swept(desk: Desk, tries: Tries, library: Library | None = None) -> int:
    return await publish_due(desk.store, tries, lambda: library or braunstone_alone(), Texts())


async def row_of(desk: Desk, version: int) -> Row:
    async with desk.store.read() as unit:
        found = await versions.one(unit, "entry", version)
    assert found is not None
    return found


async def test_it_is_tried_out_and_goes_live_at_its_time(desk: Desk) -> None:
    version, tries = await scheduled(desk), Tries(desk)
    desk.clock.at = desk.clock.now() - HOUR / 2
    assert (await swept(desk, tries), tries.asked) == (0, 0)
    desk.clock.at = desk.clock.now() + HOUR
    assert (await swept(desk, tries), tries.asked) == (1, 1)
    assert (await row_of(desk, version)).state == "live"
    assert (await swept(desk, tries), tries.asked) == (0, 1)


async def test_one_that_would_miss_a_danger_by_now_stays_a_draft_with_the_reason(desk: Desk) -> None:
    version, before = await scheduled(desk), await desk.live(RIGHT)
    assert await swept(desk, Tries(desk, (MISSED,))) == 0
    row = await row_of(desk, version)
    assert (row.state, row.starts, row.stopped_at) == ("draft", None, desk.clock.now())
    assert "1 messages about danger, crisis or abuse" in row.note
    assert BURNING in row.note
    assert await desk.live(RIGHT) == before
    async with desk.store.read() as unit:
        assert [each.id for each in await versions.stopped(unit, "entry")] == [version]
    await desk.draft("editor", RIGHT, titled(RIGHT, "Better"))
    async with desk.store.read() as unit:
        assert await versions.stopped(unit, "entry") == []


async def test_one_that_names_what_is_gone_by_now_stays_a_draft(desk: Desk) -> None:
    library, text = braunstone_alone(), titled(RIGHT, "Later").replace('["@police"', '["gingerbread", "@police"')
    version = await scheduled(desk, text)
    gone = library.model_copy(update={"organisations": {}})
    assert await swept(desk, Tries(desk), gone) == 0
    row = await row_of(desk, version)
    assert row.state == "draft"
    assert "unknown organisation" in row.note


@pytest.mark.parametrize(("overtaken", "state"), [(1, "live"), (9, "scheduled")])
async def test_a_trial_on_older_answers_does_not_count(desk: Desk, overtaken: int, state: str) -> None:
    version = await scheduled(desk)
    assert await swept(desk, Tries(desk, overtaken=overtaken)) == (state == "live")
    assert (await row_of(desk, version)).state == state
    assert await swept(desk, Tries(desk)) == (state == "scheduled")


async def test_a_retirement_has_a_time_too(desk: Desk) -> None:
    async with desk.store.write() as unit:
        draft = await desk.editing(unit, "editor").retire("entry", RIGHT, "We no longer advise on this.")
    assert not hasattr(draft, "text_id")
    assert draft.version_id is not None
    await desk.publish("editor", draft, starts=desk.clock.now() + HOUR)
    assert await desk.live(RIGHT) is not None
    desk.clock.at = desk.clock.now() + HOUR
    assert await swept(desk, Tries(desk)) == 1
    assert await desk.live(RIGHT) is None
    assert (await row_of(desk, draft.version_id)).state == "retired"
