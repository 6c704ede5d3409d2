"""Phrasings that stand in the wrong entry are named; those that fit are not."""

from __future__ import annotations

from pathlib import Path

from knowledge.encoder import open_encoder
from knowledge.search.strays import strays
from knowledge.search.vectors import Vectors
from tests.house import braunstone

STRAY = "how do i stop the bath being too hot for the baby"
ALARMS, BATH = "fire-safety/smoke-alarms", "child-safety/bath-water"


def test_a_phrasing_in_the_wrong_entry_is_named(tmp_path: Path) -> None:
    snapshot, heard = braunstone(), list[int]()
    entries = snapshot.holding.entries
    alarms = entries[ALARMS].model_copy(update={"phrasings": (STRAY, "how often do i test my smoke alarm")})
    library = snapshot.holding.model_copy(update={"entries": {ALARMS: alarms}})

    found = list(strays(snapshot.index, library, Vectors(open_encoder(), tmp_path), heard.append))

    assert [(stray.text, stray.entry, stray.better) for stray in found] == [(STRAY, ALARMS, BATH)]
    assert heard == [1, 1]
