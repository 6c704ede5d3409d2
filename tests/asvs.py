"""The table of OWASP ASVS 5.0.0, and the page made of it: `python -m tests.asvs` writes docs/security/asvs.md."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "security" / "asvs.csv"
PAGE = TABLE.with_suffix(".md")
OPEN, BY_DESIGN = "open: ", "by design: "
CHAPTERS = (
    "Encoding", "Validation and business logic", "Web pages", "Web services", "Files", "Signing in", "Sessions",
    "Who may do what", "Self-contained tokens", "OAuth", "Cryptography", "Communication", "Configuration",
    "Data protection", "Coding and architecture", "Logs and errors", "WebRTC",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement, in our own short words; its number is the standard's."""

    item: str
    level: str
    about: str
    applies: str
    how: str
    shown_by: str

    @property
    def chapter(self) -> int:
        """1 to 17."""
        return int(self.item.partition(".")[0])

    @property
    def standing(self) -> str:
        """no (does not apply), open, test, or design."""
        if self.applies == "no":
            return "no"
        if self.shown_by.startswith(OPEN):
            return "open"
        return "design" if self.shown_by.startswith(BY_DESIGN) else "test"


def items() -> tuple[Item, ...]:
    """The table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(Item(**row) for row in csv.DictReader(file))


def page(found: Iterable[Item]) -> str:
    """The page: what is open first, then counts by chapter."""
    every = list(found)
    return "\n".join((*_head(every), *_open(every), "", "## By chapter", "", *_counts(every), ""))


def _head(every: list[Item]) -> Iterator[str]:
    levels = Counter(item.level for item in every)
    yield "# OWASP ASVS 5.0.0, levels 1 and 2"
    yield ""
    yield (
        f"Made from [asvs.csv](asvs.csv) by `python -m tests.asvs`. {len(every)} requirements: {levels['1']} of level "
        f"1 and {levels['2']} of level 2. Level 3 is not claimed and not listed. The words are ours, the numbers the "
        "standard's. *Test*: a test of the repository shows it. *Design*: a file shows it to whoever reads it. We "
        "looked at ourselves: nobody from outside has."
    )
    yield ""


def _open(every: list[Item]) -> Iterator[str]:
    yield "## Open"
    yield ""
    for item in every:
        if item.standing == "open":
            yield f"- **{item.item}** (level {item.level}) {item.about}: {item.shown_by.removeprefix(OPEN)}."


def _counts(every: list[Item]) -> Iterator[str]:
    yield "| | chapter | listed | does not apply | test | design | open |"
    yield "| --: | --- | --: | --: | --: | --: | --: |"
    for number, name in enumerate(CHAPTERS, start=1):
        yield _row(str(number), name, [item for item in every if item.chapter == number])
    yield _row("", "all", every)


def _row(number: str, name: str, some: list[Item]) -> str:
    met = Counter(item.standing for item in some)
    return f"| {number} | {name} | {len(some)} | {met['no']} | {met['test']} | {met['design']} | {met['open']} |"


def empty_cells(found: Iterable[Item]) -> list[str]:
    """Items with a cell that says nothing."""
    return [item.item for item in found if not all(cell.strip() for cell in astuple(item))]


if __name__ == "__main__":
    PAGE.write_text(page(items()), encoding="utf-8")
