"""How messages were met, counted."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from knowledge.errors import UnreadableFile
from knowledge.evaluating.figures import confusion, figures, reliability, worst
from knowledge.evaluating.noise import noisy
from knowledge.evaluating.questions import Case, Labelled, Met, parse_accept, read_questions


def case(kind: str, accept: str, **met: object) -> Case:
    labelled = Labelled("words", kind, parse_accept(accept))  # type: ignore[arg-type]
    return Case(labelled, Met(**met))  # type: ignore[arg-type]


RIGHT = case("advice", "a/b|a/c", route="answer", answered=("a/c",), score=0.9)
OFFERED = case("advice", "a/b", route="choose", offered=("a/z", "a/b"), score=0.4)
WRONG = case("advice", "a/b", route="answer", answered=("x/y",), score=0.8)
BOTH = case("multi", "a/b&visit.book", route="action", answered=("a/b",), action="visit.book")
HALF = case("multi", "a/b&visit.book", route="answer", answered=("a/b",))
FIRE = case("emergency", "emergency", route="emergency", tier="maybe")
MISSED = case("emergency", "emergency", route="answer", answered=("a/b",))
HIGHER = case("abuse", "abuse", route="emergency", tier="certain")
ANYWAY = case("none", "none", route="answer", answered=("a/b",), score=0.5)
CHAT = case("none", "none", route="smalltalk")
SCARED = case("advice", "a/b", route="emergency", tier="certain")


def test_what_is_right() -> None:
    assert [c.right for c in (RIGHT, OFFERED, WRONG, BOTH, HALF)] == [True, False, False, True, False]
    assert [c.right for c in (FIRE, MISSED, HIGHER, ANYWAY, CHAT)] == [True, False, True, False, True]
    assert [c.right_or_offered for c in (RIGHT, OFFERED, WRONG)] == [True, True, False]
    assert [c.wrong for c in (WRONG, OFFERED, ANYWAY, CHAT)] == [True, False, True, False]


def test_the_table() -> None:
    found = {f.name: f for f in figures([RIGHT, OFFERED, WRONG, FIRE, MISSED, ANYWAY, CHAT, SCARED])}

    assert found["advice: right at once"].share == 0.25
    assert found["emergency: 999 in the first line"].share == 0.5
    assert found["none of ours: answered anyway"].share == 0.5
    assert found["false alarm, certain (advice alone)"].share == 0.25
    assert found["actions: right"].of == 0
    assert found["actions: right"].reached is None
    assert found["emergency: 999 in the first line"].reached is False


def test_a_missed_danger_is_the_worst() -> None:
    assert worst([WRONG, OFFERED, MISSED, RIGHT])[0] is MISSED
    assert RIGHT not in worst([WRONG, RIGHT])


def test_topics_and_chances() -> None:
    assert confusion([RIGHT, WRONG, CHAT])["a", "x"] == 1
    assert [one.of for one in reliability([RIGHT, OFFERED, WRONG])] == [1, 1, 1]
    assert [round(one.right) for one in reliability([RIGHT, OFFERED, WRONG])] == [0, 0, 1]


@pytest.mark.parametrize("text", ["text,kind\nx,advice\n", "text,kind,accept\nx,poem,none\n"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "questions.csv"
    path.write_text(text)

    with pytest.raises(UnreadableFile):
        read_questions(path)


def test_every_third_word_is_mistyped_and_the_same_each_time() -> None:
    text = "please could somebody tell me where the nearest food bank is today"
    first = noisy(text, random.Random(1))

    assert first == noisy(text, random.Random(1)) != text
    assert sum(a != b for a, b in zip(text.split(), first.split(), strict=True)) <= 4
