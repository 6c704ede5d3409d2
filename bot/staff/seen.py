"""What somebody has read of a version before they say yes to it."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from handlers.marks import seen_mark


class Readable(Protocol):
    """What a version tells whoever reads it."""

    @property
    def text(self) -> str: ...

    @property
    def retires(self) -> bool: ...

    @property
    def starts(self) -> dt.datetime | None: ...

    @property
    def ends(self) -> dt.datetime | None: ...


def mark_of(row: Readable) -> str:
    """What somebody has read of a version: its words, from when until when, or that it takes the file away. A form or
    a button carries it, so that nobody says yes to what was changed since."""
    times = (moment.isoformat() if moment else "" for moment in (row.starts, row.ends))
    return seen_mark(row.text, str(row.retires), *times)
