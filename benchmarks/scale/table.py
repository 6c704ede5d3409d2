"""What was measured of a million questions, as a table."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass

TIMES = 5
"""How often each page is read, after a first time."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one database: seconds, milliseconds for summing one question, bytes, rows."""

    kind: str
    pages: dict[str, tuple[float, float]]
    counting: float
    summing: float
    questions: int
    bytes: int
    rows: int
    resident: tuple[float, float]


def table(chats: int, found: list[Measured]) -> str:
    """What is written on the page."""
    first, kinds = found[0], [one.kind for one in found]
    machine = f"{platform.system()} on {platform.machine()}, {os.cpu_count()} processors, Python"
    lines = [
        f"{first.questions:,} questions of {chats:,} chats over a year, {TIMES} times each after a first; "
        f"{machine} {platform.python_version()}; jobs that the machine had to do in the last quarter of an hour, "
        f"on average: {os.getloadavg()[2]:.1f}.",
        "",
        f"| median and slowest, seconds | {' | '.join(kinds)} |",
        "| --- |" + " --- |" * len(kinds),
    ]
    for name in first.pages:
        lines.append(
            f"| all tables for {name} | "
            + " | ".join(f"{m:.2f}, {s:.2f}" for m, s in (one.pages[name] for one in found))
            + " |"
        )
    rows: list[tuple[str, Callable[[Measured], str]]] = [
        ("one table of a year, counted on the way", lambda one: f"{one.counting:.2f}"),
        ("to add one to the counts, milliseconds", lambda one: f"{one.summing:.2f}"),
        ("rows of counts", lambda one: f"{one.rows:,}"),
        ("database, MB", lambda one: f"{one.bytes / 1e6:,.0f}"),
        ("for one question with all that goes with it, kB", lambda one: f"{one.bytes / one.questions / 1000:.1f}"),
        ("process before and after the pages, MB", lambda one: "{:,.0f}, {:,.0f}".format(*one.resident)),
    ]
    lines += [f"| {name} | " + " | ".join(say(one) for one in found) + " |" for name, say in rows]
    return "\n".join(lines)
