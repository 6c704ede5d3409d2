"""Tables as CSV and XLSX files: bytes in, cells out, and back. What the cells mean is for `knowledge.sheets`."""

from __future__ import annotations

import csv
import datetime as dt
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException

from bot.errors import BotError
from handlers.catalogue import Texts
from knowledge.check_one import Kind
from knowledge.sheets import SHAPES, Fault, Row, Table, example, guarded

Format = Literal["csv", "xlsx"]
MOST_BYTES = 5_000_000
MOST_UNPACKED = 50_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 200
BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, ArithmeticError, AttributeError, EOFError,
    LookupError, OSError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What its reader raises at a spreadsheet that is none, is damaged, or is locked with a password."""
TEXT = "@"
"""The number format that keeps the noughts in front of a phone number."""
WIDTH = 28


class SheetUnreadable(BotError):
    """A file that is no table, or too large a one; `text_id` says which."""

    def __init__(self, reason: str, /, **facts: object) -> None:
        super().__init__(**facts)
        self.text_id = f"staff.sheet.unreadable.{reason}"


def format_of(name: str) -> Format:
    """What a file's name ends with. Raises SheetUnreadable."""
    ending = name.rpartition(".")[2].casefold()
    if ending not in ("csv", "xlsx"):
        raise SheetUnreadable("ending", name=name)
    return "xlsx" if ending == "xlsx" else "csv"


def said(fault: Fault, texts: Texts) -> str:
    """A fault as a sentence: "Row 7, phone: 12 is not a phone number." """
    why = texts.say(f"staff.sheet.fault.{fault.name}", **fault.facts)
    if fault.row is None:
        return texts.say("staff.sheet.whole", why=why)
    where = "staff.sheet.row" if fault.column is None else "staff.sheet.cell"
    return texts.say(where, row=fault.row, column=fault.column, why=why)


def template(kind: Kind) -> Table:
    """A sheet of a kind with its example row."""
    return Table(SHAPES[kind].names, (Row(2, example(kind)),))


def written(kind: Kind, table: Table, ending: Format, texts: Texts) -> bytes:
    """A table as a file. No cell is a formula. XLSX has a second sheet that explains the columns."""
    lines = [table.columns, *([row.cells.get(name, "") for name in table.columns] for row in table.rows)]
    safe = [[guarded(cell) for cell in line] for line in lines]
    return _csv(safe) if ending == "csv" else _xlsx(kind, safe, texts)


def _csv(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    return out.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that this is UTF-8


def _xlsx(kind: Kind, lines: Sequence[Sequence[str]], texts: Texts) -> bytes:
    book = Workbook()
    explained = [(name, texts.say(f"staff.sheet.column.{kind}.{name}")) for name in SHAPES[kind].names]
    heading = [texts.say("staff.sheet.heading.column"), texts.say("staff.sheet.heading.holds")]
    _fill(book.active, texts.say(f"staff.sheet.title.{kind}"), lines)
    _fill(book.create_sheet(), texts.say("staff.sheet.title.columns"), [heading, *explained])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, title: str, lines: Iterable[Sequence[str]]) -> None:
    sheet.title = title
    for number, line in enumerate(lines, start=1):
        for place, text in enumerate(line, start=1):
            cell = sheet.cell(number, place, text)
            cell.number_format = TEXT
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
            sheet.column_dimensions[cell.column_letter].width = WIDTH
    sheet.freeze_panes = "B2"


def read(name: str, data: bytes) -> Table:
    """A file's name and bytes in; its first sheet out. Empty rows are left out. Raises SheetUnreadable."""
    if len(data) > MOST_BYTES:
        raise SheetUnreadable("large", most=MOST_BYTES // 1_000_000)
    lines = _csv_lines(data) if format_of(name) == "csv" else _xlsx_lines(data)
    columns = tuple(cell.strip() for cell in next(lines, ()))
    while columns and not columns[-1]:
        columns = columns[:-1]
    rows = tuple(_rows(columns, lines))
    if not columns or len(rows) > MOST_ROWS:
        raise SheetUnreadable("rows" if columns else "empty", most=MOST_ROWS)
    return Table(columns, rows)


def _rows(columns: tuple[str, ...], lines: Iterable[Sequence[str]]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=2):
        if any(cell.strip() for cell in line[len(columns) :]):
            raise SheetUnreadable("wide", row=number)
        if any(cell.strip() for cell in line):
            cells: Mapping[str, str] = dict(zip(columns, (*line, *("",) * len(columns)), strict=False))
            yield Row(number, cells)


def _csv_lines(data: bytes) -> Iterator[Sequence[str]]:
    try:
        yield from csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    except UnicodeDecodeError:
        raise SheetUnreadable("encoding") from None
    except csv.Error:
        raise SheetUnreadable("csv") from None


def _xlsx_lines(data: bytes) -> Iterator[Sequence[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise SheetUnreadable("large", most=MOST_BYTES // 1_000_000)
        with warnings.catch_warnings(action="ignore"):  # of what it leaves out
            sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    except BROKEN:
        raise SheetUnreadable("xlsx") from None
    if sheet.max_row > MOST_ROWS + 1:
        raise SheetUnreadable("rows", most=MOST_ROWS)
    if sheet.max_column > MOST_COLUMNS:  # one cell far to the right makes every row as long as that
        raise SheetUnreadable("columns", most=MOST_COLUMNS)
    return _cells(sheet)


def _cells(sheet: Any) -> Iterator[Sequence[str]]:
    try:
        yield from (tuple(map(_text, line)) for line in sheet.iter_rows())
    except BROKEN:
        raise SheetUnreadable("xlsx") from None


def _text(cell: Any) -> str:
    """What a cell shows. A ' that a spreadsheet hides is put in front again; a formula keeps its =."""
    match cell.value:
        case None:
            return ""
        case bool() as value:
            return "yes" if value else "no"
        case float() as value if value.is_integer():
            return str(int(value))
        case dt.datetime() as value:
            return value.date().isoformat()
        case str() as value if cell.quotePrefix:
            return guarded(value)
        case value:
            return str(value)
