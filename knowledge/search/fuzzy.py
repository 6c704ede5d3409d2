"""Spelling repair, one word at a time: a word nobody knows goes to the nearest word somebody does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from knowledge.search.text import stem

SHORTEST_REPAIRED = 4
LONG = 6  # from this length two slips are forgiven (retrieval.md, section 6)
SHORTEST_PART = 3  # of two words typed as one
DOUBLED = re.compile(r"(.)\1")


@dataclass(frozen=True, slots=True)
class Speller:
    """`known` stems are never touched. `near` are the words of the knowledge base, `common` those of plain English,
    each by length with the commonest first: the first is the likelier meaning."""

    known: frozenset[str]
    near: Mapping[int, tuple[str, ...]]
    common: Mapping[int, tuple[str, ...]]

    def repair(self, words: Sequence[str]) -> tuple[str, ...]:
        """Words in, words out; those known, short, foreign or with a digit stay as they are."""
        return tuple(part for word in words for part in self._word(word))

    def knows(self, word: str) -> bool:
        """Is this a word of ours or of plain English, in any of its endings?"""
        return word in self.known or stem(word) in self.known

    def _word(self, word: str) -> tuple[str, ...]:
        if len(word) < SHORTEST_REPAIRED or not (word.isascii() and word.isalpha()) or self.knows(word):
            return (word,)
        if (single := DOUBLED.sub(r"\1", word)) != word and self.knows(single):
            return (single,)
        return self._closest(word) or self._split(word) or (word,)

    def _closest(self, word: str) -> tuple[str, ...]:
        found = _nearest(word, self.near, 1) or _nearest(word, self.common, 1)
        if found is None and len(word) >= LONG:
            found = _nearest(word, self.near, 2) or _nearest(word, self.common, 2)
        return (found,) if found else ()

    def _split(self, word: str) -> tuple[str, ...]:
        for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            if self.knows(word[:at]) and self.knows(word[at:]):
                return word[:at], word[at:]
        return ()


def _nearest(word: str, choices: Mapping[int, tuple[str, ...]], slips: int) -> str | None:
    best = extractOne(word, choices.get(len(word), ()), scorer=OSA.distance, score_cutoff=slips)
    # Two slips and another first letter is too much to call the same word.
    return best[0] if best and (best[1] < 2 or best[0][0] == word[0]) else None


def build_speller(ours: Counter[str], common: Iterable[str], names: Iterable[str] = ()) -> Speller:
    """The knowledge base's words with how often they stand in it, plain English, and names of the place."""
    common, names = set(common), set(names)
    everything = common | names | set(ours)
    return Speller(
        known=frozenset(everything) | frozenset(stem(word) for word in everything),
        near=_by_length(word for word, _ in sorted(ours.items(), key=lambda pair: (-pair[1], pair[0]))),
        common=_by_length(sorted(common | names)),
    )


def _by_length(words: Iterable[str]) -> dict[int, tuple[str, ...]]:
    """For every length of typed word, the words that two slips could have made it from, in their given order."""
    lengths: dict[int, list[str]] = {}
    for word in words:
        for length in _reach(word):
            lengths.setdefault(length, []).append(word)
    return {length: tuple(found) for length, found in lengths.items()}


def _reach(word: str) -> Iterator[int]:
    if len(word) >= SHORTEST_REPAIRED and word.isascii() and word.isalpha():
        yield from range(len(word) - 2, len(word) + 3)
