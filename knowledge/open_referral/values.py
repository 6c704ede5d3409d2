"""What every part of the feed is made with: stable ids, and objects that leave out what is empty."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
"""One object of the standard, ready to be written as JSON."""

ROOT = uuid.UUID("6f1c7a52-3d0b-5e49-9c86-0a7d9be2f413")
"""Never change it: every id we have ever published hangs on it."""


@dataclass(frozen=True, slots=True)
class Ids:
    """Makes the ids of one place. Two places may publish the same organisation without getting in each other's way."""

    place: str

    def of(self, kind: str, *names: str) -> str:
        """The id of a thing, the same for ever: its kind and our own names for it in, a UUID out."""
        return str(uuid.uuid5(uuid.uuid5(ROOT, self.place), "/".join((kind, *names))))


def present(**fields: object) -> Json:
    """The fields that say something. The standard wants an empty one left out, never null or ""."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [])}


def basic(thing: Mapping[str, Any]) -> Json:
    """A thing as lists show it: no lists within, at any depth."""
    return {
        name: basic(value) if isinstance(value, Mapping) else value
        for name, value in thing.items()
        if not isinstance(value, list)
    }


def minimal(service: Mapping[str, Any]) -> Json:
    """Just enough of a service to see whether it must be fetched again."""
    return {name: service[name] for name in ("id", "name", "status", "last_modified") if name in service}


def instant(moment: dt.datetime) -> str:
    """A moment as the standard writes it: UTC, to the millisecond."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
