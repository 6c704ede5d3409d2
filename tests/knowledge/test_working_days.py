"""Working days: how long somebody may wait before it is too long."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import hours, working_days
from knowledge.entry import Hours
from tests.house import OFFICE

HOLIDAYS = hours.bank_holidays(range(2025, 2029))
BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
MOMENTS = st.integers(0, 700 * 24 * 60).map(lambda minutes: BEGIN + dt.timedelta(minutes=minutes))


def moment(words: str) -> dt.datetime:
    """A time on London's clocks."""
    return dt.datetime.fromisoformat(words).replace(tzinfo=hours.LONDON).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("since", "days", "then"),
    [
        ("2026-11-25T10:00", 1, "2026-11-26T10:00"),
        ("2026-11-27T16:00", 1, "2026-11-30T16:00"),  # over a weekend
        ("2026-11-27T16:00", 2, "2026-12-01T16:00"),
        ("2026-11-25T20:00", 1, "2026-11-27T09:00"),  # after hours is as good as the next morning
        ("2026-11-25T07:00", 1, "2026-11-26T09:00"),
        ("2026-11-28T12:00", 1, "2026-12-01T09:00"),
        ("2026-12-24T12:00", 1, "2026-12-29T12:00"),  # Christmas on a Friday, Boxing Day is had on the Monday
        ("2026-12-24T18:00", 2, "2026-12-31T09:00"),
        ("2026-10-23T10:00", 1, "2026-10-26T10:00"),  # the clocks go back between them
    ],
)
def test_a_day_that_nobody_works_does_not_count(since: str, days: int, then: str) -> None:
    assert working_days.after(moment(since), days, OFFICE, HOLIDAYS) == moment(then)


def test_where_nobody_works_nothing_is_ever_too_long() -> None:
    assert working_days.after(moment("2026-11-25T10:00"), 1, Hours(), HOLIDAYS) is None


@given(MOMENTS, st.integers(1, 5))
def test_it_is_always_within_hours_and_never_before_so_many_days(since: dt.datetime, days: int) -> None:
    then = working_days.after(since, days, OFFICE, HOLIDAYS)
    assert then is not None
    assert hours.is_open_at(OFFICE, then, HOLIDAYS)
    assert then - since >= dt.timedelta(days=days, hours=-1)  # an hour less in spring
    between = {(since + dt.timedelta(days=n)).date() for n in range((then - since).days + 2)}
    assert sum(day.weekday() < 5 and day not in HOLIDAYS for day in between) >= days


@given(MOMENTS, MOMENTS)
def test_whoever_waits_longer_is_not_looked_after_later(one: dt.datetime, other: dt.datetime) -> None:
    first, last = sorted((one, other))
    dues = [working_days.after(each, 1, OFFICE, HOLIDAYS) for each in (first, last)]
    assert dues[0] is not None
    assert dues[1] is not None
    assert dues[0] <= dues[1] or hours.in_london(dues[0]).time() == hours.in_london(dues[1]).time()
