"""Three views of a text (its sense, the sense of its words alone, its letters) and how like known examples it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from knowledge.classify.learners import Floats
from knowledge.classify.reading import Reading
from knowledge.encoder import Encoder
from knowledge.search import lexical
from knowledge.search.lexical import Matrix
from knowledge.search.text import Lexicon


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """Cosines with the landmarks: by the sentence encoder, by the static encoder, by words and letters.

    One text: arrays of (m,); many: (n, m).
    """

    sense: Floats
    static: Floats
    letters: Floats

    def curved(self) -> Floats:
        """For the ridge: near counts more than far. As retrieval.md's section 9, but flatter: a sharpness of 2 ranked
        0 to 1.3 points better than 4 on HINT3 and CLINC150. The shares may be halved or doubled for under a point."""
        return np.asarray(np.exp(2 * (self.sense - 1)) + 0.3 * self.letters + 0.15 * np.exp(2 * (self.static - 1)))

    def straight(self) -> Floats:
        """For the logistic regression: plain cosines. A curve cost it 3 to 4 points on HINT3, up to 1 on CLINC150."""
        return np.asarray(self.sense + 0.7 * self.letters + 0.3 * self.static)


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """The landmarks, and what turns a reading into likeness to them."""

    general: Encoder
    static: Encoder
    lexicon: Lexicon
    senses: Floats
    statics: Floats
    matrix: Matrix

    @classmethod
    def of_landmarks(
        cls, encoders: tuple[Encoder, Encoder], lexicon: Lexicon, vectors: tuple[Floats, Floats],
        words: Sequence[Sequence[str]], landmarks: Sequence[int],
    ) -> Self:  # fmt: skip
        """All examples' vectors and words, and which of them are landmarks, in. How rare a word is, all tell."""
        matrix = lexical.build(words, [], lexicon)
        senses, statics = (np.ascontiguousarray(view[landmarks]) for view in vectors)
        return cls(*encoders, lexicon, senses, statics, among(matrix, landmarks))

    def of(self, reading: Reading) -> Likeness:
        """One reading in. Read alone, whatever was asked before, so that the same question has the same answer."""
        sense, static = self.general.vectors([reading.text])[0], self.static.vectors([reading.text])[0]
        return Likeness(self.senses @ sense, self.statics @ static, self._letters(reading.words))

    def of_examples(
        self, vectors: tuple[Floats, Floats], words: Sequence[Sequence[str]], landmarks: Sequence[int]
    ) -> Likeness:
        """The examples themselves. A landmark is wholly like itself, though words of its own are not in the matrix."""
        letters = np.stack([self._letters(row) for row in words])
        letters[landmarks, np.arange(len(landmarks))] = 1
        return Likeness(vectors[0] @ self.senses.T, vectors[1] @ self.statics.T, letters)

    def _letters(self, words: Sequence[str]) -> Floats:
        return self.matrix.likeness(self.matrix.vector(lexical.features(words, self.lexicon)))


def among(matrix: Matrix, rows: Sequence[int]) -> Matrix:
    """A matrix and some of its rows in; the matrix of these alone out, with rarities as they were."""
    slices = [slice(matrix.row_starts[row], matrix.row_starts[row + 1]) for row in rows]
    owners = np.repeat(np.arange(len(slices), dtype=np.int32), [part.stop - part.start for part in slices])
    ids = np.concatenate([matrix.row_ids[part] for part in slices])
    weights = np.concatenate([matrix.row_weights[part] for part in slices])
    order = np.argsort(ids, kind="stable")
    return replace(
        matrix,
        row_starts=np.searchsorted(owners, np.arange(len(slices) + 1)), row_ids=ids, row_weights=weights,
        starts=np.searchsorted(ids[order], np.arange(len(matrix.idf) + 1)),
        rows=owners[order], weights=weights[order],
    )  # fmt: skip
