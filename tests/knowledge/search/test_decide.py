"""What residents say, and what should come of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.search import decide as decide_reading
from knowledge.search.calibration import calibration
from knowledge.search.decide import Decided
from knowledge.search.index import Index
from knowledge.search.phrases import Phrase
from knowledge.search.ranking import Candidate, Ranking
from tests.knowledge.search.conftest import ALARM, BURGLED, PIPE, WAYS, index_over

CHANCE = calibration().chance


def decide(index: Index, text: str, shown: Sequence[str] = ()) -> Decided:
    return decide_reading(index, index.read(text), shown)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("my smoke alarm wont stop chirping", "fire-safety/smoke-alarm-beeping"),
        ("smok alrm beepin all nite pls hlp", "fire-safety/smoke-alarm-beeping"),
        ("is it ok to charge my ebike in the hallway overnight", "fire-safety/e-bike-and-lithium-batteries"),
        ("there is black mould on the bedroom wall", "home-safety/damp-and-mould"),
        ("where can I get a food parcel today", "health-and-wellbeing/food-banks"),
    ],
)
def test_a_plain_question_is_answered_with_its_entry(full: Index, text: str, entry: str) -> None:
    decided = decide(full, text)

    assert (decided.route, decided.answered) == ("answer", (entry,))


def test_an_order_and_a_question_are_both_served(full: Index) -> None:
    decided = decide(full, "book me in but how will i know its really you lot")

    assert (decided.route, decided.action) == ("action", "visit.book")
    assert decided.answered == ("home-visits/checking-a-visitors-identity",)


@pytest.mark.parametrize(
    ("text", "route", "action"),
    [
        ("please cancel my home visit", "action", "visit.cancel"),
        ("delete all my data", "action", "privacy.delete"),
        ("can I speak to a real person", "action", "human"),
        ("thanks a lot", "smalltalk", "thanks"),
        ("ta ra duck", "smalltalk", "goodbye"),
    ],
)
def test_orders_and_small_talk(full: Index, text: str, route: str, action: str) -> None:
    decided = decide(full, text)

    assert (decided.route, decided.action, decided.answered) == (route, action, ())


@pytest.mark.parametrize(
    "text", ["who won the football last night", "recipe for chicken curry", "qwertyuiop", "", "???"]
)
def test_what_is_not_for_us_is_never_answered(full: Index, text: str) -> None:
    assert decide(full, text).route in ("unknown", "choose")


def test_two_needs_are_answered_the_more_urgent_first(small: Index) -> None:
    decided = decide(small, "we have been burgled and the smoke alarm keeps beeping")

    assert (decided.route, decided.answered) == ("answer", (ALARM, BURGLED))


def test_one_need_said_at_length_is_one_answer(small: Index) -> None:
    assert decide(small, "water is coming through the ceiling, a pipe has burst in the kitchen").answered == (PIPE,)


def test_between_two_close_entries_the_resident_chooses() -> None:
    ours = [Phrase(way, target) for target, ways in WAYS.items() for way in ways.split("|")]
    pets = [Phrase("we have lost our little dog", "x/dog"), Phrase("we have lost our little cat", "x/cat")]
    decided = decide(index_over([*ours, *pets]), "we have lost our little tortoise")

    assert (decided.route, set(decided.offered)) == ("choose", {"x/dog", "x/cat"})


def test_a_follow_up_keeps_to_what_was_shown(small: Index) -> None:
    assert decide(small, "is it free?", shown=(PIPE,)).answered == (PIPE,)
    assert decide(small, "what about at night?", shown=(ALARM,)).answered == (ALARM,)


def test_a_new_subject_leaves_what_was_shown(small: Index) -> None:
    assert decide(small, "somebody broke into my house", shown=(PIPE,)).answered == (BURGLED,)


@pytest.mark.parametrize("text", ["is it free?", "what about them", "how much is it"])
def test_a_message_that_leans_on_nothing_is_not_answered(small: Index, text: str) -> None:
    assert decide(small, text).answered == ()


def test_a_script_we_cannot_read_is_offered_languages(small: Index) -> None:
    assert decide(small, "ਮੈਨੂੰ ਮਦਦ ਚਾਹੀਦੀ ਹੈ") == Decided("action", action="language")


def test_the_chance_falls_with_a_close_second_and_with_what_is_not_ours() -> None:
    def chance(second: float, none: float) -> float:
        return CHANCE.of(Ranking(("a", "b"), (Candidate("x/y", 1.0), Candidate("x/z", second)), none=none))

    assert chance(0.2, 0.0) > chance(0.9, 0.0) > chance(0.9, 0.8)
    assert CHANCE.of(Ranking()) == 0


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=120), shown=st.lists(st.sampled_from([ALARM, PIPE, "gone/entry"]), max_size=2))
def test_any_text_gets_a_well_formed_decision(small: Index, text: str, shown: list[str]) -> None:
    decided = decide(small, text, shown)

    assert len(decided.answered) <= 2
    assert len(decided.offered) <= 4
    assert not set(decided.answered) & set(decided.offered)
    assert 0 <= decided.score <= 1
    assert (decided.route == "choose") <= bool(decided.offered)
    assert decide(small, text, shown) == decided
