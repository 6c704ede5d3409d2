"""The shapes of the report: what is told, before it is a page or a PDF."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table as it is read. `id` is what it is about, such as an answer's id."""

    id: str
    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A table with what it shows, and its chart, where there is one. `drawn` says how much of it the chart shows."""

    id: str
    title: str
    about: str
    head: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    svg: str = ""
    drawn: str = ""

    @property
    def alt(self) -> str:
        """The chart in words, for whoever does not see it."""
        begins, ends = self.svg.find("<desc"), self.svg.find("</desc>")
        return self.svg[self.svg.find(">", begins) + 1 : ends] if begins >= 0 else ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, and the list that may follow it."""

    words: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the story, under its own heading."""

    id: str
    title: str
    passages: tuple[Passage, ...]
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """A number that stands large, what it counts, and what it means."""

    id: str
    number: str
    label: str
    meaning: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """All that is told of a period."""

    period: str
    summary: tuple[str, ...]
    headlines: tuple[Headline, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class About:
    """Whose report it is, the day it is made, and whether its figures are made up."""

    place: str
    partnership: str
    made: dt.date
    demonstration: bool = False
