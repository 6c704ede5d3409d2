"""A few words of the team beside an answer or an organisation, there within a second and gone at their time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import insert

from bot.clock import FixedClock
from bot.knowing import ContentWatch, Knowing
from bot.staff import notices
from bot.staff.edits import APPROVERS, PUBLISHERS
from bot.staff.outcomes import Refusal
from bot.store import content
from bot.store.tables import EntryVersion, OrganisationVersion
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from bot.visits import team
from handlers.answer import body
from handlers.office import Colleague, Role
from handlers.ports import Nobody
from handlers.safety import without_database
from handlers.turn import Turn
from knowledge.library import NATIONAL
from knowledge.prose import plain, words_of
from tests.bot.console.desk import ROLES
from tests.bot.staff.crew import Heard
from tests.databases import SqliteFiles
from tests.house import BRAUNSTONE, INDEXES, braunstone, house
from tests.stories.player import AtTheTerminal

ALARM, CENTRE = "fire-safety/smoke-alarm-beeping", "leicestershire-fire"
ASHA = Colleague(id=1, name="Asha", role="officer", agency="fire")
NOW = FixedClock().now()
FRIDAY = NOW + dt.timedelta(days=2)
WORDS = "The line is busy this week: try before 9am."


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    """One organisation, live."""
    made = Store(database_url, throwaway_vault(), clock)
    async with made.write() as unit:
        row = {"slug": CENTRE, "version": 1, "local": True, "text": "", "state": "live", "by": "shipped", "at": NOW}
        await unit.session.execute(insert(OrganisationVersion), [row])
        assert await team.add(unit, ASHA.name, ASHA.role, ASHA.agency) == ASHA.id
    yield made
    await made.close()


def asha(role: Role) -> Colleague:
    return ASHA.model_copy(update={"role": role})


async def revision(store: Store) -> str | None:
    async with store.read() as unit:
        return await content.revision(unit)


async def test_a_notice_stands_until_it_ends_and_each_change_is_told(store: Store, clock: FixedClock) -> None:
    audit = Heard()
    async with store.write() as unit:
        number = await notices.add(unit, CENTRE, "organisation", f" {WORDS}\n ", FRIDAY, ASHA, audit)
    assert isinstance(number, int)
    added = await revision(store)
    async with store.write() as unit:
        (standing,) = await notices.current(unit)
        assert (standing.about, standing.text, standing.until, standing.staff_id) == (CENTRE, WORDS, FRIDAY, ASHA.id)
        assert await notices.current(unit, FRIDAY) == []
        assert await notices.end(unit, number, ASHA, audit)
        assert not await notices.end(unit, number, ASHA, audit)
        assert await notices.current(unit) == []
    assert added not in (None, await revision(store))
    assert [action for action, _ in audit] == ["notice added", "notice ended"]


async def test_what_cannot_stand_changes_nothing(store: Store) -> None:
    audit = Heard()
    wrong = {
        "staff.notice.empty": (CENTRE, "  \n", FRIDAY),
        "staff.notice.long": (CENTRE, "x" * 161, FRIDAY),
        "staff.notice.markup": (CENTRE, "<b>Closed</b>", FRIDAY),
        "staff.notice.until": (CENTRE, WORDS, NOW),
        "staff.notice.about-nothing": ("no-such-organisation", WORDS, FRIDAY),
    }
    async with store.write() as unit:
        for why, (about, words, until) in wrong.items():
            assert await notices.add(unit, about, "organisation", words, until, ASHA, audit) == Refusal(why)
        assert await notices.current(unit) == []
    assert audit == []
    assert await revision(store) is None


@pytest.mark.parametrize(
    ("tier", "may"),
    [("life-safety", APPROVERS), ("sensitive", APPROVERS), ("general", PUBLISHERS)],
)
async def test_only_who_may_publish_an_answer_puts_words_on_it(
    sqlite_files: SqliteFiles, clock: FixedClock, tier: str, may: frozenset[Role]
) -> None:
    store = Store(sqlite_files.fresh(), throwaway_vault(), clock)
    text = (NATIONAL / "entries" / f"{ALARM}.md").read_text(encoding="utf-8")
    row = {"slug": ALARM, "version": 1, "local": True, "state": "live", "by": "shipped", "at": NOW}
    async with store.write() as unit:
        await unit.session.execute(
            insert(EntryVersion), [{**row, "text": text.replace("tier: life-safety", f"tier: {tier}")}]
        )
        assert await team.add(unit, ASHA.name, ASHA.role, ASHA.agency) == ASHA.id
        put = {role: await notices.add(unit, ALARM, "entry", WORDS, FRIDAY, asha(role), Heard()) for role in ROLES}
        assert {role for role, done in put.items() if isinstance(done, int)} == may
        assert put["officer"] == Refusal("staff.notice.not-yours")
        number = put["admin"]
        assert isinstance(number, int)
        ended = [await notices.end(unit, number, asha(role), Heard()) for role in ("officer", "editor")]
        assert ended == [False, True]
    await store.close()


async def test_a_resident_reads_it_above_the_steps_and_beside_the_number_until_its_time(
    sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    async with house(sqlite_files.fresh(), clock) as built:
        async with built.store.write() as unit:
            await content.seed(unit, BRAUNSTONE)
            assert await team.add(unit, ASHA.name, ASHA.role, ASHA.agency) == ASHA.id
            words = "No batteries in the shop until Friday."
            await notices.add(unit, ALARM, "entry", words, FRIDAY, asha("approver"), Heard())
            helper = built.knowing.library().helpers(built.knowing.library().entry(ALARM))[0]
            await notices.add(unit, helper.id, "organisation", WORDS, FRIDAY, ASHA, Heard())
        assert await ContentWatch(built.store, BRAUNSTONE, built.knowing, "1", INDEXES).look()
        resident = AtTheTerminal(built)
        screen = await resident.say("my smoke alarm keeps beeping")
        first, lead = screen.texts[0], plain(built.knowing.library().entry(ALARM).lead)
        assert first.index("999") < first.index("No batteries") < first.index(lead) < first.index("1.")
        assert f"{helper.name}:" in screen
        assert WORDS in screen
        clock.move(days=2)
        screen = await resident.say("my smoke alarm keeps beeping")
        assert "Smoke alarm" in screen or "smoke alarm" in screen or "beep" in screen
        assert "No batteries" not in screen


async def test_nothing_stands_before_the_line_that_says_whom_to_ring() -> None:
    known = braunstone().holding
    ports = Knowing(braunstone()).ports(Nobody(), NOW, "en", None)
    said = replace(ports, notices=dict.fromkeys((*known.entries, *known.organisations), (WORDS,)))
    for entry in known.entries.values():
        shown = words_of(body(said, entry))
        urgent = [known for known in (entry.emergency, plain(entry.lead)) if known and re.search(r"\d{3}", known)]
        assert all(shown.index(line) < shown.index(WORDS) for line in urgent)
    for text in ("my house is on fire", "i want to die", "my husband hits me"):
        reply = without_database(braunstone().understand(at(text)), known, said.texts)
        assert reply is not None
        assert WORDS not in words_of(reply.blocks)


def at(text: str) -> Turn:
    return Turn(channel="web", key="1", chat="1", at=NOW, text=text)
