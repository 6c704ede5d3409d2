"""What was understood once stays understood: the held-out families of the corpus against the figures last kept."""

from __future__ import annotations

import pytest

from knowledge.evaluating.figures import figures
from knowledge.evaluating.questions import Case
from tests.knowledge import validation

FALL = 0.01
LOW = {figure.name for figure in figures(()) if figure.low}


@pytest.fixture(scope="module")
def found() -> tuple[Case, ...]:
    return validation.cases()


def test_no_figure_falls_by_more_than_a_point(found: tuple[Case, ...]) -> None:
    now, before = validation.shares(found), validation.kept()["figures"]
    fallen = {
        name: (share, now.get(name))
        for name, share in before.items()
        if (now[name] - share if name in LOW else share - now[name]) > FALL
    }
    assert now.keys() == before.keys()
    assert fallen == {}, "see tests/knowledge/validation.py"


def test_no_danger_is_missed_that_was_found_before(found: tuple[Case, ...]) -> None:
    new = set(validation.missed(found)) - set(validation.kept()["missed"])
    words = [case.asked.text for case in found if validation.name_of(case.asked.text) in new]
    assert words == []
