"""Who confirmed an answer, and when, written into its file: two lines change and every other byte stays."""

from __future__ import annotations

import datetime as dt
import json
import re

from knowledge.errors import UnreadableFile
from knowledge.library import FRONT_MATTER


def confirmed(text: str, on: dt.date, by: str) -> str:
    """An entry's file with `checked_on` and `checked_by` set, in their own lines or as new last ones of the settings.

    `by` is a role, never a name: the file is published. Raises UnreadableFile where there is no block of settings.
    """
    match = FRONT_MATTER.match(text)
    if match is None:
        raise UnreadableFile(path="", why="it must begin with --- and a block of settings")
    settings = _put(_put(match[1], "checked_on", on.isoformat()), "checked_by", _quoted(by))
    return text[: match.start(1)] + settings + text[match.end(1) :]


def _put(settings: str, name: str, value: str) -> str:
    """One setting in place of its old line and of lines indented below it; at the end where it was missing."""
    fresh = f"{name}: {value}"
    old = re.compile(rf"^{name}[ \t]*:[^\n]*(?:\n[ \t]+[^\n]*)*", re.MULTILINE)
    found, times = old.subn(lambda _match: fresh, settings, count=1)
    return found if times else f"{settings}\n{fresh}"


def _quoted(by: str) -> str:
    """As YAML reads it back, whatever it holds: "no" stays a word, and nothing can begin another setting."""
    return json.dumps("".join(char for char in " ".join(by.split()) if char.isprintable()), ensure_ascii=False)
