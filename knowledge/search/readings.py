"""Readings of golden messages and phrasings, kept in a file beside the index: only new ones need the encoder."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from knowledge.search.index import Index
from knowledge.search.remembered import Remembered, recall, remember
from knowledge.search.vectors import key_of

Say = Callable[[int, int], None]
STEP = 25


class Readings:
    """Hands out readings, of one encoder. Not for several threads at once."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._kept: dict[int, bytes] = {}
        self._known: dict[str, Remembered] = {}

    def of(self, index: Index, texts: Sequence[str], say: Say) -> list[Remembered]:
        """One reading a text; 5 to 10 ms for each that is not known yet. `say` hears of those."""
        missing = self.missing(index, texts)
        for done in range(0, len(missing), STEP):
            say(done, len(missing))
            self.read(index, missing[done : done + STEP])
        if missing:
            self.keep()
        return [self._known[text] for text in texts]

    def missing(self, index: Index, texts: Sequence[str]) -> list[str]:
        """Those that are not known yet."""
        self._open(index)
        return [text for text in dict.fromkeys(texts) if self._recalled(index, text) is None]

    def read(self, index: Index, texts: Sequence[str]) -> None:
        """Learn some of the missing ones; `keep` writes them down."""
        for text in texts:
            self._kept[key_of(text)] = remember(index, index.read(text))
            self._recalled(index, text)

    def _recalled(self, index: Index, text: str) -> Remembered | None:
        kept = None if text in self._known else self._kept.get(key_of(text))
        if kept and (found := recall(index, text, kept)):
            self._known[text] = found
        return self._known.get(text)

    def _open(self, index: Index) -> None:
        """The file of this encoder; one that is not there, or cannot be read, holds nothing."""
        path = self._folder / f"readings-{index.encoder.name}.npz" if self._folder else None
        if path == self._path:
            return
        self._path, self._known = path, {}
        self._kept = _read(path) if path else {}

    def keep(self) -> None:
        """Write all beside its place, and move it there. A folder that cannot be written costs only time."""
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._path.with_suffix(f".{os.getpid()}")
            keys = np.array(list(self._kept), dtype=np.uint64)
            sizes = np.array([len(kept) for kept in self._kept.values()], dtype=np.int64)
            held = np.frombuffer(b"".join(self._kept.values()), dtype=np.uint8)
            with fresh.open("wb") as file:
                np.savez(file, allow_pickle=False, keys=keys, sizes=sizes, held=held)
            fresh.replace(self._path)
        except OSError:
            return


def _read(path: Path) -> dict[int, bytes]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            held, ends = arrays["held"].tobytes(), np.cumsum(arrays["sizes"]).tolist()
            begins = [0, *ends[:-1]]
            found = zip(arrays["keys"].tolist(), begins, ends, strict=True)
            return {key: held[begin:end] for key, begin, end in found}
    except (OSError, ValueError, KeyError):
        return {}
