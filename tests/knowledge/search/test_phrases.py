"""The shipped data, and what an index is built from."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import UnreadableFile
from knowledge.library import Library
from knowledge.search.index import Index, place_names
from knowledge.search.phrases import ACTION_NAMES, NONE, of_library, read_actions, read_cues
from knowledge.search.text import tokens


def test_every_action_can_be_asked_for_in_many_ways() -> None:
    ways = {name: [p.text for p in read_actions().phrases if p.target == name] for name in (*ACTION_NAMES, NONE)}

    assert min(map(len, ways.values())) >= 20
    assert len(ways[NONE]) >= 150
    assert all(tokens(text) or not text.isalnum() for texts in ways.values() for text in texts)


def test_every_entry_has_cues_and_every_cue_an_entry(library: Library) -> None:
    assert {phrase.target for phrase in read_cues()} == set(library.entries)


def test_every_entry_gives_its_title_phrasings_and_prose(library: Library) -> None:
    phrases = of_library(library)
    beeping = [p for p in phrases if p.target == "fire-safety/smoke-alarm-beeping"]

    assert {p.target for p in phrases} == set(library.entries)
    assert beeping[0].text == library.entries["fire-safety/smoke-alarm-beeping"].title
    assert len({p.weight for p in beeping}) > 2


def test_a_name_that_is_no_action_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "actions.yaml"
    path.write_text("visit.dance: |\n  dance with me\n")

    with pytest.raises(UnreadableFile, match=r"visit\.dance"):
        read_actions(path)


@pytest.mark.parametrize("text", ["just words", "- a list", "a: [unclosed"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "actions.yaml"
    path.write_text(text)

    with pytest.raises(UnreadableFile):
        read_actions(path)


def test_names_of_the_place_are_known_to_spelling(library: Library, full: Index) -> None:
    assert "braunstone" in place_names(library)
    assert full.speller.repair(("narborough", "turning")) == ("narborough", "turning")


def test_an_index_ranks_an_entry_by_its_own_title(library: Library, full: Index) -> None:
    hits = [
        full.rank(full.read(entry.title)).candidates[0].target == slug
        for slug, entry in [*library.entries.items()][::10]
    ]

    assert sum(hits) >= len(hits) - 1
