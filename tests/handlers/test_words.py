"""Buttons and catalogues: tokens fit and survive, every text that code asks for exists and says what it may."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handlers
from handlers import buttons
from handlers.buttons import Verb
from handlers.catalogue import Texts, facts_of, languages, read
from handlers.commands import COMMANDS
from handlers.errors import OldButton, UnknownText
from handlers.taps import VERBS
from handlers.turn import Attachment
from knowledge.prose import words_of
from knowledge.readability import reading_age
from knowledge.safety import KINDS
from tests.house import braunstone

SOURCES = [path.read_text() for path in Path(handlers.__file__).parent.rglob("*.py")]
OLDEST = 11.5


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz-/.", max_size=40))
def test_a_token_says_what_was_put_in(argument: str) -> None:
    assert buttons.decode(buttons.encode(Verb.SHOW, argument)) == (Verb.SHOW, argument)


@given(st.text(max_size=80))
def test_any_other_token_is_an_old_button(token: str) -> None:
    with pytest.raises(OldButton):
        buttons.decode(token)


def test_a_changed_token_is_noticed() -> None:
    token = buttons.encode(Verb.SHOW, "fire-safety/candles")
    with pytest.raises(OldButton):
        buttons.decode(token.replace("candles", "barbecues"))


def test_a_token_that_would_not_fit_is_never_made() -> None:
    with pytest.raises(ValueError, match="bytes"):
        buttons.encode(Verb.SHOW, "x" * 60)


def test_every_entry_and_organisation_fits_on_a_button() -> None:
    library = braunstone().holding
    for slug in library.entries:
        assert len(buttons.encode(Verb.TAKE_AWAY, slug).encode()) <= buttons.LIMIT
    for id_ in library.organisations:
        assert len(buttons.encode(Verb.WRONG_ORGANISATION, id_).encode()) <= buttons.LIMIT


def test_every_text_that_code_names_exists() -> None:
    asked = re.compile(r'(?:say|blocks|button)\((?:ports, |self, )?"([a-z0-9.-]+)"')
    named = {name for source in SOURCES for name in asked.findall(source)}
    assert len(named) > 50
    assert named - set(read("en")) == set()


def test_every_text_that_code_makes_up_exists() -> None:
    made = [f"command.{name}" for name in COMMANDS] + [f"attachment.{kind}" for kind in get_args(Attachment)]
    assert [name for name in made if name not in read("en")] == []


def test_a_text_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(UnknownText):
        Texts().raw("no.such-text")


def test_a_fact_never_becomes_markup() -> None:
    (first, *_rest) = Texts().blocks("wrong.ask", name="**[x](https://evil.example)**")
    assert all(span.href is None and not span.strong for span in first.spans)  # type: ignore[union-attr]


def test_a_language_that_lacks_a_text_says_it_in_english() -> None:
    assert Texts("xx").say("button.more") == "More"
    assert languages()[0] == "en"


FOR_STAFF = ("error.place", "web.", "staff.", "console.", "insight.")


@pytest.mark.parametrize("text_id", [name for name in read("en") if not name.startswith(FOR_STAFF)])
def test_every_text_reads_easily_and_does_not_shout(text_id: str) -> None:
    said = Texts()
    facts = dict.fromkeys(facts_of(said.raw(text_id)), "it")
    words = words_of(said.blocks(text_id, **facts))
    assert "!" not in words
    assert len(words.split()) < 8 or reading_age(words) <= OLDEST


@pytest.mark.parametrize("kind", KINDS)
def test_every_emergency_message_opens_with_999(kind: str) -> None:
    from handlers.safety import blocks
    from knowledge.safety import Verdict

    library = braunstone().holding
    verdict = Verdict.model_validate({"route": "emergency", "tier": "certain", "kind": kind})
    first = words_of(blocks(Texts(), verdict, library)).splitlines()[0]
    assert "999" in first


def test_every_verb_of_a_button_does_something() -> None:
    assert set(VERBS) == set(Verb)
