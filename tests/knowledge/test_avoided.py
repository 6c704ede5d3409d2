"""The estimate of avoided calls: a range that never claims more than is known."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.insight import shapes
from knowledge.avoided import CALLS, ENOUGH, Range, estimates, missing, wilson, within

SIZES = st.integers(1, 2000)


@pytest.mark.parametrize(
    ("named", "answered", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilsons(named: int, answered: int, low: float, high: float) -> None:
    """Figures of Newcombe, Statistics in Medicine 17 (1998), and worked by hand."""
    assert wilson(named, answered) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("named", "answered"), [(-1, 5), (6, 5), (0, 0)])
def test_counts_that_cannot_be_are_refused(named: int, answered: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        wilson(named, answered)


def test_an_example_by_hand() -> None:
    """60 said, 12 of them 101; 400 answers helped: 20%, and Wilson says 11.8% to 31.8%."""
    assert estimates(60, {"101": 12, "nothing": 48}, 400) == {"101": Range(12, 47, 128)}


def test_below_thirty_answers_there_is_none_and_it_says_how_many_are_missing() -> None:
    assert estimates(ENOUGH - 1, {"999": 20}, 500) == {}
    assert (missing(29), missing(30), missing(None)) == (1, 0, 30)
    assert set(estimates(ENOUGH, {"999": 20}, 500)) == {"999"}


def test_a_count_that_is_not_published_gives_no_range_that_would_publish_it() -> None:
    assert estimates(50, {"999": None, "101": 40, "111": 6, "nothing": None}, 80).keys() == {"101", "111"}
    assert estimates(None, {"999": 40}, 80) == {}


def test_nothing_comes_from_nothing() -> None:
    low, likely, high = within(0, 100, 5000)
    assert (low, likely) == (0, 0)
    assert high < 5000 * 0.04
    assert estimates(0, dict.fromkeys(CALLS, 0), 0) == {}


@given(st.data(), SIZES, st.integers(0, 100_000))
def test_it_is_in_order_and_never_more_than_what_helped(data: st.DataObject, answered: int, helped: int) -> None:
    named = data.draw(st.integers(0, answered))
    low, likely, high = within(named, answered, helped)
    assert named == low <= likely <= high <= max(helped, answered)


@given(st.data(), SIZES, st.integers(0, 100_000))
def test_more_said_or_more_helped_never_means_fewer_calls(data: st.DataObject, answered: int, helped: int) -> None:
    named = data.draw(st.integers(0, answered - 1))
    less, more = within(named, answered, helped), within(named + 1, answered, helped)
    assert all(one <= other for one, other in zip(less, more, strict=True))
    longer = within(named, answered, helped + data.draw(st.integers(0, 1000)))
    assert all(one <= other for one, other in zip(less, longer, strict=True))


@given(st.data(), st.integers(ENOUGH, 2000), st.integers(2, 20))
def test_the_same_share_of_more_answers_is_discounted_less(data: st.DataObject, answered: int, times: int) -> None:
    named, helped = data.draw(st.integers(0, answered)), 100_000
    few, many = within(named, answered, helped), within(named * times, answered * times, helped)
    assume(helped >= answered * times)
    assert few.likely <= many.likely
    assert many.high <= few.high


def test_it_fits_what_is_published() -> None:
    found = estimates(60, {"101": 12}, 400)
    published = tuple((way, shapes.Range(*each)) for way, each in found.items())
    assert published == (("101", shapes.Range(12, 47, 128)),)
