"""A disk that can be made full: a small file system in memory, or, where that is not allowed, a quota on the files of
each process."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

SIZE = 256
"""Megabytes."""
QUOTA = 16_384
"""Bytes: no file may be written beyond."""


class Disk(Protocol):
    """Where the database lies."""

    folder: Path

    def fill(self, pids: Iterable[int]) -> None:
        """From now on there is no room."""
        ...

    def free(self, pids: Iterable[int]) -> None:
        """There is room again."""
        ...


class SmallDisk:
    """A file system of its own, filled by a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, pids: Iterable[int]) -> None:
        """A file takes all that is left."""
        with self._ballast.open("wb") as file:
            for size in (1 << 20, 1 << 12):
                _write_until_full(file.fileno(), bytes(size))

    def free(self, pids: Iterable[int]) -> None:
        """The file goes."""
        self._ballast.unlink(missing_ok=True)


class Quota:
    """Files of the processes may not grow: the kernel refuses what they write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, pids: Iterable[int]) -> None:
        """A limit for each process."""
        _limit(pids, QUOTA)

    def free(self, pids: Iterable[int]) -> None:
        """None any more."""
        _limit(pids, resource.RLIM_INFINITY)


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """A disk at that folder, gone at the end."""
    folder.mkdir()
    mounted = _done("mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "chaos", str(folder))
    try:
        yield SmallDisk(folder) if mounted else Quota(folder)
    finally:
        if mounted:
            _done("umount", "-l", str(folder))


def _done(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603
    except FileNotFoundError:
        return False


def _write_until_full(file: int, piece: bytes) -> None:
    try:
        while os.write(file, piece):
            pass
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def _limit(pids: Iterable[int], size: int) -> None:
    for pid in pids:
        try:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        except ProcessLookupError:
            continue
