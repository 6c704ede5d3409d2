"""Vectors of phrases, kept by the phrase: a start, or a change of one entry, encodes only what is new."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Encoder, Floats, Progress, unit

SHIPPED = Path(__file__).parent / "fitted"


class Vectors:
    """Hands out vectors of phrases; `kept_in` is where those are put that did not ship."""

    def __init__(self, encoder: Encoder, kept_in: Path | None = None) -> None:
        self._encoder = encoder
        self._kept_in = kept_in
        self._known: dict[int, npt.NDArray[np.float16]] = {}
        for folder in filter(None, (SHIPPED, kept_in)):
            self._known.update(_read(folder / self._name))

    @property
    def _name(self) -> str:
        return f"vectors-{self._encoder.name}.npz"

    def of(self, texts: Sequence[str], done: Progress | None = None) -> Floats:
        """One row a text, of length one."""
        keys = [key_of(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if missing:
            fresh = self._encoder.vectors(list(missing.values()), done).astype(np.float16)
            self._known.update(zip(missing, fresh, strict=True))
            self._keep()
        rows = np.array([self._known[key] for key in keys], dtype=np.float32).reshape(len(keys), self._encoder.width)
        return unit(rows)

    def _keep(self) -> None:
        """Write them beside their place and move them there. A folder that cannot be written costs only time."""
        if self._kept_in is None:
            return
        try:
            self._kept_in.mkdir(parents=True, exist_ok=True)
            write_vectors(self._kept_in / self._name, self._known)
        except OSError:
            return


def key_of(text: str) -> int:
    """A text as a number that no other text of ours has."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def write_vectors(path: Path, known: Mapping[int, npt.NDArray[np.float16]]) -> None:
    """Keys and rows as arrays."""
    fresh = path.with_suffix(f".{os.getpid()}")
    with fresh.open("wb") as file:
        keys, rows = np.array(list(known), dtype=np.uint64), np.array(list(known.values()), dtype=np.float16)
        np.savez(file, allow_pickle=False, keys=keys, rows=rows)
    fresh.replace(path)


def _read(path: Path) -> dict[int, npt.NDArray[np.float16]]:
    """A file that is not there, or cannot be read, holds nothing."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(zip(arrays["keys"].tolist(), arrays["rows"], strict=True))
    except (OSError, ValueError, KeyError):
        return {}
