"""Spreadsheets that are damaged, too large, or made to hurt: each is refused with a sentence."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import pytest
from openpyxl import Workbook

from bot.staff import sheets
from bot.staff.sheets import SheetUnreadable

SHEET = "xl/worksheets/sheet1.xml"
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 20}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def saved(book: Workbook) -> bytes:
    """A spreadsheet as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def usual() -> bytes:
    """A small one."""
    book = Workbook()
    book.active.append(["id", "name"])
    book.active.append(["brite-centre", "Brite Centre"])
    return saved(book)


def damaged(part: str, old: bytes, new: bytes) -> bytes:
    """The same with something of one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(usual())) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in parts.namelist():
            held = parts.read(name)
            assert name != part or old in held
            made.writestr(name, held.replace(old, new) if name == part else held)
    return out.getvalue()


def why(data: bytes) -> str:
    """Why it is refused."""
    with pytest.raises(SheetUnreadable) as refused:
        tuple(sheets.read("a.xlsx", data).rows)
    return refused.value.text_id.rpartition(".")[2]


def test_the_usual_one_is_read() -> None:
    assert sheets.read("a.xlsx", usual()).rows[0].cells == {"id": "brite-centre", "name": "Brite Centre"}


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, b"<sheetData>", b"<sheetDta>"),
        (SHEET, b"<sheetViews>", b"<sheetViews odd='1'><odd/>"),
        ("xl/styles.xml", b"fontId", b"fontIEd"),
        ("xl/workbook.xml", b"<sheets>", b"<sheets odd='1'>"),
        ("xl/workbook.xml", b"sheetId", b"sheetED"),
    ],
)
def test_a_damaged_part_is_no_crash(part: str, old: bytes, new: bytes) -> None:
    with suppress(SheetUnreadable):
        assert sheets.read("a.xlsx", damaged(part, old, new)).columns


def test_what_was_packed_badly_is_refused() -> None:
    data = usual()
    middle = len(data) // 2
    assert why(data[:middle] + bytes(40) + data[middle + 40 :]) == "xlsx"


def test_a_sheet_is_no_wider_and_no_longer_than_it_may_be() -> None:
    """One cell far away makes every row as long as that."""
    wide, long = Workbook(), Workbook()
    wide.active.cell(1, 1, "id"), wide.active.cell(2, 16_000, "x")
    long.active.cell(1, 1, "id"), long.active.cell(900_000, 1, "x")
    assert (why(saved(wide)), why(saved(long))) == ("columns", "rows")
    with pytest.raises(SheetUnreadable):
        sheets.read("a.csv", b"id\n" + b"x\n" * (sheets.MOST_ROWS + 1))
    with pytest.raises(SheetUnreadable):
        sheets.read("a.csv", b"x" * (sheets.MOST_BYTES + 1))


def test_a_sheet_that_unfolds_is_not_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 100_000)
    assert why(damaged(SHEET, b"<sheetData>", b"<!--" + b"x" * sheets.MOST_UNPACKED + b"--><sheetData>")) == "large"


@pytest.mark.parametrize("told", [BOMB + "]>", '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'])
def test_entities_are_neither_fetched_nor_unfolded(told: str) -> None:
    part = damaged("xl/workbook.xml", b'name="Sheet"', b'name="&i;"')
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(part)) as parts, zipfile.ZipFile(out, "w") as made:
        for each in parts.namelist():
            made.writestr(each, (told.encode() if each == "xl/workbook.xml" else b"") + parts.read(each))
    assert why(out.getvalue()) == "xlsx"
