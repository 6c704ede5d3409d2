"""The tables as files for other programs: CSV and Parquet, the same fields in both, one file a table."""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import io
from collections.abc import Mapping

from bot.errors import ReportMissing
from bot.insight.report_period import later
from bot.insight.shapes import Period, Table
from bot.insight.wording import HOURS
from knowledge.sheets.cells import guarded

START, END, ID, NAME, SUPPRESSED = "period_start", "period_end", "id", "name", "suppressed"
KEYS = (START, END, ID, NAME)
Value = dt.date | str | int | None
Record = Mapping[str, Value]


def measure(column: str) -> str:
    """A column's name in files: numbers get a word in front, and every name is one that any program takes."""
    if column.isdigit():
        return f"hour_{int(column):02d}" if int(column) < HOURS else f"would_have_rung_{column}"
    return column.replace("-", "_")


def fields(table: Table) -> tuple[str, ...]:
    """The names of a file's fields, in order."""
    return (*KEYS, *(measure(name) for name in table.columns), SUPPRESSED)


def records(table: Table, period: Period) -> list[Record]:
    """The lines of a table. A hidden count is None, and its field is named in `suppressed`."""
    end = later(period.last, 1) - dt.timedelta(days=1)
    return [_record(table, at, period.first, end) for at in range(len(table.rows))]


def _record(table: Table, at: int, start: dt.date, end: dt.date) -> Record:
    row = table.rows[at]
    counts = dict(zip(map(measure, table.columns), row.counts, strict=True))
    hidden = " ".join(name for name, count in counts.items() if count is None)
    return {START: start, END: end, ID: row.id, NAME: row.label, **counts, SUPPRESSED: hidden}


def as_csv(table: Table, period: Period) -> bytes:
    """A table as CSV, UTF-8. No cell is a formula for a spreadsheet."""
    return lines(fields(table), [list(one.values()) for one in records(table, period)])


def lines(head: tuple[str, ...], rows: list[list[Value]]) -> bytes:
    """A head and rows as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue().encode()


def as_parquet(table: Table, period: Period) -> bytes:
    """A table as Parquet. Raises ReportMissing where pyarrow is not installed."""
    try:
        pyarrow, parquet = map(importlib.import_module, ("pyarrow", "pyarrow.parquet"))
    except ModuleNotFoundError as error:
        raise ReportMissing(library=error.name) from error
    types = {START: pyarrow.date32(), END: pyarrow.date32(), ID: pyarrow.string(), NAME: pyarrow.string()}
    types |= {measure(name): pyarrow.int64() for name in table.columns} | {SUPPRESSED: pyarrow.string()}
    out = io.BytesIO()
    made = pyarrow.Table.from_pylist(records(table, period), schema=pyarrow.schema(list(types.items())))
    parquet.write_table(made, out)
    return out.getvalue()
