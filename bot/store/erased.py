"""Who was erased: a file beside the keys, so that a backup that is put back does not bring them back.

The database that is replaced cannot say it. A line is a moment and keyed hashes: nobody is read out of it, and without
the key file nobody is found by it. Lines go after 36 days, when no backup is older (docs/decisions/0033).
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

log = structlog.get_logger()

NAME = "erased.log"
KEPT_FOR = dt.timedelta(days=36)
"""A day longer than any backup."""
BEGAN_BEFORE = dt.timedelta(minutes=1)
"""An erasure that began so long before the newest row of a copy may have ended after it: it is done again."""
STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"
LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)((?: [0-9a-f]{64})+)")


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure: when, and the marks by which the same person is found in a copy."""

    at: dt.datetime
    marks: frozenset[str]


class ErasedLog:
    """The file of one machine. Processes may write to it at once; each change is whole or not there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, at: dt.datetime, marks: Collection[str]) -> None:
        """Add an erasure, on the disk before this returns, and drop what is past its time. Blocks. Raises OSError."""
        with self._alone():
            self._write([*self._young(at), Erasure(at, frozenset(marks))])

    def note_or_say(self, at: dt.datetime, marks: Collection[str]) -> None:
        """The same; where the file cannot be written that is logged, since forgetting them today counts for more."""
        try:
            self.note(at, marks)
        except OSError as error:
            log.error("erasure not noted", error=type(error).__name__)

    def after(self, newest: dt.datetime | None, now: dt.datetime) -> Sequence[Erasure]:
        """What was erased after the newest row of a copy was written, or so shortly before that it may not be in it.
        All there is for a copy without rows. Raises OSError."""
        return [each for each in self._young(now) if newest is None or each.at >= newest - BEGAN_BEFORE]

    def drop_old(self, now: dt.datetime) -> int:
        """Drop what is past its time; how many lines. Raises OSError."""
        if not self.path.is_file():
            return 0
        with self._alone():
            before, young = self._lines(), self._young(now)
            if len(young) < len(before):
                self._write(young)
        return len(before) - len(young)

    def _young(self, now: dt.datetime) -> list[Erasure]:
        return [each for each in map(_read, self._lines()) if each is not None and now - each.at <= KEPT_FOR]

    def _lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8").splitlines() if self.path.is_file() else []

    def _write(self, erasures: Collection[Erasure]) -> None:
        temporary = self.path.with_name(f"{self.path.name}.new")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(_line(each) for each in erasures)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _line(erasure: Erasure) -> str:
    return f"{erasure.at.astimezone(dt.UTC):{STAMP}} {' '.join(sorted(erasure.marks))}\n"


def _read(line: str) -> Erasure | None:
    """What a line says; None for one that is not ours."""
    found = LINE.fullmatch(line)
    if found is None:
        return None
    return Erasure(dt.datetime.strptime(found[1], STAMP).replace(tzinfo=dt.UTC), frozenset(found[2].split()))
