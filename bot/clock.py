"""The clock, ids and randomness, handed in so that tests can fix them."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time; always aware, always UTC."""

    def now(self) -> dt.datetime:
        """The present moment."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


@dataclass
class FixedClock:
    """A clock that is set and moved, by tests and by the demonstration."""

    at: dt.datetime = field(default=dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC))

    def now(self) -> dt.datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Forward by days, hours, minutes, seconds."""
        self.at += dt.timedelta(**by)


def new_id() -> str:
    """An id that nobody can guess."""
    return uuid.uuid4().hex


def new_token() -> str:
    """256 random bits for a web conversation or a secret address."""
    return secrets.token_urlsafe(32)
