"""Reading words: texting, spelling, cutting, groups; and which phrases a text is like."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search import lexical
from knowledge.search.follow_up import leans, opens
from knowledge.search.fuzzy import Speller, build_speller
from knowledge.search.needs import cut
from knowledge.search.text import Lexicon, read_lexicon, stem, tokens


@pytest.fixture
def speller() -> Speller:
    return build_speller(Counter({"alarm": 9, "smoke": 9, "battery": 5}), {"house", "there", "cat"}, {"braunstone"})


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Don’t PANIC!", ("dont", "panic")),
        ("heeeelp me", ("heelp", "me")),
        ("e-bike's battery", ("e", "bikes", "battery")),
        ("ਪੰਜਾਬੀ ਵਿੱਚ", ("ਪੰਜਾਬੀ", "ਵਿੱਚ")),
        ("👍 ta", ("👍", "ta")),
        ("… ?!", ()),
    ],
)
def test_tokens(typed: str, words: tuple[str, ...]) -> None:
    assert tokens(typed) == words


def test_texting_is_spelt_out(lexicon: Lexicon) -> None:
    assert lexicon.words("wot do i do m8 xx") == ("what", "do", "i", "do", "mate")


@pytest.mark.parametrize(
    "group", [("lock", "locks", "locked", "locking"), ("battery", "batteries"), ("stop", "stopped")]
)
def test_endings_meet(group: tuple[str, ...]) -> None:
    assert len({stem(word) for word in group}) == 1


def test_words_of_one_group_share_its_name() -> None:
    lexicon = read_lexicon("form,words\nu,you\n", "house\n", "# ours\nstolen: nicked pinched half-inched\n")

    assert lexicon.stems_and_concepts(("half", "inched"))[1] == ("stolen",)
    assert lexicon.stems_and_concepts(("nicked",))[1] == lexicon.stems_and_concepts(("pinched",))[1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("alrm", ("alarm",)),
        ("smoek", ("smoke",)),
        ("batery", ("battery",)),
        ("battrey", ("battery",)),
        ("smokealarm", ("smoke", "alarm")),
        ("houses", ("houses",)),
        ("braunstone", ("braunstone",)),
        ("cta", ("cta",)),
        ("le3", ("le3",)),
        ("xylophone", ("xylophone",)),
    ],
)
def test_spelling_is_repaired_only_where_nobody_knows_the_word(
    speller: Speller, typed: str, meant: tuple[str, ...]
) -> None:
    assert speller.repair((typed,)) == meant


@given(st.lists(st.text(max_size=12), max_size=6))
def test_repair_is_stable(words: list[str]) -> None:
    speller = build_speller(Counter({"alarm": 2, "smoke": 1}), {"house"})
    once = speller.repair(words)

    assert speller.repair(once) == once


def test_a_text_is_most_like_the_phrase_it_shares_most_with(lexicon: Lexicon) -> None:
    texts = [
        ("smoke", "alarm", "beeping"),
        ("smoke", "alarm", "fitting"),
        ("burst", "pipe"),
        ("tap", "leaking"),
        ("leaking", "tap"),
    ]
    matrix = lexical.build(texts, [[0, 1]], lexicon)
    vector = matrix.vector(lexical.features(("leaking", "taps"), lexicon))

    assert int(np.argmax(matrix.likeness(vector))) == 3
    assert len(matrix) == 6


def test_likeness_is_a_cosine(lexicon: Lexicon) -> None:
    texts = [("smoke", "alarm"), ("smoke", "alarm"), ("pipe", "leak"), ("pipe", "leak")]
    matrix = lexical.build(texts, [], lexicon)
    same = matrix.likeness(matrix.vector(lexical.features(texts[0], lexicon)))

    assert same == pytest.approx([same[0], same[0], 0, 0])
    assert 0.5 < same[0] <= 1.0001
    assert matrix.among([0, 1, 2]) == pytest.approx(np.array([[1, same[0], 0], [same[0], 1, 0], [0, 0, 1]]), abs=1e-5)


def test_a_text_of_nothing_is_like_nothing(lexicon: Lexicon) -> None:
    matrix = lexical.build([("smoke",), ("smoke",)], [], lexicon)

    assert not matrix.likeness(matrix.vector(())).any()


def test_a_message_is_cut_where_needs_may_part() -> None:
    assert cut("alarm beeps and also door is stuck. help") == ("alarm beeps", "door is stuck", "help")
    assert cut("one need only") == ("one need only",)


@pytest.mark.parametrize("text", ["is it free", "what about them", "and how much is it"])
def test_leaning_messages(text: str) -> None:
    assert leans(text.split())


def test_a_message_with_a_subject_does_not_lean() -> None:
    assert not leans(("is", "it", "free", "to", "call", "101"))
    assert opens(("what", "about", "my", "shed"))
