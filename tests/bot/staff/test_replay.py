"""Trying a change out: what would be met in another way, what may not be published, and that stored readings hold."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlmodel import col, select

from bot.clock import FixedClock
from bot.knowing import Knowing
from bot.staff.edits import Editing
from bot.staff.outcomes import Draft, Refusal, Rehearsal
from bot.staff.replay import Rehearsals, remember_missing
from bot.store import content
from bot.store.tables import Question
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from handlers.office import Colleague
from knowledge.golden import Golden, golden_dangers, golden_phrasings
from knowledge.library import NATIONAL, Library
from knowledge.phrasing import with_phrasing
from knowledge.reach import reached
from knowledge.replay import Asked, Replay, met, replay
from knowledge.search import Index, decide
from knowledge.search.base import Base, base_of
from knowledge.search.phrases import of_library
from knowledge.search.readings import Readings
from knowledge.search.remembered import read_again, recall, remember
from knowledge.search.revised import Kit, revised
from tests.bot.staff.crew import Heard
from tests.house import BRAUNSTONE, braunstone

LOCKS = "home-security/doors-and-locks"
STRANGE = "my flurb is bust"
BURNING = "is water ok for a telly thats burning"
FAR = ("how do i get a food bank voucher", "can i park on a zigzag", "our lad is being picked on at school")


@pytest.fixture(scope="module")
def kit() -> Kit:
    index = braunstone().index
    return Kit.opened(index.encoder, index.lexicon)


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


def test_what_a_change_cannot_reach_is_met_as_before(kit: Kit) -> None:
    """That far messages are not ranked again loses nothing that anybody would notice."""
    index = braunstone().index
    fresh = after(with_phrasings(LOCKS, [STRANGE, "flurb"]), kit)
    texts = [one.text for one in list(golden_dangers())[::40] + list(golden_phrasings(braunstone().holding))[::40]]
    messages = [asked(text).message for text in texts]
    near = reached(index, fresh, messages)
    far = [message for at, message in enumerate(messages) if at not in near]
    assert len(far) > len(messages) / 2
    for message in far:
        one, two = (met(each, read_again(each, message)) for each in (index, fresh))
        assert (one.route, one.tier, one.answered, one.action) == (two.route, two.tier, two.answered, two.action)


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
