"""How templates are found, and how they write times and the addresses of our own files."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
STATIC = HERE / "static"


@cache
def environment() -> Environment:
    """Templates that escape everything and fail on what they were not given."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def asset(name: str) -> str:
    """The address of a static file of the console, new whenever its content is."""
    return f"/staff/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"


def when(moment: dt.datetime, zone: str) -> str:
    """A moment on the place's wall clock, such as Wed 25 Nov 2026, 10:00."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %-d %b %Y, %H:%M}"


def age(since: dt.datetime, now: dt.datetime) -> str:
    """How long ago something was, in one unit: 3 days, 1 hour."""
    return format_timedelta(max(now - since, dt.timedelta()), granularity="minute", locale="en_GB")
