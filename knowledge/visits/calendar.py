"""Home visits as calendar files (RFC 5545): one visit to keep, or many as a calendar to subscribe to.

A visit keeps its UID for life; each move or cancellation raises its SEQUENCE, so that a calendar replaces what it has.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

import icalendar

PRODUCT = "-//Braunstone Blues//Home visits//EN"
REFRESH = dt.timedelta(hours=1)
"""How often a subscribed calendar is asked to look again."""
ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
# Calendars that do not know the zone by name go by these rules. They are written out because the library's own start
# summer time an hour late, and list years one by one.
LONDON = """\
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""
ZONES = {"Europe/London": LONDON}
"""The zones that visits may be in, and their rules."""

Method = Literal["PUBLISH", "CANCEL"]


@dataclass(frozen=True)
class Event:
    """A visit as a calendar shows it; every word is handed in. `starts`, `ends` and `stamped` are in UTC.

    `stamped` is when this state of the visit came about. `alarm_minutes` are minutes before the start.
    """

    uid: str
    sequence: int
    starts: dt.datetime
    ends: dt.datetime
    zone: str
    summary: str
    description: str
    location: str
    alarm_minutes: tuple[int, ...]
    cancelled: bool
    stamped: dt.datetime

    def __post_init__(self) -> None:
        """Raises ValueError for a zone without rules, a time that is not in UTC, or an end before the start."""
        if self.zone not in ZONES:
            raise ValueError(f"no calendar rules for the time zone {self.zone}")
        if any(moment.utcoffset() != dt.timedelta() for moment in (self.starts, self.ends, self.stamped)):
            raise ValueError("the times of a calendar event are in UTC")
        if self.ends <= self.starts:
            raise ValueError(f"a visit that starts at {self.starts} cannot end at {self.ends}")


class Words(icalendar.vText):
    """Text, escaped without the library's reading of a backslash before N as a new line."""

    def to_ical(self) -> bytes:
        """As it stands in the file, in UTF-8."""
        return self.translate(ESCAPES).encode()


def calendar_file(event: Event) -> str:
    """One visit in, its file out: published when booked or moved, withdrawn when cancelled.

    Lines end in CRLF: write it without changing line ends, as UTF-8.
    """
    return _written(_calendar("CANCEL" if event.cancelled else "PUBLISH", [event]))


def feed(events: Iterable[Event], name: str) -> str:
    """Visits and the calendar's name in, a calendar to subscribe to out; cancelled visits stay, marked as such.

    It leaves the house: hand in the reference and outward postcode, no personal details.
    """
    calendar = _calendar("PUBLISH", list(events))
    calendar.add("X-WR-CALNAME", _words(name))
    calendar.add("REFRESH-INTERVAL", REFRESH, {"VALUE": "DURATION"})
    return _written(calendar)


def _calendar(method: Method, events: list[Event]) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCT)
    calendar.add("METHOD", method)
    for zone in dict.fromkeys(event.zone for event in events):
        calendar.add_component(_rules(zone))
    for event in events:
        calendar.add_component(_component(event))
    return calendar


def _component(event: Event) -> icalendar.Event:
    shown = icalendar.Event()
    shown.add("SEQUENCE", event.sequence)
    shown.add("STATUS", "CANCELLED" if event.cancelled else "CONFIRMED")
    shown.add("DTSTAMP", event.stamped)
    # A zone's own time, not UTC: the visit stays at its hour on the wall.
    shown.add("DTSTART", event.starts.astimezone(ZoneInfo(event.zone)))
    shown.add("DTEND", event.ends.astimezone(ZoneInfo(event.zone)))
    for name in ("uid", "summary", "description", "location"):
        if text := _words(getattr(event, name)):
            shown.add(name, text)
    # What is cancelled must not ring.
    for minutes in () if event.cancelled else event.alarm_minutes:
        shown.add_component(_alarm(minutes, event.summary))
    return shown


def _alarm(minutes: int, words: str) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", _words(words))
    alarm.add("TRIGGER", dt.timedelta(minutes=-minutes))
    return alarm


@cache
def _rules(zone: str) -> icalendar.Component:
    return icalendar.Timezone.from_ical(ZONES[zone])


def _words(text: str) -> Words:
    """The format has one kind of new line, and no place for control characters or half characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return Words("".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")))


def _written(calendar: icalendar.Calendar) -> str:
    octets: bytes = calendar.to_ical()
    return octets.decode()
