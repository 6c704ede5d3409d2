"""Which known messages a change of the content could reach at all, found in batches without ranking any of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from knowledge.encoder import Floats
from knowledge.search import Index
from knowledge.search.remembered import Kept, Remembered
from knowledge.search.vectors import key_of

How = Literal["words", "phrases"]
"""Why a message is ranked again: a word of it became known or unknown; or a phrase near it came or went."""
MARGIN = 0.003
"""What half precision and another order of sums may move a cosine by, with room to spare."""
AT_ONCE = 2048
SLIPS = 2
"""Slips that spelling repair forgives."""

Keys = npt.NDArray[np.uint64]
Marked = npt.NDArray[np.bool_]


def reached(before: Index, after: Index, messages: Sequence[Remembered]) -> dict[int, How]:
    """Two indexes and messages in; the places of those that the change could reach in meaning or words, in order, out.
    Candidates that come or go are another matter (knowledge/standing.py)."""
    found: dict[int, How] = dict.fromkeys(_near(messages, changed_rows(before, after)), "phrases")
    found |= dict.fromkeys(_learning(before, after, messages), "words")
    return dict(sorted(found.items()))


def _near(messages: Sequence[Remembered], changed: Floats) -> set[int]:
    """Messages to which one of some rows is as near as the last of the phrases that were weighed for them."""
    found: set[int] = set()
    if not len(changed):
        return found
    for at in range(0, len(messages), AT_ONCE):
        pieces = [(place, kept) for place, each in enumerate(messages[at : at + AT_ONCE], at) for kept in each.versions]
        if pieces:
            found |= _nearer(pieces, changed)
    return found


def _nearer(pieces: Sequence[tuple[int, Kept]], changed: Floats) -> set[int]:
    looked_at = [kept.looked_at for _, kept in pieces]
    rows, sizes = np.concatenate(looked_at), [len(each) for each in looked_at]
    places = np.repeat([place for place, _ in pieces], sizes)
    reach = np.repeat(np.array([kept.reach for _, kept in pieces], dtype=np.float32), sizes)
    return set(places[(rows @ changed.T).max(axis=1) >= reach - MARGIN].tolist())


def _learning(before: Index, after: Index, messages: Sequence[Remembered]) -> list[int]:
    """Messages with an unknown word that is, or could be repaired to, one that only one of the two indexes knows."""
    taught = sorted(before.speller.known ^ after.speller.known)
    if not taught:
        return []
    seen: dict[str, bool] = {}
    return [at for at, each in enumerate(messages) if each.odd and _learns(before, each.text, taught, seen)]


def _learns(before: Index, text: str, taught: Collection[str], seen: dict[str, bool]) -> bool:
    for word in before.lexicon.words(text):
        if word not in seen:
            near = extractOne(word, taught, scorer=OSA.distance, score_cutoff=SLIPS)
            seen[word] = near is not None and (near[1] == 0 or not before.speller.knows(word))
        if seen[word]:
            return True
    return False


def changed_rows(before: Index, after: Index) -> Floats:
    """The vectors of phrases that one of the two has and the other has not."""
    if before.memory is after.memory:
        return np.zeros((0, before.encoder.width), dtype=np.float32)
    ours, theirs = row_keys(before), row_keys(after)
    return np.concatenate([_vectors(before, _surplus(ours, theirs)), _vectors(after, _surplus(theirs, ours))])


def moved_targets(before: Index, after: Index) -> frozenset[str]:
    """What is a candidate in one of the two alone, or of another urgency."""
    one, two = ({index.targets[at] for at in index.ranked} for index in (before, after))
    both = before.urgency.keys() & after.urgency.keys()
    return frozenset((one ^ two) | {slug for slug in both if before.urgency[slug] != after.urgency[slug]})


def retold_targets(before: Index, after: Index) -> frozenset[str]:
    """What has a phrase in one of the two that it has not in the other."""
    if before.memory is after.memory:
        return frozenset()
    ours, theirs = row_keys(before), row_keys(after)
    rows = ((before, _surplus(ours, theirs)), (after, _surplus(theirs, ours)))
    return frozenset(index.targets[at] for index, those in rows for at in index.memory.targets[those, 0])


def _vectors(index: Index, rows: Marked) -> Floats:
    return index.memory.vectors(np.flatnonzero(rows))


def _surplus(own: Keys, other: Keys) -> Marked:
    """Rows that stand here oftener than there."""
    keys, place, often = np.unique(own, return_inverse=True, return_counts=True)
    there, theirs = np.unique(other, return_counts=True)
    at = np.minimum(np.searchsorted(there, keys), len(there) - 1)
    counted = np.where(there[at] == keys, theirs[at], 0)
    found: Marked = (often > counted)[place]
    return found


def row_keys(index: Index) -> Keys:
    """A number for every row of an index, the same in any other that holds the same vector with the same weight for
    targets of the same names."""
    memory, chance = index.memory, np.random.default_rng(7)
    names = np.array([key_of(name) for name in ("", *index.targets)], dtype=np.uint64)  # −1 is the first
    wide = memory.codes.shape[1] % 8 == 0
    codes = np.ascontiguousarray(memory.codes).view(np.uint64) if wide else memory.codes.astype(np.uint64)
    key: Keys = (codes * chance.integers(1, 2**63, codes.shape[1], dtype=np.uint64)).sum(axis=1, dtype=np.uint64)
    for place in range(memory.targets.shape[1]):
        key = key * np.uint64(1_000_003) + names[memory.targets[:, place].astype(np.intp) + 1]
    return key * np.uint64(1_000_003) + np.round(memory.weights * 100).astype(np.uint64)
