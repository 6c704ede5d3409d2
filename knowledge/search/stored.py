"""An index as a folder of arrays, so that a start need not build it again: numbers and JSON, nothing that could run.

The folder's name is a fingerprint of everything the index is made from; a change of any of it is another folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
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
ENDING = ".npy"
OF_MEMORY = tuple(field.name for field in fields(Memory))
OF_OWN = ("targets", "begins")
OF_LETTERS = ("idf", "used", "row_starts", "row_ids", "row_weights", "starts", "rows", "weights")
FACTS = "facts"
MOST_KEPT = 4
"""Folders: two versions of the content may be in use while one replaces the other."""

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
    return build() if folder is None else kept(folder, name_of(library, encoder), read_words(), encoder, build)


def keep_index(library: Library, index: Index, folder: Path) -> Index:
    """A library and its index, made in another way, in; the same index, from where `index_of` will find it, out."""
    return kept(folder, name_of(library, index.encoder), index.lexicon, index.encoder, lambda: index)


def name_of(library: Library, encoder: Encoder) -> str:
    """The name under which the index of a library is kept."""
    parts = [f"{p.text}\0{p.targets}\0{p.weight}\0{p.spelt}" for p in of_library(library)]
    parts += [encoder.name, *sorted(place_names(library)), *(f"{e.id} {e.tier}" for e in library.entries.values())]
    return fingerprint(parts)


def kept(folder: Path, name: str, lexicon: Lexicon, encoder: Encoder, build: Callable[[], Index]) -> Index:
    """The index of this name from the folder, or built and put there. What cannot be read is built anew. From the
    folder its vectors are mapped, so that only those that people's words come near are in memory."""
    path = folder / name
    if found := _opened(path, lexicon, encoder):
        return found
    index = build()
    _put(folder, path, index)
    return _opened(path, lexicon, encoder) or index


def _opened(path: Path, lexicon: Lexicon, encoder: Encoder) -> Index | None:
    try:
        return unpack({file.stem: _mapped(file) for file in path.glob(f"*{ENDING}")}, lexicon, encoder)
    except (OSError, ValueError, KeyError):
        return None


def _mapped(file: Path) -> npt.NDArray[Any]:
    """As a plain array over the file: numpy's own class for it makes every slice slow."""
    return np.asarray(np.load(file, mmap_mode="r", allow_pickle=False))


def _put(folder: Path, path: Path, index: Index) -> None:
    """Write it beside its place and move it there; the oldest go. A folder that cannot be written costs only time."""
    try:
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.mkdir(parents=True, exist_ok=True)
        for name, array in pack(index).items():
            np.save(fresh / f"{name}{ENDING}", array, allow_pickle=False)
        shutil.rmtree(path, ignore_errors=True)
        fresh.replace(path)
        for old in sorted(folder.glob("index-*/"), key=lambda file: -file.stat().st_mtime)[MOST_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)
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
