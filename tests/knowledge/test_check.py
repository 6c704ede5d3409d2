"""`content check` names every fault with its file and line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from knowledge.check import Fault, check
from knowledge.errors import UnknownEntry, UnreadableFile
from knowledge.library import load, parse_entry
from knowledge.new_place import make
from knowledge.visits.questions import FILE as VISITS
from tests.house import BRAUNSTONE, SHARED

PLACE = 'name = "Test"\npartnership = "Team"\n[roles]\npolice = "example-police"\n'
ORGANISATION = 'name: Police\nkind: statutory\narea: Test\nwhat_for: Crime\nphone: "101"\n'
ENTRY = """---
title: Beeping
tier: {tier}
agency: fire
visit: false
organisations: ["@police"]
one_line: Change the battery.
phrasings: [one, two, three, four, five, six, seven, {last}]
authority: {authority}
checked_on: {checked_on}
checked_by: {checked_by}
sources:
  - name: {source}
---
**Change the battery.**

1. Get a new one.
2. {step}
"""
GOOD = {
    "tier": "general",
    "last": "eight",
    "authority": "",
    "checked_on": "",
    "checked_by": "",
    "source": "A page",
    "step": "Put it in.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A nation with one entry and a place with one organisation, both without fault."""
    place = tmp_path / "place"
    (place / "organisations").mkdir(parents=True)
    (place / "place.toml").write_text(PLACE)
    (place / "organisations" / "example-police.yaml").write_text(ORGANISATION)
    write(tmp_path)
    return tmp_path


def write(folder: Path, slug: str = "fire/beeping", **changes: str) -> Path:
    path = folder / "nation" / "entries" / f"{slug}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ENTRY.format(**{**GOOD, **changes}))
    return path


def faults(folder: Path, on: dt.date | None = None, today: dt.date | None = None) -> list[Fault]:
    return check(folder / "place", folder / "nation", on, today)


def only(folder: Path) -> Fault:
    (fault,) = faults(folder)
    return fault


def test_good_content_has_no_fault(folder: Path) -> None:
    assert faults(folder) == []


def test_a_fault_names_its_file_and_line(folder: Path) -> None:
    path = write(folder, authority="NHS")
    assert str(only(folder)) == f"{path}:9: no source is 'NHS' or a copy of its words"


def test_an_authority_must_be_in_a_sources_name(folder: Path) -> None:
    write(folder, authority="NHS", source="Village surgery (NHS text)")
    assert faults(folder) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"step": "word " * 120}, "words are shown at first"),
        (
            {"step": "Notwithstanding precautionary considerations immediately evacuate residential accommodation."},
            "age",
        ),
        ({"last": "one"}, "stands twice"),
        ({"checked_on": "2026-01-01"}, "belong together"),
        ({"tier": "deadly"}, "tier"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said(folder: Path, changes: dict[str, str], what: str) -> None:
    write(folder, **changes)
    assert any(what in fault.what for fault in faults(folder))


def test_two_entries_cannot_claim_one_phrasing(folder: Path) -> None:
    write(folder, "fire/chirping")
    assert any("'one' is claimed by fire/beeping too" in fault.what for fault in faults(folder))


def test_an_unknown_organisation_is_a_fault(folder: Path) -> None:
    path = write(folder)
    path.write_text(path.read_text().replace('"@police"', '"@police", nobody'))
    assert only(folder).what == "unknown organisation 'nobody'"


def test_a_role_that_nobody_holds_is_a_warning(folder: Path) -> None:
    path = write(folder)
    path.write_text(path.read_text().replace("@police", "@council"))
    assert only(folder).warning


def test_a_bad_phone_number_is_a_fault(folder: Path) -> None:
    path = folder / "place" / "organisations" / "example-police.yaml"
    path.write_text(ORGANISATION.replace("101", "12"))
    assert str(only(folder)) == f"{path}:5: '12' is not a phone number"


def test_bad_hours_are_a_fault_with_their_line(folder: Path) -> None:
    path = folder / "place" / "organisations" / "example-police.yaml"
    path.write_text(f"{ORGANISATION}hours:\n  weekly:\n    - days: [mon]\n      opens: nine\n      closes: '17:00'\n")
    fault = only(folder)
    assert (fault.path, fault.line) == (path, 6)
    assert "opens" in fault.what


def test_an_overdue_review_is_only_a_warning_and_only_with_a_date(folder: Path) -> None:
    write(folder, checked_on="2025-01-10", checked_by="Watch manager")
    assert faults(folder) == []
    (late,) = faults(folder, on=dt.date(2026, 1, 11))
    assert late.warning
    assert "2026-01-10" in late.what


def test_nobody_has_confirmed_anything_on_a_day_that_is_still_to_come(folder: Path) -> None:
    path = write(folder, checked_on="2026-11-26", checked_by="Watch manager")
    helper = folder / "place" / "organisations" / "example-police.yaml"
    helper.write_text(f"{ORGANISATION}checked_on: 2099-01-01\n")
    assert faults(folder, today=None) == []
    entry, organisation = faults(folder, today=dt.date(2026, 11, 25))
    assert (entry.path, organisation.path, entry.warning) == (path, helper, False)
    assert "2026-11-26, a day that is still to come" in entry.what
    assert entry.line == path.read_text().splitlines().index("checked_on: 2026-11-26") + 1
    (entry,) = faults(folder, today=dt.date(2026, 11, 26))
    assert "2099-01-01" in entry.what


def test_a_file_that_cannot_be_read_says_why(folder: Path) -> None:
    path = write(folder)
    path.write_text("no front matter")
    assert "---" in only(folder).what
    with pytest.raises(UnreadableFile):
        parse_entry("a/b", "---\ntitle: x\n---\nno bold line")


def with_visits(folder: Path, was: str, now: str) -> Path:
    """A place with the visits of Braunstone, one line of them changed."""
    text = (BRAUNSTONE / VISITS).read_text(encoding="utf-8")
    assert was in text
    (folder / "place" / VISITS).write_text(text.replace(was, now), encoding="utf-8")
    return folder


def test_visits_that_lead_nowhere_are_faults_with_their_line(folder: Path) -> None:
    with_visits(folder, 'outside_area: "@fire-service"', "outside_area: the-moon")
    found = [fault for fault in faults(folder) if fault.path.name == VISITS]
    assert found[0].what == "outside_area names nobody: 'the-moon'"
    assert (BRAUNSTONE / VISITS).read_text(encoding="utf-8").splitlines()[found[0].line - 1].startswith("outside_area")
    assert any("backs the tip" in fault.what for fault in found)


def test_visits_that_cannot_be_read_say_why(folder: Path) -> None:
    with_visits(folder, "minutes: 30 ", "minutes: half an hour ")
    assert only(folder).what == "minutes: Input should be a valid integer"


def test_the_content_that_ships_has_no_fault() -> None:
    assert [str(fault) for fault in check(BRAUNSTONE) if not fault.warning] == []


def test_every_topic_of_the_brief_has_its_entry() -> None:
    topics = SHARED / "brief" / "topics.csv"
    if not topics.exists():
        pytest.skip("the brief's topics.csv is not beside this checkout")
    slugs = {row.partition(",")[0] for row in topics.read_text().splitlines()[1:]}
    assert set(load(BRAUNSTONE).entries) == slugs


def test_a_new_place_is_ready_to_be_filled_in(tmp_path: Path) -> None:
    make(tmp_path / "castle", 'Castle "Ward"')
    assert [fault for fault in check(tmp_path / "castle") if not fault.warning] == []
    library = load(tmp_path / "castle")
    assert library.place.name == 'Castle "Ward"'
    assert library.entry("fire-safety/smoke-alarms").title
    with pytest.raises(UnknownEntry):
        library.entry("no/such")
