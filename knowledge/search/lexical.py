"""TF-IDF of words, word pairs, word groups and letter runs, in plain numpy: which known phrases is a text like?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from knowledge.search.text import Lexicon

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

SHORTEST_RUN, LONGEST_RUN = 2, 5  # letters in a row, as retrieval.md section 9 has them
# Share of a text's length that each kind of feature gets: words and pairs, groups, letter runs. Their order is fixed.
BLOCKS = "wgc"
SHARES = np.array([0.5, 0.1, 0.4], dtype=np.float32)
# A feature in more than this share of phrases says nothing and costs most of the time.
TOO_COMMON = 0.2


@dataclass(frozen=True, slots=True)
class Vector:
    """One text: known features and their weights. Its length is at most about one; unknown features shorten it."""

    ids: Ints
    weights: Floats


def features(words: Sequence[str], lexicon: Lexicon) -> Iterator[str]:
    """Words in; all their features out, each with the letter of its kind in front."""
    yield from word_features(words, lexicon)
    for word in words:
        yield from letter_runs(word)


def word_features(words: Sequence[str], lexicon: Lexicon) -> Iterator[str]:
    """Words in; the features of whole words out: stems, pairs of them, and groups."""
    stems, groups = lexicon.stems_and_concepts(words)
    yield from (f"w{stem}" for stem in stems)
    yield from (f"w{left} {right}" for left, right in pairwise(stems))
    yield from (f"g{name}" for name in groups)


def letter_runs(word: str) -> tuple[str, ...]:
    """Runs of letters within one word, its borders marked by spaces."""
    marked = f" {word} "
    sizes = range(SHORTEST_RUN, LONGEST_RUN + 1)
    return tuple(f"c{marked[at : at + size]}" for size in sizes for at in range(len(marked) - size + 1))


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Phrases as rows (CSR) and the same by feature (CSC), so that both a query and a few rows are quick to reach."""

    ids_of: Mapping[str, int]
    idf: Floats
    unknown: float
    used: npt.NDArray[np.bool_]
    row_starts: npt.NDArray[np.int64]
    row_ids: Ints
    row_weights: Floats
    starts: npt.NDArray[np.int64]
    rows: Ints
    weights: Floats

    def __len__(self) -> int:
        return len(self.row_starts) - 1

    def vector(self, found: Iterable[str]) -> Vector:
        """A text's features in, its vector out; features that no phrase has count for its length only."""
        counts = Counter(found)
        ids = np.array([self.ids_of.get(name, -1) for name in counts], dtype=np.int32)
        kinds = np.array([BLOCKS.index(name[0]) for name in counts], dtype=np.int64)
        often = np.array(list(counts.values()), dtype=np.float32)
        rarity = np.where(ids >= 0, self.idf[ids], self.unknown) if len(ids) else often
        weights = ((1 + np.log(often)) * rarity).astype(np.float32)
        weights *= _lengths(kinds, weights, len(BLOCKS))[kinds]
        keep = (ids >= 0) & self.used[ids] if len(ids) else np.zeros(0, dtype=np.bool_)
        return Vector(ids[keep], weights[keep])

    def likeness(self, vector: Vector) -> Floats:
        """The cosine of a text with every phrase."""
        slices = [slice(self.starts[i], self.starts[i + 1]) for i in vector.ids]
        if not slices:
            return np.zeros(len(self), dtype=np.float32)
        rows = np.concatenate([self.rows[part] for part in slices])
        sizes = [part.stop - part.start for part in slices]
        weights = np.concatenate([self.weights[part] for part in slices]) * np.repeat(vector.weights, sizes)
        return np.bincount(rows, weights, len(self)).astype(np.float32)

    def among(self, rows: Sequence[int] | npt.NDArray[np.intp]) -> Floats:
        """The cosines of a few phrases with one another."""
        slices = [slice(self.row_starts[row], self.row_starts[row + 1]) for row in rows]
        found, columns = np.unique(np.concatenate([self.row_ids[part] for part in slices]), return_inverse=True)
        dense = np.zeros((len(slices), len(found)), dtype=np.float32)
        owners = np.repeat(np.arange(len(slices)), [part.stop - part.start for part in slices])
        dense[owners, columns] = np.concatenate([self.row_weights[part] for part in slices])
        cosines: Floats = dense @ dense.T
        np.fill_diagonal(cosines, 1.0)
        return cosines


class Numbers:
    """Features by number, those of a phrase found once. Numbers are only added: a matrix holds a copy, in which those
    that no phrase has any more count as unknown ones do. Not for several threads at once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._ids_of: dict[str, int] = {}
        self._runs: dict[str, list[int]] = {}
        self._of: dict[tuple[str, ...], Ints] = {}

    def ids_of(self) -> dict[str, int]:
        """Every feature so far with its number, in order."""
        return dict(self._ids_of)

    def of(self, words: Sequence[str]) -> Ints:
        """The words of a phrase in, the numbers of its features out."""
        known = self._of.get(tuple(words))
        if known is None:
            row = [self._number(name) for name in word_features(words, self._lexicon)]
            row += chain.from_iterable(map(self._of_word, words))
            known = self._of[tuple(words)] = np.array(row, dtype=np.int32)
        return known

    def _of_word(self, word: str) -> list[int]:
        if word not in self._runs:
            self._runs[word] = [self._number(name) for name in letter_runs(word)]
        return self._runs[word]

    def _number(self, name: str) -> int:
        return self._ids_of.setdefault(name, len(self._ids_of))


def build(
    texts: Sequence[Sequence[str]], together: Iterable[Sequence[int]], lexicon: Lexicon, numbers: Numbers | None = None
) -> Matrix:
    """The words of every phrase in, their matrix out. Each list of rows in `together` becomes one more row. `numbers`
    of an earlier matrix spare most of the time."""
    numbers = numbers or Numbers(lexicon)
    numbered = [numbers.of(words) for words in texts]
    numbered += [np.concatenate([numbered[row] for row in rows]) for rows in together]
    ids_of = numbers.ids_of()
    kinds = np.array([BLOCKS.index(name[0]) for name in ids_of], dtype=np.int64)
    rows, ids, often = _count(numbered, len(ids_of))
    in_rows = np.bincount(ids, minlength=len(ids_of))
    idf = (np.log((1 + len(numbered)) / (1 + in_rows)) + 1).astype(np.float32)
    weights = ((1 + np.log(often)) * idf[ids]).astype(np.float32)
    weights *= _lengths(rows * len(BLOCKS) + kinds[ids], weights, len(numbered) * len(BLOCKS), kinds[ids])
    # A feature of one phrase alone can match nothing; it has done its work by giving the phrase its length.
    used = (in_rows > 1) & (in_rows <= max(TOO_COMMON * len(numbered), 2))
    keep, unknown = used[ids], math.log(1 + len(numbered)) + 1
    return _matrix(ids_of, idf, unknown, used, len(numbered), rows[keep], ids[keep], weights[keep])


def _count(numbered: Sequence[Ints], width: int) -> tuple[npt.NDArray[np.int64], Ints, Floats]:
    """Rows of feature numbers in; row, feature and count of each pair out, in order of rows."""
    owners = np.repeat(np.arange(len(numbered), dtype=np.int64), [len(row) for row in numbered])
    flat = np.concatenate(numbered).astype(np.int64) if numbered else owners
    keys, often = np.unique(owners * width + flat, return_counts=True)
    return keys // width, (keys % width).astype(np.int32), often.astype(np.float32)


def _lengths(
    groups: npt.NDArray[np.int64], weights: Floats, size: int, kinds: npt.NDArray[np.int64] | None = None
) -> Floats:
    """What to multiply weights by, so that each kind of feature of a text has its share of length one."""
    squares = np.bincount(groups, weights * weights, size)
    scale = 1 / np.sqrt(np.maximum(squares, 1e-12))
    if kinds is None:
        return (np.sqrt(SHARES) * scale).astype(np.float32)
    return (np.sqrt(SHARES)[kinds] * scale[groups]).astype(np.float32)


def _matrix(
    ids_of: Mapping[str, int], idf: Floats, unknown: float, used: npt.NDArray[np.bool_], height: int,
    rows: npt.NDArray[np.int64], ids: Ints, weights: Floats,
) -> Matrix:  # fmt: skip
    by_feature = np.argsort(ids, kind="stable")
    return Matrix(
        ids_of, idf, unknown, used,
        row_starts=np.searchsorted(rows, np.arange(height + 1)), row_ids=ids, row_weights=weights,
        starts=np.searchsorted(ids[by_feature], np.arange(len(idf) + 1)),
        rows=rows[by_feature].astype(np.int32), weights=weights[by_feature],
    )  # fmt: skip
