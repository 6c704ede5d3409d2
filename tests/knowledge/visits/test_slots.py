"""Times for a home visit: what people are offered, then rules that hold for any rota."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import count, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.hours import bank_holidays
from knowledge.visits.slots import (
    STAFF_DAYS,
    Busy,
    Pattern,
    Slot,
    Terms,
    Wish,
    cells_of,
    free_slots,
    instant,
    later,
    places,
    runs,
    spread,
)

LONDON = ZoneInfo("Europe/London")
PRIYA, TOM, AMINA = 1, 2, 3
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
NONE: frozenset[dt.date] = frozenset()
MINUTE = dt.timedelta(minutes=1)
QUARTER = 15 * MINUTE
DAY = dt.timedelta(days=1)


def at(text: str) -> dt.datetime:
    """A clock in London."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def works(visitor: int, weekday: int, hours: str, first: str = "", last: str = "") -> Pattern:
    """`works(PRIYA, MON, "09:00-13:00")`."""
    begins, ends = map(dt.time.fromisoformat, hours.split("-"))
    return Pattern(visitor, weekday, begins, ends, day(first) if first else None, day(last) if last else None)


def busy(visitor: int, starts: str, ends: str) -> Busy:
    return Busy(visitor, at(starts).astimezone(dt.UTC), at(ends).astimezone(dt.UTC))


def on(date: str, slots: tuple[Slot, ...]) -> list[str]:
    """The starts on one day, as a clock in London shows them."""
    local = [slot.starts.astimezone(LONDON) for slot in slots]
    return [f"{start:%H:%M}" for start in local if start.date() == day(date)]


def dates(slots: tuple[Slot, ...]) -> list[str]:
    return sorted({str(slot.starts.astimezone(LONDON).date()) for slot in slots})


TERMS = Terms()
THURSDAY = at("2026-10-01T12:00").astimezone(dt.UTC)
PRIYAS_MONDAYS = works(PRIYA, MON, "09:00-13:00")
MORNING = "09:00 09:30 10:00 10:30 11:00 11:30 12:00 12:30".split()


# Priya works Mondays 9 to 1. 1 October 2026 is a Thursday.


def test_priya_works_mondays_nine_to_one_and_is_offered_every_half_hour_of_them() -> None:
    slots = free_slots([PRIYAS_MONDAYS], [], NONE, TERMS, THURSDAY)
    assert on("2026-10-05", slots) == MORNING
    assert dates(slots) == ["2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26", "2026-11-02", "2026-11-09"]
    assert slots[0] == Slot(utc("2026-10-05T08:00"), utc("2026-10-05T08:30"), (PRIYA,))


def test_without_staff_there_is_nothing_to_offer() -> None:
    assert free_slots([], [busy(PRIYA, "2026-10-05T09:00", "2026-10-05T10:00")], NONE, TERMS, THURSDAY) == ()


def test_an_absence_at_half_a_visits_length_takes_every_time_it_touches_on_the_way_too() -> None:
    absence = busy(PRIYA, "2026-10-05T10:10", "2026-10-05T10:20")
    slots = free_slots([PRIYAS_MONDAYS], [absence], NONE, TERMS, THURSDAY)
    assert on("2026-10-05", slots) == "09:00 11:00 11:30 12:00 12:30".split()
    assert on("2026-10-12", slots) == MORNING


def test_two_visits_keep_a_buffer_each() -> None:
    booked = busy(PRIYA, "2026-10-05T09:45", "2026-10-05T10:45")
    slots = free_slots([PRIYAS_MONDAYS], [booked], NONE, Terms(step_minutes=15), THURSDAY)
    assert on("2026-10-05", slots) == "09:00 11:00 11:15 11:30 11:45 12:00 12:15 12:30".split()


def test_the_way_back_may_lie_after_work_but_not_in_something_else() -> None:
    dentist = busy(PRIYA, "2026-10-05T13:00", "2026-10-05T14:00")
    slots = free_slots([PRIYAS_MONDAYS], [dentist], NONE, TERMS, THURSDAY)
    assert on("2026-10-05", slots) == MORNING[:-1]
    assert on("2026-10-12", slots) == MORNING


def test_the_way_there_may_lie_before_work_but_not_in_something_else() -> None:
    school = busy(PRIYA, "2026-10-05T08:00", "2026-10-05T08:50")
    assert on("2026-10-05", free_slots([PRIYAS_MONDAYS], [school], NONE, TERMS, THURSDAY)) == MORNING[1:]


def test_what_keeps_tom_does_not_keep_priya() -> None:
    absence = busy(TOM, "2026-09-01T00:00", "2026-12-01T00:00")
    both = [PRIYAS_MONDAYS, works(TOM, MON, "09:00-13:00")]
    slots = free_slots(both, [absence], NONE, TERMS, THURSDAY)
    assert on("2026-10-05", slots) == MORNING
    assert {slot.visitors for slot in slots} == {(PRIYA,)}


def test_a_bank_holiday_is_no_day_for_visits() -> None:
    closed = bank_holidays(range(2026, 2028))
    slots = free_slots([PRIYAS_MONDAYS], [], closed, TERMS, utc("2026-12-16T12:00"))
    assert dates(slots)[:3] == ["2026-12-21", "2027-01-04", "2027-01-11"]


def test_a_pattern_holds_from_its_first_day_to_its_last() -> None:
    october = works(PRIYA, MON, "09:00-13:00", first="2026-10-12", last="2026-10-26")
    slots = free_slots([october], [], NONE, TERMS, THURSDAY)
    assert dates(slots) == ["2026-10-12", "2026-10-19", "2026-10-26"]


def test_two_shifts_a_day_leave_lunch_free() -> None:
    shifts = [works(PRIYA, MON, "09:00-10:30"), works(PRIYA, MON, "14:00-15:10")]
    slots = free_slots(shifts, [], NONE, TERMS, THURSDAY)
    assert on("2026-10-05", slots) == "09:00 09:30 10:00 14:00 14:30".split()


def test_hours_off_the_half_hour_begin_at_the_next_one() -> None:
    slots = free_slots([works(PRIYA, MON, "09:10-10:40")], [], NONE, TERMS, THURSDAY)
    assert on("2026-10-05", slots) == ["09:30", "10:00"]


def test_a_visit_of_forty_minutes_ends_within_the_hours_to_the_minute() -> None:
    terms = Terms(minutes=40)
    assert on("2026-10-05", free_slots([works(PRIYA, MON, "09:00-10:10")], [], NONE, terms, THURSDAY)) == [
        "09:00",
        "09:30",
    ]
    assert on("2026-10-05", free_slots([works(PRIYA, MON, "09:00-10:09")], [], NONE, terms, THURSDAY)) == ["09:00"]


# Pairs, and who comes.


def test_a_pair_comes_when_both_can() -> None:
    rota = [PRIYAS_MONDAYS, works(TOM, MON, "11:45-16:00")]
    slots = free_slots(rota, [], NONE, Terms(visitors_needed=2), THURSDAY)
    assert on("2026-10-05", slots) == ["12:00", "12:30"]
    assert {slot.visitors for slot in slots} == {(PRIYA, TOM)}


def test_one_person_is_no_pair_even_with_two_patterns() -> None:
    rota = [PRIYAS_MONDAYS, works(PRIYA, MON, "10:00-12:00")]
    assert free_slots(rota, [], NONE, Terms(visitors_needed=2), THURSDAY) == ()


def test_for_a_pair_a_third_who_could_come_is_named_too() -> None:
    rota = [works(who, MON, "09:00-10:00") for who in (AMINA, PRIYA, TOM)]
    slots = free_slots(rota, [], NONE, Terms(visitors_needed=2), THURSDAY)
    assert {slot.visitors for slot in slots} == {(PRIYA, TOM, AMINA)}


def test_who_has_fewest_visits_that_week_comes_first() -> None:
    rota = [works(who, MON, "09:00-10:00") for who in (PRIYA, TOM, AMINA)]
    visits = [
        busy(PRIYA, "2026-10-06T10:00", "2026-10-06T11:00"),
        busy(PRIYA, "2026-10-11T23:00", "2026-10-11T23:59"),
        busy(TOM, "2026-10-05T14:00", "2026-10-05T15:00"),
        busy(TOM, "2026-10-12T00:00", "2026-10-12T01:00"),
    ]
    by_start = {slot.starts: slot.visitors for slot in free_slots(rota, visits, NONE, TERMS, THURSDAY)}
    assert by_start[at("2026-10-05T09:00")] == (AMINA, TOM, PRIYA)
    assert by_start[at("2026-10-12T09:00")] == (PRIYA, AMINA, TOM)


def test_a_visit_made_earlier_this_week_counts() -> None:
    rota = [works(who, FRI, "09:00-10:00") for who in (PRIYA, TOM)]
    made = busy(PRIYA, "2026-09-28T10:00", "2026-09-28T11:00")
    slots = free_slots(rota, [made], NONE, Terms(notice=dt.timedelta()), THURSDAY)
    assert [slot.visitors for slot in slots][::2][:2] == [(TOM, PRIYA), (PRIYA, TOM)]


# Notice and window.


def test_notice_binds_residents_but_not_staff() -> None:
    sunday = at("2026-10-04T10:00").astimezone(dt.UTC)
    slots = free_slots([PRIYAS_MONDAYS], [], NONE, TERMS, sunday)
    assert on("2026-10-05", slots) == MORNING[2:]
    assert on("2026-10-05", free_slots([PRIYAS_MONDAYS], [], NONE, TERMS, sunday, for_staff=True)) == MORNING


def test_notice_is_kept_to_the_second() -> None:
    just_after = at("2026-10-04T10:00:01").astimezone(dt.UTC)
    assert on("2026-10-05", free_slots([PRIYAS_MONDAYS], [], NONE, TERMS, just_after)) == MORNING[3:]


def test_not_even_staff_book_the_past() -> None:
    monday = at("2026-10-05T11:10").astimezone(dt.UTC)
    slots = free_slots([PRIYAS_MONDAYS], [], NONE, TERMS, monday, for_staff=True)
    assert on("2026-10-05", slots) == ["11:30", "12:00", "12:30"]


def test_the_window_binds_residents_but_not_staff() -> None:
    rota = [works(PRIYA, THU, "09:00-13:00"), works(PRIYA, FRI, "09:00-13:00")]
    assert dates(free_slots(rota, [], NONE, TERMS, THURSDAY))[-1] == "2026-11-12"
    for_staff = free_slots(rota, [], NONE, TERMS, THURSDAY, for_staff=True)
    assert dates(for_staff)[-1] == str(THURSDAY.date() + DAY * (STAFF_DAYS - 1))


def test_a_search_may_end_sooner_but_never_later_than_the_window() -> None:
    rota = [works(PRIYA, weekday, "09:00-13:00") for weekday in range(7)]
    assert dates(free_slots(rota, [], NONE, TERMS, THURSDAY, until=day("2026-10-03")))[-1] == "2026-10-03"
    assert dates(free_slots(rota, [], NONE, TERMS, THURSDAY, until=day("2027-10-03")))[-1] == "2026-11-12"
    assert free_slots(rota, [], NONE, TERMS, THURSDAY, until=day("2026-09-30")) == ()


def test_the_first_moment_of_a_week_is_kept_from_the_night_before() -> None:
    rota, monday = [works(PRIYA, MON, "00:00-01:00")], at("2026-10-05T00:00").astimezone(dt.UTC)
    late = busy(PRIYA, "2026-10-04T22:00", "2026-10-04T23:50")
    assert on("2026-10-05", free_slots(rota, [], NONE, TERMS, monday, for_staff=True)) == ["00:00", "00:30"]
    assert on("2026-10-05", free_slots(rota, [late], NONE, TERMS, monday, for_staff=True)) == ["00:30"]


def test_the_last_moment_of_a_search_is_kept_from_the_morning_after() -> None:
    rota, terms = [works(PRIYA, SUN, "22:00-23:30")], Terms(buffer_minutes=60)
    early, sunday = busy(PRIYA, "2026-10-05T00:00", "2026-10-05T00:20"), day("2026-10-04")
    assert on("2026-10-04", free_slots(rota, [], NONE, terms, THURSDAY, until=sunday)) == ["22:00", "22:30", "23:00"]
    assert on("2026-10-04", free_slots(rota, [early], NONE, terms, THURSDAY, until=sunday)) == ["22:00", "22:30"]


# The days the clocks change: 25 October 2026 back at 2, 28 March 2027 on at 1.

SUNDAYS = [works(PRIYA, SUN, "09:00-10:00"), works(PRIYA, SUN, "14:00-15:00")]
WEEKEND = [*SUNDAYS, works(PRIYA, SAT, "09:00-10:00"), works(PRIYA, SAT, "14:00-15:00")]


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("2026-10-22T12:00", "2026-10-24T08:00 2026-10-24T13:00 2026-10-25T09:00 2026-10-25T14:00"),
        ("2027-03-25T12:00", "2027-03-27T09:00 2027-03-27T14:00 2027-03-28T08:00 2027-03-28T13:00"),
    ],
)
def test_nine_and_two_stay_nine_and_two_when_the_clocks_change(now: str, starts: str) -> None:
    slots = free_slots(WEEKEND, [], NONE, Terms(window_days=4), utc(now))
    assert [slot.starts for slot in slots][::2] == [utc(start) for start in starts.split()]
    assert {f"{slot.starts.astimezone(LONDON):%H:%M}" for slot in slots} == {"09:00", "09:30", "14:00", "14:30"}


def sunday_night(now: str, hours: str, minutes: int = 30) -> list[str]:
    """The starts that Sunday, in UTC."""
    terms = Terms(minutes=minutes, window_days=4)
    slots = free_slots([works(PRIYA, SUN, hours)], [], NONE, terms, utc(now))
    return [f"{slot.starts:%H:%M}" for slot in slots]


def test_times_within_the_missing_hour_are_dropped() -> None:
    assert sunday_night("2027-03-25T12:00", "00:00-03:00") == ["00:00", "00:30", "01:00", "01:30"]


def test_of_times_that_come_twice_the_first_is_taken() -> None:
    starts = ["23:00", "23:30", "00:00", "00:30", "02:00", "02:30"]
    assert sunday_night("2026-10-22T12:00", "00:00-03:00") == starts


@pytest.mark.parametrize(
    ("hours", "starts"),
    [("00:00-01:30", ["00:00", "00:30"]), ("01:15-03:00", ["01:00", "01:30"]), ("01:00-02:00", [])],
)
def test_work_that_ends_or_begins_within_the_missing_hour_does_so_at_the_jump(hours: str, starts: list[str]) -> None:
    assert sunday_night("2027-03-25T12:00", hours) == starts


def test_an_hours_visit_over_the_jump_still_ends_within_the_hours() -> None:
    assert sunday_night("2027-03-25T12:00", "00:00-02:00", minutes=60) == ["00:00"]
    assert sunday_night("2027-03-25T12:00", "00:00-02:30", minutes=60) == ["00:00", "00:30"]


def test_no_minute_of_work_is_counted_after_a_jump_that_leaves_its_end_out() -> None:
    assert sunday_night("2027-03-25T12:00", "00:00-01:40", minutes=40) == ["00:00"]


def test_a_step_over_the_jump_does_not_move_a_start_to_it() -> None:
    terms = Terms(step_minutes=90, window_days=4)
    slots = free_slots([works(PRIYA, SUN, "00:00-06:00")], [], NONE, terms, utc("2027-03-25T12:00"))
    assert on("2027-03-28", slots) == ["00:00", "03:00", "04:30"]


def test_a_visit_in_the_second_pass_of_the_repeated_hour_leaves_the_first_free() -> None:
    second_pass = Busy(PRIYA, utc("2026-10-25T01:15"), utc("2026-10-25T02:00"))
    rota = [works(PRIYA, SUN, "00:00-03:00")]
    slots = free_slots(rota, [second_pass], NONE, Terms(window_days=4), utc("2026-10-22T12:00"))
    assert on("2026-10-25", slots) == ["00:00", "00:30", "01:00", "01:30", "02:30"]


@pytest.mark.parametrize(
    ("zone", "local", "moment"),
    [
        ("Europe/London", "2026-07-01T09:00", "2026-07-01T08:00"),
        ("Europe/London", "2026-10-25T01:30", "2026-10-25T00:30"),
        ("Europe/London", "2027-03-28T01:20", "2027-03-28T01:00"),
        ("Europe/London", "2027-03-28T02:00", "2027-03-28T01:00"),
        ("America/Havana", "2027-03-14T00:00", "2027-03-14T05:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-03T15:30"),
    ],
)
def test_an_instant_is_the_first_at_which_the_clock_has_come_so_far(zone: str, local: str, moment: str) -> None:
    wanted = dt.datetime.fromisoformat(local)
    assert instant(wanted.date(), wanted.time(), ZoneInfo(zone)) == utc(moment)


# Cells.


def test_a_visit_occupies_its_own_cells_and_those_of_its_buffers() -> None:
    cells = cells_of(at("2026-10-05T10:00"), at("2026-10-05T10:30"), QUARTER)
    assert cells == tuple(utc(f"2026-10-05T{time}") for time in ("08:45", "09:00", "09:15", "09:30"))
    assert {cell.tzinfo for cell in cells} == {dt.UTC}


def test_a_cell_touched_in_part_is_occupied() -> None:
    cells = cells_of(utc("2026-10-05T10:10"), utc("2026-10-05T10:40"), dt.timedelta(0))
    assert cells == tuple(utc(f"2026-10-05T{time}") for time in ("10:00", "10:15", "10:30"))
    assert len(cells_of(utc("2026-10-05T10:00"), utc("2026-10-05T10:30"), 10 * MINUTE, cell=5 * MINUTE)) == 10


# What goes on buttons, and "later dates".

WEEKDAYS = [works(PRIYA, weekday, "09:00-17:00") for weekday in range(5)]
PLENTY = free_slots(WEEKDAYS, [], NONE, TERMS, THURSDAY)


def shown(slots: tuple[Slot, ...]) -> list[str]:
    return [f"{slot.starts.astimezone(LONDON):%a %d %H:%M}" for slot in slots]


def test_six_buttons_are_three_days_a_morning_and_an_afternoon_each() -> None:
    starts = ["Fri 02 12:00", "Mon 05 09:00", "Mon 05 12:00", "Tue 06 09:00", "Tue 06 12:00", "Wed 07 09:00"]
    assert shown(spread(PLENTY, None)) == starts
    assert shown(spread(PLENTY, None, how_many=5)) == starts[:5]


def test_a_wish_for_mornings_is_met_on_six_days() -> None:
    found = spread(PLENTY, lambda local: local.hour < 12)
    assert shown(found)[:2] == ["Mon 05 09:00", "Tue 06 09:00"]
    assert len(dates(found)) == 6


def test_a_wish_sees_the_clock_on_the_wall() -> None:
    assert shown(spread(PLENTY, lambda local: (local.weekday(), local.hour) == (TUE, 9)))[0] == "Tue 06 09:00"


def test_where_one_day_fits_more_of_it_is_shown() -> None:
    found = spread(PLENTY, lambda local: local.date() == day("2026-10-06"))
    assert shown(found) == [f"Tue 06 {time}" for time in ("09:00", "09:30", "10:00", "12:00", "12:30", "13:00")]


def test_a_wish_that_nothing_fits_gets_nothing() -> None:
    assert spread(PLENTY, lambda local: local.weekday() == SUN) == ()
    assert spread((), None) == ()


def test_later_dates_go_on_after_the_last_one_shown() -> None:
    first = spread(PLENTY, None)
    following = spread(later(PLENTY, first[-1].starts), None)
    assert shown(following)[:2] == ["Wed 07 09:30", "Wed 07 12:00"]
    assert later(PLENTY, PLENTY[-1].starts) == ()


# What is refused.


@pytest.mark.parametrize("hours", ["13:00-09:00", "09:00-09:00", "18:00-00:00"])
def test_work_cannot_end_before_it_begins(hours: str) -> None:
    with pytest.raises(ValueError, match="cannot end"):
        works(PRIYA, MON, hours)


@pytest.mark.parametrize(("cell", "step"), [(30, 30), (20, 20), (15, 20)])
def test_starts_between_cells_are_refused(cell: int, step: int) -> None:
    with pytest.raises(ValueError, match="whole cells"):
        Terms(cell_minutes=cell, step_minutes=step)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = dt.datetime(2026, 10, 1, 12, 0)  # noqa: DTZ001
    with pytest.raises(TypeError):
        free_slots([PRIYAS_MONDAYS], [], NONE, TERMS, naive)
    with pytest.raises(TypeError):
        free_slots([PRIYAS_MONDAYS], [Busy(PRIYA, naive, naive)], NONE, TERMS, THURSDAY)
    with pytest.raises(TypeError):
        cells_of(naive, naive, QUARTER)


# The same said naively, with plain datetimes: every quarter of an hour is looked at, and everything asked of it.


def floor(moment: dt.datetime) -> dt.datetime:
    return moment - dt.timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)


def ceiling(moment: dt.datetime) -> dt.datetime:
    return floor(moment) if floor(moment) == moment else floor(moment) + QUARTER


@cache
def first_moment(date: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The first that a clock shows `time` or later on that day, by watching the clock every five minutes."""
    watch = dt.datetime.combine(date, dt.time(), dt.UTC) - DAY
    moments = (watch + n * 5 * MINUTE for n in count())
    return next(
        m for m in moments if (local := m.astimezone(zone)).date() == date and local.time() >= time
    )  # fmt: skip


def lies_in(pattern: Pattern, starts: dt.datetime, ends: dt.datetime, zone: ZoneInfo) -> bool:
    local = starts.astimezone(zone)
    right_day = local.weekday() == pattern.weekday and pattern.holds(local.date())
    return right_day and pattern.begins <= local.time() and ends <= first_moment(local.date(), pattern.ends, zone)


def collides(one: Busy, starts: dt.datetime, ends: dt.datetime, buffer: dt.timedelta) -> bool:
    return floor(one.starts) < ceiling(ends + buffer) and floor(starts - buffer) < ceiling(one.ends)


@dataclass(frozen=True)
class Rota:
    """All that `free_slots` is given."""

    patterns: tuple[Pattern, ...]
    busy: tuple[Busy, ...]
    closed: frozenset[dt.date]
    terms: Terms
    now: dt.datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.terms.zone)

    @property
    def buffer(self) -> dt.timedelta:
        return self.terms.buffer_minutes * MINUTE

    def slots(self, for_staff: bool = False) -> tuple[Slot, ...]:
        last = self.now.astimezone(self.zone).date() + HORIZON * DAY
        return free_slots(self.patterns, self.busy, self.closed, self.terms, self.now, for_staff=for_staff, until=last)

    def naive_slots(self, for_staff: bool) -> tuple[Slot, ...]:
        moments = (floor(self.now) + n * QUARTER for n in range((HORIZON + 2) * 96))
        found = (self.slot(moment) for moment in moments if self.may_begin(moment, for_staff))
        return tuple(slot for slot in found if len(slot.visitors) >= self.terms.visitors_needed)

    def may_begin(self, moment: dt.datetime, for_staff: bool) -> bool:
        local = moment.astimezone(self.zone)
        ahead = (local.date() - self.now.astimezone(self.zone).date()).days
        rest = (local.hour * 60 + local.minute) % self.terms.step_minutes
        soon = moment < self.now + (dt.timedelta(0) if for_staff else self.terms.notice)
        far = ahead > (HORIZON if for_staff else self.terms.window_days)
        return not (soon or far or rest or local.fold or local.date() in self.closed)

    def slot(self, starts: dt.datetime) -> Slot:
        ends = starts + self.terms.minutes * MINUTE
        at_work = {p.visitor for p in self.patterns if lies_in(p, starts, ends, self.zone)}
        kept = {b.visitor for b in self.busy if b.visitor in at_work and collides(b, starts, ends, self.buffer)}
        return Slot(starts, ends, tuple(sorted(at_work - kept, key=lambda who: (self.visits(who, starts), who))))

    def visits(self, who: int, starts: dt.datetime) -> int:
        week = starts.astimezone(self.zone).isocalendar()[:2]
        return sum(b.visitor == who and b.starts.astimezone(self.zone).isocalendar()[:2] == week for b in self.busy)


HORIZON = 5
"""Days looked at, so that the naive way is not long about it."""
NEAR = [
    ("Europe/London", "2026-10-21"),
    ("Europe/London", "2027-03-24"),
    ("Europe/London", "2026-12-02"),
    ("America/Havana", "2027-03-10"),
    ("America/Havana", "2026-10-28"),
    ("Australia/Lord_Howe", "2026-09-30"),
    ("Asia/Kathmandu", "2026-12-02"),
]


def any_hours(step: int, most: int) -> st.SearchStrategy[tuple[dt.time, dt.time]]:
    """Hours that begin and end at whole steps after midnight, `most` of them at the latest."""

    def within(begins: int, length: int) -> tuple[dt.time, dt.time]:
        return dt.time(*divmod(begins * step, 60)), dt.time(*divmod(min(begins + length, most) * step, 60))

    return st.builds(within, st.integers(0, most - 1), st.integers(1, most))


visitors = st.sampled_from([PRIYA, TOM, AMINA])
weekdays = st.sampled_from([SUN, SUN, SUN, *range(7)])
long_hours = st.sampled_from([(dt.time(0), dt.time(23, 55)), (dt.time(7), dt.time(20))])
days = st.integers(0, 14)
bounds = st.sampled_from([*[None] * 30, *range(15)])
fives = st.integers(0, 5 * 24 * 12)
lengths = st.sampled_from([1, 10, 30, 60, 240, 1500])
drawn = st.tuples(
    st.sampled_from(NEAR),
    st.lists(
        st.tuples(
            visitors, weekdays, long_hours | any_hours(5, 287) | any_hours(15, 95) | any_hours(15, 16), bounds, bounds
        ),
        min_size=2,
        max_size=6,
    ),
    st.lists(st.tuples(visitors, fives, lengths), max_size=6),
    st.frozensets(days, max_size=1),
    fives,
)
terms = st.builds(
    Terms,
    minutes=st.sampled_from([30, 20, 60]),
    buffer_minutes=st.sampled_from([15, 0, 10, 30]),
    step_minutes=st.sampled_from([30, 15, 45, 90]),
    notice=st.sampled_from([dt.timedelta(0), DAY]),
    window_days=st.integers(3, HORIZON),
    visitors_needed=st.sampled_from([1, 2]),
)


@st.composite
def rotas(draw: st.DrawFn) -> Rota:
    """A small rota, often in a week when the clocks change."""
    (zone, date), patterns, spans, closed, now = draw(drawn)

    def date_of(number: int | None) -> dt.date | None:
        return None if number is None else day(date) + number * DAY

    def moment(number: int) -> dt.datetime:
        return utc(date) + number * 5 * MINUTE

    return Rota(
        tuple(
            Pattern(who, on, hours[0], hours[1], date_of(first), date_of(last))
            for who, on, hours, first, last in patterns
        ),
        tuple(Busy(who, moment(start), moment(start) + length * MINUTE) for who, start, length in spans),
        frozenset(day(date) + number * DAY for number in closed),
        replace(draw(terms), zone=zone),
        moment(now),
    )


rule = settings(max_examples=20, deadline=None)


@settings(max_examples=40, deadline=None)
@given(rotas(), st.booleans())
def test_bit_sets_give_what_the_naive_definition_gives(rota: Rota, for_staff: bool) -> None:
    assert rota.slots(for_staff) == rota.naive_slots(for_staff)


@rule
@given(rotas())
def test_no_slot_touches_what_keeps_one_of_its_visitors_even_with_buffers(rota: Rota) -> None:
    for slot in rota.slots(for_staff=True):
        own = [one for one in rota.busy if one.visitor in slot.visitors]
        starts, ends = slot.starts - rota.buffer, slot.ends + rota.buffer
        assert not any(one.starts < ends and starts < one.ends for one in own)


@rule
@given(rotas())
def test_every_slot_lies_within_a_pattern_of_each_visitor(rota: Rota) -> None:
    for slot in rota.slots(for_staff=True):
        fitting = {p.visitor for p in rota.patterns if lies_in(p, slot.starts, slot.ends, rota.zone)}
        assert set(slot.visitors) <= fitting


@rule
@given(rotas())
def test_slots_come_in_order_on_the_wall_clock_too(rota: Rota) -> None:
    local = [slot.starts.astimezone(rota.zone).replace(tzinfo=None) for slot in rota.slots()]
    assert all(before < after for before, after in pairwise(local))


@rule
@given(rotas(), st.integers(0, 1000))
def test_a_slot_once_taken_is_not_offered_with_the_same_visitor_again(rota: Rota, number: int) -> None:
    slots = rota.slots(for_staff=True)
    if not slots:
        return
    slot = slots[number % len(slots)]
    cells = cells_of(slot.starts, slot.ends, rota.buffer)
    visit = Busy(slot.visitors[0], cells[0], cells[-1] + QUARTER)
    for left in replace(rota, busy=(*rota.busy, visit)).slots(for_staff=True):
        if visit.visitor in left.visitors:
            assert not set(cells) & set(cells_of(left.starts, left.ends, rota.buffer))


@rule
@given(rotas(), st.integers(3, 8), st.sampled_from([None, lambda local: local.hour >= 12]))
def test_buttons_are_a_few_slots_in_order_on_two_days_if_there_are(
    rota: Rota, how_many: int, wish: Wish | None
) -> None:
    slots = rota.slots(for_staff=True)
    fitting = {slot.starts for slot in slots if wish is None or wish(slot.starts.astimezone(rota.zone))}
    found = spread(slots, wish, how_many, rota.terms.zone)
    starts = [slot.starts for slot in found]
    assert len(found) == min(how_many, len(fitting))
    assert set(found) <= set(slots)
    assert set(starts) <= fitting
    assert all(before < after for before, after in pairwise(starts))
    assert len(local_days(starts, rota)) >= min(2, len(local_days(fitting, rota)))


def local_days(starts: Iterable[dt.datetime], rota: Rota) -> set[dt.date]:
    return {start.astimezone(rota.zone).date() for start in starts}


@rule
@given(st.lists(st.booleans(), max_size=40), st.integers(1, 9))
def test_runs_begin_where_so_many_ones_follow_each_other(ones: list[bool], length: int) -> None:
    bits = sum(1 << place for place, one in enumerate(ones) if one)
    expected = [place for place in range(len(ones) - length + 1) if all(ones[place : place + length])]
    assert list(places(runs(bits, length))) == expected
