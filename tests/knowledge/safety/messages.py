"""The lists of messages that the safety rules are held to. Written by hand; officers may add lines."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.golden import LISTS

HARMLESS = Path(__file__).parent
"""What must raise no alarm is for tests only; the dangers are held fast by the program too."""


@dataclass(frozen=True, slots=True)
class Message:
    """One line of a list. In harmless.csv a tier of "maybe" says that one question too many is borne."""

    text: str
    route: str
    tier: str
    note: str


@cache
def messages(name: str) -> tuple[Message, ...]:
    """emergency, crisis, abuse or harmless."""
    folder = HARMLESS if name == "harmless" else LISTS
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Message(**row) for row in csv.DictReader(file))
