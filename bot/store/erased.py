"""Who was erased: a file beside the keys, so that a backup that is put back does not bring them back.

The database that is replaced cannot say it. A line is a moment and keyed hashes: nobody is read out of it, and without
the key file nobody is found by it. Lines go after 36 days, when no backup is older (docs/decisions/0033).

A file that is made says first since when it is kept, so that one which took the place of a lost one is known for it.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
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
LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)((?: [0-9a-f]{64})+| begun)")
BEGUN = "begun"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure: when, and the marks by which the same person is found in a copy."""

    at: dt.datetime
    marks: frozenset[str]


class ErasedLog:
    """The file of one machine. Processes may write to it at once; each change is whole or not there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = path.with_name(f"{path.name}.lock")

    def begin_or_say(self, at: dt.datetime) -> None:
        """Make the file where there is none, kept since a moment. Blocks. Where that cannot be it is logged."""
        try:
            if not self.path.exists():
                with self._alone():
                    self._write(self._kept(at))
        except OSError as error:
            log.error("erasures cannot be noted", error=type(error).__name__)

    def note(self, at: dt.datetime, marks: Collection[str]) -> None:
        """Add an erasure, on the disk before this returns, and drop what is past its time. Blocks. Raises OSError."""
        with self._alone():
            self._write([*self._kept(at), _line(at, *sorted(marks))])

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

    def misses(self, newest: dt.datetime) -> bool:
        """Was it not kept yet, or is it not there, so that nobody knows who was erased after the newest row of a copy?
        Lines of several machines in one file count as kept since the first. Raises OSError."""
        begun = [each.at for each in map(_read, self._lines()) if each is not None and not each.marks]
        return not self.path.is_file() or newest < min(begun, default=newest)

    def drop_old(self, now: dt.datetime) -> int:
        """Drop what is past its time; how many lines. Raises OSError."""
        if not self.path.is_file():
            return 0
        with self._alone():
            before, kept = self._lines(), self._kept(now)
            if len(kept) < len(before):
                self._write(kept)
        return len(before) - len(kept)

    def _young(self, now: dt.datetime) -> list[Erasure]:
        return [each for each in map(_read, self._lines()) if each is not None and each.marks and _is_young(each, now)]

    def _kept(self, now: dt.datetime) -> list[str]:
        """The lines that stay; of a file that is not there yet, the one that says since when it is kept."""
        if not self.path.exists():
            return [_line(now, BEGUN)]
        read = ((line, _read(line)) for line in self._lines())
        return [f"{line}\n" for line, each in read if each is not None and (not each.marks or _is_young(each, now))]

    def _lines(self) -> list[str]:
        # What is no text of ours is read past: a byte gone wrong may not keep anybody from being forgotten.
        text = self.path.read_text(encoding="utf-8", errors="replace") if self.path.is_file() else ""
        return text.splitlines()

    def _write(self, lines: Collection[str]) -> None:
        temporary = self.path.with_name(f"{self.path.name}.new")
        with os.fdopen(self._made(temporary, os.O_TRUNC), "w", encoding="utf-8") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.path)
        self._onto_disk()

    def _onto_disk(self) -> None:
        """The new name too survives a power cut."""
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _made(self, path: Path, flags: int = 0) -> int:
        """A file opened for writing. What root makes belongs to the folder's owner, or the bot could never write it."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)
        if os.geteuid() == 0:
            owner = self.path.parent.stat()
            with suppress(PermissionError):  # a root that may give nothing away; the doctor names what came of it
                os.fchown(handle, owner.st_uid, owner.st_gid)
        return handle

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = self._made(self.lock)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _line(at: dt.datetime, *words: str) -> str:
    return f"{at.astimezone(dt.UTC):{STAMP}} {' '.join(words)}\n"


def _is_young(erasure: Erasure, now: dt.datetime) -> bool:
    return now - erasure.at <= KEPT_FOR


def _read(line: str) -> Erasure | None:
    """What a line says: an erasure, or without marks since when the file is kept. None for one that is not ours."""
    found = LINE.fullmatch(line)
    if found is None:
        return None
    at = dt.datetime.strptime(found[1], STAMP).replace(tzinfo=dt.UTC)
    return Erasure(at, frozenset(found[2].split()) - {BEGUN})
