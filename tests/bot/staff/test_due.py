"""A version that has a time is tried out again when it has come; what stands in its way then is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.clock import FixedClock
from bot.staff import versions
from bot.staff.due import publish_due
from bot.staff.outcomes import Rehearsal
from bot.store import content
from bot.store.content import Row
from bot.store.tables import EntryVersion
from handlers.catalogue import Texts
from knowledge.check_one import Kind
from knowledge.evaluating.questions import Met
from knowledge.library import Library, load
from knowledge.replay import Asked, Difference, Replay
from knowledge.search.remembered import Remembered
from tests.bot.staff.crew import braunstone_alone
from tests.bot.staff.test_edits import RIGHT, SHIPPED, Desk, desk_on, titled
from tests.house import BRAUNSTONE

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
    said: list[str | None] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return len(self.said)

    async def __call__(self, _kind: Kind, _slug: str, text: str | None) -> Rehearsal:
        self.said.append(text)
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


async def for_an_hour(desk: Desk, slug: str, text: str, base: int | None = None, local: bool = False) -> int:
    """An editor's words that are live, and whose hour is over."""
    async with desk.store.write() as unit:
        values = {"text": text, "state": "live", "by": "staff", "staff_id": desk.staff["editor"].id, "base": base}
        number = await versions.put(unit, "entry", slug, local, {**values, "ends": unit.now + HOUR})
        if base is not None:
            table = EntryVersion
            older = update(table).where(col(table.slug) == slug, col(table.version) == base)
            await unit.session.execute(older.values(state="replaced"))
        await versions.bump(unit)
    desk.clock.at = desk.clock.now() + HOUR
    return number


async def test_an_end_that_would_miss_a_danger_by_now_does_not_come(desk: Desk) -> None:
    version = await for_an_hour(desk, RIGHT, titled(RIGHT, "This week"), base=1)
    tries = Tries(desk, (MISSED,))
    assert (await swept(desk, tries), tries.said) == (0, [SHIPPED[RIGHT]])
    row = await row_of(desk, version)
    assert (row.state, row.ends, row.stopped_at) == ("live", None, desk.clock.now())
    assert "still live" in row.note
    assert BURNING in row.note
    async with desk.store.read() as unit:
        assert [each.id for each in await versions.stopped(unit, "entry")] == [version]
    assert (await swept(desk, tries), tries.asked) == (0, 1)
    await desk.publish("editor", await desk.draft("editor", RIGHT, titled(RIGHT, "Better")))
    async with desk.store.read() as unit:
        assert await versions.stopped(unit, "entry") == []


async def test_what_something_names_by_now_does_not_end_with_nothing_in_its_place(desk: Desk) -> None:
    library = load(BRAUNSTONE)
    slug = library.checks["alarms"].answers[0].tip_from
    version = await for_an_hour(desk, slug, "its words")
    assert await swept(desk, Tries(desk), library) == 0
    assert (await row_of(desk, version)).state == "live"
    again = await for_an_hour(desk, slug + "-too", "its words")
    assert await swept(desk, Tries(desk), library) == 1
    assert (await row_of(desk, again)).state == "withdrawn"


async def test_under_a_places_own_words_that_end_the_nations_are_tried_out(desk: Desk) -> None:
    await for_an_hour(desk, RIGHT, titled(RIGHT, "Here only"), local=True)
    tries = Tries(desk)
    assert (await swept(desk, tries), tries.said) == (1, [SHIPPED[RIGHT]])
    assert await desk.live(RIGHT) == SHIPPED[RIGHT]


async def test_an_end_is_tried_out_again_where_somebody_publishes_meanwhile(desk: Desk) -> None:
    version = await for_an_hour(desk, RIGHT, titled(RIGHT, "This week"), base=1)
    assert await swept(desk, Tries(desk, overtaken=9)) == 0
    assert (await row_of(desk, version)).state == "live"
    assert await swept(desk, Tries(desk, overtaken=1)) == 1
    assert await desk.live(RIGHT) == SHIPPED[RIGHT]


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
