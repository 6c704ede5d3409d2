"""Organisations and answers as rows of a table, and the rows back as files. Pure: no spreadsheet format, no tables."""

from knowledge.sheets.cells import Fault, Row, Table, guarded
from knowledge.sheets.planning import Change, Plan, Planned, plan, table_of
from knowledge.sheets.shapes import SHAPES, Shape, example, kind_of

__all__ = [
    "SHAPES",
    "Change",
    "Fault",
    "Plan",
    "Planned",
    "Row",
    "Shape",
    "Table",
    "example",
    "guarded",
    "kind_of",
    "plan",
    "table_of",
]
