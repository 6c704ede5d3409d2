"""The learned alarm: which dangers a message is near to in meaning, where no rule knows its words.

It was shown dangers told in every way we could think of, and as many messages that only sound like one
(knowledge/corpus/danger*.csv), and it costs nothing: their shares are found together with those of the answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from knowledge.safety import Finding, Kind, Route, Tier
from knowledge.search.calibration import Limits
from knowledge.search.phrases import ALARM
from knowledge.search.reading import Reading, Version

ID = "learned"
EMERGENCY, MAYBE, CRISIS, ABUSE, HARMLESS = "emergency", "emergency-maybe", "crisis", "abuse", "harmless"
# Kinds of the corpus that have no message of their own.
SAME_AS: dict[str, Kind] = {"someone-else": "suicidal"}


@dataclass(frozen=True, slots=True)
class Levels:
    """How much of each route is in a message, how much that is safe, and the likeliest kind of each route."""

    shares: dict[str, float]
    safe: float
    kinds: dict[str, Kind]

    def above(self, *routes: str) -> float:
        """How far some routes together stand above what is safe: from about −1, quite safe, to 1."""
        return sum(self.shares.get(route, 0.0) for route in routes) - self.safe


def alarms(reading: Reading, limits: Limits) -> tuple[Finding, ...]:
    """What was read in; what any version of it raises out."""
    found = (levels_of(version, reading.columns) for version in reading.versions)
    return tuple(finding for levels in found for finding in _findings(levels, limits))


def levels_of(version: Version, columns: tuple[str, ...]) -> Levels:
    """A version's shares in, their sums by route out."""
    shares: dict[str, float] = {}
    best: dict[str, tuple[float, Kind]] = {}
    for at, route, kind in _marks(columns):
        share = float(version.shares[at])
        shares[route] = shares.get(route, 0.0) + share
        best[route] = max(best.get(route, (share, kind)), (share, kind))
    marked = sum(share for route, share in shares.items() if route != HARMLESS)
    safe = float(version.shares.sum()) - marked
    return Levels(shares, safe, {route: kind for route, (_, kind) in best.items()})


@lru_cache(maxsize=4)
def _marks(columns: tuple[str, ...]) -> tuple[tuple[int, str, Kind], ...]:
    """The columns that are marks of the alarm: number, route, kind. "!emergency fire" is ("emergency", "fire")."""
    marks = []
    for at, name in enumerate(columns):
        if name.startswith(ALARM):
            route, _, kind = name.removeprefix(ALARM).partition(" ")
            marks.append((at, route, SAME_AS.get(kind, kind or "general")))
    return tuple(marks)  # type: ignore[arg-type]  # the corpus's kinds are checked by its tests


def _findings(levels: Levels, limits: Limits) -> Iterator[Finding]:
    routes: tuple[tuple[Route, tuple[str, ...], float, float, float], ...] = (
        (
            "emergency",
            (EMERGENCY, MAYBE),
            levels.shares.get(MAYBE, 0.0),
            limits.emergency_certain,
            limits.emergency_maybe,
        ),
        ("crisis", (CRISIS,), 0.0, limits.crisis_certain, limits.crisis_maybe),
        ("abuse", (ABUSE,), 0.0, limits.abuse_certain, limits.abuse_maybe),
    )
    for route, parts, doubt, certain, maybe in routes:
        level = levels.above(*parts)
        if level >= maybe and sum(levels.shares.get(part, 0.0) for part in parts) >= limits.least:
            kind = levels.kinds.get(route, "general")
            # What might only be an emergency counts for the 999 line, and against acting at once.
            tier: Tier = "certain" if level - 2 * doubt >= certain else "maybe"
            yield Finding(ID, route, tier, kind, f"{kind} (by meaning)")
