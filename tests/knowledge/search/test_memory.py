"""Known phrases as vectors: the nearest, the shares, and a phrase more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder import Floats, open_encoder, unit
from knowledge.safety import Verdict, judge, shipped_trust
from knowledge.search import Index, levels_of
from knowledge.search.base import Base, base_of, corpus_phrases
from knowledge.search.memory import Memory, in_eight_bits, numbered
from knowledge.search.phrases import Phrase
from knowledge.search.stored import kept, pack, unpack
from knowledge.search.vectors import Vectors
from tests.knowledge.search.conftest import ALARM, PIPE, WAYS, index_over

ROWS = 400


@pytest.fixture(scope="module")
def vectors() -> Floats:
    return unit(np.random.default_rng(3).normal(size=(ROWS, 24)).astype(np.float32))


@pytest.fixture(scope="module")
def memory(vectors: Floats) -> Memory:
    targets = numbered([[f"t{at % 7}"] for at in range(ROWS)], [f"t{at}" for at in range(7)])
    return Memory.build(vectors, targets, np.ones(ROWS, dtype=np.float32), 9)


def test_the_nearest_of_all_is_found(memory: Memory, vectors: Floats) -> None:
    for vector in vectors[:20]:
        _, likeness, found = memory.nearest(vector, 5)
        assert likeness.max() > 0.9999
        assert np.allclose(found[np.argmax(likeness)], vector, atol=0.01)


def test_a_row_more_is_the_same_as_building_anew(memory: Memory, vectors: Floats) -> None:
    """The cells and axes stay, so the nearest rows, and with them the shares, are the same."""
    codes = in_eight_bits(unit(np.ones((3, 24), dtype=np.float32) + vectors[:3]))
    targets, weights = np.array([[2, -1, -1]] * 3, dtype=np.int16), np.ones(3, dtype=np.float32)
    one_by_one = memory
    for at in range(3):
        one_by_one = one_by_one.plus(codes[at : at + 1], targets[:1], weights[:1])
    at_once = memory.plus(codes, targets, weights)

    assert np.array_equal(one_by_one.begins, at_once.begins)
    for vector in vectors[:20]:
        assert np.allclose(one_by_one.shares(vector, 7)[0], at_once.shares(vector, 7)[0], atol=1e-6)
    assert at_once.shares(unit(codes[:1].astype(np.float32))[0], 7)[0].argmax() == 2


def test_without_itself_a_row_counts_for_less(memory: Memory) -> None:
    own, vector = int(memory.targets[0, 0]), memory.vectors(np.array([0]))[0]

    assert memory.shares(vector, 7, without=0)[0][own] < memory.shares(vector, 7)[0][own]


def test_a_phrasing_that_staff_add_counts_at_once(small: Index) -> None:
    text = "the wotsit on the landing goes peep"
    before = small.rank(small.read(text)).candidates[0]
    taught = small.taught(Phrase(text, ALARM))
    after = taught.rank(taught.read(text)).candidates[0]

    assert after.target == ALARM
    assert after.score > max(before.score, 0.7)


def test_an_index_is_the_same_after_it_was_kept(small: Index, tmp_path: Path) -> None:
    def never() -> Index:
        raise AssertionError("it was kept")

    kept(tmp_path, "index-one", small.lexicon, small.encoder, lambda: small)
    again = kept(tmp_path, "index-one", small.lexicon, small.encoder, never)
    text = "somebody broke into my house"

    assert again.rank(again.read(text)) == small.rank(small.read(text))
    assert set(pack(unpack(pack(small), small.lexicon, small.encoder))) == set(pack(small))


def test_the_base_that_ships_is_the_tuned_encoders() -> None:
    base = base_of(open_encoder(), index_over([Phrase(WAYS[PIPE], PIPE), Phrase("hello", "greet")]).lexicon)

    assert len(base.memory) == len(corpus_phrases())
    assert isinstance(base, Base)


def test_vectors_are_kept_by_their_phrase(tmp_path: Path) -> None:
    encoder = open_encoder("static")
    first = Vectors(encoder, tmp_path).of(["one", "two", "one"])
    heard: list[int] = []
    again = Vectors(encoder, tmp_path).of(["two", "three"], heard.append)

    assert np.array_equal(first[1], again[0])
    assert heard == [1]


@pytest.mark.parametrize(
    ("text", "route"),
    [("he has gone a funny colour and i cant get him to wake up", "emergency"), ("how do i test my alarm", None)],
)
def test_meaning_raises_what_no_rule_knows(full: Index, text: str, route: str | None) -> None:
    assert judge(text, levels_of(full.read(text)), shipped_trust()).route == route


def test_without_meaning_the_rules_judge_alone() -> None:
    assert judge("my house is on fire").tier == "certain"
    assert judge("my house is on fire", (), shipped_trust()).tier == "certain"
    assert judge("how do i test my alarm") == Verdict()
