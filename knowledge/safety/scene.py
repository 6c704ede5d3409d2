"""A stretch of a message as the patterns see it: where each word stands, as bits of an integer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise

STOP = "."
Runs = Mapping[tuple[str, str], tuple[tuple[str, ...], ...]]
"""Runs of words by their first two."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words start … end-1 of a scene."""

    start: int
    end: int


@dataclass(frozen=True)
class Vocabulary:
    """The words and the runs of words ("has been") that one choice of a pattern accepts."""

    number: int  # equal vocabularies share it, so a scene works each out once
    words: frozenset[str]
    runs: frozenset[tuple[str, ...]]

    def __hash__(self) -> int:
        return self.number

    @property
    def members(self) -> Iterable[str]:
        """Every single word, and the first word of every run: one of them stands where it matches."""
        return (*self.words, *(run[0] for run in self.runs))


def by_first_two(runs: Iterable[tuple[str, ...]]) -> Runs:
    """Runs of two words and more in, ready to be found."""
    found: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for run in runs:
        found.setdefault((run[0], run[1]), []).append(run)
    return {pair: tuple(all_) for pair, all_ in found.items()}


@dataclass
class Scene:
    """Made for one judgement and dropped after it. `opens` and `closes`: it holds the message's beginning, end."""

    words: tuple[str, ...]
    runs: Runs
    opens: bool
    closes: bool
    _masks: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def where(self, among: Vocabulary) -> tuple[tuple[int, int], ...]:
        """(length, where runs of that length begin), only lengths that occur: () when nothing of it is here."""
        if (known := self._masks.get(among.number)) is None:
            known = self._masks[among.number] = tuple(self._find(among).items())
        return known

    def has_all(self, needs: Iterable[Vocabulary]) -> bool:
        """Does something of each stand here? Much cheaper than saying where, and most patterns end here."""
        single, several = self.single, self.several
        for need in needs:  # a plain loop: this runs hundreds of times a message
            if single.isdisjoint(need.words) and (not need.runs or several.isdisjoint(need.runs)):
                return False
        return True

    def _find(self, among: Vocabulary) -> dict[int, int]:
        found: dict[int, int] = {}
        for word in self.single.intersection(among.words):
            found[1] = found.get(1, 0) | self.positions[word]
        for run in self.several.intersection(among.runs):
            found[len(run)] = found.get(len(run), 0) | self.run_positions[run]
        return found

    @cached_property
    def single(self) -> frozenset[str]:
        """The words of the scene."""
        return frozenset(self.positions)

    @cached_property
    def several(self) -> frozenset[tuple[str, ...]]:
        """The runs of words of the scene."""
        return frozenset(self.run_positions)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each word stands."""
        found: dict[str, int] = {}
        for position, word in enumerate(self.words):
            found[word] = found.get(word, 0) | 1 << position
        return found

    @cached_property
    def run_positions(self) -> dict[tuple[str, ...], int]:
        """Where each run of words that some pattern knows begins."""
        found: dict[tuple[str, ...], int] = {}
        for position, pair in enumerate(pairwise(self.words)):
            for run in self.runs.get(pair, ()):
                if self.words[position : position + len(run)] == run:
                    found[run] = found.get(run, 0) | 1 << position
        return found

    @cached_property
    def everywhere(self) -> int:
        """Every place a match may begin."""
        return (1 << (len(self.words) + 1)) - 1

    @cached_property
    def inside(self) -> int:
        """Every place that is a word, not the end of a sentence."""
        return (self.everywhere >> 1) & ~self.positions.get(STOP, 0)

    @cached_property
    def begins(self) -> int:
        """Where sentences begin."""
        return self.positions.get(STOP, 0) << 1 | self.opens

    @cached_property
    def sentence(self) -> tuple[int, ...]:
        """Which sentence each word belongs to."""
        return tuple(accumulate(word == STOP for word in self.words))
