"""Messages that must go on being met as they are: dangers, crises and abuse, from the lists that the safety rules are
held to and from the corpus's held-out families, and the ways of asking that stand in the entries themselves."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.library import Library
from knowledge.safety import Route
from knowledge.search.phrases import CORPUS

LISTS = Path(__file__).parent / "safety" / "golden"
"""Written by hand, a file a route, with the columns text, route, tier and note; officers may add lines."""
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


def golden_dangers(corpus: Path = CORPUS, lists: Path = LISTS) -> Iterator[Golden]:
    """Told dangers, crises and abuse: all of the lists, and what neither the index nor the alarm was fitted on of the
    corpus; each text once."""
    told = {text: ROUTES[route] for text, route in (*_held_out(corpus), *_listed(lists)) if route in ROUTES}
    yield from (Golden(text, danger) for text, danger in told.items())


def _held_out(corpus: Path) -> Iterator[tuple[str, str]]:
    rows = (row for path in sorted(corpus.glob("danger*.csv")) for row in _rows(path))
    yield from ((row["text"], row["target"]) for row in rows if row["split"] == HELD_OUT)


def _listed(lists: Path) -> Iterator[tuple[str, str]]:
    yield from ((row["text"], row["route"]) for path in sorted(lists.glob("*.csv")) for row in _rows(path))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def golden_phrasings(library: Library) -> Iterator[Golden]:
    """Every phrasing of every entry. One that several entries claim is right in each."""
    claimed: dict[str, set[str]] = {}
    for entry in library.entries.values():
        for phrasing in entry.phrasings:
            claimed.setdefault(phrasing, set()).add(entry.id)
    yield from (Golden(text, expected=frozenset(slugs)) for text, slugs in claimed.items())
