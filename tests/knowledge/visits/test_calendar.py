"""Calendar files of home visits: what a resident's and an officer's calendar make of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.visits.calendar import ZONES, Event, calendar_file, feed

LONDON = ZoneInfo("Europe/London")
ADVICE = "Bring a list; tea, if you like.\nRing 0116 496 0000 to move it \\ cancel it. 🏠👩‍👩‍👧"


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


VISIT = Event(
    uid="BB-4821@visits.example",
    sequence=0,
    starts=utc("2026-12-02T14:00"),
    ends=utc("2026-12-02T14:30"),
    zone="Europe/London",
    summary="Home safety visit",
    description=ADVICE,
    location="14 Gooding Avenue, Leicester; flat 2",
    alarm_minutes=(1440, 60),
    cancelled=False,
    stamped=utc("2026-11-23T09:30"),
)
MOVED = replace(VISIT, sequence=1, starts=utc("2026-12-03T10:00"), ends=utc("2026-12-03T10:30"))
CANCELLED = replace(MOVED, sequence=2, cancelled=True)


# Any: to the type checker a property is one of thirty kinds, whatever its name.
def calendar(text: str) -> Any:
    return icalendar.Calendar.from_ical(text)


def only_event(text: str) -> Any:
    [event] = calendar(text).events
    return event


def by_its_own_rules(text: str) -> tuple[dt.datetime, dt.datetime]:
    """When an event starts and ends to a calendar that knows no zone but the one in the file."""
    found = calendar(text)
    [event], [zone] = found.events, found.timezones
    assert event["DTSTART"].params["TZID"] == event["DTEND"].params["TZID"] == zone.tz_name
    rules = zone.to_tz(lookup_tzid=False)
    return event["DTSTART"].dt.replace(tzinfo=rules), event["DTEND"].dt.replace(tzinfo=rules)


# What a resident's calendar makes of a visit.


def test_a_booked_visit_reads_back_as_it_was_booked() -> None:
    text = calendar_file(VISIT)
    event = only_event(text)
    assert calendar(text)["METHOD"] == "PUBLISH"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (VISIT.uid, 0, "CONFIRMED")
    assert (event.start, event.end) == (VISIT.starts, VISIT.ends)
    assert (event["SUMMARY"], event["DESCRIPTION"], event["LOCATION"]) == (VISIT.summary, ADVICE, VISIT.location)
    assert event.errors == calendar(text).errors == []


def test_a_moved_visit_replaces_the_booked_one() -> None:
    before, after = only_event(calendar_file(VISIT)), only_event(calendar_file(MOVED))
    assert calendar(calendar_file(MOVED))["METHOD"] == "PUBLISH"
    assert before["UID"] == after["UID"]
    assert before["SEQUENCE"] < after["SEQUENCE"]
    assert after.start == MOVED.starts


def test_a_cancelled_visit_is_withdrawn_and_does_not_ring() -> None:
    text = calendar_file(CANCELLED)
    event = only_event(text)
    assert calendar(text)["METHOD"] == "CANCEL"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (VISIT.uid, 2, "CANCELLED")
    assert list(event.walk("VALARM")) == []


def test_it_rings_a_day_and_an_hour_before() -> None:
    alarms = only_event(calendar_file(VISIT)).walk("VALARM")
    assert [alarm["TRIGGER"].dt for alarm in alarms] == [dt.timedelta(days=-1), dt.timedelta(hours=-1)]
    assert {(alarm["ACTION"], alarm["DESCRIPTION"]) for alarm in alarms} == {("DISPLAY", VISIT.summary)}


@pytest.mark.parametrize(
    ("starts", "offset"),
    [
        ("2027-03-27T14:00", 0),  # the Saturday before the clocks go forward
        ("2027-03-28T13:00", 1),
        ("2026-10-24T13:00", 1),  # the Saturday before they go back
        ("2026-10-25T14:00", 0),
    ],
)
def test_a_visit_at_two_is_at_two_on_each_side_of_a_clock_change(starts: str, offset: int) -> None:
    text = calendar_file(replace(VISIT, starts=utc(starts), ends=utc(starts) + dt.timedelta(minutes=30)))
    start, end = by_its_own_rules(text)
    assert (start.hour, start.minute, end.hour, end.minute) == (14, 0, 14, 30)
    assert start.utcoffset() == dt.timedelta(hours=offset)
    assert start == utc(starts)
    assert f"DTSTART;TZID=Europe/London:{start:%Y%m%d}T140000\r\n" in text


# What an officer subscribes to.


def test_a_feed_holds_many_visits_and_keeps_the_cancelled() -> None:
    other = replace(VISIT, uid="BB-4822@visits.example", summary="BB-4822 LE3", starts=utc("2026-07-01T09:00"))
    found = calendar(feed([CANCELLED, other], "Visits"))
    assert [(event["UID"], event["STATUS"]) for event in found.events] == [
        (CANCELLED.uid, "CANCELLED"),
        (other.uid, "CONFIRMED"),
    ]
    assert (found["METHOD"], found["X-WR-CALNAME"]) == ("PUBLISH", "Visits")
    assert found.refresh_interval == dt.timedelta(hours=1)
    assert len(found.timezones) == 1


def test_a_feed_asks_to_be_refreshed_in_the_words_of_the_standard() -> None:
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in feed([VISIT], "Visits")


def test_a_feed_may_have_a_name_with_any_marks() -> None:
    assert "X-WR-CALNAME:Visits\\, round A\\; LE3\r\n" in feed([], "Visits, round A; LE3")


def test_a_feed_may_be_empty() -> None:
    found = calendar(feed(iter(()), "Visits"))
    assert (found.events, found.timezones, found["X-WR-CALNAME"]) == ([], [], "Visits")


# Rules that hold for any visit.

# Property tests measure their own time, and a busy machine is no fault.
rule = settings(max_examples=60, deadline=None)
written = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t\\;,:nN\"'^%🏠"), max_size=200)
# The format has no words for the second pass of the hour that autumn repeats.
moments = (
    st.integers(0, 15 * 365 * 24 * 4)
    .map(lambda quarters: utc("2026-01-01") + dt.timedelta(minutes=15 * quarters))
    .filter(lambda moment: not moment.astimezone(LONDON).fold)
)


@rule
@given(written, written, written)
def test_any_words_survive(summary: str, description: str, location: str) -> None:
    event = only_event(
        calendar_file(replace(VISIT, summary=summary, description=description, location=location, alarm_minutes=(5,)))
    )
    assert event.get("SUMMARY", "") == summary
    assert event.get("DESCRIPTION", "") == description
    assert event.get("LOCATION", "") == location
    assert event.walk("VALARM")[0]["DESCRIPTION"] == summary


@rule
@given(st.text(max_size=200) | st.just("\x00\ud83c\r\n\x1b[2J\r."), written)
def test_no_line_is_over_75_octets_and_each_ends_in_crlf(text: str, name: str) -> None:
    lines = feed([replace(VISIT, uid="a" + text, description=text, location=text)], name).encode().split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line or b"\r" in line or b"\x00" in line for line in lines)


@settings(rule, max_examples=15)
@given(moments)
def test_a_visit_at_any_time_starts_then_by_the_rules_in_the_file(moment: dt.datetime) -> None:
    start, _ = by_its_own_rules(calendar_file(replace(VISIT, starts=moment, ends=moment + dt.timedelta(days=1))))
    # Across zones, Python calls an hour that comes twice equal to nothing.
    assert start.astimezone(dt.UTC) == moment
    assert start.replace(tzinfo=None) == moment.astimezone(LONDON).replace(tzinfo=None)


# Small parts.


def test_the_rules_in_the_file_change_the_clocks_when_london_does() -> None:
    zone = icalendar.Timezone.from_ical(ZONES["Europe/London"])
    assert isinstance(zone, icalendar.Timezone)
    rules = zone.to_tz(lookup_tzid=False)
    last_weeks = [(year, month, day) for year in range(2026, 2036) for month in (3, 10) for day in range(24, 32)]
    for noon in (dt.datetime(*date, 12, tzinfo=LONDON) for date in last_weeks):
        assert noon.replace(tzinfo=rules).utcoffset() == noon.utcoffset()


@pytest.mark.parametrize("moment", ["2027-03-28T00:45", "2027-03-28T01:00", "2026-10-25T00:45", "2026-10-25T02:00"])
def test_the_rules_in_the_file_change_the_clocks_at_one_in_utc(moment: str) -> None:
    starts = utc(moment)
    start, _ = by_its_own_rules(calendar_file(replace(VISIT, starts=starts, ends=starts + dt.timedelta(hours=4))))
    assert start.astimezone(dt.UTC) == starts


def test_the_stamp_is_in_utc() -> None:
    summer = replace(VISIT, stamped=utc("2026-07-01T09:30"))
    assert "DTSTAMP:20260701T093000Z\r\n" in calendar_file(summer)


def test_a_file_says_its_version_and_maker() -> None:
    found = calendar(calendar_file(VISIT))
    assert found["VERSION"] == "2.0"
    assert found["PRODID"].startswith("-//")


def test_nothing_to_say_leaves_no_empty_lines() -> None:
    event = only_event(calendar_file(replace(VISIT, description="", location="", alarm_minutes=())))
    assert not {"DESCRIPTION", "LOCATION"} & set(event)
    assert event.subcomponents == []


@pytest.mark.parametrize("words", [r"\N", r"\n", r"\\N", "\\\n", r"\,\;", "; , : \"'"])
def test_a_backslash_stays_a_backslash(words: str) -> None:
    assert only_event(calendar_file(replace(VISIT, description=words)))["DESCRIPTION"] == words


def test_control_characters_go_and_line_ends_become_one_kind() -> None:
    event = only_event(calendar_file(replace(VISIT, description="a\r\nb\rc\nd\te\x00\x07\x85\x7ff")))
    assert event["DESCRIPTION"] == "a\nb\nc\nd\tef"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ends": VISIT.starts}, "cannot end"),
        ({"starts": VISIT.starts.replace(tzinfo=None)}, "in UTC"),
        ({"ends": MOVED.ends.replace(tzinfo=None)}, "in UTC"),
        ({"stamped": dt.datetime(2026, 7, 1, tzinfo=LONDON)}, "in UTC"),
        ({"zone": "Europe/Lndon"}, "Europe/Lndon"),
    ],
)
def test_an_impossible_event_is_refused(change: dict[str, dt.datetime | str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(VISIT, **change)  # type: ignore[arg-type]
