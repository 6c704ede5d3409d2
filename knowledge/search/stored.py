"""An index as a file, so that a start need not build it again: arrays and JSON, nothing that could run.

The file's name is a fingerprint of everything the index is made from; a change of any of it is another file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Encoder, Progress
from knowledge.library import Library
from knowledge.search.base import SHIPPED, base_of
from knowledge.search.fuzzy import Speller
from knowledge.search.index import Index, Own, place_names, read_words
from knowledge.search.lexical import Matrix
from knowledge.search.memory import Memory
from knowledge.search.phrases import of_library
from knowledge.search.text import Lexicon
from knowledge.search.vectors import Vectors

CODE = Path(__file__).parent
ENDING = ".npz"
OF_MEMORY = ("vectors", "targets", "weights", "centres", "begins")
OF_OWN = ("targets", "begins")
OF_LETTERS = ("idf", "used", "row_starts", "row_ids", "row_weights", "starts", "rows", "weights")
FACTS = "facts"
MOST_KEPT = 4
"""Files: two versions of the content may be in use while one replaces the other."""

Arrays = Mapping[str, npt.NDArray[Any]]


def fingerprint(parts: Iterable[str]) -> str:
    """A name for what an index is made from: the parts handed in, the code and word lists of this package, and what
    was fitted."""
    digest = hashlib.sha256()
    for path in sorted((*CODE.iterdir(), *SHIPPED.glob("*.npz"))):
        if path.is_file():
            digest.update(path.read_bytes())
    for part in sorted(parts):  # the tables and the folder give the same content in another order
        digest.update(part.encode() + b"\0")
    return f"index-{digest.hexdigest()[:32]}"


def index_of(library: Library, encoder: Encoder, folder: Path | None = None, done: Progress | None = None) -> Index:
    """The index of a library: from the folder where it is kept, else built, which takes some seconds. With an encoder
    whose base did not ship, the first time of all takes minutes; `done` hears of every phrase read."""

    def build() -> Index:
        base = base_of(encoder, read_words(), folder, done)
        vectors = Vectors(encoder, folder).of([phrase.text for phrase in phrases], done)
        return Index.build(library, encoder, base, vectors)

    phrases = of_library(library)
    if folder is None:
        return build()
    parts = [f"{p.text}\0{p.targets}\0{p.weight}\0{p.spelt}" for p in phrases]
    parts += [encoder.name, *sorted(place_names(library)), *(f"{e.id} {e.tier}" for e in library.entries.values())]
    return kept(folder, fingerprint(parts), read_words(), encoder, build)


def kept(folder: Path, name: str, lexicon: Lexicon, encoder: Encoder, build: Callable[[], Index]) -> Index:
    """The index of this name from the folder, or built and put there. A file that cannot be read is built anew."""
    path = folder / f"{name}{ENDING}"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return unpack(arrays, lexicon, encoder)
    except (OSError, ValueError, KeyError):
        index = build()
    _put(folder, path, index)
    return index


def _put(folder: Path, path: Path, index: Index) -> None:
    """Write it beside its place and move it there; the oldest go. A folder that cannot be written costs only time."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        with fresh.open("wb") as file:
            np.savez(file, allow_pickle=False, **pack(index))
        fresh.replace(path)
        for old in sorted(folder.glob(f"index-*{ENDING}"), key=lambda file: -file.stat().st_mtime)[MOST_KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def pack(index: Index) -> dict[str, npt.NDArray[Any]]:
    """All of an index but its lexicon and encoder, which are opened anew."""
    letters, speller = index.own.letters, index.speller
    facts = {
        "targets": index.targets,
        "urgency": dict(index.urgency),
        "ids_of": list(letters.ids_of),
        "unknown": letters.unknown,
        "known": sorted(speller.known),
        "near": dict(speller.near),
        "common": dict(speller.common),
    }
    arrays = {f"memory_{name}": getattr(index.memory, name) for name in OF_MEMORY}
    arrays |= {f"own_{name}": getattr(index.own, name) for name in OF_OWN}
    arrays |= {f"letters_{name}": getattr(letters, name) for name in OF_LETTERS}
    return {**arrays, "ranked": index.ranked, FACTS: np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)}


def unpack(arrays: Arrays, lexicon: Lexicon, encoder: Encoder) -> Index:
    """What `pack` made back into an index. Raises KeyError or ValueError for anything else."""
    facts = json.loads(arrays[FACTS].tobytes())
    letters = Matrix(
        ids_of={name: number for number, name in enumerate(facts["ids_of"])},
        unknown=float(facts["unknown"]),
        **{name: arrays[f"letters_{name}"] for name in OF_LETTERS},
    )
    speller = Speller(frozenset(facts["known"]), _by_length(facts["near"]), _by_length(facts["common"]))
    return Index(
        lexicon=lexicon, speller=speller, encoder=encoder,
        memory=Memory(**{name: arrays[f"memory_{name}"] for name in OF_MEMORY}),
        own=Own(letters=letters, **{name: arrays[f"own_{name}"] for name in OF_OWN}),
        targets=tuple(facts["targets"]),
        ranked=arrays["ranked"],
        urgency=facts["urgency"],
    )  # fmt: skip


def _by_length(words: Mapping[str, list[str]]) -> dict[int, tuple[str, ...]]:
    return {int(length): tuple(found) for length, found in words.items()}
