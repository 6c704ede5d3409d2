"""Standings kept in a file beside the index: the first change after a start need not wait until all is ranked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.evaluating.questions import Met
from knowledge.search import Index
from knowledge.search.likeness import Spelt
from knowledge.standing import Standing
from knowledge.standing_table import Known, Row

Arrays = dict[str, npt.NDArray[Any]]


def opened(folder: Path, index: Index, name: str) -> Standing:
    """That of the index of this name, where it was kept; else an empty one."""
    try:
        with np.load(_path(folder, index), allow_pickle=False) as arrays:
            facts = json.loads(arrays["facts"].tobytes())
            if facts["name"] != name or tuple(facts["targets"]) != index.targets:
                return Standing(index)
            rows = _rows({key: arrays[key] for key in arrays.files})
            return Standing(index, rows, dict(zip(rows, map(_met, facts["met"]), strict=True)), facts["names"])
    except (OSError, ValueError, KeyError, TypeError):
        return Standing(index)


def keep(folder: Path, standing: Standing, name: str) -> None:
    """Write it beside its place, and move it there. A folder that cannot be written costs only time."""
    path = _path(folder, standing.index)
    fresh = path.with_suffix(f".{os.getpid()}")
    facts: dict[str, object] = {"name": name, "targets": standing.index.targets, "names": standing.names}
    facts["met"] = [astuple(standing.outcomes[key]) for key in standing.rows]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            facts_of = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
            np.savez(file, allow_pickle=False, facts=facts_of, **_arrays(standing))
        fresh.replace(path)
    except OSError:
        return
    standing.fresh = False


def _met(kept: list[Any]) -> Met:
    route, tier, answered, offered, action, score = kept
    return Met(route, tier, tuple(answered), tuple(offered), action, score)


def _path(folder: Path, index: Index) -> Path:
    return folder / f"standing-{index.encoder.name}.npz"


def _arrays(standing: Standing) -> Arrays:
    flat = [row for rows in standing.rows.values() for row in rows]
    width, none = len(standing.index.targets), np.zeros(0, dtype=np.float32)
    return {
        "keys": np.array(list(standing.rows), dtype=np.uint64),
        "counts": np.array([len(rows) for rows in standing.rows.values()], dtype=np.intp),
        "shares": np.array([row.shares for row in flat], dtype=np.float32).reshape(len(flat), width),
        "letters": np.array([row.letters for row in flat], dtype=np.float32).reshape(len(flat), width),
        "parts": np.array([row.parts for row in flat], dtype=np.intp),
        "two": np.array([row.two for row in flat], dtype=np.bool_),
        "sizes": np.array([len(row.spelt.features) for row in flat], dtype=np.intp),
        "features": np.concatenate([none.astype(np.int32), *(row.spelt.features for row in flat)]),
        "often": np.concatenate([none, *(row.spelt.often for row in flat)]),
    }


def _rows(arrays: Arrays) -> Known:
    flat = _flat(arrays)
    counted = zip(arrays["keys"].tolist(), arrays["counts"].tolist(), strict=True)
    return {key: tuple(next(flat) for _ in range(count)) for key, count in counted}


def _flat(arrays: Arrays) -> Iterator[Row]:
    ends = np.cumsum(arrays["sizes"])
    features, often = (np.split(arrays[name], ends[:-1]) for name in ("features", "often"))
    for at, (parts, two) in enumerate(zip(arrays["parts"].tolist(), arrays["two"].tolist(), strict=True)):
        yield Row(arrays["shares"][at], arrays["letters"][at], Spelt(features[at], often[at]), parts, two)
