"""Who confirmed an answer, and when, in its file: two lines change and every other byte stays."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import NamedTuple

from knowledge.errors import UnreadableFile
from knowledge.library import FRONT_MATTER, parse_entry


class Check(NamedTuple):
    """When somebody confirmed an answer, and their role; neither, where nobody did."""

    on: dt.date | None = None
    by: str | None = None


def check_of(text: str) -> Check | None:
    """Who an entry's file says has confirmed it, and when; None for a text that cannot be read."""
    try:
        entry = parse_entry("a/draft", text)
    except UnreadableFile:
        return None
    return Check(entry.checked_on, entry.checked_by)


def with_check(text: str, check: Check) -> str:
    """An entry's file with another check, or with none. Raises UnreadableFile where there is no block of settings."""
    return _with(text, check.on.isoformat() if check.on else "", _quoted(check.by) if check.by else "")


def confirmed(text: str, on: dt.date, by: str) -> str:
    """An entry's file with `checked_on` and `checked_by` set, in their own lines or as new last ones of the settings.

    `by` is a role, never a name: the file is published. Raises UnreadableFile where there is no block of settings.
    """
    return _with(text, on.isoformat(), _quoted(by))


def _with(text: str, on: str, by: str) -> str:
    match = FRONT_MATTER.match(text)
    if match is None:
        raise UnreadableFile(path="", why="it must begin with --- and a block of settings")
    settings = _put(_put(match[1], "checked_on", on), "checked_by", by)
    return text[: match.start(1)] + settings + text[match.end(1) :]


def _put(settings: str, name: str, value: str) -> str:
    """One setting in place of its old line and of lines indented below it, paragraphs too; at the end where it was
    missing."""
    fresh = f"{name}: {value}" if value else f"{name}:"
    old = re.compile(rf"^{name}[ \t]*:[^\n]*(?:\n(?:[ \t]*\n)*[ \t]+[^ \t\n][^\n]*)*", re.MULTILINE)
    found, times = old.subn(lambda _match: fresh, settings, count=1)
    return found if times else f"{settings}\n{fresh}"


def _quoted(by: str) -> str:
    """As YAML reads it back, whatever it holds: "no" stays a word, and nothing can begin another setting."""
    return json.dumps("".join(char for char in " ".join(by.split()) if char.isprintable()), ensure_ascii=False)
