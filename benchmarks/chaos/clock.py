"""The clock of a run: all its processes read it from one file, and the harness can jump it."""

from __future__ import annotations

import datetime as dt
import mmap
import struct
from pathlib import Path

from bot.clock import SystemClock

SIZE = 8
WEDNESDAY = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)


class SharedClock:
    """The machine's clock and so many seconds more. Another process opens the same by the same path."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            path.write_bytes(bytes(SIZE))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), SIZE)

    def __reduce__(self) -> tuple[type[SharedClock], tuple[Path]]:
        return SharedClock, (self._path,)

    def now(self) -> dt.datetime:
        """The present moment, as this run has it."""
        return SystemClock().now() + dt.timedelta(seconds=self._ahead())

    def jump(self, seconds: float) -> None:
        """Forward, or back."""
        self._map[:SIZE] = struct.pack("d", self._ahead() + seconds)

    def set(self, moment: dt.datetime) -> None:
        """Begin here."""
        self.jump((moment - self.now()).total_seconds())

    def _ahead(self) -> float:
        (ahead,) = struct.unpack("d", self._map[:SIZE])
        return float(ahead)
