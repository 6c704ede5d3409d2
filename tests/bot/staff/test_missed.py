"""What nobody could answer, put together by likeness; and the tap that turns it into content."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import insert, select
from sqlmodel import col

from bot.clock import FixedClock
from bot.staff import missed, missed_waiting
from bot.staff.counts import Count
from bot.staff.edits import Editing
from bot.staff.missed import Fixed, Group
from bot.staff.outcomes import Done, Refusal
from bot.store import chats, records
from bot.store.tables import EntryVersion, Question
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from handlers.office import Colleague
from handlers.ports import Decision
from handlers.turn import Chose, KeepQuestion, MarkHelped, Route, Turn
from knowledge.evaluating.questions import Met
from knowledge.library import parse_entry
from knowledge.replay import Asked, Difference, Replay
from knowledge.search.remembered import Remembered, remember
from tests.bot.staff.crew import Heard
from tests.databases import SqliteFiles
from tests.house import Scripted, braunstone, house
from tests.stories.player import AtTheTerminal

ALARM, CANDLES = "fire-safety/smoke-alarm-beeping", "fire-safety/candles"
EDITOR = Colleague(id=7, name="Esi", role="editor")
RENT = ("how do I pay my rent", "pay my rent how", "please how do I pay my rent online")
HAMSTER = "my hamster escaped"


@dataclass
class Edits:
    """Takes every phrasing, or gives a reason why not."""

    why_not: str | None = None
    added: list[tuple[str, str, int]] = field(default_factory=list)

    async def add_phrasing(self, slug: str, text: str, staff_id: int) -> str | None:
        self.added.append((slug, text, staff_id))
        return self.why_not


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    made = Store(database_url, throwaway_vault(), clock)
    yield made
    await made.close()


async def asked(
    store: Store, clock: FixedClock, *texts: str, route: Route = "unknown", shown: tuple[str, ...] = ()
) -> int:
    """One resident asks several things, a minute apart; the chat's number."""
    async with store.write() as unit:
        turn = Turn(channel="telegram", bot="b", key="1", chat=texts[0], at=clock.now())
        chat = await chats.lock(unit, turn)
    for text in texts:
        clock.move(minutes=1)
        async with store.write() as unit:
            await records.keep_question(unit, chat.id, KeepQuestion(text=text, route=route, shown=shown))
    return chat.id


async def the_groups(unit: Unit) -> list[Group]:
    return await missed.groups(unit, braunstone().index)


async def texts_of(store: Store) -> list[tuple[str, ...]]:
    async with store.read() as unit:
        return [group.texts for group in await the_groups(unit)]


async def states(store: Store) -> dict[str, tuple[str, int | None]]:
    async with store.read() as unit:
        rows = (await unit.session.execute(select(Question).order_by(col(Question.id)))).scalars()
        return {row.text: (row.state, row.settled_by) for row in rows}


async def test_what_is_asked_most_stands_first_then_the_newest(store: Store, clock: FixedClock) -> None:
    await asked(store, clock, RENT[0], "do you sell tickets for the panto", RENT[1], HAMSTER, RENT[2])
    async with store.read() as unit:
        rent, hamster, panto = await the_groups(unit)
        assert await missed.count(unit) == Count(5, rent.first)
    assert (rent.count, rent.texts, rent.id) == (3, RENT, 1)
    assert rent.first < panto.first < hamster.first < rent.last
    assert hamster.samples == (HAMSTER,)
    assert 0 < len(rent.suggested) <= missed.SUGGESTED
    assert set(rent.suggested) <= set(braunstone().holding.entries)


async def test_what_was_answered_is_not_missed_unless_it_did_not_help(store: Store, clock: FixedClock) -> None:
    helped = await asked(store, clock, "beep a", route="answer", shown=(ALARM,))
    unhelped = await asked(store, clock, "beep b", route="answer", shown=(ALARM,))
    chosen = await asked(store, clock, "candle c", route="choose", shown=(ALARM, CANDLES))
    unchosen = await asked(store, clock, "candle d", route="choose", shown=(ALARM, CANDLES))
    async with store.write() as unit:
        await records.mark_helped(unit, helped, MarkHelped(entry=ALARM, helped=True))
        await records.mark_helped(unit, unhelped, MarkHelped(entry=ALARM, helped=False))
        await records.mark_chosen(unit, chosen, Chose(entry=CANDLES))
        await records.mark_chosen(unit, helped, Chose(entry=ALARM))
    assert sorted(await texts_of(store)) == [("beep b",), ("candle d",)]
    async with store.write() as unit:
        await records.mark_helped(unit, chosen, MarkHelped(entry=CANDLES, helped=False))
        await records.mark_helped(unit, unchosen, MarkHelped(entry=CANDLES, helped=True))
    assert sorted(await texts_of(store)) == [("beep b",), ("candle c",)]


async def test_a_tapped_choice_was_no_miss(sqlite_files: SqliteFiles, clock: FixedClock) -> None:
    offer = Decision(route="choose", offered=(ALARM, CANDLES))
    async with house(sqlite_files.fresh(), clock, Scripted({"which": offer})) as built:

        async def number_missed() -> int:
            async with built.store.read() as unit:
                return (await missed.count(unit)).number

        resident = AtTheTerminal(built)
        await resident.say("which")
        assert await number_missed() == 1
        assert "battery" in await resident.say("1")
        assert await number_missed() == 0


async def test_a_remembered_meaning_puts_other_words_together(store: Store, clock: FixedClock) -> None:
    index, ways = braunstone().index, ("my smoke alarm keeps chirping", "there is a beep from my smoke detector")
    await asked(store, clock, *ways, HAMSTER)
    assert len(await texts_of(store)) == 3
    async with store.write() as unit:
        for row in (await unit.session.execute(select(Question))).scalars():
            row.vector = remember(index, index.read(row.text))
    assert await texts_of(store) == [ways, (HAMSTER,)]


async def test_one_phrasing_settles_its_group_and_says_how_many_are_answered_now(
    store: Store, clock: FixedClock
) -> None:
    chirps = ("gribble gribble noise", "gribble noise gribble from my ceiling gadget")
    await asked(store, clock, *chirps, HAMSTER)
    edits, audit = Edits(), Heard()
    async with store.write() as unit:
        group, _hamster = await the_groups(unit)
        done = await missed.add_phrasing(unit, group, ALARM, EDITOR, braunstone().index, edits, audit)
    assert isinstance(done, Fixed)
    assert done == Fixed(settled=2, answered=2, of=2)
    assert edits.added == [(ALARM, chirps[0], EDITOR.id)]
    assert audit == [("missed question added to", f"question {group.id} entry {ALARM}")]
    assert await states(store) == {chirps[0]: ("done", 7), chirps[1]: ("done", 7), HAMSTER: ("open", None)}
    async with store.write() as unit:
        again = await missed.add_phrasing(unit, group, ALARM, EDITOR, braunstone().index, edits, audit)
    assert again == missed.SETTLED
    assert len(edits.added) == len(audit) == 1


async def test_what_a_phrasing_does_not_answer_stays_open(store: Store, clock: FixedClock) -> None:
    both = ("my flurb is bust", "my flurb is bust and the landlord wont pay the rent")
    await asked(store, clock, *both)
    async with store.write() as unit:
        (group,) = await the_groups(unit)
        assert group.texts == both
        done = await missed.add_phrasing(unit, group, ALARM, EDITOR, braunstone().index, Edits(), Heard())
    assert done == Fixed(settled=1, answered=1, of=2)
    assert await states(store) == {both[0]: ("done", 7), both[1]: ("open", None)}
    assert await texts_of(store) == [(both[1],)]


async def waited(store: Store, clock: FixedClock, state: str = "waiting") -> int:
    """Two questions wait for a version of the alarm's answer; its number."""
    await asked(store, clock, *RENT[:2], HAMSTER)
    async with store.write() as unit:
        made = {"slug": ALARM, "version": 1, "local": False, "text": "", "state": state, "by": "staff", "at": unit.now}
        row = insert(EntryVersion).values(staff_id=EDITOR.id, **made).returning(col(EntryVersion.id))
        version: int = (await unit.session.execute(row)).scalar_one()
        await missed_waiting.put_aside(unit, [1, 2], version)
    assert await texts_of(store) == [(HAMSTER,)]
    return version


@pytest.mark.parametrize("act", ["send back", "discard"])
async def test_what_waits_for_a_change_is_open_again_where_that_comes_to_nothing(
    store: Store, clock: FixedClock, act: str
) -> None:
    version = await waited(store, clock)
    approver = Colleague(id=8, name="Ama", role="approver")
    async with store.write() as unit:
        (one,) = await missed_waiting.waiting(unit)
        assert (one.slug, one.version, one.count) == (ALARM, version, 2)
        editing = Editing(unit, braunstone().holding, approver, Heard())
        if act == "discard":
            assert isinstance(await editing.discard("entry", version), Done)
        else:
            assert isinstance(await editing.send_back("entry", version, "Shorter"), Done)
        assert await missed_waiting.waiting(unit) == []
    assert await states(store) == dict.fromkeys((RENT[0], RENT[1], HAMSTER), ("open", None))


async def test_once_it_is_live_what_it_answers_is_done_and_the_rest_is_open(store: Store, clock: FixedClock) -> None:
    version = await waited(store, clock)
    message = Remembered(RENT[0], odd=False, versions=())
    found = Difference(Asked(message, past=True), Met("unknown", None), Met("answer", None, (ALARM,)), "better")
    async with store.write() as unit:
        await missed_waiting.settle(unit, "entry", version, ALARM, Replay((found,), 3))
    assert {text: state for text, (state, _) in (await states(store)).items()} == {
        RENT[0]: "done", RENT[1]: "open", HAMSTER: "open",
    }  # fmt: skip


async def test_a_refused_phrasing_leaves_the_group_open(store: Store, clock: FixedClock) -> None:
    await asked(store, clock, HAMSTER)
    audit, index = Heard(), braunstone().index
    async with store.write() as unit:
        (group,) = await the_groups(unit)
        refused = await missed.add_phrasing(unit, group, ALARM, EDITOR, index, Edits("staff.edit.blocked"), audit)
        gone = await missed.add_phrasing(unit, group, "fire-safety/gone", EDITOR, index, Edits(), audit)
    assert (refused, gone) == (Refusal("staff.edit.blocked"), missed.GONE)
    assert await states(store) == {HAMSTER: ("open", None)}
    assert audit == []


async def test_not_for_us_and_a_new_answer(store: Store, clock: FixedClock) -> None:
    awkward = 'can I: "keep" bees # on my balcony'
    await asked(store, clock, HAMSTER, awkward)
    audit, kept = Heard(), list[str]()

    async def keep(text: str) -> int:
        kept.append(text)
        return 17

    async with store.write() as unit:
        bees, hamster = await the_groups(unit)
        assert await missed.not_for_us(unit, hamster, EDITOR, audit) == 1
        assert await missed.not_for_us(unit, hamster, EDITOR, audit) == 0
        assert await missed.write_new(unit, bees, EDITOR, audit, keep) is None
        assert await missed.write_new(unit, bees, EDITOR, audit, keep) == missed.SETTLED
    (text,) = kept
    entry = parse_entry("homes/bees", text)
    assert entry.phrasings == (awkward,)
    assert not entry.signed_off
    assert await states(store) == {HAMSTER: ("not-ours", 7), awkward: ("waiting 17", 7)}
    assert len(audit) == 2
