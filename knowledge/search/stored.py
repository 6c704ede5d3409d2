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

from knowledge.library import Library
from knowledge.search.fuzzy import Speller
from knowledge.search.index import Index, all_phrases, place_names, read_words
from knowledge.search.lexical import Matrix
from knowledge.search.text import Lexicon

CODE = Path(__file__).parent
ENDING = ".npz"
OF_INDEX = ("owner", "trust", "used", "rarity")
OF_MATRIX = ("idf", "used", "row_starts", "row_ids", "row_weights", "starts", "rows", "weights")
FACTS = "facts"
MOST_KEPT = 4
"""Files: two versions of the content may be in use while one replaces the other."""

Arrays = Mapping[str, npt.NDArray[Any]]


def fingerprint(parts: Iterable[str]) -> str:
    """A name for what an index is made from: the parts handed in, and the code and word lists of this package."""
    digest = hashlib.sha256()
    for path in sorted(CODE.iterdir()):
        if path.is_file():
            digest.update(path.read_bytes())
    for part in sorted(parts):  # the tables and the folder give the same content in another order
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:32]


def index_of(library: Library, folder: Path | None = None) -> Index:
    """The index of a library: from the folder where it is kept, else built, which takes some seconds."""
    phrases = all_phrases(library)
    if folder is None:
        return Index.build(library, phrases)
    parts = [f"{p.text}\0{p.target}\0{p.weight}\0{p.spelt}" for p in phrases]
    parts += [*sorted(place_names(library)), *(f"{e.id} {e.tier}" for e in library.entries.values())]
    return kept(folder, fingerprint(parts), read_words(), lambda: Index.build(library, phrases))


def kept(folder: Path, name: str, lexicon: Lexicon, build: Callable[[], Index]) -> Index:
    """The index of this name from the folder, or built and put there. A file that cannot be read is built anew."""
    path = folder / f"{name}{ENDING}"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return unpack(arrays, lexicon)
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
        for old in sorted(folder.glob(f"*{ENDING}"), key=lambda file: -file.stat().st_mtime)[MOST_KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def pack(index: Index) -> dict[str, npt.NDArray[Any]]:
    """All of an index but its lexicon, which is read anew."""
    facts = {
        "targets": index.targets,
        "urgency": dict(index.urgency),
        "stems": list(index.stems),
        "ids_of": list(index.matrix.ids_of),
        "unknown": index.matrix.unknown,
        "known": sorted(index.speller.known),
        "near": dict(index.speller.near),
        "common": dict(index.speller.common),
    }
    arrays = {name: getattr(index, name) for name in OF_INDEX}
    arrays |= {f"matrix_{name}": getattr(index.matrix, name) for name in OF_MATRIX}
    return {**arrays, FACTS: np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)}


def unpack(arrays: Arrays, lexicon: Lexicon) -> Index:
    """What `pack` made back into an index. Raises KeyError or ValueError for anything else."""
    facts = json.loads(arrays[FACTS].tobytes())
    matrix = Matrix(
        ids_of=_numbered(facts["ids_of"]),
        unknown=float(facts["unknown"]),
        **{name: arrays[f"matrix_{name}"] for name in OF_MATRIX},
    )
    return Index(
        lexicon=lexicon,
        speller=Speller(frozenset(facts["known"]), _by_length(facts["near"]), _by_length(facts["common"])),
        matrix=matrix,
        targets=tuple(facts["targets"]),
        urgency=facts["urgency"],
        stems=_numbered(facts["stems"]),
        **{name: arrays[name] for name in OF_INDEX},
    )


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _by_length(words: Mapping[str, list[str]]) -> dict[int, tuple[str, ...]]:
    return {int(length): tuple(found) for length, found in words.items()}
