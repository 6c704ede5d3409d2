"""A message as the index reads it: its words and its meaning, as typed and with its spelling repaired."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from knowledge.encoder import Floats, Sense


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One way to read a message: the words of each of its parts, what it means, how much of each of the index's columns
    is in it, and how near each column's nearest phrase is."""

    words_of_parts: tuple[tuple[str, ...], ...]
    sense: Sense
    shares: Floats
    near: Floats

    @property
    def words(self) -> tuple[str, ...]:
        """All words."""
        return tuple(chain.from_iterable(self.words_of_parts))


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """`versions`: as typed, and, where that changed a word, as repaired. Empty for a message without words. `columns`
    are the names of the shares; an index with other columns has to read the message again."""

    text: str
    columns: tuple[str, ...]
    versions: tuple[Version, ...] = ()
