"""Known phrases as vectors: the nearest, the shares, and a phrase more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder import Floats, open_encoder, unit
from knowledge.search import Index, alarms, calibration_of
from knowledge.search.base import Base, base_of, corpus_phrases
from knowledge.search.memory import Memory, choose_centres, numbered
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
    return Memory.build(vectors, targets, np.ones(ROWS, dtype=np.float32), choose_centres(vectors, 9))


def test_the_nearest_of_all_is_found(memory: Memory, vectors: Floats) -> None:
    for vector in vectors[:20]:
        rows, likeness = memory.nearest(vector, 5)
        assert likeness.max() > 0.9999
        assert np.allclose(memory.vectors[rows[np.argmax(likeness)]], vector)


def test_a_row_more_is_the_same_as_building_anew(memory: Memory, vectors: Floats) -> None:
    extra = unit(np.ones((1, 24), dtype=np.float32))
    one = memory.plus(extra, np.array([[2, -1, -1]], dtype=np.int16), np.ones(1, dtype=np.float32))
    anew = Memory.build(
        np.concatenate([memory.vectors, extra]), np.concatenate([memory.targets, [[2, -1, -1]]]),
        np.ones(ROWS + 1, dtype=np.float32), memory.centres,
    )  # fmt: skip

    assert np.allclose(one.shares(vectors[0], 7)[0], anew.shares(vectors[0], 7)[0])
    assert one.shares(extra[0], 7)[0].argmax() == 2


def test_without_itself_a_row_counts_for_less(memory: Memory) -> None:
    own = int(memory.targets[0, 0])

    assert memory.shares(memory.vectors[0], 7, without=0)[0][own] < memory.shares(memory.vectors[0], 7)[0][own]


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
def test_the_learned_alarm(full: Index, text: str, route: str | None) -> None:
    found = alarms(full.read(text), calibration_of("tuned").alarm)

    assert {finding.route for finding in found} == ({route} if route else set())
