"""What a message is near to, for the alarm: how much of it is like dangers that were told, and how much like the rest.

The index was shown dangers told in every way we could think of, and as many messages that only sound like one
(knowledge/corpus/danger*.csv), and it costs nothing: their shares are found together with those of the answers.
What follows from them, together with the rules, is decided in knowledge/safety/evidence.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from knowledge.safety import KINDS, Kind, Levels, Route
from knowledge.search.phrases import ALARM
from knowledge.search.reading import Reading, Version

PLACES = ("safe", "emergency", "emergency-maybe", "crisis", "abuse", "told")
"""Of the shares in Levels."""
SAFE, TOLD = PLACES.index("safe"), PLACES.index("told")
TELLING = frozenset(
    f"health-and-wellbeing/{name}"
    for name in (
        "adult-safeguarding", "domestic-abuse", "modern-slavery", "self-harm", "sexual-assault", "stalking",
        "suicidal-thoughts",
    )
)  # fmt: skip
"""Who asks for these often tells of himself: to be near them is neither danger nor safety."""
ROUTES: dict[str, Route] = {
    "emergency": "emergency", "emergency-maybe": "emergency", "crisis": "crisis", "abuse": "abuse"
}  # fmt: skip
# Kinds of the corpus that have no message of their own.
SAME_AS: dict[str, Kind] = {"someone-else": "suicidal"}

Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What each column is to the alarm: its place in the shares; and of each route the columns, with their kinds."""

    places: Ints
    columns: Mapping[Route, Ints]
    kinds: Mapping[Route, tuple[Kind, ...]]


def levels_of(reading: Reading) -> tuple[Levels, ...]:
    """What was read in; the levels of each of its versions out."""
    marks = _marks(reading.columns)
    return tuple(_levels(version, marks) for version in reading.versions)


def _levels(version: Version, marks: Marks) -> Levels:
    shares = np.bincount(marks.places, version.shares, len(PLACES)).tolist()
    kinds = {route: marks.kinds[route][version.shares[at].argmax()] for route, at in marks.columns.items()}
    return Levels(tuple(shares), float(version.near.max(initial=0.0)), kinds)


@lru_cache(maxsize=4)
def _marks(columns: tuple[str, ...]) -> Marks:
    """Columns by name in. "!emergency fire" is a mark; what is none, and "!harmless", counts as safe."""
    named = [name.removeprefix(ALARM).partition(" ") if name.startswith(ALARM) else ("", "", "") for name in columns]
    places = [_place(name, target) for name, (target, _, _) in zip(columns, named, strict=True)]
    at: dict[Route, list[int]] = {}
    for column, (target, _, _) in enumerate(named):
        if target in ROUTES:
            at.setdefault(ROUTES[target], []).append(column)
    kinds = {route: tuple(_kind(named[column][2]) for column in found) for route, found in at.items()}
    return Marks(np.array(places, dtype=np.intp), {route: np.array(found) for route, found in at.items()}, kinds)


def _place(name: str, target: str) -> int:
    return PLACES.index(target) if target in PLACES else TOLD if name in TELLING else SAFE


def _kind(named: str) -> Kind:
    if named in KINDS:
        return named
    return SAME_AS.get(named, "general")
