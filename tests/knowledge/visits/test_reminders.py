"""Reminders of a home visit: what a resident receives and when, then rules that hold for any visit."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.visits.reminders import (
    Reminder,
    VisitDay,
    is_last,
    next_allowed,
    on_the_day,
    quiet,
    reminders,
)

LONDON = "Europe/London"
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
QUIET_HOURS = {20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7}


def at(text: str, fold: int = 0) -> dt.datetime:
    """A clock in London, in UTC; `fold` 1 is the second pass of the hour that autumn repeats."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(LONDON), fold=fold).astimezone(dt.UTC)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def due(starts: dt.datetime, booked_at: dt.datetime | None = None, zone: str = LONDON) -> list[dt.datetime]:
    """When the reminders come; booked two months ahead unless told."""
    return [reminder.at for reminder in reminders(starts, booked_at or starts - 60 * DAY, zone)]


# What a resident receives. 2 December 2026 is a Wednesday.


def test_a_visit_on_wednesday_at_ten_is_recalled_the_wednesday_and_the_tuesday_before_at_ten() -> None:
    assert reminders(at("2026-12-02T10:00"), at("2026-11-10T12:00"), LONDON) == (
        Reminder("week-before", at("2026-11-25T10:00")),
        Reminder("day-before", at("2026-12-01T10:00")),
    )


def test_a_visit_booked_four_days_ahead_is_recalled_the_day_before_alone() -> None:
    (only,) = reminders(at("2026-12-02T10:00"), at("2026-11-28T15:00"), LONDON)
    assert only == Reminder("day-before", at("2026-12-01T10:00"))


def test_a_visit_booked_for_tomorrow_is_not_recalled_at_once() -> None:
    assert due(at("2026-12-02T10:00"), at("2026-12-01T09:00:01")) == []
    assert due(at("2026-12-02T10:00"), at("2026-12-01T09:00")) == [at("2026-12-01T10:00")]


def test_a_visit_at_eight_in_the_evening_is_recalled_at_six_on_the_days_it_would_have_been() -> None:
    assert due(at("2026-12-02T20:00")) == [at("2026-11-25T18:00"), at("2026-12-01T18:00")]


def test_a_visit_before_eight_in_the_morning_is_recalled_at_nine() -> None:
    assert due(at("2026-12-02T07:59")) == [at("2026-11-25T09:00"), at("2026-12-01T09:00")]


@pytest.mark.parametrize("time", ["08:00", "19:59"])
def test_at_the_edges_of_the_day_nothing_moves(time: str) -> None:
    assert due(at(f"2026-12-02T{time}")) == [at(f"2026-11-25T{time}"), at(f"2026-12-01T{time}")]


def test_a_reminder_that_the_night_moved_to_before_the_booking_is_left_out() -> None:
    assert due(at("2026-12-02T20:30"), at("2026-12-01T17:30")) == []


def test_the_last_reminder_is_the_one_of_the_day_before() -> None:
    found = reminders(at("2026-12-02T10:00"), at("2026-11-10T12:00"), LONDON)
    assert [is_last(reminder) for reminder in found] == [False, True]


# The weekends when the clocks change: Sunday 25 October 2026 and Sunday 28 March 2027.


def test_the_day_before_is_the_same_hour_over_the_end_of_summer_time() -> None:
    assert due(at("2026-10-25T10:00")) == [utc("2026-10-18T09:00"), utc("2026-10-24T09:00")]
    assert due(at("2026-10-26T10:00")) == [utc("2026-10-19T09:00"), utc("2026-10-25T10:00")]


def test_the_day_before_is_the_same_hour_over_the_start_of_summer_time() -> None:
    assert due(at("2027-03-28T10:00")) == [utc("2027-03-21T10:00"), utc("2027-03-27T10:00")]
    assert due(at("2027-03-29T10:00")) == [utc("2027-03-22T10:00"), utc("2027-03-28T09:00")]


@pytest.mark.parametrize("fold", [0, 1])
def test_both_passes_of_a_repeated_hour_are_recalled_alike(fold: int) -> None:
    assert due(at("2026-10-25T01:30", fold)) == [at("2026-10-18T09:00"), at("2026-10-24T09:00")]


def test_a_time_that_spring_leaves_out_is_still_night_so_nine_it_is() -> None:
    assert due(at("2027-03-29T01:30"))[-1] == at("2027-03-28T09:00")


def test_a_day_that_the_calendar_left_out_moves_to_the_next_morning() -> None:
    # Samoa crossed the date line: 30 December 2011 never was.
    visit = dt.datetime(2011, 12, 31, 10, tzinfo=ZoneInfo("Pacific/Apia"))
    assert due(visit, zone="Pacific/Apia")[-1] == visit - HOUR


# The day itself, and the night.


def test_visitors_may_say_that_they_are_on_their_way_from_an_hour_before() -> None:
    assert on_the_day(at("2026-12-02T10:00"), LONDON) == VisitDay(dt.date(2026, 12, 2), at("2026-12-02T09:00"))


def test_an_early_visitor_may_say_so_before_eight() -> None:
    assert on_the_day(at("2026-12-02T08:00"), LONDON).on_the_way_from == at("2026-12-02T07:00")


def test_the_day_of_a_visit_is_the_day_on_the_wall() -> None:
    assert on_the_day(utc("2026-06-30T23:30"), LONDON).date == dt.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("time", "night"), [("07:59:59", True), ("08:00", False), ("19:59:59", False), ("20:00", True), ("00:00", True)]
)
def test_night_is_from_eight_to_eight(time: str, night: bool) -> None:
    assert quiet(at(f"2026-07-01T{time}"), LONDON) is night


def test_what_waits_for_the_morning_goes_at_eight() -> None:
    assert next_allowed(at("2026-10-24T21:00"), LONDON) == utc("2026-10-25T08:00")
    assert next_allowed(at("2027-03-28T00:30"), LONDON) == utc("2027-03-28T07:00")


def test_by_day_nothing_waits() -> None:
    assert next_allowed(at("2026-12-02T12:34"), LONDON) == at("2026-12-02T12:34")


# Rules for any visit.

ZONES = st.sampled_from([LONDON, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
CHANGES = [dt.datetime(2026, 10, 25, tzinfo=dt.UTC), dt.datetime(2027, 3, 28, tzinfo=dt.UTC)]
QUARTERS = st.integers(0, 4 * 24 * 10).map(lambda n: n * HOUR / 4 - DAY)
NEAR_A_CHANGE = st.builds(lambda change, after: change + after, st.sampled_from(CHANGES), QUARTERS)
ANY_TIME = st.integers(0, 4 * 24 * 730).map(lambda n: dt.datetime(2026, 1, 10, tzinfo=dt.UTC) + n * HOUR / 4)
VISITS = NEAR_A_CHANGE | ANY_TIME
AHEAD = st.integers(0, 60 * 24 * 12).map(lambda n: dt.timedelta(minutes=n))


@given(VISITS, AHEAD, ZONES)
def test_no_reminder_comes_by_night_or_within_an_hour_of_the_booking(
    starts: dt.datetime, ahead: dt.timedelta, zone: str
) -> None:
    for moment in due(starts, starts - ahead, zone):
        assert moment.astimezone(ZoneInfo(zone)).hour not in QUIET_HOURS
        assert moment >= starts - ahead + HOUR
        assert moment.tzinfo is dt.UTC


@given(VISITS, ZONES)
def test_a_reminder_has_the_hour_of_its_visit_unless_that_is_at_night(starts: dt.datetime, zone: str) -> None:
    visit = starts.astimezone(ZoneInfo(zone))
    moved = 18 if visit.hour >= 20 else 9
    shown = [moment.astimezone(ZoneInfo(zone)) for moment in due(starts, zone=zone)]
    expected = dt.time(moved) if visit.hour in QUIET_HOURS else visit.time()
    assert [local.time() for local in shown] == [expected, expected]
    assert [visit.date() - local.date() for local in shown] == [7 * DAY, DAY]


@given(VISITS, AHEAD, ZONES)
def test_reminders_come_in_order_before_the_visit_and_only_early_ones_fall_out(
    starts: dt.datetime, ahead: dt.timedelta, zone: str
) -> None:
    every, found = due(starts, zone=zone), due(starts, starts - ahead, zone)
    assert found == [moment for moment in every if moment >= starts - ahead + HOUR]
    assert all(before < after for before, after in pairwise([*every, starts]))


@given(VISITS, ZONES)
def test_next_allowed_is_the_first_moment_of_day(moment: dt.datetime, zone: str) -> None:
    found = next_allowed(moment, zone)
    assert not quiet(found, zone)
    assert moment <= found <= moment + 13 * HOUR
    assert found == moment or (quiet(moment, zone) and quiet(found - dt.timedelta.resolution, zone))


# Hands that hold it wrong.


def test_a_time_without_a_zone_is_refused() -> None:
    naive, aware = dt.datetime(2026, 12, 2, 10), at("2026-12-02T10:00")  # noqa: DTZ001
    for starts, booked_at in ((naive, aware), (aware, naive)):
        with pytest.raises(ValueError, match="no time zone"):
            reminders(starts, booked_at, LONDON)
    for use in (quiet, next_allowed, on_the_day):
        with pytest.raises(ValueError, match="no time zone"):
            use(naive, LONDON)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        due(at("2026-12-02T10:00"), zone="Europe/Braunstone")
