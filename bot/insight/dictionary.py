"""The data dictionary: every field of every file, what it means, how it is counted, and what becomes of small numbers.

NFCC names are our own reading of the Standard Data Requirement for the Person Centred Framework: it splits what is
kept of a visit into demographic data (Part One) and visit data (Part Two). Only counts of visits are published here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from bot.insight.exports import END, ID, KEYS, NAME, START, SUPPRESSED, lines, measure
from bot.insight.shapes import Table
from bot.insight.wording import Words

ESTIMATES = "avoided-estimates"
VISITS = "visits-"
COUNTED = {
    "avoided": "said", "avoided-signposts": "said", "helped": "said",
    "entries": "said", "organisations": "said", "checks": "checks", "check-risks": "checks",
    "campaigns": "messages", "codes": "messages", ESTIMATES: "avoided-estimates",
}  # fmt: skip
"""How the counts of a table come about; the rest count questions."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one file."""

    file: str
    name: str
    meaning: str
    type: str
    unit: str
    counted: str
    suppression: str
    nfcc: str


HEAD = ("file", "field", "meaning", "type", "unit", "counted", "suppression", "nfcc")


def dictionary(tables: Iterable[Table], words: Words) -> tuple[Field, ...]:
    """Every field of the files of these tables."""
    return tuple(field for table in tables for field in _of(table, words))


def _of(table: Table, words: Words) -> Iterable[Field]:
    for name in KEYS:
        yield _key(table.id, name, words)
    for name in table.columns:
        yield _measure(table.id, name, words)
    yield _key(table.id, SUPPRESSED, words)


def _key(table: str, name: str, words: Words) -> Field:
    date = name in (START, END)
    kind, unit = ("date", "date") if date else ("text", "none")
    said = (words.say(f"type.{kind}"), words.say(f"unit.{unit}"), words.say("counted.key"))
    nfcc = _nfcc(table, words) if name in (ID, NAME) else words.say("nfcc.none")
    return Field(table, name, words.meaning(table, name), *said, words.say("suppression.none"), nfcc)


def _measure(table: str, name: str, words: Words) -> Field:
    estimate = table == ESTIMATES
    said = (
        words.say("type.number"),
        words.say("unit.calls" if estimate else "unit.count"),
        words.say(f"counted.{_counted(table)}"),
        words.say("suppression.estimate" if estimate else "suppression.counts"),
    )
    return Field(table, measure(name), words.meaning(table, name), *said, _nfcc(table, words))


def _counted(table: str) -> str:
    return "visits" if table.startswith(VISITS) else COUNTED.get(table, "questions")


def _nfcc(table: str, words: Words) -> str:
    return words.say("nfcc.visit" if table.startswith(VISITS) else "nfcc.none")


def as_csv(fields: Iterable[Field]) -> bytes:
    """The dictionary as CSV."""
    return lines(HEAD, [list(astuple(field)) for field in fields])
