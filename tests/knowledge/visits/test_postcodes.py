"""Postcodes in people's own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.visits.postcodes import Postcode, half_a_postcode, read_postcode, serves

SERVED = ("LE3", "LE2 7")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("LE3 1AB", "LE3 1AB"), ("le31ab", "LE3 1AB"), ("its le3  1ab ta", "LE3 1AB"), ("LE3-1AB.", "LE3 1AB"),
        ("Le3 OAB", "LE3 0AB"), ("le3 iab", "LE3 1AB"), ("W1A 1AA please", "W1A 1AA"), ("m1 1ae", "M1 1AE"),
        ("I am at 14 Cort Crescent, LE3 1QJ", "LE3 1QJ"),
    ],
)  # fmt: skip
def test_case_spaces_and_letters_for_digits_are_forgiven(typed: str, read: str) -> None:
    assert str(read_postcode(typed)) == read


@pytest.mark.parametrize(
    "typed", ["", "LE3", "braunstone", "LE3 1A", "3LE 1AB", "LE3 1CK", "number 14", "07700 900123"]
)
def test_what_is_no_whole_postcode_is_none(typed: str) -> None:
    assert read_postcode(typed) is None


def test_half_a_postcode_is_known_for_what_it_is() -> None:
    assert half_a_postcode("le3 somewhere") == "LE3"
    assert half_a_postcode("le3 1ab") is None
    assert half_a_postcode("braunstone frith") is None


@pytest.mark.parametrize(
    ("outward", "inward", "ours"),
    [("LE3", "1AB", True), ("LE31", "1AB", False), ("LE2", "7AB", True), ("LE2", "1AB", False), ("NG3", "1AB", False)],
)
def test_a_place_serves_beginnings_of_postcodes(outward: str, inward: str, ours: bool) -> None:
    assert serves(SERVED, Postcode(outward, inward)) is ours


@given(
    st.from_regex(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True),
    st.sampled_from(["", " ", "  "]),
)
def test_a_postcode_is_read_as_it_is_written(written: str, between: str) -> None:
    assert str(read_postcode(written.replace(" ", between).lower())) == written


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    found = read_postcode(text)
    assert found is None or read_postcode(str(found)) == found
