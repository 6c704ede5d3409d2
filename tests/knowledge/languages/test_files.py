"""The files that speakers review: what may stand in them."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from handlers.catalogue import ENGLISH, languages
from knowledge.errors import UnreadableFile
from knowledge.languages import Danger, lexicon
from knowledge.languages.folding import words_of
from knowledge.languages.lexicon import FOLDER, Phrase
from knowledge.safety import KINDS
from tests.knowledge.languages.test_detect import common_english

WANTED: set[Danger] = {
    "fire", "gas", "not-breathing", "heart", "bleeding", "unconscious", "drowning", "violence", "general",
    "child-missing", "suicidal", "domestic",
}  # fmt: skip
PHRASES = [phrase for found in lexicon.lexicon().phrases.values() for phrase in found]
ALARMS = [phrase for phrase in PHRASES if phrase.sense not in ("greeting", "help")]


def test_every_language_of_the_catalogues_is_heard() -> None:
    assert set(lexicon.lexicon().known) == set(languages()) - {ENGLISH}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_file_says_who_checked_it_and_tells_every_danger(path: Path) -> None:
    assert "# Checked by a speaker: " in path.read_text(encoding="utf-8")
    told = {phrase.sense for phrase in lexicon.language(path).phrases}
    assert WANTED | {"greeting", "help"} <= told
    assert set(lexicon.language(path).answers.values()) == {True, False}


def test_the_safety_rules_know_every_kind_of_danger() -> None:
    assert set(get_args(Danger)) <= set(KINDS)


def test_no_telling_word_is_an_english_one() -> None:
    telling = frozenset[str]().union(*lexicon.lexicon().telling.values())
    assert sorted(telling & common_english()) == []


def test_what_is_listed_as_english_is_a_word_of_ours() -> None:
    assert sorted(lexicon.english() - frozenset[str]().union(*lexicon.lexicon().known.values())) == []


def test_a_word_that_is_english_too_is_never_an_alarm_by_itself() -> None:
    def alone(phrase: Phrase) -> bool:
        return len(words_of(phrase.text)) == 1 and not phrase.whole and not phrase.words & telling

    telling = frozenset[str]().union(*lexicon.lexicon().telling.values())
    assert [phrase.text for phrase in ALARMS if alone(phrase)] == []


def test_no_short_alarm_is_english() -> None:
    """Three such words in their order are no English."""
    short = [phrase.text for phrase in ALARMS if not phrase.whole and len(words_of(phrase.text)) < 3]
    assert [text for text in short if set(words_of(text)) <= common_english()] == []


@pytest.mark.parametrize("broken", ["greetings: [a", "greetings: [a]", "greetings: [bachao*]"])
def test_a_file_that_cannot_be_used_is_named(broken: str, tmp_path: Path) -> None:
    path = tmp_path / "xx.yaml"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"xx\.yaml"):
        lexicon.language(path)


def test_a_line_needs_a_whole_word(tmp_path: Path) -> None:
    path = tmp_path / "xx.yaml"
    path.write_text('{greetings: ["bacha*"], help: [], "yes": [], "no": [], danger: {}, common: ""}', encoding="utf-8")
    with pytest.raises(UnreadableFile, match="whole"):
        lexicon.language(path)
