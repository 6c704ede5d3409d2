"""A rota from a CSV file: all of its rows or none. A second import of the same file changes nothing."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from bot.store.unit import Unit
from bot.visits import rota, team
from bot.visits.rota import WEEKDAYS, Hours, Pattern
from handlers.office import VISITORS, Colleague, Role

COLUMNS = ("name", "role", "weekday", "begins", "ends", "first", "last")
MUST = COLUMNS[:5]
MOST_ROWS = 5000
HEADER = 1
"""Rows are counted as an editor shows them, the one with the columns' names included."""


class Wrong(ValueError):
    """What is wrong with a row, in a plain sentence; it never leaves this file."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file."""

    number: int
    name: str
    role: Role
    hours: Hours


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds, or what is wrong with it."""

    rows: tuple[Row, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would change: who is new, and who works more hours. `there` counts rows that are known already."""

    new: tuple[tuple[str, Role], ...] = ()
    hours: tuple[Row, ...] = ()
    there: int = 0
    faults: tuple[str, ...] = ()


def read(text: str) -> Read:
    """The text of a file in, its rows out, or every fault with its row."""
    table = csv.DictReader(io.StringIO(text, newline=None), restval="")  # a line may end in any of the three ways
    try:
        named, lines = table.fieldnames or (), list(table)
    except csv.Error:
        return Read(faults=("This is not a CSV file.",))
    if missing := [column for column in COLUMNS if column not in named]:
        return Read(faults=(f"The first row must name the columns {', '.join(COLUMNS)}; {missing[0]} is missing.",))
    if len(lines) > MOST_ROWS:
        return Read(faults=(f"A file may have {MOST_ROWS} rows; this one has {len(lines)}.",))
    return _rows(lines)


async def plan(unit: Unit, rows: Sequence[Row]) -> Plan:
    """What these rows would change; nothing is written."""
    known: dict[str, list[Colleague]] = defaultdict(list)
    for one in await team.everybody(unit):
        known[_same(one.name)].append(one)
    faults = tuple(fault for row in rows if (fault := _clash(row, known[_same(row.name)])))
    if faults:
        return Plan(faults=faults)
    fresh = _without_twins(rows, known, await rota.patterns(unit))
    new = {_same(row.name): (row.name, row.role) for row in fresh if not known[_same(row.name)]}
    return Plan(tuple(new.values()), fresh, len(rows) - len(fresh))


async def apply(unit: Unit, planned: Plan) -> None:
    """Write a plan that was made in this very transaction."""
    people = {_same(one.name): one.id for one in await team.everybody(unit)}
    for name, role in planned.new:
        people[_same(name)] = await team.add(unit, name, role)
    for row in planned.hours:
        await rota.add(unit, people[_same(row.name)], row.hours)


def _rows(lines: Iterable[Mapping[str, str]]) -> Read:
    rows, faults, roles = list[Row](), list[str](), dict[str, Role]()
    for number, line in enumerate(lines, start=1 + HEADER):
        try:
            row = _row(number, {name: (line[name] or "").strip() for name in COLUMNS})
            if roles.setdefault(_same(row.name), row.role) != row.role:
                raise Wrong(f"{row.name} has another role in a row above")
        except Wrong as wrong:
            faults.append(f"Row {number}: {wrong}.")
        else:
            rows.append(row)
    return Read(faults=tuple(faults)) if faults else Read(tuple(rows))


def _row(number: int, line: Mapping[str, str]) -> Row:
    if empty := [name for name in MUST if not line[name]]:
        raise Wrong(f"{empty[0]} is empty")
    hours = Hours(
        weekday_of(line["weekday"]), time_of(line["begins"]), time_of(line["ends"]), _date(line["first"]),
        _date(line["last"]),
    )  # fmt: skip
    if hours.fault is not None:
        raise Wrong("the hours end before they begin" if hours.fault == "ends-first" else "last is before first")
    return Row(number, " ".join(line["name"].split()), _role(line["role"]), hours)


def weekday_of(text: str) -> int:
    """ "mon", "Monday" in, 0 out. Raises Wrong."""
    short = text.casefold()[:3]
    full = (dt.date(2024, 1, 1 + day).strftime("%A").casefold() for day in range(7))
    if short not in WEEKDAYS or text.casefold() not in (short, *full):
        raise Wrong(f"{text} is not a weekday: write mon, tue, wed, thu, fri, sat or sun")
    return WEEKDAYS.index(short)


def time_of(text: str) -> dt.time:
    """ "9:30" or "09:30" in, the time out. Raises Wrong."""
    try:
        return dt.datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 (a time on the wall clock)
    except ValueError:
        raise Wrong(f"{text} is not a time: write it like 09:30") from None


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Wrong(f"{text} is not a date: write it like 2026-12-01") from None


def _role(text: str) -> Role:
    if text not in VISITORS:
        raise Wrong(f"{text} is not a role that goes to visits: write {', '.join(VISITORS)}")
    return cast(Role, text)


def _clash(row: Row, found: Sequence[Colleague]) -> str | None:
    if len(found) > 1:
        numbers = " and ".join(str(one.id) for one in found)
        return (
            f"Row {row.number}: {row.name} is the name of numbers {numbers}: add these hours with bot visits rota add."
        )
    if found and found[0].role != row.role:
        return f"Row {row.number}: {row.name} is {found[0].role} in the team, not {row.role}."
    return None


def _without_twins(
    rows: Iterable[Row], known: Mapping[str, Sequence[Colleague]], kept: Iterable[Pattern]
) -> tuple[Row, ...]:
    """The rows that say something new."""
    names = {one.id: name for name, found in known.items() for one in found}
    there = {(names[pattern.staff_id], pattern.hours) for pattern in kept}
    return tuple(_first_of_each(rows, there))


def _first_of_each(rows: Iterable[Row], there: set[tuple[str, Hours]]) -> Iterator[Row]:
    for row in rows:
        if (said := (_same(row.name), row.hours)) not in there:
            there.add(said)
            yield row


def _same(name: str) -> str:
    return " ".join(name.casefold().split())
