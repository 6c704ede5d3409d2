"""Label names as words, spelling, and which examples are landmarks."""

from __future__ import annotations

import pytest

from knowledge.classify.reading import Reader, label_words, spread


@pytest.mark.parametrize(
    ("label", "words"),
    [("card_arrival", "card arrival"), ("CardArrival", "card arrival"), ("100_NIGHT_TRIAL", "night trial"), ("17", "")],
)
def test_a_label_as_words(label: str, words: str) -> None:
    assert label_words(label) == words


def test_a_word_nobody_knows_is_read_twice() -> None:
    reader = Reader.of_examples(["how do I return a matress protector"])
    assert [one.text for one in reader.readings("Return my protecter")] == [
        "Return my protecter",
        "return my protector",
    ]


@pytest.mark.parametrize("text", ["Is it available in Lucknow?", "my matress", ""])
def test_what_somebody_knows_is_read_as_it_stands(text: str) -> None:
    reader = Reader.of_examples(["how do I return a matress protector"])
    assert [one.text for one in reader.readings(text)] == [text]


def test_landmarks_are_spread_over_labels_and_all_that_is_out_of_scope() -> None:
    assert spread([0, 0, 0, 1, 1, 2, 2], most=4, first=2) == [0, 3, 5, 6]
