"""The key file as it changes: a new key becomes the current one, an old one is taken out. One at a time."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import CommandFault
from bot.store.vault import KEY_BYTES

HIGHEST = 255
"""A key's id is the first byte of what it sealed."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key without the key: since when it is, and until when it sealed. Moments that were not noted are None."""

    id: int
    current: bool
    made: dt.datetime | None
    retired: dt.datetime | None


def listed(path: Path) -> tuple[Key, ...]:
    """The keys of a file, by id."""
    held = _held(path)
    current, made, retired = _current(held), held.get("made", {}), held.get("retired", {})
    return tuple(
        Key(int(id_), int(id_) == current, _moment(made.get(id_)), _moment(retired.get(id_)))
        for id_ in sorted(held["keys"], key=int)
    )


def add(path: Path, now: dt.datetime) -> int:
    """A new random key seals from now on; its id. Raises CommandFault where the file cannot be written."""
    held = _held(path)
    old = _current(held)
    new = next(id_ for id_ in _after(old) if str(id_) not in held["keys"])
    held["keys"][str(new)] = secrets.token_hex(KEY_BYTES)
    held["current"] = new
    held.setdefault("made", {})[str(new)] = now.isoformat()
    held.setdefault("retired", {})[str(old)] = now.isoformat()
    _replace(path, held)
    return new


def drop(path: Path, ids: Collection[int]) -> None:
    """Take keys out for good. The current one stays whatever is asked."""
    held = _held(path)
    gone = {str(id_) for id_ in ids if id_ != _current(held)}
    for part in ("keys", "made", "retired"):
        held[part] = {id_: value for id_, value in held.get(part, {}).items() if id_ not in gone}
    _replace(path, held)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """While this lasts nobody else changes the keys. Raises CommandFault where somebody is at it."""
    lock = path.with_name(path.name + ".lock")
    handle = os.open(lock, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise CommandFault(why="Somebody else is changing the keys at this moment.") from error
    finally:
        os.close(handle)


def _held(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _current(held: dict[str, Any]) -> int:
    return int(held.get("current") or max(map(int, held["keys"])))


def _after(id_: int) -> Iterator[int]:
    """All ids, the next one first; after the highest comes 1 again."""
    return (1 + (id_ + step) % HIGHEST for step in range(HIGHEST))


def _moment(noted: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(noted) if noted else None


def _replace(path: Path, held: dict[str, Any]) -> None:
    """All or nothing, and on the disk before anything is sealed with it."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(held, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise CommandFault(why=f"The key file {path} cannot be written: {error.strerror}.") from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
