"""Trying a change out: what would be met in another way, what may not be published, and that stored readings hold."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis.strategies import sampled_from
from sqlalchemy import insert
from sqlmodel import col, select

from bot.clock import FixedClock
from bot.knowing import Knowing
from bot.staff.edits import Editing
from bot.staff.outcomes import Draft, Refusal, Rehearsal
from bot.staff.past import remember_missing
from bot.staff.replay import Rehearsals
from bot.store import content
from bot.store.tables import Question
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from handlers.office import Colleague
from knowledge.entry import Entry
from knowledge.evaluating.questions import Met
from knowledge.golden import Golden, golden_dangers, golden_phrasings
from knowledge.library import NATIONAL, Library
from knowledge.meeting import met
from knowledge.phrasing import with_phrasing
from knowledge.replay import Asked, Replay, replay
from knowledge.search import Index, decide
from knowledge.search.base import Base, base_of
from knowledge.search.phrases import of_library
from knowledge.search.readings import Readings
from knowledge.search.remembered import read_again, recall, remember
from knowledge.search.revised import Kit, revised
from knowledge.standing import Standing
from knowledge.standing_kept import keep, opened
from tests.bot.staff.crew import Heard
from tests.house import BRAUNSTONE, braunstone

LOCKS = "home-security/doors-and-locks"
STRANGE = "my flurb is bust"
BURNING = "is water ok for a telly thats burning"
FAR = ("how do i get a food bank voucher", "can i park on a zigzag", "our lad is being picked on at school")


NEAR_IN_LETTERS = (
    "is a £6 one from Wilko any good", "lip read only, tell the crew please", "cn u tell me da scor",
    "stolen from burnt house", "sad lamp any good",
)  # fmt: skip
"""Far from anything in meaning, so that letters decide."""


@cache
def opened_kit() -> Kit:
    index = braunstone().index
    return Kit.opened(index.encoder, index.lexicon)


@pytest.fixture(scope="module")
def kit() -> Kit:
    return opened_kit()


def asked(text: str, **known: object) -> Asked:
    """A message as it comes back from where it is kept."""
    index = braunstone().index
    message = recall(index, text, remember(index, index.read(text)))
    assert message is not None
    return Asked(message, **known)  # type: ignore[arg-type]


def changed(slug: str, **fields: object) -> Library:
    library = braunstone().holding
    return library.model_copy(
        update={"entries": {**library.entries, slug: library.entry(slug).model_copy(update=fields)}}
    )


def with_phrasings(slug: str, texts: Iterable[str]) -> Library:
    return changed(slug, phrasings=(*braunstone().holding.entry(slug).phrasings, *texts))


def after(library: Library, kit: Kit) -> Index:
    found = revised(braunstone().index, braunstone().holding, library, kit)
    assert found is not None
    return found


def tried(library: Library, kit: Kit, *questions: Asked) -> Replay:
    return replay(braunstone().index, after(library, kit), questions)


def test_an_index_revised_is_the_index_built_anew(kit: Kit) -> None:
    library = changed(LOCKS, title="Locks and flurbs", phrasings=("who mends flurbs", "lock stuck"), tier="sensitive")
    quick = after(library, kit)
    anew = Index.build(library, quick.encoder, _base(quick), kit.vectors.of([p.text for p in of_library(library)]))
    for text in (STRANGE, "lock stuck", "flurbs", *FAR):
        one, two = quick.read(text), anew.read(text)
        assert [version.words for version in one.versions] == [version.words for version in two.versions]
        assert decide(quick, one) == decide(anew, two)


def test_a_stored_reading_is_met_as_a_fresh_one() -> None:
    index = braunstone().index
    for text in (STRANGE, BURNING, "smok alarn beepin and also the lock is stuck", "", *FAR):
        kept, fresh = met(index, read_again(index, asked(text).message)), met(index, index.read(text))
        assert replace(kept, score=0) == replace(fresh, score=0)


def test_what_another_encoder_read_is_not_taken() -> None:
    index = braunstone().index
    kept = remember(index, index.read(STRANGE))
    assert recall(index, STRANGE, b"\1" * 8 + kept[8:]) is None
    assert recall(index, STRANGE, b"") is None


def test_a_phrasing_answers_what_nobody_could(kit: Kit) -> None:
    found = tried(with_phrasings(LOCKS, [STRANGE]), kit, asked(STRANGE, past=True), *map(asked, FAR))
    (one,) = found.differences
    assert (one.judged, one.after.answered, found.of) == ("better", (LOCKS,), 4)
    assert not found.blocked


def test_an_expected_answer_that_is_lost_is_worse(kit: Kit) -> None:
    question = "how do i stop the alarm going when i cook toast"
    library = with_phrasings(LOCKS, [question, f"please {question}"])
    alarm = asked(question, expected=frozenset({"fire-safety/smoke-alarm-beeping"}))
    assert [one.judged for one in tried(library, kit, alarm).differences] == ["worse"]


def test_a_change_that_takes_a_danger_for_a_question_is_blocked(kit: Kit) -> None:
    golden = asked(BURNING, danger="emergency")
    (blocked,) = tried(with_phrasings(LOCKS, [BURNING]), kit, golden).blocked
    assert (blocked.before.route, blocked.judged) == ("emergency", "worse")
    assert not tried(with_phrasings(LOCKS, [BURNING]), kit, asked(BURNING)).blocked


def more(entry: Entry) -> Library:
    return with_phrasings(entry.id, [STRANGE, "can somebody help me with it"])


def reworded(entry: Entry) -> Library:
    return changed(entry.id, phrasings=tuple(f"tell me: {text}" for text in entry.phrasings))


def renamed(entry: Entry) -> Library:
    return changed(entry.id, title=f"All about {entry.title}, and flurbs")


def another_tier(entry: Entry) -> Library:
    return changed(entry.id, tier="general" if entry.tier == "life-safety" else "life-safety")


def withdrawn(entry: Entry) -> Library:
    library = braunstone().holding
    return library.model_copy(update={"entries": {k: v for k, v in library.entries.items() if k != entry.id}})


def begun(entry: Entry) -> Library:
    phrasings = ("how do i lock my flurb", "somebody broke into my flurb", "is a flurb alarm any good")
    made = entry.model_copy(update={"id": "home-safety/flurbs", "title": "Flurbs", "phrasings": phrasings})
    library = braunstone().holding
    return library.model_copy(update={"entries": {**library.entries, made.id: made}})


@cache
def sample() -> tuple[tuple[Asked, ...], tuple[Met, ...]]:
    """Messages of all sorts, and how each is met now, by answering it."""
    texts = [one.text for one in (*golden_dangers(), *golden_phrasings(braunstone().holding))][::90]
    index, questions = braunstone().index, tuple(map(asked, (*texts, *FAR, STRANGE, *NEAR_IN_LETTERS)))
    return questions, tuple(met(index, read_again(index, one.message)) for one in questions)


@cache
def standing() -> Standing:
    return Standing(braunstone().index)


@pytest.mark.parametrize("change", [more, reworded, renamed, another_tier, withdrawn, begun])
@settings(max_examples=2, derandomize=True)
@given(slug=sampled_from(sorted(braunstone().holding.entries)))
def test_a_rehearsal_finds_what_answering_everything_again_finds(
    change: Callable[[Entry], Library], slug: str
) -> None:  # fmt: skip
    entry = braunstone().holding.entry(slug)
    index, fresh = braunstone().index, after(change(entry), opened_kit())
    messages, was = sample()
    own = tuple(map(asked, entry.phrasings[:6]))
    questions = (*messages, *own)
    before = (*was, *(met(index, read_again(index, one.message)) for one in own))
    then = [met(fresh, read_again(fresh, one.message)) for one in questions]
    quick = {one.asked.message.text for one in replay(index, fresh, questions, standing=standing()).differences}
    pairs = [(one.message.text, a, b) for one, a, b in zip(questions, before, then, strict=True)]
    assert {text for text, a, b in pairs if came_of(a) != came_of(b)} <= quick
    assert quick <= {text for text, a, b in pairs if (came_of(a), a.offered) != (came_of(b), b.offered)}


def came_of(found: Met) -> tuple[object, ...]:
    """All but the further buttons: one on the brink may come or go with how rare a word is among all phrases."""
    return found.route, found.tier, found.answered, found.action


def test_what_stands_after_a_change_is_what_stands_built_anew(kit: Kit, tmp_path: Path) -> None:
    """What was learnt before a change is taken along, also through a file: it finds the same in the next one."""
    messages = [one.message for one in sample()[0]]
    first, second = after(with_phrasings(LOCKS, [STRANGE]), kit), changed(LOCKS, tier="life-safety")
    next_one = revised(first, with_phrasings(LOCKS, [STRANGE]), second, kit)
    assert next_one is not None
    carried, anew = Standing(braunstone().index), Standing(first)
    carried.learn(messages)
    carried.follow(first, messages)
    assert 0 < len(carried.missing(messages)) < len(messages) / 2
    assert carried.contested(next_one, messages) == anew.contested(next_one, messages) != set()
    keep(tmp_path, carried, "ours")
    kept = opened(tmp_path, first, "ours")
    assert kept.missing(messages) == []
    assert kept.contested(next_one, messages) == anew.contested(next_one, messages)
    assert opened(tmp_path, first, "another").missing(messages) == messages


def test_nothing_changed_is_nothing_to_see(kit: Kit) -> None:
    heard: list[tuple[int, int]] = []
    found = replay(
        braunstone().index, after(braunstone().holding, kit), [asked(STRANGE)], lambda *done: heard.append(done)
    )
    assert (found, heard) == (Replay((), 1), [(1, 1)])


def test_a_phrasing_is_added_and_nothing_else_moves() -> None:
    text = "---\ntitle: A\nphrasings:\n  - one\ntier: general\n---\nphrasings:\n"
    assert with_phrasing(text, 'two: "three"') == text.replace("  - one\n", '  - one\n  - "two: \\"three\\""\n')


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    made = Store(database_url, throwaway_vault(), clock)
    async with made.write() as unit:
        await content.seed(unit, BRAUNSTONE)
    yield made
    await made.close()


async def test_an_editor_tries_out_adds_and_the_question_is_answered(store: Store) -> None:
    async with store.write() as unit:
        rows = [{"text": text, "route": "unknown", "shown": "", "at": unit.now} for text in (STRANGE, *FAR)]
        await unit.session.execute(insert(Question), rows)
    assert [await remember_missing(store, braunstone()) for _ in range(2)] == [4, 0]
    rehearsals = Rehearsals(store, BRAUNSTONE, Knowing(braunstone()))
    rehearsals.golden, rehearsals.phrasings = (Golden(BURNING, "emergency"),), False
    text = with_phrasing((NATIONAL / "entries" / f"{LOCKS}.md").read_text(encoding="utf-8"), STRANGE)
    rehearsal = await rehearsals.rehearse("entry", LOCKS, text)
    assert isinstance(rehearsal, Rehearsal)
    assert [one.asked.message.text for one in rehearsal.replay.those("better")] == [STRANGE]
    dangerous = await rehearsals.rehearse("entry", LOCKS, with_phrasing(text, BURNING))
    assert isinstance(dangerous, Rehearsal)
    assert dangerous.replay.blocked
    editor = Colleague(id=1, name="Ash", role="editor")
    async with store.write() as unit:
        editing = Editing(unit, braunstone().holding, editor, Heard())
        draft = await editing.draft("entry", LOCKS, with_phrasing(text, BURNING))
        assert isinstance(draft, Draft)
        refused = await editing.publish("entry", draft.version_id, dangerous)
        assert refused == Refusal("staff.edit.blocked", {"count": 1})
        verdicts = (await unit.session.execute(select(col(Question.verdict)))).scalars().all()
    assert set(verdicts) == {"none"}


async def test_a_text_that_cannot_be_read_is_not_tried_out(store: Store) -> None:
    found = await Rehearsals(store, BRAUNSTONE, Knowing(braunstone())).rehearse("entry", LOCKS, "nothing")
    assert isinstance(found, Refusal)


def test_golden_readings_are_kept_beside_the_index(tmp_path: Path) -> None:
    index, heard = braunstone().index, []
    for _ in range(2):
        (message,) = Readings(tmp_path).of(index, [BURNING], lambda *done: heard.append(done))
        assert met(index, read_again(index, message)).route == "emergency"
    assert heard == [(0, 1)]


def _base(index: Index) -> Base:
    return base_of(index.encoder, index.lexicon)
