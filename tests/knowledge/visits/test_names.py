"""What a visit is called: what people read out, type and choose, then rules that hold for any reference and word."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from knowledge.errors import UnreadableFile
from knowledge.library import NATIONAL
from knowledge.visits.names import (
    ALPHABET,
    WORDS_FILE,
    DoorstepWords,
    RandomBytes,
    clean_word,
    doorstep_word,
    parse_reference,
    read_words,
    reference,
    uid,
)

ADJECTIVES, NOUNS = 60, 200


def number(drawn: int) -> RandomBytes:
    """Random bytes that are not: always this number."""
    return lambda count: drawn.to_bytes(count, "big")


NUMBERS = st.integers(0, 2**64 - 1)
REFERENCES = NUMBERS.map(lambda drawn: reference(number(drawn)))


@cache
def shipped() -> DoorstepWords:
    return read_words((NATIONAL / WORDS_FILE).read_text(encoding="utf-8"))


# A reference is read over the phone.


def test_a_reference_is_two_groups_of_three() -> None:
    assert reference(number(0)) == "333-333"
    assert reference(number(17**5 - 1)) == "XXX-XX7"


@pytest.mark.parametrize("typed", ["xxxxx7", " XXX XX7 ", "x-x-x-x-x-7", "XXX–XX7", "xxx ‑ xx7", "Xxx−xX7\n"])
def test_case_spaces_and_dashes_do_not_matter(typed: str) -> None:
    assert parse_reference(typed) == "XXX-XX7"


@pytest.mark.parametrize("typed", ["", "-", "XXX-XX", "XXX-XX7R", "XXX.XXR", "OIL-ZSB", "my visit", "½", "👋"])
def test_what_is_no_reference_is_none(typed: str) -> None:
    assert parse_reference(typed) is None


def test_nothing_in_a_reference_looks_alike_or_makes_a_word() -> None:
    assert not set(ALPHABET) & set("0O1IL2Z5S8BUVAEIOUYFKN")
    assert set(ALPHABET) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert len(set(ALPHABET)) == len(ALPHABET)


@given(NUMBERS)
def test_a_reference_reads_back_as_itself(drawn: int) -> None:
    found = reference(number(drawn))
    assert re.fullmatch(rf"[{ALPHABET}]{{3}}-[{ALPHABET}]{{3}}", found)
    assert parse_reference(found) == found
    assert parse_reference(found.lower().replace("-", " ")) == found


@given(REFERENCES)
def test_any_one_wrong_character_is_noticed(written: str) -> None:
    bare = written.replace("-", "")
    for at, right in enumerate(bare):
        for wrong in set(ALPHABET) - {right}:
            assert parse_reference(bare[:at] + wrong + bare[at + 1 :]) is None


@given(REFERENCES)
def test_any_two_characters_that_changed_places_are_noticed(written: str) -> None:
    bare = written.replace("-", "")
    for first, second in combinations(range(len(bare)), 2):
        swapped = list(bare)
        swapped[first], swapped[second] = bare[second], bare[first]
        assert (parse_reference("".join(swapped)) is None) == (bare[first] != bare[second])


@given(st.integers(0, 17**5 - 1), st.integers(0, 17**5 - 1))
def test_different_draws_give_different_references(one: int, other: int) -> None:
    assert (reference(number(one)) == reference(number(other))) == (one == other)


@given(st.text(max_size=12))
def test_any_text_is_a_reference_in_good_order_or_none(text: str) -> None:
    found = parse_reference(text)
    assert found is None or parse_reference(found) == found


# A calendar keeps a visit by its UID.


def test_a_uid_is_a_random_uuid_at_the_domain() -> None:
    found, _, domain = uid(number(7), "visits.example.org").partition("@")
    assert domain == "visits.example.org"
    assert UUID(found).version == 4
    assert found != uid(number(8), domain).partition("@")[0]


# A phrase for the door.

FEW = DoorstepWords(("blue", "cosy"), ("kettle", "meadow", "otter"))


def test_a_phrase_is_a_word_of_each_block() -> None:
    assert doorstep_word(number(0), FEW) == "blue kettle"
    assert doorstep_word(number(5), FEW) == "cosy otter"


def test_every_phrase_is_as_likely() -> None:
    drawn = [doorstep_word(number(n), FEW) for n in range(12)]
    assert {phrase: drawn.count(phrase) for phrase in drawn} == {f"{a} {b}": 2 for a in FEW.first for b in FEW.second}


def test_the_shipped_list_has_two_blocks_of_different_words() -> None:
    words = shipped()
    assert (len(words.first), len(words.second)) == (ADJECTIVES, NOUNS)
    assert len({*words.first, *words.second}) == ADJECTIVES + NOUNS


def test_shipped_words_are_short_plain_english() -> None:
    words = shipped()
    assert [word for word in words.first if not re.fullmatch("[a-z]{4,9}", word)] == []
    assert [word for word in words.second if not re.fullmatch("[a-z]{4,11}", word)] == []


def test_no_two_shipped_words_differ_by_one_slip() -> None:
    words = (*shipped().first, *shipped().second)
    assert [pair for pair in combinations(words, 2) if OSA.distance(*pair, score_cutoff=1) <= 1] == []


@given(NUMBERS)
def test_a_shipped_phrase_is_one_that_a_resident_could_choose(drawn: int) -> None:
    phrase = doorstep_word(number(drawn), shipped())
    assert clean_word(phrase) == phrase


@pytest.mark.parametrize("text", ["", "# nothing yet", "blue cosy\nkettle", "blue\n\nkettle\n\notter"])
def test_a_list_that_is_not_two_blocks_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFile, match=WORDS_FILE):
        read_words(text)


def test_notes_and_line_breaks_in_the_list_mean_nothing() -> None:
    assert read_words("# adjectives\n\nblue\ncosy\n\n\n# nouns\nkettle meadow\n otter \n") == FEW


# A word that a resident chooses.


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("kettle", "kettle"),
        ("  Blue   Kettle \n", "Blue Kettle"),
        ("“Blue kettle”.", "Blue kettle"),
        ("Żółw", "Żółw"),
        ("મીઠું", "મીઠું"),
        ("ਚਾਹ", "ਚਾਹ"),
        ("\u200fشاي\u200f", "شاي"),
        ("Ｔｅａ", "Tea"),
        ("ab", "ab"),
        ("a" * 24, "a" * 24),
        ("twelve twelve twelve twelve", "twelve twelve twelve twelve"),
    ],
)
def test_a_chosen_word_is_tidied(typed: str, kept: str) -> None:
    assert clean_word(typed) == kept


@pytest.mark.parametrize("typed", ["", " ", "...", "a", "a" * 25, "kettle7", "07700 900123", "tea/cup", "🐙", "tea 🐙"])
def test_what_is_no_word_is_none(typed: str) -> None:
    assert clean_word(typed) is None


def test_signs_without_a_letter_are_no_word() -> None:
    assert clean_word("\u0ac1\u0ac2\u0ac3") is None


@given(st.text(max_size=40) | st.text("ab Żા\u0301\u200f.'", max_size=40))
def test_a_cleaned_word_is_short_is_letters_and_stays_as_it_is(text: str) -> None:
    found = clean_word(text)
    if found is not None:
        assert clean_word(found) == found
        assert 2 <= len(found.replace(" ", "")) <= 24
        assert "  " not in found
        assert not re.search(r"[\d\n<>&@/]", found)
