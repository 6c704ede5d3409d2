"""The table of security requirements: it names tests and files that are there, and its page says what it says."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path

from tests.asvs import BY_DESIGN, OPEN, PAGE, ROOT, empty_cells, items, page

LEVELS = {"1": 70, "2": 183}
"""How many requirements of each level the standard has, in version 5.0.0."""


@cache
def names_in(path: Path) -> frozenset[str]:
    """Names of the tests in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def is_there(shown_by: str) -> bool:
    """Does what a row names exist?"""
    if shown_by.startswith(OPEN):
        return len(shown_by) > len(OPEN) + 10
    if shown_by.startswith(BY_DESIGN):
        return (ROOT / shown_by.removeprefix(BY_DESIGN)).is_file()
    path, _, name = shown_by.partition("::")
    return (ROOT / path).is_file() and name in names_in(ROOT / path)


def test_every_requirement_of_both_levels_is_there_once() -> None:
    found = items()
    assert Counter(item.level for item in found) == LEVELS
    assert len({item.item for item in found}) == len(found)
    keys = [tuple(map(int, item.item.split("."))) for item in found]
    assert keys == sorted(keys)


def test_no_cell_is_empty_and_what_does_not_apply_says_why() -> None:
    assert empty_cells(items()) == []
    assert {item.applies for item in items()} == {"yes", "no"}
    assert [item.item for item in items() if item.applies == "no" and item.standing == "open"] == []


def test_every_test_and_file_that_is_named_is_there() -> None:
    assert [(item.item, item.shown_by) for item in items() if not is_there(item.shown_by)] == []


def test_what_is_not_there_is_noticed() -> None:
    for made_up in (
        "tests/test_asvs.py::test_that_is_not_there",
        "by design: no/such/file.py",
        "open: x",
        "tests/x.py::y",
    ):
        assert not is_there(made_up)


def test_the_page_says_what_the_table_says() -> None:
    """`python -m tests.asvs` writes it."""
    print(Counter(item.standing for item in items()))  # noqa: T201  the counts are the point
    assert PAGE.read_text(encoding="utf-8") == page(items())
