"""WordPiece as BERT's uncased models were trained with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.encoder.wordpiece import WordPiece, read_vocabulary, words

VOCABULARY = "[UNK]\nalarm\nbeep\n##ing\n##s\n!\nna\n##ive\nfire"


@pytest.fixture
def pieces() -> WordPiece:
    return read_vocabulary(VOCABULARY)


def test_a_word_is_its_longest_pieces(pieces: WordPiece) -> None:
    assert pieces.numbers("Alarms beeping!") == [1, 4, 2, 3, 5]


def test_accents_fall_and_what_is_unknown_is_one_piece(pieces: WordPiece) -> None:
    assert pieces.numbers("naïve zzz fire") == [6, 7, 0, 8]
    assert pieces.numbers("a" * 101) == [0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("don't stop", ["don", "'", "t", "stop"]),
        ("a\u200bb\tc", ["ab", "c"]),
        ("火事 fire", ["火", "事", "fire"]),
        ("night—mare", ["night", "—", "mare"]),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert list(words(text)) == found


@given(st.text(max_size=60))
def test_the_quick_way_and_the_long_way_agree(text: str) -> None:
    assert list(words(text)) == list(words(text + "\u0301"))
