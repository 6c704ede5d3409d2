"""MiniLM: a small transformer that has read a billion sentences, in eight-bit numbers, on one core and offline.

Only the layers are an ONNX file. The table of word pieces, half of the weights, is the same for the general and the
tuned model; it is mapped from disk, so only the rows that people's words touch are ever in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from knowledge.encoder.encoder import Floats, Progress, Sense, unit
from knowledge.encoder.wordpiece import WordPiece, read_vocabulary

BEGIN, END = "[CLS]", "[SEP]"
LONGEST = 128
"""Pieces read of one message, about ninety words. Of a longer one its beginning and its end are read."""
OPENING = 80
BATCH = 64


@dataclass(frozen=True, slots=True, eq=False)
class MiniLm:
    """Sentence vectors of 384 numbers, about four milliseconds each."""

    name: str
    pieces: WordPiece
    table: npt.NDArray[np.int8]
    scale: Floats
    places: Floats
    layers: ort.InferenceSession

    @classmethod
    def open(cls, folder: Path, layers: str, name: str) -> Self:
        """The folder of weights, which of its layers files, and its name, in; an encoder out."""
        return cls(
            name=name,
            pieces=read_vocabulary((folder / "vocab.txt").read_text(encoding="utf-8")),
            table=np.load(folder / "pieces.npy", mmap_mode="r"),
            scale=np.load(folder / "pieces_scale.npy"),
            places=np.load(folder / "places.npy"),
            layers=ort.InferenceSession(folder / layers, _one_core(), providers=["CPUExecutionProvider"]),
        )

    @property
    def width(self) -> int:
        """384."""
        return int(self.table.shape[1])

    def sense(self, parts: Sequence[str]) -> Sense:
        """One run for the whole message; a part is the sum of its own pieces, read in the light of the rest."""
        numbers = [self.pieces.numbers(part) for part in parts]
        if sum(map(len, numbers)) > LONGEST - 2:
            return self._long(numbers)
        hidden = self._run([self._framed([number for part in numbers for number in part])])[0]
        return Sense(unit(hidden.mean(axis=0)), np.stack([*_sums(hidden, numbers)]))

    def vectors(self, texts: Sequence[str], done: Progress | None = None) -> Floats:
        """Texts of one length are read together, so that none is padded."""
        found = np.zeros((len(texts), self.width), dtype=np.float32)
        framed = [self._framed(_cut(self.pieces.numbers(text))) for text in texts]
        for batch in _batches(framed):
            found[batch] = self._run([framed[at] for at in batch]).mean(axis=1)
            if done:
                done(len(batch))
        return unit(found)

    def _long(self, numbers: Sequence[Sequence[int]]) -> Sense:
        """Too long to be read with its parts: the whole as far as it is read, for every part."""
        flat = _cut([number for part in numbers for number in part])
        whole = unit(self._run([self._framed(flat)])[0].mean(axis=0))
        return Sense(whole, np.tile(whole, (len(numbers), 1)))

    def _framed(self, numbers: Sequence[int]) -> list[int]:
        return [self.pieces.pieces[BEGIN], *numbers, self.pieces.pieces[END]]

    def _run(self, rows: Sequence[Sequence[int]]) -> Floats:
        """Rows of one length in; for each row, one vector a piece out."""
        numbers = np.array(rows)
        embedded = self.table[numbers] * self.scale[numbers][..., None] + self.places[: numbers.shape[1]]
        return np.asarray(self.layers.run(None, {"embedded": embedded.astype(np.float32)})[0], dtype=np.float32)


def _one_core() -> ort.SessionOptions:
    """One message is too small a work to share out; cores serve messages side by side instead."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    return options


def _cut(numbers: Sequence[int]) -> list[int]:
    longest = LONGEST - 2
    if len(numbers) <= longest:
        return list(numbers)
    return [*numbers[:OPENING], *numbers[OPENING - longest :]]


def _sums(hidden: Floats, numbers: Sequence[Sequence[int]]) -> Iterator[Floats]:
    at = 1
    for part in numbers:
        yield hidden[at : at + len(part)].sum(axis=0)
        at += len(part)


def _batches(framed: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of rows of one length, at most BATCH together."""
    by_length: dict[int, list[int]] = {}
    for at, row in enumerate(framed):
        by_length.setdefault(len(row), []).append(at)
    for same in by_length.values():
        for start in range(0, len(same), BATCH):
            yield same[start : start + BATCH]
