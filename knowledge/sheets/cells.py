"""What may stand in a cell, and what the simple kinds of column hold.

A spreadsheet takes a cell that begins with = + - or @ for a formula. Going out, such a cell gets a ' in front; coming
in, one without it is a fault, so that nobody is made to run what somebody else wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from knowledge.check import is_phone

FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
NUMBER = re.compile(r"[+-]?[0-9][0-9 ().,-]*")
NAMES = re.compile(r"@?[a-z0-9-]+(, *@?[a-z0-9-]+)*")
HTML = re.compile(r"<[A-Za-z/!?]")
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
WEB = re.compile(r"https?://[^\s/]+\S*")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
YES, NO = "yes", "no"


class Wrong(ValueError):
    """What is wrong with a cell: a text of the catalogue and its facts. It never leaves this package."""

    def __init__(self, name: str, **facts: object) -> None:
        super().__init__(name)
        self.name = name
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the sheet. `number` counts as an editor shows it: the row of names is 1."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns, and the rows below them."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where; `row` is None for the whole sheet. The catalogue says it: `staff.sheet.fault.NAME`."""

    row: int | None
    column: str | None
    name: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: where its value stands in the file, the value as a cell, and a cell as the value (raises Wrong)."""

    name: str
    path: tuple[str, ...]
    show: Callable[[Any], str]
    read: Callable[[str], Any]
    must: bool = False


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def clean(cell: str) -> str:
    """What a cell says, without the mark that `guarded` puts on it. Raises Wrong for formulas, HTML and the unseen."""
    text = cell.replace("\r\n", "\n").strip()
    if UNSEEN.search(text):
        raise Wrong("characters")
    if HTML.search(text):
        raise Wrong("html")
    if not FORMULA.match(text) or NUMBER.fullmatch(text):
        return text
    if text.startswith("'"):
        return text[1:]
    if NAMES.fullmatch(text) and text.startswith("@"):  # the roles of an answer: a list of names is no formula
        return text
    raise Wrong("formula")


def line(name: str, *, must: bool = False, read: Callable[[str], Any] | None = None) -> Column:
    """A column of one line of words."""
    return Column(name, (name,), words, read or one_line, must)


def several(name: str, *, must: bool = False) -> Column:
    """A column of several texts, one on each line."""
    return Column(name, (name,), lambda value: "\n".join(map(str, value or ())), lines, must)


def choice(name: str, allowed: tuple[str, ...], *, must: bool = False) -> Column:
    """A column of one of a few words."""
    return Column(name, (name,), words, lambda cell: one_of(cell, allowed), must)


def words(value: Any) -> str:
    """A value as it is written; nothing for none."""
    return "" if value is None else str(value)


def one_line(cell: str) -> str | None:
    """The words of a cell on one line; None for an empty one."""
    return " ".join(cell.split()) or None


def lines(cell: str) -> list[str] | None:
    """The lines that say something."""
    return [said for each in cell.split("\n") if (said := one_line(each))] or None


def one_of(cell: str, allowed: tuple[str, ...]) -> str | None:
    """One of a few words, in any case."""
    if cell and cell.casefold() not in allowed:
        raise Wrong("choice", value=cell, allowed=", ".join(allowed))
    return cell.casefold() or None


def phone(cell: str) -> str | None:
    """A number that could be dialled."""
    if cell and not is_phone(cell):
        raise Wrong("phone", value=cell)
    return one_line(cell)


def website(cell: str) -> str | None:
    """An address on the web."""
    if cell and not WEB.fullmatch(cell):
        raise Wrong("website", value=cell)
    return cell or None


def mail(cell: str) -> str | None:
    """An e-mail address."""
    if cell and not MAIL.fullmatch(cell):
        raise Wrong("mail", value=cell)
    return cell or None


def yes(cell: str) -> bool | None:
    """True for yes, False for no, None for nothing."""
    said = one_of(cell, (YES, NO))
    return None if said is None else said == YES


def show_yes(value: bool | None) -> str:
    """The same back."""
    return "" if value is None else YES if value else NO


def show_sources(value: list[dict[str, str]] | None) -> str:
    """A source a line: its name, and its address after a |."""
    return "\n".join(" | ".join(filter(None, (each["name"], each.get("url")))) for each in value or ())


def sources(cell: str) -> list[dict[str, str]] | None:
    """The same back."""
    return [_source(said) for said in lines(cell) or ()] or None


def _source(said: str) -> dict[str, str]:
    name, bar, url = said.rpartition(" | ")
    return {"name": name, "url": url} if bar and WEB.fullmatch(url) else {"name": said}
