"""Questions that ask for much the same are put together, in the same way each time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.encoder import Floats
from knowledge.grouping import Asked, grouped


def worded(*texts: str) -> list[list[int]]:
    return [list(group) for group in grouped(Asked(text) for text in texts)]


def towards(degrees: float) -> Floats:
    """A direction in a plane."""
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], dtype=np.float32)


def test_the_same_words_in_another_order_or_with_more_around_them_are_one_group() -> None:
    assert worded(
        "my bin was not collected",
        "can I keep chickens",
        "bin not collected!!",
        "the bin was not collected again this week",
        "Can I keep chickens?",
    ) == [[0, 2, 3], [1, 4]]


def test_a_short_cry_does_not_gather_all_that_holds_its_word() -> None:
    assert worded("help", "help with my council tax bill", "I need help with a lodger", "Help!") == [[0, 3], [1], [2]]


def test_questions_that_mean_the_same_are_one_group_whatever_their_words() -> None:
    directions = {"one": 0, "two": 90, "three": 20, "four": 70}
    asked = [Asked(text, towards(degrees)) for text, degrees in directions.items()]
    assert grouped(asked) == [[0, 2], [1, 3]]


def test_meaning_decides_where_both_are_known() -> None:
    asked = [Asked("my bin was not collected", towards(0)), Asked("my bin was not collected now", towards(90))]
    assert grouped(asked) == [[0], [1]]


def test_words_decide_where_one_has_no_stored_meaning() -> None:
    asked = [Asked("my bin was not collected", towards(0)), Asked("my bin was not collected now")]
    assert grouped(asked) == [[0, 1]]


QUESTIONS = st.lists(
    st.builds(
        Asked,
        st.lists(st.sampled_from("my bin was not collected again help lodger rent".split()), max_size=6).map(" ".join),
        st.none() | st.floats(0, 360).map(towards),
    ),
    max_size=30,
)


@given(QUESTIONS)
def test_every_question_is_in_one_group_and_its_leader_comes_first(questions: list[Asked]) -> None:
    groups = grouped(questions)
    assert sorted(at for group in groups for at in group) == list(range(len(questions)))
    assert all(list(group) == sorted(group) for group in groups)
    assert [group[0] for group in groups] == sorted(group[0] for group in groups)


@given(QUESTIONS, QUESTIONS)
def test_later_questions_never_move_earlier_ones(first: list[Asked], more: list[Asked]) -> None:
    before, after = grouped(first), grouped([*first, *more])
    assert [[at for at in group if at < len(first)] for group in after[: len(before)]] == before
