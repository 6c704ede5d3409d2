"""What a change is held against: every danger that is known, and every way of asking."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from knowledge.golden import LISTS, golden_dangers
from knowledge.safety import Route
from knowledge.search.phrases import CORPUS

TOLD = tuple(golden_dangers())


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("route", ["emergency", "crisis", "abuse"])
def test_every_message_of_the_lists_is_held_fast(route: Route) -> None:
    listed = {row["text"] for row in rows_of(LISTS / f"{route}.csv")}
    assert len(listed) > 300
    assert listed <= {one.text for one in TOLD if one.danger == route}


def test_what_the_corpus_holds_back_is_held_fast_and_what_it_fits_on_is_not() -> None:
    texts = {one.text for one in TOLD}
    listed = {row["text"] for path in LISTS.glob("*.csv") for row in rows_of(path)}
    told = [row for path in CORPUS.glob("danger*.csv") for row in rows_of(path)]
    dangers = [row for row in told if row["target"] in ("emergency", "crisis", "abuse")]
    held = {row["text"] for row in dangers if row["split"] == "validation"}
    assert held <= texts
    assert not ({row["text"] for row in dangers} - held - listed) & texts


def test_each_text_is_met_once() -> None:
    assert len({one.text for one in TOLD}) == len(TOLD)
