"""An index after a change of a few files, without building it anew: rows that went are taken out, new ones put in.

Equal to one built anew (a test holds that): only what depends on the place's own phrases is made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Encoder
from knowledge.library import Library
from knowledge.search.base import base_of, weights_of
from knowledge.search.fuzzy import build_speller
from knowledge.search.index import TIERS, Index, is_action, own_phrases, place_names, words_of_ours
from knowledge.search.lexical import Numbers
from knowledge.search.memory import Memory, in_eight_bits, numbered
from knowledge.search.phrases import Phrase, of_library
from knowledge.search.text import Lexicon
from knowledge.search.vectors import Vectors

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Kit:
    """What is needed beside the index: the vectors of phrases, how often words stand in the corpus, and the features of
    phrases in letters."""

    vectors: Vectors
    words: Mapping[str, int]
    numbers: Numbers
    _said: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def opened(cls, encoder: Encoder, lexicon: Lexicon, folder: Path | None = None) -> Self:
        """From what shipped and the folder of kept ones: half a second of work."""
        return cls(Vectors(encoder, folder), base_of(encoder, lexicon, folder).words, Numbers(lexicon))

    def learn(self, library: Library, lexicon: Lexicon) -> None:
        """Find what the next change needs of all that stays: half a second, the first time."""
        for phrase in of_library(library):
            self.numbers.of(self.said(phrase.text, lexicon))

    def said(self, text: str, lexicon: Lexicon) -> tuple[str, ...]:
        """The words of one of our own phrases, found once."""
        if text not in self._said:
            self._said[text] = lexicon.words(text)
        return self._said[text]


def revised(index: Index, before: Library, after: Library, kit: Kit) -> Index | None:
    """The index of the library before a change in, that of the library after it out. None where the index is not that
    of the library before."""
    old, new = of_library(before), of_library(after)
    gone = tuple((Counter(old) - Counter(new)).elements())
    fresh = tuple((Counter(new) - Counter(old)).elements())
    rows = _rows_of(index, gone, kit)
    if rows is None:
        return None
    urgency = {entry.id: TIERS.index(entry.tier) for entry in after.entries.values()}
    if not (gone or fresh) and place_names(before) == place_names(after):
        return replace(index, urgency=urgency)
    targets = (*index.targets, *sorted({phrase.target for phrase in fresh} - set(index.targets)))
    memory = _with(_without(index.memory, rows), fresh, targets, kit)
    ours = {phrase.target for phrase in new}
    ranked = [at for at, name in enumerate(targets) if name in ours or is_action(name)]
    words = [kit.said(phrase.text, index.lexicon) for phrase in new]
    return replace(
        index, memory=memory, targets=targets, own=own_phrases(new, words, targets, index.lexicon, kit.numbers),
        speller=build_speller(words_of_ours(new, words, kit.words), index.lexicon.common, place_names(after)),
        ranked=np.array(ranked, dtype=np.intp), urgency=urgency,
    )  # fmt: skip


def _with(memory: Memory, fresh: Sequence[Phrase], targets: Sequence[str], kit: Kit) -> Memory:
    if not fresh:
        return memory
    codes = in_eight_bits(kit.vectors.of([phrase.text for phrase in fresh]))
    return memory.plus(codes, numbered([phrase.targets for phrase in fresh], targets), weights_of(fresh))


def _rows_of(index: Index, gone: Sequence[Phrase], kit: Kit) -> Rows | None:
    """One row for each phrase that went; None where one cannot be found."""
    if not gone:
        return np.zeros(0, dtype=np.intp)
    codes = in_eight_bits(kit.vectors.of([phrase.text for phrase in gone]))
    taken: set[int] = set()
    for phrase, code in zip(gone, codes, strict=True):
        if phrase.target not in index.targets:
            return None
        same = _same(index, phrase, code)
        row = next((int(at) for at in same if int(at) not in taken), None)
        if row is None:
            return None
        taken.add(row)
    return np.array(sorted(taken), dtype=np.intp)


def _same(index: Index, phrase: Phrase, code: npt.NDArray[np.int8]) -> Rows:
    """The rows that say the same of the same target with the same weight: which of them goes makes no difference."""
    memory = index.memory
    number = index.targets.index(phrase.target)
    rows = np.flatnonzero((memory.targets[:, 0] == number) & (np.abs(memory.weights - phrase.weight) < 1e-3))
    found: Rows = rows[(memory.codes[rows] == code).all(axis=1)]
    return found


def _without(memory: Memory, rows: Rows) -> Memory:
    if not len(rows):
        return memory
    left = np.delete(np.arange(len(memory)), rows)
    return replace(
        memory, codes=memory.codes[left], lengths=memory.lengths[left], sketch=memory.sketch[left],
        targets=memory.targets[left], weights=memory.weights[left],
        begins=memory.begins - np.searchsorted(rows, memory.begins),
    )  # fmt: skip
