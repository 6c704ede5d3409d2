"""Labelled messages, as `bot evaluate` reads them, and what came of each."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from knowledge.errors import UnreadableFile

Kind = Literal[
    "advice", "near-miss", "none", "action", "multi", "emergency", "emergency-maybe", "crisis", "abuse", "harmless"
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
NONE = "none"
# A message that is none of ours is met with one of these; small talk is an answer to nothing.
NOT_OURS = frozenset({"unknown", "smalltalk"})
# Ways that danger, crisis and abuse may be met: their own, or a more urgent one.
OR_HIGHER = {
    "emergency": ("emergency",),
    "crisis": ("crisis", "emergency"),
    "abuse": ("abuse", "crisis", "emergency"),
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message, its kind, and what is right: any one of `accept`, each of which is one or more needs."""

    text: str
    kind: Kind
    accept: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Met:
    """What the bot made of a message: the fields of `bot ask --json`, and the chance it gave its first answer."""

    route: str
    tier: str | None = None
    answered: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    action: str | None = None
    score: float = 0.0

    @property
    def served(self) -> frozenset[str]:
        """Everything that was done at once, named as `accept` names it."""
        named = NONE if self.route in NOT_OURS else None
        return frozenset(name for name in (*self.answered, self.action, self.route, named) if name)

    @property
    def answered_anyway(self) -> bool:
        """Was an entry shown in full, or an order carried out?"""
        return self.route in ("answer", "action")


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled message and how it was met."""

    asked: Labelled
    met: Met

    @property
    def right(self) -> bool:
        """Is one of the accepted answers served, all its needs with it?"""
        if self.asked.kind in OR_HIGHER and self.met.route in OR_HIGHER[self.asked.kind]:
            return True
        if self.asked.kind == "harmless":
            return self.met.route != "emergency"
        maybe = self.asked.kind == "emergency-maybe" and self.met.route == "emergency"
        return maybe or any(set(needs) <= self.met.served for needs in self.asked.accept)

    @property
    def right_or_offered(self) -> bool:
        """The same, where a button that leads there counts as well."""
        within = self.met.served | set(self.met.offered)
        return self.right or any(set(needs) <= within for needs in self.asked.accept)

    @property
    def wrong(self) -> bool:
        """Was something shown or done that was not asked for?"""
        return self.met.answered_anyway and not self.right


def read_questions(path: Path) -> tuple[Labelled, ...]:
    """A CSV with the columns text, kind and accept in, its messages out. Raises UnreadableFile."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return tuple(_labelled(path, row["text"], row["kind"], row["accept"]) for row in rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(path=path, why=str(error)) from error
    except KeyError as error:
        raise UnreadableFile(path=path, why=f"there is no column {error}") from error


def _labelled(path: Path, text: str, kind: str, accept: str) -> Labelled:
    found = next((known for known in KINDS if known == kind), None)
    if found is None:
        raise UnreadableFile(path=path, why=f"{kind} is not one of {', '.join(KINDS)}")
    return Labelled(text, found, parse_accept(accept))


def parse_accept(accept: str) -> tuple[tuple[str, ...], ...]:
    """Alternatives by "|", needs that belong together by "&": "a|b&c" is ((a,), (b, c))."""
    return tuple(tuple(need.strip() for need in one.split("&")) for one in accept.split("|"))


def only(cases: Iterable[Case], *kinds: Kind) -> tuple[Case, ...]:
    """The cases of some kinds."""
    return tuple(case for case in cases if case.asked.kind in kinds)
