"""How templates are found, and how they write times and the addresses of our own files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta

from bot.channels.web.templating import versioned

HERE = Path(__file__).parent
STATIC, TEMPLATES = HERE / "static", HERE / "templates"


def asset(name: str) -> str:
    """The address of a static file of the console, new whenever its content is."""
    return f"/staff/static/{versioned(STATIC / name)}"


def when(moment: dt.datetime, zone: str) -> str:
    """A moment on the place's wall clock, such as Wed 25 Nov 2026, 10:00."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %-d %b %Y, %H:%M}"


def age(since: dt.datetime, now: dt.datetime) -> str:
    """How long ago something was, in one unit: 3 days, 1 hour."""
    return format_timedelta(max(now - since, dt.timedelta()), granularity="minute", locale="en_GB")
