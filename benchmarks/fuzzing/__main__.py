"""Inputs by the hundred thousand, each read as the bot would read it: no exception but our own error tree.

    python -m benchmarks.fuzzing [--inputs 1000000] [--seed 999] [--only NAME] [--write]

Ends with 1 and the inputs, as Python writes them, if any raises anything else. `--write` puts the table into
docs/reliability.md.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from benchmarks.fuzzing import doors, files, words
from benchmarks.fuzzing.target import KIND, Target
from benchmarks.page import put

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
TARGETS: tuple[Target, ...] = (*doors.TARGETS, *files.TARGETS, *words.TARGETS)
KEPT = 5
"""Failures of a target that are shown."""


@dataclass
class Met:
    """What a target's inputs were met with."""

    name: str
    inputs: int = 0
    refused: int = 0
    failures: list[tuple[str, Any]] = field(default_factory=list)
    seconds: float = 0.0


def main() -> None:
    """Run, show the table, and end with 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzzing", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=999)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
    chosen = [target for target in TARGETS if asked.only in target.name]
    found = [asyncio.run(fuzz(target, share_of(target, asked.inputs), asked.seed, show=True)) for target in chosen]
    print(table(found))
    if asked.write:
        put(PAGE, "fuzzed", "make fuzz", table(found))
    sys.exit(1 if any(one.failures for one in found) else 0)


def share_of(target: Target, inputs: int) -> int:
    """How many inputs it gets: at least one."""
    return max(1, inputs * target.share // sum(each.share for each in TARGETS))


async def fuzz(target: Target, inputs: int, seed: int, *, show: bool = False) -> Met:
    """So many inputs into one target, the same for the same seed."""
    chance, met = random.Random(f"{seed} {target.name}"), Met(target.name)  # noqa: S311
    began = time.perf_counter()
    for _ in range(inputs):
        await _meet(target, target.make(chance), met)
    met.seconds = time.perf_counter() - began
    if show:
        shown = (f"  {why}\n  {given!r:.2000}" for why, given in met.failures[:KEPT])
        print(_line(met), *shown, sep="\n", file=sys.stderr, flush=True)
    return met


async def _meet(target: Target, given: Any, met: Met) -> None:
    met.inputs += 1
    try:
        met.refused += not await target.take(given)
    except KIND:
        met.refused += 1
    except Exception as error:  # whatever it is: it is shown with its input, and that is what we are here for
        met.failures.append((f"{type(error).__name__} at {_where(error)}: {error!s:.120}", given))


def table(found: Sequence[Met]) -> str:
    """What a reader sees: a target a line."""
    head = "| what reads it | inputs | refused kindly | failures | inputs a second |\n| --- | --: | --: | --: | --: |"
    return "\n".join((head, *map(_line, found), _line(total(found))))


def total(found: Iterable[Met]) -> Met:
    """All targets together."""
    every = list(found)
    failures = [failure for one in every for failure in one.failures]
    inputs, refused = sum(one.inputs for one in every), sum(one.refused for one in every)
    return Met("all", inputs, refused, failures, sum(one.seconds for one in every))


def _line(met: Met) -> str:
    rate = met.inputs / met.seconds if met.seconds else 0
    return f"| {met.name} | {met.inputs:,} | {met.refused:,} | {len(met.failures):,} | {rate:,.0f} |"


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"


if __name__ == "__main__":
    main()
