"""How a question is read: as it was typed and, where a word is known to nobody, with its spelling mended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Self

from knowledge.encoder import WEIGHTS
from knowledge.search.fuzzy import Speller, build_speller
from knowledge.search.text import Lexicon, read_lexicon

VOCABULARY = WEIGHTS / "vocab.txt"
WORD_LISTS = Path(__file__).parent.parent / "search"
SHORTEST_KNOWN = 3
"""Whole words of the encoder's vocabulary count as known from this length; shorter pieces are mostly not words."""
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
NOT_LETTERS = re.compile(r"[^A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text for the sentence encoders, and its words for counting."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Knows the words of plain English and of the examples."""

    lexicon: Lexicon
    speller: Speller

    @classmethod
    def of_examples(cls, texts: Iterable[str]) -> Self:
        """The examples' texts in. Words that they, plain English or the sentence encoder know are never mended."""
        lexicon = read_general_words()
        ours = Counter(chain.from_iterable(lexicon.words(text) for text in texts))
        speller = build_speller(ours, lexicon.common)
        pieces = VOCABULARY.read_text(encoding="utf-8").splitlines()
        whole = {word for word in pieces if len(word) >= SHORTEST_KNOWN and word.isascii() and word.isalpha()}
        return cls(lexicon, replace(speller, known=speller.known | whole))

    def typed(self, text: str) -> Reading:
        """The text as it stands."""
        return Reading(text, self.lexicon.words(text))

    def readings(self, text: str) -> tuple[Reading, ...]:
        """One reading, or two where a word had to be mended: as typed first."""
        typed = self.typed(text)
        mended = self.speller.repair(typed.words)
        return (typed,) if mended == typed.words else (typed, Reading(" ".join(mended), mended))


def read_general_words() -> Lexicon:
    """Texting forms and common words. The groups of like words stay out: they are about this bot's own subject."""
    names = ("shorthand.csv", "common_words.txt")
    shorthand, common = ((WORD_LISTS / name).read_text(encoding="utf-8") for name in names)
    return read_lexicon(shorthand, common, "")


def label_words(label: str) -> str:
    """A label's name as words: "card_arrival" and "CardArrival" are "card arrival"; "17" says nothing, so is empty."""
    return NOT_LETTERS.sub(" ", CAMEL.sub(" ", label)).strip().lower()


def spread(owners: Sequence[int], most: int, first: int) -> list[int]:
    """Whose each row is, in; the places of at most `most` rows out: all of owner `first`, then one of each in turn."""
    seen: Counter[int] = Counter()
    turns = []
    for at, owner in enumerate(owners):
        turns.append((seen[owner] if owner != first else 0, at))
        seen[owner] += 1
    return sorted(at for _, at in sorted(turns)[:most])
