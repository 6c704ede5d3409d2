"""What machines, services and England would need: `python -m benchmarks.scale.services`. Computed from what was
measured (docs/benchmarks.md's speed table, docs/scale.md's) and from assumptions, each with a low and a high end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.page import put

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "scale.md"
SERVICES, PEOPLE = 44, 57_700_000
"""Fire and rescue services in England, and people."""
SECONDS = 365 * 24 * 3600
USED = 0.5
"""Of a processor, at most, at the busiest: beyond it waits grow."""


@dataclass(frozen=True, slots=True)
class Span:
    """From a low to a high end."""

    low: float
    high: float

    def __mul__(self, by: float | Span) -> Span:
        other = by if isinstance(by, Span) else Span(by, by)
        return Span(self.low * other.low, self.high * other.high)

    def said(self, unit: str = "") -> str:
        """Both ends, to two digits."""
        return f"{_rounded(self.low)} to {_rounded(self.high)}{unit}"


def _rounded(value: float) -> str:
    return f"{float(f'{value:.2g}'):,.10g}"


Needs = Callable[[float], Span]
"""People in, what they need out."""
ASKED = Span(0.01, 0.1)
"""Questions a head and year: from one person in a hundred who asks one, to one in ten."""
MORE = Span(1, 4)
"""Taps and commands for each question."""
BUSIEST = Span(5, 30)
"""How many times the mean the busiest minute is: bonfire night, a storm, a campaign."""


@dataclass(frozen=True, slots=True)
class Costs:
    """As measured: milliseconds of a processor, megabytes of memory, kilobytes of disk."""

    question_ms: float
    tap_ms: float
    memory_mb: float
    question_kb: Span
    rate: float
    """Questions a second that one process answered, flat out on one core."""


def measured() -> Costs:
    """Read from the pages. Raises ValueError where a table is not there."""
    speed, scale = ((DOCS / name).read_text(encoding="utf-8") for name in ("benchmarks.md", "scale.md"))
    rate, cost = _numbers(speed, "**questions**", (0, 2))
    (tap,) = _numbers(speed, "**taps and commands**", (2,))
    (memory,) = _numbers(speed, "1,000,000", (1,))
    kilobytes = _numbers(scale, "for one question with all that goes with it, kB", (0, 1))
    return Costs(cost, tap, memory, Span(min(kilobytes), max(kilobytes)), rate)


def _numbers(page: str, row: str, columns: tuple[int, ...]) -> list[float]:
    found = re.search(rf"^\| {re.escape(row)} \|(.*)\|$", page, re.MULTILINE)
    if found is None:
        raise ValueError(f"there is no row {row}")
    cells = [cell.strip().replace(",", "") for cell in found[1].split("|")]
    return [float(cells[at]) for at in columns]


def lines(costs: Costs) -> Iterator[str]:
    """The assumptions, and what comes of them."""
    yield from _assumptions(costs)
    yield "| | one service of average size | England's 44 |"
    yield "| --- | --- | --- |"
    people = PEOPLE / SERVICES
    for name, unit, worth in _needs(costs):
        one, all_ = worth(people), worth(PEOPLE)
        yield f"| {name} | {one.said(unit)} | {all_.said(unit)} |"
    memory = costs.memory_mb / 1000
    yield f"| memory, a process for each service | {memory:.1g} GB | {memory * SERVICES:.0f} GB |"


def _assumptions(costs: Costs) -> Iterator[str]:
    yield "| assumed | from | to |"
    yield "| --- | --- | --- |"
    yield f"| people in England, shared among {SERVICES} services | {PEOPLE:,} | {PEOPLE:,} |"
    for name, one in (
        ("questions a head and year", ASKED), ("taps and commands for each question", MORE),
        ("the busiest minute, times the mean", BUSIEST),
    ):  # fmt: skip
        yield f"| {name} | {one.low:g} | {one.high:g} |"
    yield ""
    enough = USED * 1000 / costs.question_ms
    yield (
        f"One process on one core answered {costs.rate:.0f} questions a second flat out, at {costs.question_ms:g} ms "
        f"of the processor for each and {costs.tap_ms:g} for a tap, and held {costs.memory_mb:.0f} MB with a million "
        f"chats stored. Kept at {USED:.0%} of a core, so that nobody waits, it answers {enough:.0f} questions a second."
    )
    yield ""


def _needs(costs: Costs) -> Iterator[tuple[str, str, Needs]]:
    def busiest(people: float) -> Span:
        return ASKED * people * (1 / SECONDS) * BUSIEST

    def cores(people: float) -> Span:
        each = Span(costs.question_ms + MORE.low * costs.tap_ms, costs.question_ms + MORE.high * costs.tap_ms)
        return busiest(people) * each * (1 / 1000 / USED)

    yield "questions a year", "", lambda people: ASKED * people
    yield "questions a second at the busiest", "", busiest
    yield f"cores at the busiest, each {USED:.0%} used", "", cores
    yield "disk, with a year of questions", " GB", lambda people: ASKED * people * costs.question_kb * 1e-6


def main() -> None:
    """Compute, print, and keep."""
    said = "\n".join(lines(measured()))
    print(said)
    put(PAGE, "services", "make bench-scale", said)


if __name__ == "__main__":
    main()
