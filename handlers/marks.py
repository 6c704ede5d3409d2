"""What stands on the buttons of the team's desk: short marks of ids, and which taps must be tried out beforehand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from handlers import buttons
from handlers.buttons import Verb
from handlers.errors import OldButton
from handlers.turn import Turn

SEEN_BYTES = 8
"""Of the mark of what was read: nobody finds other words that have the same."""
MOST_DIGITS = 12
"""Of a number on a button, which can be forged: every database can look it up."""


class Wanted(NamedTuple):
    """A tap for which a change is tried out first: `draft` is the number of one's own version, `others` of somebody
    else's; else a group's, and an entry."""

    draft: int | None = None
    others: int | None = None
    group: int | None = None
    mark: str = ""


def wanted(turn: Turn) -> Wanted | None:
    """Must a change be tried out before this turn's transaction? It is slow, and nothing slow happens inside one."""
    try:
        verb, argument = buttons.decode(turn.tap or "")
    except OldButton:
        return None
    what, number, mark, *_ = (*argument.split("."), "", "")
    if verb != Verb.STAFF or not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
        return None
    if what in ("try", "publish"):
        return Wanted(draft=int(number))
    if what in ("rehearse", "approve"):
        return Wanted(others=int(number))
    return Wanted(group=int(number), mark=mark) if what == "add" else None


def mark_of(slug: str) -> str:
    """A short mark of an entry's or organisation's id, so that a number fits beside it on a button."""
    return hashlib.blake2s(slug.encode(), digest_size=4).hexdigest()


def seen_mark(*said: str) -> str:
    """A mark of all that somebody reads before they say yes to it: other words have another."""
    spelled = "\0".join(said).encode("utf-8", "surrogatepass")
    return hashlib.blake2s(spelled, digest_size=SEEN_BYTES).hexdigest()


def marked(mark: str, slugs: Iterable[str]) -> str | None:
    """The id that a mark stands for; None for none, or for one that is gone."""
    return next((slug for slug in slugs if mark_of(slug) == mark), None)
