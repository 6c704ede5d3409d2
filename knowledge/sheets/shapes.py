"""The two kinds of sheet: their columns, and how a row's values stand in a file."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from knowledge.check_one import ENTRY_ID, Kind
from knowledge.entry import Agency, Tier
from knowledge.library import FRONT_MATTER
from knowledge.sheets import body, cells, times
from knowledge.sheets.cells import Column, choice, line, several
from knowledge.sheets.yaml_lines import edited, written
from knowledge.yaml_text import read_yaml

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of sheet. `fields` reads a file, `write` puts fields into one (None: a new one); `key` holds the id."""

    kind: Kind
    key: str
    columns: tuple[Column, ...]
    fields: Callable[[str], Fields]
    write: Callable[[str | None, Fields], str]
    id: re.Pattern[str]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, the id's first."""
        return (self.key, *(column.name for column in self.columns))


def shown(column: Column, fields: Fields) -> str:
    """What a cell of this column says of a file."""
    value: Any = fields
    for name in column.path:
        value = (value or {}).get(name)
    return column.show(value)


def placed(column: Column, fields: Fields, value: Any) -> Fields:
    """The fields with a value in its place; None takes it out."""
    changed = copy.deepcopy(fields)
    if column.name == "hours":
        weekly, always = (None, value) if value is True else (value, None)
        _put(changed, ("hours", "weekly"), weekly)
        _put(changed, ("hours", "always"), always)
    else:
        _put(changed, column.path, value)
    return changed


def _put(fields: Fields, path: tuple[str, ...], value: Any) -> None:
    inner = fields
    for name in path[:-1]:
        inner[name] = inner = inner.get(name) or {}
    if value is None:
        inner.pop(path[-1], None)
    else:
        inner[path[-1]] = value
    if len(path) > 1 and not fields[path[0]]:
        del fields[path[0]]


def _organisation(text: str | None, fields: Fields) -> str:
    ordered = _in_order(fields, ORGANISATION_ORDER)
    if "hours" in ordered:
        ordered["hours"] = _in_order(ordered["hours"], HOURS_ORDER)
    return written(ordered) if text is None else edited(text, fields, ORGANISATION_ORDER + HOURS_ORDER)


def _entry_fields(text: str) -> Fields:
    found = FRONT_MATTER.match(text)
    return {**read_yaml(found[1]), **body.parts(found[2])} if found else {}


def _entry(text: str | None, fields: Fields) -> str:
    settings = {name: value for name, value in fields.items() if name not in body.PARTS}
    parts = {name: value for name, value in fields.items() if name in body.PARTS}
    found = FRONT_MATTER.match(text) if text else None
    if not found:
        signed = {"checked_on": None, "checked_by": None}
        return f"---\n{written(_in_order({**settings, **signed}, ENTRY_ORDER))}---\n{body.joined(parts)}"
    head = edited(f"{found[1]}\n", settings, ENTRY_ORDER)
    return f"---\n{head}---\n{found[2] if body.parts(found[2]) == parts else body.joined(parts)}"


def _in_order(fields: Mapping[str, Any], order: tuple[str, ...]) -> Fields:
    return {name: fields[name] for name in dict.fromkeys((*order, *fields)) if name in fields}


def _inner(name: str, path: tuple[str, ...], show: Callable[[Any], str], read: Callable[[str], Any]) -> Column:
    return Column(name, path, show, read)


def _holiday(value: Any) -> str:
    return "" if value in (None, "unknown") else str(value)


ORGANISATION_ORDER = (
    "name", "aliases", "kind", "area", "what_for", "who_for", "phone", "text", "website", "webchat", "email",
    "address", "hours", "cost", "access", "sources", "facts_as_of", "phone_seen", "checked_on",
)  # fmt: skip
HOURS_ORDER = ("words", "always", "weekly", "bank_holidays", "bank_holiday_openings", "exceptions")
ENTRY_ORDER = (
    "title", "tier", "agency", "visit", "emergency", "organisations", "one_line", "phrasings", "authority",
    "facts_as_of", "checked_on", "checked_by", "sources",
)  # fmt: skip
HOLIDAYS = ("as usual", "closed", "unknown")
SOURCES = Column("sources", ("sources",), cells.show_sources, cells.sources)

ORGANISATIONS = Shape(
    "organisation",
    "id",
    (
        line("name", must=True),
        several("aliases"),
        choice("kind", ("statutory", "charity", "community"), must=True),
        line("area", must=True),
        line("what_for", must=True),
        line("who_for"),
        line("phone", read=cells.phone),
        line("text"),
        line("website", read=cells.website),
        Column("webchat", ("webchat",), cells.show_yes, cells.yes),
        line("email", read=cells.mail),
        line("address"),
        _inner("hours_words", ("hours", "words"), cells.words, cells.one_line),
        _inner("hours", ("hours",), times.show_opening, times.opening),
        _inner(
            "bank_holidays", ("hours", "bank_holidays"), _holiday,
            lambda cell: cells.one_of("" if cell.casefold() == "unknown" else cell, HOLIDAYS),
        ),
        _inner("bank_holiday_hours", ("hours", "bank_holiday_openings"), times.show_times, times.times),
        _inner("exceptions", ("hours", "exceptions"), times.show_exceptions, times.exceptions),
        line("cost"),
        line("access"),
        SOURCES,
        line("facts_as_of"),
        choice("phone_seen", ("sourced", "certain")),
    ),
    lambda text: read_yaml(text) or {},
    _organisation,
    re.compile(r"[a-z0-9-]{1,55}"),
)  # fmt: skip
ENTRIES = Shape(
    "entry",
    "slug",
    (
        line("title", must=True),
        choice("tier", get_args(Tier), must=True),
        choice("agency", get_args(Agency), must=True),
        Column("visit", ("visit",), cells.show_yes, cells.yes, must=True),
        line("emergency"),
        Column(
            "organisations", ("organisations",), lambda value: ", ".join(value or ()),
            lambda cell: [name for each in re.split(r"[,\n]", cell) if (name := each.strip())] or None,
        ),
        line("one_line", must=True),
        several("phrasings", must=True),
        Column("lead", ("lead",), body.show_lead, body.lead, must=True),
        Column("steps", ("steps",), body.show_steps, body.steps, must=True),
        Column("more", ("more",), cells.words, lambda cell: cell or None),
        line("authority"),
        line("facts_as_of"),
        SOURCES,
    ),
    _entry_fields,
    _entry,
    re.compile(rf"(?=.{{1,55}}$){ENTRY_ID.pattern}"),
)  # fmt: skip
SHAPES: Mapping[Kind, Shape] = {"organisation": ORGANISATIONS, "entry": ENTRIES}


def kind_of(columns: tuple[str, ...]) -> Kind | None:
    """What a sheet with these columns holds: the column of the id says it."""
    return next((kind for kind, shape in SHAPES.items() if shape.key in columns), None)


@cache
def example(kind: Kind) -> Mapping[str, str]:
    """The example row of a template: cells by column."""
    path = Path(__file__).with_name("examples.yaml")
    return {name: str(said).strip() for name, said in read_yaml(path.read_text(encoding="utf-8"))[kind].items()}
