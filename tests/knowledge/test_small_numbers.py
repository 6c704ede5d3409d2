"""Nobody can get at a count under five: not from one number, and not by subtracting numbers from each other.

A small world stands for the tables: messages of a few topics and areas in a few months. All that can be asked of it is
published: every table, every filter, every run of months.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knowledge.small_numbers import EPSILON, LEAST, Month, Publisher, cell, in_fives, keyed, shown, spread, two_sided

TOPICS, AREAS = ("fire", "falls", ""), ("north", "south", "")
MONTHS = tuple(Month(dt.date(2026, number, 1), growing=number == 3) for number in (1, 2, 3))
Message = tuple[str, str, dt.date]
"""Topic, area, month."""
Messages = Mapping[Message, int]
Place = tuple[str, str]
"""A cell of the world: a topic and an area, of which an empty one is all of them."""
Noise = Mapping[tuple[Place, Month], int]
Published = Mapping[tuple[Place, tuple[Month, ...]], int | None]
CELLS: tuple[Place, ...] = tuple(itertools.product(TOPICS, AREAS))
RUNS = [MONTHS[first:last] for first in range(3) for last in range(first + 1, 4)]
LEAVES = list(itertools.product(TOPICS[:2], AREAS[:2], (month.first for month in MONTHS)))
secrets = st.binary(min_size=16, max_size=16)
worlds = st.dictionaries(st.sampled_from(LEAVES), st.integers(0, 30))


def by_month(world: Messages, place: Place) -> dict[dt.date, int]:
    """The true counts of a cell."""
    found: Counter[dt.date] = Counter()
    for (topic, area, month), many in world.items():
        if place[0] in ("", topic) and place[1] in ("", area):
            found[month] += many
    return found


def name(place: Place) -> str:
    return cell("demand", topic=place[0], area=place[1])


def published(world: Messages, publisher: Publisher) -> Published:
    """All that can be asked."""
    return {(place, run): publisher.count(name(place), by_month(world, place), run) for place in CELLS for run in RUNS}


def with_noise(world: Messages, noise: Noise) -> Published:
    """The same, with a noise of our own choice."""

    def count(place: Place, run: tuple[Month, ...]) -> int | None:
        return shown(base(world, place, run), sum(noise[place, month] for month in run))

    return {(place, run): count(place, run) for place in CELLS for run in RUNS}


def base(world: Messages, place: Place, run: tuple[Month, ...]) -> int:
    true = by_month(world, place)
    return sum(in_fives(true.get(m.first, 0)) if m.growing else true.get(m.first, 0) for m in run)


def noise_of(publisher: Publisher) -> dict[tuple[Place, Month], int]:
    return {(place, month): publisher.noise(name(place), month) for place in CELLS for month in MONTHS}


def holding(leaf: Message) -> Iterator[tuple[Place, Month]]:
    """The cells of a month that a message is in."""
    month = next(month for month in MONTHS if month.first == leaf[2])
    for topic, area in itertools.product((leaf[0], ""), (leaf[1], "")):
        yield (topic, area), month


@given(worlds, secrets)
def test_no_number_under_five_is_published_and_no_count_under_five_as_a_number(
    world: dict[Message, int], secret: bytes
) -> None:
    for (place, run), count in published(world, Publisher(keyed(secret))).items():
        true = sum(by_month(world, place).get(month.first, 0) for month in run)
        assert count is None or (count >= LEAST and true >= LEAST)


@given(worlds, secrets, st.sampled_from(LEAVES), st.integers(1, 4), st.integers(1, 4))
def test_another_small_count_with_another_noise_gives_the_same_numbers_and_nearly_as_likely(
    world: dict[Message, int], secret: bytes, leaf: Message, small: int, other: int
) -> None:
    """Everything that can be asked is the same, number by number, whatever the small count was. The other noise differs
    only in the cells that hold these messages, and its chance by no more than their number for each such cell."""
    world, elsewhere = {**world, leaf: small}, {**world, leaf: other}
    assume(same_side_of_five(world, elsewhere))
    publisher = Publisher(keyed(secret))
    mine, cells = noise_of(publisher), set(holding(leaf))
    moved = {at: base(world, at[0], (at[1],)) - base(elsewhere, at[0], (at[1],)) for at in mine}
    theirs = {at: drawn + moved[at] for at, drawn in mine.items()}
    assert with_noise(world, mine) == published(world, publisher)
    assert with_noise(elsewhere, theirs) == with_noise(world, mine)
    assert {at for at in mine if moved[at]} <= cells
    messages = abs(small - other) if leaf[2] != MONTHS[-1].first else LEAST
    ratio = sum(math.log(chance(mine[at]) / chance(theirs[at])) for at in mine)
    assert abs(ratio) <= EPSILON * len(cells) * messages + 1e-9


def same_side_of_five(world: Messages, elsewhere: Messages) -> bool:
    """That a sum is five or more is the one thing that is told without noise; the next test is about that."""
    pairs = ((base(world, *at), base(elsewhere, *at)) for at in itertools.product(CELLS, RUNS))
    return all((one < LEAST) == (two < LEAST) for one, two in pairs)


def test_to_know_all_sums_that_are_five_or_more_does_not_tell_any_that_is_less() -> None:
    """Of two topics in two areas, whatever their counts: with every sum that is known to be under five or not, each
    small count can still be two numbers or more."""
    possible: dict[tuple[bool, ...], list[tuple[int, ...]]] = defaultdict(list)
    for counts in itertools.product(range(LEAST + 2), repeat=4):
        sums = all_sums(counts)
        possible[tuple(one < LEAST for one in sums)].append(sums)
    for small, worlds_like_it in possible.items():
        for at, hidden in enumerate(small):
            assert not hidden or len({sums[at] for sums in worlds_like_it}) >= 2


def all_sums(counts: tuple[int, ...]) -> tuple[int, ...]:
    """Of a table of two by two: its cells, rows, columns and the whole."""
    a, b, c, d = counts
    return a, b, c, d, a + b, c + d, a + c, b + d, a + b + c + d


@given(worlds, secrets, st.sampled_from(LEAVES))
def test_a_row_that_is_taken_out_of_a_month_that_is_over_is_seen_so_that_none_may_be(
    world: dict[Message, int], secret: bytes, leaf: Message
) -> None:
    """The noise stays, so that each number that held it falls by exactly one. Whoever erases a person therefore empties
    the row and leaves it to be counted (tests/bot/insight/test_nothing_to_subtract.py). While a month grows, the
    numbers fall by five or not at all."""
    world = {**world, leaf: world.get(leaf, 0) + 1}
    publisher, month = Publisher(keyed(secret)), next(month for month in MONTHS if month.first == leaf[2])
    before, after = (published(one, publisher) for one in (world, {**world, leaf: world[leaf] - 1}))
    for place, _ in holding(leaf):
        count, left = before[place, (month,)], after[place, (month,)]
        if count is not None and left is not None:
            assert count - left in ((0, LEAST) if month.growing else (1,))


@given(worlds, secrets)
def test_the_same_question_has_the_same_answer_and_a_longer_time_is_the_sum_of_its_months(
    world: dict[Message, int], secret: bytes
) -> None:
    first, again = (published(world, Publisher(keyed(secret))) for _ in range(2))
    assert first == again
    for (place, run), count in first.items():
        parts = [first[place, (month,)] for month in run]
        if None not in parts:
            assert count == sum(part for part in parts if part is not None)


def test_the_order_of_conditions_makes_no_other_cell_and_an_empty_one_none() -> None:
    assert cell("demand", topic="fire", area="") == cell("demand", topic="fire")
    assert cell("demand", topic="fire", area="north") == cell("demand", area="north", topic="fire")
    assert len({cell("demand"), cell("visits"), cell("demand", topic="fire"), cell("demand", area="fire")}) == 4


@given(st.integers(LEAST, 500), secrets)
def test_a_count_that_still_grows_stands_still_between_fives(true: int, secret: bytes) -> None:
    publisher, month = Publisher(keyed(secret)), MONTHS[-1]
    seen = {publisher.count("cell", {month.first: in_fives(true) + more}, (month,)) for more in range(LEAST)}
    assert len(seen) == 1


def test_the_noise_is_nought_on_average_and_spread_as_documented() -> None:
    draw = keyed(b"a secret")
    drawn = [two_sided(draw(f"cell {number}"), EPSILON) for number in range(20_000)]
    mean = sum(drawn) / len(drawn)
    assert abs(mean) < 4 * spread() / math.sqrt(len(drawn))
    assert math.sqrt(sum(n * n for n in drawn) / len(drawn)) == pytest.approx(spread(), rel=0.05)
    shares = Counter(drawn)
    for value in (-3, -1, 0, 2):
        assert shares[value] / len(drawn) == pytest.approx(chance(value), abs=0.015)
    assert spread() == pytest.approx(1.36, abs=0.01)
    assert spread(12) == pytest.approx(4.70, abs=0.01)


def chance(value: int) -> float:
    """Of a number from the noise."""
    kept = math.exp(-EPSILON)
    return (1 - kept) / (1 + kept) * kept ** abs(value)
