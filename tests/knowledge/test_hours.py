"""Opening hours: what a resident is told at a moment, then rules that hold for any hours at any moment."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from knowledge.entry import DayException, Hours, Opening
from knowledge.hours import (
    LONDON,
    LOOK_AHEAD,
    WEEK,
    Facts,
    State,
    Stretch,
    TextId,
    bank_holidays,
    clock_words,
    describe,
    describe_closing,
    describe_opening,
    in_london,
    instant,
    is_open_at,
    joined,
    state,
    stretches_of,
    times_on,
    times_on_bank_holiday,
    usual_times,
    weekday,
)

HOLIDAYS = bank_holidays(range(2026, 2029))
KEYS: list[str] = list(WEEK)


def at(text: str, fold: int = 0) -> dt.datetime:
    """A clock in London; `fold` 1 is the second pass of the hour that autumn repeats."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold)


def clock(text: str) -> dt.time:
    return dt.time.fromisoformat(text)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def hours(*openings: str, **rest: object) -> Hours:
    """`hours("mon-fri 09:00 17:00")`; ranges follow the week."""
    weekly = []
    for opening in openings:
        days, opens, closes = opening.split()
        first, _, last = days.partition("-")
        found = WEEK[KEYS.index(first) : KEYS.index(last or first) + 1]
        weekly.append(Opening(days=found, opens=clock(opens), closes=clock(closes)))
    return Hours.model_validate({"weekly": weekly, **rest})


def told(when: Hours, now: dt.datetime) -> tuple[TextId, Facts]:
    return describe(state(when, now, HOLIDAYS), now)


OFFICE = hours("mon-fri 09:00 17:00")
OFFICE_SHUT = hours("mon-fri 09:00 17:00", bank_holidays="closed")
DAILY = hours("mon-sun 10:00 22:00", bank_holidays="as usual")
NIGHTS = hours("mon-sun 22:00 06:00", bank_holidays="as usual")
ALWAYS = Hours(always=True)
EYE_CASUALTY = hours("mon-fri 08:30 16:30", "sat-sun 08:30 12:30", bank_holiday_openings=[("08:30", "12:30")])


# An ordinary week. 2 December 2026 is a Wednesday.


def test_a_wednesday_ten_to_five_closes_in_ten_minutes() -> None:
    assert told(OFFICE, at("2026-12-02T16:50")) == ("hours.closes-in", {"minutes": 10})


def test_the_last_half_minute_still_counts_as_a_minute() -> None:
    assert told(OFFICE, at("2026-12-02T16:59:30")) == ("hours.closes-in", {"minutes": 1})


def test_more_than_half_an_hour_before_closing_the_time_is_said() -> None:
    assert told(OFFICE, at("2026-12-02T16:29")) == ("hours.open-until", {"time": at("2026-12-02T17:00")})


def test_half_an_hour_before_closing_the_minutes_are_said() -> None:
    assert told(OFFICE, at("2026-12-02T16:30")) == ("hours.closes-in", {"minutes": 30})


def test_at_closing_time_it_is_closed() -> None:
    assert told(OFFICE, at("2026-12-02T17:00")) == ("hours.opens-tomorrow", {"time": at("2026-12-03T09:00")})


def test_before_opening_it_opens_today() -> None:
    assert told(OFFICE, at("2026-12-02T08:59")) == ("hours.opens-today", {"time": at("2026-12-02T09:00")})


def test_on_friday_evening_it_opens_on_monday_at_nine() -> None:
    text, facts = told(OFFICE, at("2026-12-04T18:00"))
    assert (text, facts["day"]) == ("hours.opens-on", "mon")
    assert facts["time"] == at("2026-12-07T09:00")


def test_a_lunch_break_closes_and_opens_again() -> None:
    split = hours("wed 09:00 12:00", "wed 13:00 17:00")
    assert told(split, at("2026-12-02T12:30")) == ("hours.opens-today", {"time": at("2026-12-02T13:00")})
    assert told(split, at("2026-12-02T11:50")) == ("hours.closes-in", {"minutes": 10})


def test_shifts_that_touch_are_one() -> None:
    split = hours("wed 09:00 13:00", "wed 13:00 17:00")
    assert told(split, at("2026-12-02T12:55")) == ("hours.open-until", {"time": at("2026-12-02T17:00")})


def test_open_one_day_a_week_and_just_closed_says_the_date() -> None:
    assert told(hours("wed 09:00 12:00"), at("2026-12-02T12:00")) == (
        "hours.opens-on-date",
        {"day": "wed", "date": day("2026-12-09"), "time": at("2026-12-09T09:00")},
    )


def test_nothing_known_is_said_to_be_unknown() -> None:
    assert told(Hours(words="Weekdays, check the website"), at("2026-12-02T12:00")) == ("hours.unknown", {})


def test_no_opening_within_two_weeks_is_closed() -> None:
    shut = [DayException(date=day("2026-12-02") + dt.timedelta(days=n)) for n in range(LOOK_AHEAD + 1)]
    assert told(hours("mon-fri 09:00 17:00", exceptions=shut), at("2026-12-02T12:00")) == ("hours.closed", {})


# Nights, midnight and round the clock.


@pytest.mark.parametrize(
    ("now", "text"),
    [
        ("2026-12-02T21:59", "hours.opens-today"),
        ("2026-12-02T22:00", "hours.open-until"),
        ("2026-12-03T00:00", "hours.open-until"),
        ("2026-12-03T05:45", "hours.closes-in"),
        ("2026-12-03T06:00", "hours.opens-today"),
    ],
)
def test_a_night_runs_across_midnight(now: str, text: str) -> None:
    assert told(NIGHTS, at(now))[0] == text


def test_sunday_night_runs_into_monday() -> None:
    assert told(hours("sun 22:00 06:00"), at("2026-12-07T02:00")) == (
        "hours.open-until",
        {"time": at("2026-12-07T06:00")},
    )


def test_five_to_midnight_closes_at_midnight() -> None:
    text, facts = told(hours("mon-sun 17:00 00:00"), at("2026-12-02T20:00"))
    assert (text, facts) == ("hours.open-until", {"time": at("2026-12-03T00:00")})


@pytest.mark.parametrize(
    "when",
    [ALWAYS, hours("mon-sun 00:00 00:00", bank_holidays="as usual"), Hours(always=True, words="24 hours")],
)
def test_round_the_clock_is_always_even_on_christmas_day(when: Hours) -> None:
    assert told(when, at("2026-12-25T03:00")) == ("hours.always", {})
    assert state(when, at("2026-12-25T03:00"), HOLIDAYS).always


def test_a_whole_weekend_is_open_until_monday() -> None:
    weekend = hours("fri 18:00 00:00", "sat-sun 00:00 00:00", "mon 00:00 08:00")
    assert told(weekend, at("2026-12-05T07:00")) == (
        "hours.open-until-day",
        {"day": "mon", "time": at("2026-12-07T08:00")},
    )


def test_midnight_belongs_to_the_day_it_ends() -> None:
    text, facts = told(hours("sat-sun 00:00 00:00"), at("2026-12-05T07:00"))
    assert (text, facts) == ("hours.open-until-day", {"day": "sun", "time": at("2026-12-07T00:00")})


def test_one_who_is_always_there_but_on_christmas_day() -> None:
    but_christmas = Hours(always=True, exceptions=(DayException(date=day("2026-12-25")),))
    assert told(but_christmas, at("2026-12-15T12:00")) == ("hours.always", {})
    assert told(but_christmas, at("2026-12-22T12:00"))[1]["day"] == "thu"
    assert told(but_christmas, at("2026-12-25T12:00")) == (
        "hours.opens-tomorrow",
        {"time": at("2026-12-26T00:00")},
    )


# Bank holidays. Good Friday 2027 is 26 March, Easter Monday the 29th.


def test_on_good_friday_nobody_knows_whether_an_office_is_open() -> None:
    found = state(OFFICE, at("2027-03-26T12:00"), HOLIDAYS)
    assert found.open is None
    assert found.maybe_closed_bank_holiday
    assert found.opens_at == at("2027-03-30T09:00")
    assert told(OFFICE, at("2027-03-26T12:00")) == ("hours.bank-holiday-unknown", {})


def test_the_evening_before_good_friday_names_the_day_that_can_be_relied_on() -> None:
    text, facts = told(OFFICE, at("2027-03-25T18:00"))
    assert (text, facts["day"]) == ("hours.opens-on", "tue")


def test_early_on_good_friday_the_doubt_is_said_but_the_office_is_closed() -> None:
    assert told(OFFICE, at("2027-03-26T07:00")) == ("hours.bank-holiday-unknown", {})
    assert is_open_at(OFFICE, at("2027-03-26T07:00"), HOLIDAYS) is False


def test_on_the_evening_of_good_friday_only_tuesday_can_be_relied_on() -> None:
    text, facts = told(OFFICE, at("2027-03-26T19:00"))
    assert (text, facts["day"]) == ("hours.opens-on", "tue")


def test_who_closes_on_bank_holidays_opens_after_easter() -> None:
    text, facts = told(OFFICE_SHUT, at("2027-03-26T12:00"))
    assert (text, facts) == ("hours.opens-on", {"day": "tue", "time": at("2027-03-30T09:00")})


def test_over_christmas_the_next_opening_skips_every_bank_holiday() -> None:
    # Friday the 25th, a weekend, and Monday the 28th in place of Boxing Day.
    text, facts = told(OFFICE_SHUT, at("2026-12-24T17:00"))
    assert (text, facts) == ("hours.opens-on", {"day": "tue", "time": at("2026-12-29T09:00")})


def test_who_opens_as_usual_is_open_on_christmas_day() -> None:
    assert told(DAILY, at("2026-12-25T12:00")) == ("hours.open-until", {"time": at("2026-12-25T22:00")})


def test_eye_casualty_has_its_own_bank_holiday_hours() -> None:
    assert told(EYE_CASUALTY, at("2027-03-26T12:20")) == ("hours.closes-in", {"minutes": 10})
    assert told(EYE_CASUALTY, at("2027-03-26T13:00")) == (
        "hours.opens-tomorrow",
        {"time": at("2027-03-27T08:30")},
    )


def test_a_night_that_began_before_christmas_day_still_runs_on_it() -> None:
    nights = hours("mon-sun 22:00 06:00", bank_holidays="closed")
    assert told(nights, at("2026-12-25T02:00")) == ("hours.open-until", {"time": at("2026-12-25T06:00")})
    assert is_open_at(nights, at("2026-12-25T23:00"), HOLIDAYS) is False
    assert is_open_at(nights, at("2026-12-27T02:00"), HOLIDAYS) is False, "Boxing Day began no night"


def test_a_doubtful_night_stays_in_doubt_until_morning() -> None:
    nights = hours("mon-sun 22:00 06:00")
    assert told(nights, at("2027-03-27T02:00")) == ("hours.bank-holiday-unknown", {})
    assert told(nights, at("2027-03-27T07:00"))[0] == "hours.opens-today"


def test_always_but_closed_on_bank_holidays() -> None:
    assert is_open_at(Hours(always=True, bank_holidays="closed"), at("2026-12-25T12:00"), HOLIDAYS) is False


# Single dates that differ.


def test_closed_for_a_training_day() -> None:
    trained = hours("mon-fri 09:00 17:00", exceptions=[DayException(date=day("2026-12-02"), why="Training")])
    assert told(trained, at("2026-12-02T10:00"))[0] == "hours.opens-tomorrow"


def test_an_exception_settles_the_doubt_of_a_bank_holiday() -> None:
    good_friday = DayException(date=day("2027-03-26"), openings=((clock("10:00"), clock("12:00")),))
    settled = hours("mon-fri 09:00 17:00", exceptions=[good_friday])
    assert is_open_at(settled, at("2027-03-26T11:00"), HOLIDAYS) is True
    assert is_open_at(settled, at("2027-03-26T13:00"), HOLIDAYS) is False


# The clocks change: forward at 1am on 28 March 2027, back at 2am on 25 October 2026.


@pytest.mark.parametrize("date", ["2027-03-28", "2026-10-25"])
def test_on_a_day_the_clocks_change_opening_times_are_those_of_the_clock(date: str) -> None:
    assert is_open_at(DAILY, at(f"{date}T09:59"), HOLIDAYS) is False
    assert is_open_at(DAILY, at(f"{date}T10:00"), HOLIDAYS) is True
    assert told(DAILY, at(f"{date}T21:50")) == ("hours.closes-in", {"minutes": 10})
    assert is_open_at(DAILY, at(f"{date}T22:00"), HOLIDAYS) is False


def test_a_night_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    lengths = [
        night.end - night.start
        for date in ("2027-03-27", "2026-10-24")
        for night in stretches_of(NIGHTS, day(date), HOLIDAYS)
    ]
    assert lengths == [dt.timedelta(hours=7), dt.timedelta(hours=9)]


def test_minutes_to_closing_are_true_minutes_over_the_change() -> None:
    till_two = hours("mon-sun 20:00 02:15", bank_holidays="as usual")
    assert told(till_two, at("2027-03-28T00:50")) == ("hours.closes-in", {"minutes": 25})


def test_a_time_that_spring_leaves_out_comes_at_the_jump() -> None:
    till_half_past_one = hours("mon-sun 20:00 01:30", bank_holidays="as usual")
    assert is_open_at(till_half_past_one, at("2027-03-28T00:59"), HOLIDAYS) is True
    assert is_open_at(till_half_past_one, at("2027-03-28T02:00"), HOLIDAYS) is False


def test_hours_that_spring_leaves_out_whole_do_not_happen() -> None:
    assert list(stretches_of(hours("sun 01:15 01:45"), day("2027-03-28"), HOLIDAYS)) == []


def test_a_time_that_comes_twice_in_autumn_is_the_first() -> None:
    till_half_past_one = hours("mon-sun 20:00 01:30", bank_holidays="as usual")
    assert is_open_at(till_half_past_one, at("2026-10-25T01:29"), HOLIDAYS) is True
    assert is_open_at(till_half_past_one, at("2026-10-25T01:15", fold=1), HOLIDAYS) is False


# The smaller parts.


def test_bank_holidays_are_those_of_england() -> None:
    found = bank_holidays(range(2027, 2028))
    assert {day("2027-03-26"), day("2027-03-29"), day("2027-12-25"), day("2027-12-27")} <= found
    assert day("2027-01-04") not in found, "2 January and its substitute are Scottish"
    assert day("2027-03-17") not in found, "St Patrick's Day is Irish"
    assert {date.year for date in found} == {2027}


def test_bank_holidays_are_worked_out_once() -> None:
    assert bank_holidays(range(2026, 2029)) is HOLIDAYS


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("00:00", "midnight"),
        ("00:05", "12.05am"),
        ("09:00", "9am"),
        ("09:30", "9.30am"),
        ("11:59", "11.59am"),
        ("12:00", "noon"),
        ("12:30", "12.30pm"),
        ("17:00", "5pm"),
        ("23:45", "11.45pm"),
    ],
)
def test_times_are_written_as_the_british_do(time: str, words: str) -> None:
    assert clock_words(clock(time)) == words
    assert clock_words(dt.datetime.combine(day("2026-12-02"), clock(time), LONDON)) == words


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        state(OFFICE, dt.datetime(2026, 12, 2, 12, 0), HOLIDAYS)  # noqa: DTZ001


def test_any_zone_will_do() -> None:
    noon = at("2026-07-01T12:00")
    assert state(DAILY, noon, HOLIDAYS) == state(DAILY, noon.astimezone(dt.UTC), HOLIDAYS)
    assert in_london(dt.datetime(2026, 7, 1, 11, 0, tzinfo=dt.UTC)).hour == 12


def test_times_on_a_day_say_whether_they_are_sure() -> None:
    usual = ((clock("09:00"), clock("17:00")),)
    assert usual_times(OFFICE, day("2026-12-02")) == usual
    assert usual_times(OFFICE, day("2026-12-05")) == ()
    assert times_on(OFFICE, day("2026-12-02"), HOLIDAYS) == (usual, True)
    assert times_on(OFFICE, day("2027-03-26"), HOLIDAYS) == (usual, False)
    assert times_on_bank_holiday(OFFICE_SHUT, day("2027-03-26")) == ((), True)


def test_describing_takes_no_more_than_the_next_moment() -> None:
    now = at("2026-12-02T12:00")
    assert describe_closing(None, now) == ("hours.always", {})
    assert describe_opening(None, now) == ("hours.closed", {})


# Rules for any hours at any moment.

rule = settings(max_examples=40, deadline=None)
quarters = st.builds(dt.time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
openings = st.builds(
    Opening,
    days=st.lists(st.sampled_from(WEEK), unique=True).map(tuple),
    opens=quarters,
    closes=quarters,
)
moments = st.datetimes(dt.datetime(2026, 1, 2), dt.datetime(2028, 12, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001
changes = st.sampled_from([day("2027-03-28"), day("2026-10-25")]).flatmap(
    lambda date: st.datetimes(
        dt.datetime.combine(date, dt.time()), dt.datetime.combine(date, dt.time(6)), timezones=st.just(dt.UTC)
    )
)
pairs = st.lists(st.tuples(quarters, quarters), max_size=2).map(tuple)


@st.composite
def any_hours(draw: st.DrawFn, near: dt.datetime | None = None) -> Hours:
    """Weekly hours of any kind, with exceptions on days that matter to `near`."""
    dates = st.integers(-2, 16).map(lambda n: (near or at("2026-12-02T12:00")).date() + dt.timedelta(days=n))
    exceptions = draw(st.lists(st.builds(DayException, date=dates, openings=pairs), max_size=2))
    return Hours(
        always=draw(st.integers(0, 9)) == 0,
        weekly=tuple(draw(st.lists(openings, min_size=1, max_size=3))),
        bank_holidays=draw(st.sampled_from(["as usual", "closed", "unknown"])),
        bank_holiday_openings=draw(pairs),
        exceptions=tuple({e.date: e for e in exceptions}.values()),
    )


cases = st.one_of(moments, changes).flatmap(lambda now: st.tuples(any_hours(near=now), st.just(now)))


def answers_by_wall_clock(when: Hours, now: dt.datetime) -> set[bool]:
    """Another way to the same answer: within whose hours is the clock on the wall, and how sure are they?"""
    local = now.astimezone(LONDON)
    today, time = local.date(), local.time()
    found = set()
    for date, last_night in ((today, False), (today - dt.timedelta(days=1), True)):
        times, sure = times_on(when, date, HOLIDAYS)
        for opens, closes in times:
            over_midnight = closes <= opens
            if last_night and over_midnight and time < closes:
                found.add(sure)
            if not last_night and time >= opens and (over_midnight or time < closes):
                found.add(sure)
    return found


@rule
@given(cases)
def test_open_means_that_the_clock_on_the_wall_is_within_the_hours(case: tuple[Hours, dt.datetime]) -> None:
    when, now = case
    # In the repeated hour of autumn the wall clock alone cannot tell which pass it is.
    assume(not now.astimezone(LONDON).fold)
    found = answers_by_wall_clock(when, now)
    assert is_open_at(when, now, HOLIDAYS) is (True if True in found else None if found else False)


@rule
@given(cases)
def test_open_means_that_a_sure_stretch_holds_now(case: tuple[Hours, dt.datetime]) -> None:
    when, now = case
    around = [in_london(now).date() + dt.timedelta(days=n) for n in (-1, 0)]
    found = [s for date in around for s in stretches_of(when, date, HOLIDAYS) if s.sure and s.holds(now)]
    assert (is_open_at(when, now, HOLIDAYS) is True) == bool(found)


@rule
@given(cases)
def test_at_the_next_opening_it_is_open_and_just_before_it_was_not(case: tuple[Hours, dt.datetime]) -> None:
    when, now = case
    opens_at = state(when, now, HOLIDAYS).opens_at
    if opens_at is None:
        return
    assert now < opens_at
    assert is_open_at(when, opens_at, HOLIDAYS) is True
    assert is_open_at(when, opens_at - dt.timedelta.resolution, HOLIDAYS) is not True


@rule
@given(cases)
def test_at_closing_it_is_not_open_and_just_before_it_was(case: tuple[Hours, dt.datetime]) -> None:
    when, now = case
    closes_at = state(when, now, HOLIDAYS).closes_at
    if closes_at is None:
        return
    assert now < closes_at
    assert is_open_at(when, closes_at, HOLIDAYS) is not True
    assert is_open_at(when, closes_at - dt.timedelta.resolution, HOLIDAYS) is True


@rule
@given(cases)
def test_a_state_never_contradicts_itself(case: tuple[Hours, dt.datetime]) -> None:
    found = state(*case, HOLIDAYS)
    assert found.closes_at is None or found.open is True
    assert found.opens_at is None or found.open is not True
    assert found.always == (found.open is True and found.closes_at is None)
    assert found.maybe_closed_bank_holiday or found.open is not None


@rule
@given(cases)
def test_whatever_the_state_there_is_something_to_say(case: tuple[Hours, dt.datetime]) -> None:
    when, now = case
    text, facts = told(when, now)
    assert text in get_args(TextId)
    assert all(value > now for value in facts.values() if isinstance(value, dt.datetime))
    assert facts.get("minutes", 1) in range(1, 31)
    assert set(facts) <= {"time", "minutes", "day", "date"}


@rule
@given(st.dates(day("2026-01-01"), day("2028-12-31")), quarters)
def test_an_instant_shows_its_time_on_the_wall_unless_spring_left_it_out(date: dt.date, time: dt.time) -> None:
    shown = in_london(instant(date, time))
    assert shown.date() == date
    assert shown.time() == time or (time.hour, shown.hour) == (1, 2)
    assert shown.fold == 0


@rule
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=8))
def test_joined_stretches_hold_the_same_moments_and_never_touch(pieces: list[tuple[int, int]]) -> None:
    def hour(n: int) -> dt.datetime:
        return dt.datetime(2026, 12, 2, tzinfo=dt.UTC) + dt.timedelta(hours=n)

    stretches = [Stretch(hour(start), hour(start + length)) for start, length in pieces]
    result = joined(stretches)
    for n in range(80):
        assert any(s.holds(hour(n)) for s in stretches) == any(s.holds(hour(n)) for s in result)
    assert all(before.end < after.start for before, after in pairwise(result))


def test_the_state_of_the_unknown_is_the_default() -> None:
    assert state(Hours(), at("2026-12-02T12:00"), HOLIDAYS) == State()
    assert not State().always


def test_weekdays_have_keys() -> None:
    assert [weekday(day("2026-11-30") + dt.timedelta(days=n)) for n in range(7)] == list(WEEK)
