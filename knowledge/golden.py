"""Messages that must go on being met as they are: dangers, crises and abuse of the corpus's held-out families, and the
ways of asking that stand in the entries themselves."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.library import Library
from knowledge.safety import Route
from knowledge.search.phrases import CORPUS

HELD_OUT = "validation"
ROUTES: dict[str, Route] = {
    "emergency": "emergency", "emergency-maybe": "emergency", "crisis": "crisis", "abuse": "abuse"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Golden:
    """A message, and what is known to be right: a route of danger, or an entry."""

    text: str
    danger: Route | None = None
    expected: frozenset[str] = frozenset()


def golden_dangers(folder: Path = CORPUS) -> Iterator[Golden]:
    """Told dangers, crises and abuse that neither the index nor the alarm was fitted on."""
    for path in sorted(folder.glob("danger*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["split"] == HELD_OUT and row["target"] in ROUTES:
                    yield Golden(row["text"], ROUTES[row["target"]])


def golden_phrasings(library: Library) -> Iterator[Golden]:
    """Every phrasing of every entry. One that several entries claim is right in each."""
    claimed: dict[str, set[str]] = {}
    for entry in library.entries.values():
        for phrasing in entry.phrasings:
            claimed.setdefault(phrasing, set()).add(entry.id)
    yield from (Golden(text, expected=frozenset(slugs)) for text, slugs in claimed.items())
