"""A static encoder: every word piece has one vector, whatever stands beside it. Weaker, with less memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from knowledge.encoder.encoder import Floats, Progress, Sense, unit
from knowledge.encoder.wordpiece import WordPiece, read_vocabulary

LONGEST = 512


@dataclass(frozen=True, slots=True, eq=False)
class Static:
    """Sentence vectors of 256 numbers: the mean of the pieces' own vectors."""

    name: str
    pieces: WordPiece
    table: npt.NDArray[np.int8]
    scale: Floats

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """The folder of weights and their name in, an encoder out."""
        return cls(
            name=name,
            pieces=read_vocabulary((folder / "static_vocab.txt").read_text(encoding="utf-8")),
            table=np.load(folder / "static.npy", mmap_mode="r"),
            scale=np.load(folder / "static_scale.npy"),
        )

    @property
    def width(self) -> int:
        """256."""
        return int(self.table.shape[1])

    def sense(self, parts: Sequence[str]) -> Sense:
        """One vector for all parts together and one for each."""
        sums = np.stack([self._sum(self._numbers(part)) for part in parts])
        return Sense(unit(sums.sum(axis=0)), sums)

    def vectors(self, texts: Sequence[str], done: Progress | None = None) -> Floats:
        """One row a text."""
        rows = [unit(self._sum(self._numbers(text))) for text in texts]
        if done:
            done(len(texts))
        return np.stack(rows) if rows else np.zeros((0, self.width), dtype=np.float32)

    def _numbers(self, text: str) -> list[int]:
        return [number for number in self.pieces.numbers(text) if number != self.pieces.unknown][:LONGEST]

    def _sum(self, numbers: Sequence[int]) -> Floats:
        at = np.array(numbers, dtype=np.intp)
        return np.asarray((self.table[at] * self.scale[at][:, None]).sum(axis=0), dtype=np.float32)
