"""The home check as content: what answers come to, their code in an address, and what is wrong with a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.check import check
from knowledge.check_one import faults_of_text
from knowledge.errors import UnreadableFile
from knowledge.home_check import CheckTopic, Given, counted, found_in, parse_topic, result, topic_files
from knowledge.home_check_code import read, written
from knowledge.library import NATIONAL, PLACES, Library
from knowledge.prose import words_of
from knowledge.references import references
from tests.house import braunstone

ALARMS = (NATIONAL / "home-check" / "alarms.yaml").read_text(encoding="utf-8")
LIBRARY: Library = braunstone().holding
TOPICS = LIBRARY.check_topics


def answers_of(topic: CheckTopic) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, *(answer.id for answer in topic.answers)])


given_answers = st.fixed_dictionaries({topic.id: answers_of(topic) for topic in TOPICS}).map(
    lambda said: {topic: answer for topic, answer in said.items() if answer}
)


def test_nine_topics_are_asked_in_the_order_of_the_partnership() -> None:
    assert [topic.id for topic in TOPICS] == [
        "alarms", "cooking", "smoking-and-candles", "electrics-heating", "creams-and-oxygen", "way-out",
        "doors-and-windows", "children", "getting-on",
    ]  # fmt: skip


def test_every_answer_of_the_shipped_check_speaks_the_language_of_the_first_place() -> None:
    """A warning in a place's own file: here the nation's files are held to the place that they were written with."""
    for path in topic_files(NATIONAL):
        assert faults_of_text("check", path.stem, path.read_text(encoding="utf-8"), LIBRARY) == ()


def test_the_question_of_heating_asks_for_a_carbon_monoxide_alarm() -> None:
    """With the words of the answer that backs it, and it is named to whoever says that all is well."""
    heating = next(topic for topic in TOPICS if topic.id == "electrics-heating")
    without = heating.answer("no-co-alarm")
    assert without is not None
    assert without.tip_from == "fire-safety/carbon-monoxide"
    assert "in each room with a boiler, fire, cooker or stove that burns fuel" in words_of(
        LIBRARY.entry(without.tip_from).first
    )
    assert [one.answer for one in result(TOPICS, {"electrics-heating": "no-co-alarm"}).first] == [without]
    assert "carbon monoxide alarm" in heating.answers[0].tip


def test_what_was_skipped_is_known_as_such() -> None:
    found = result(TOPICS, {"alarms": "every-floor"})
    assert [topic.id for topic in found.skipped] == [topic.id for topic in TOPICS[1:]]
    assert not found.silent
    assert result(TOPICS, {"alarms": "of another time"}).silent
    assert result(TOPICS, {topic.id: topic.answers[0].id for topic in TOPICS}).skipped == ()


def test_what_is_riskiest_comes_first_and_there_are_three() -> None:
    said = {"alarms": "no-alarm", "cooking": "leaves", "doors-and-windows": "windows-open", "children": "cords"}
    found = result(TOPICS, {**said, "getting-on": "well"}, LIBRARY.visits)
    assert [one.answer.id for one in found.first] == ["no-alarm", "cords", "leaves"]
    assert [one.answer.id for one in found.then] == ["windows-open"]
    assert [one.answer.id for one in found.good] == ["well"]


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({"alarms": "every-floor"}, "standard"),
        ({"alarms": "no-alarm"}, "medium"),
        ({"getting-on": "alone"}, "medium"),
        ({"alarms": "no-alarm", "getting-on": "alone"}, "high"),
        ({"doors-and-windows": "broken"}, "standard"),
    ],
)
def test_how_soon_a_visit_would_help_is_the_places_own_scoring(said: Given, level: str) -> None:
    found = result(TOPICS, said, LIBRARY.visits)
    assert found.visit is not None
    assert found.visit.priority == level
    assert result(TOPICS, said).visit is None


def test_answers_become_those_of_the_form_the_heaviest_where_only_one_may_be_given() -> None:
    assert LIBRARY.visits is not None
    said = {"way-out": "cannot-alone", "getting-on": "aid", "creams-and-oxygen": "both"}
    form = counted(found_in(TOPICS, said), LIBRARY.visits)
    assert form == {"moving": ("helped",), "equipment": ("oxygen", "cream")}


@settings(max_examples=50)
@given(given_answers)
def test_a_result_holds_each_answer_once_and_nothing_else(said: Given) -> None:
    found = result(TOPICS, said, LIBRARY.visits)
    listed = [one.answer.id for one in (*found.good, *found.first, *found.then)]
    weighing = [one.answer for one in found_in(TOPICS, said) if one.answer.good or one.answer.risk]
    assert sorted(listed) == sorted(answer.id for answer in weighing)
    risks = [one.answer.risk for one in (*found.first, *found.then)]
    assert risks == sorted(risks, reverse=True)


@settings(max_examples=50)
@given(given_answers, st.integers(0, 10), st.sampled_from("abcdefgx"))
def test_a_code_says_what_was_put_in_or_nothing(said: Given, at: int, letter: str) -> None:
    code = written(TOPICS, said)
    assert len(code) == 11
    assert read(TOPICS, code) == said
    spoilt = f"{code[:at]}{letter}{code[at + 1 :]}"
    assert spoilt == code or read(TOPICS, spoilt) in (None, said)


@pytest.mark.parametrize("code", ["", "x", "aaaaaaaaaaa", "é" * 11, "a" * 500, "../../etc"])
def test_what_is_no_code_says_nothing(code: str) -> None:
    assert read(TOPICS, code) is None


def test_a_code_of_other_questions_says_nothing() -> None:
    assert read(TOPICS[1:], written(TOPICS, {"alarms": "no-alarm"})) is None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("good: true", "good: true\n    risk: 4", "cannot be good and a risk"),
        ("    first: Have at least one smoke alarm on every floor.\n", "", "needs risk and first together"),
        ("id: some-floors", "id: every-floor", "stands twice"),
        ("risk: 10", "risk: 11", "less than or equal to 10"),
        ("label: On some floors only", f"label: {'x' * 41}", "at most 40"),
        ("title: Smoke alarms\n", "", "title"),
        ("order: 10", "order: [", "line 5"),
    ],
)
def test_a_file_without_the_shape_says_why(old: str, new: str, why: str) -> None:
    assert old in ALARMS
    with pytest.raises(UnreadableFile) as refused:
        parse_topic("alarms", ALARMS.replace(old, new, 1))
    assert why in str(refused.value.facts["why"])


def test_a_tip_that_nothing_backs_is_a_fault() -> None:
    text = ALARMS.replace("tip_from: fire-safety/smoke-alarms", "tip_from: fire-safety/no-such", 1)
    assert [fault.what for fault in faults_of_text("check", "alarms", text, LIBRARY)] == [
        "no entry 'fire-safety/no-such' backs the tip"
    ]


def test_a_factor_that_the_place_does_not_ask_is_a_warning() -> None:
    text = ALARMS.replace("counts: {alarms: no-alarm}", "counts: {shoes: wet}")
    (fault,) = faults_of_text("check", "alarms", text, LIBRARY)
    assert fault.warning
    assert "'shoes'" in fault.what


def test_hard_words_are_a_fault() -> None:
    hard = "Photoelectric apparatus necessitates institutional administration notwithstanding obligations."
    found = faults_of_text("check", "alarms", re.sub(r"tip: .*", f"tip: {hard}", ALARMS), LIBRARY)
    assert [fault.what.partition(" ")[0] for fault in found] == ["reading"]


def test_an_answer_that_backs_a_tip_is_named_by_the_check() -> None:
    named = references(LIBRARY, "entry", "fire-safety/home-oxygen")
    assert ("check", "creams-and-oxygen") in [(one.where, one.id) for one in named]
    assert references(LIBRARY, "check", "alarms") == ()


def test_a_place_lays_its_own_topic_over_the_nations(tmp_path: Path) -> None:
    place = tmp_path / "place"
    (place / "home-check").mkdir(parents=True)
    (place / "place.toml").write_bytes((PLACES / "braunstone" / "place.toml").read_bytes())
    own = ALARMS.replace("title: Smoke alarms", "title: Alarms here").replace("alarms: no-alarm", "alarms: none-such")
    (place / "home-check" / "alarms.yaml").write_text(own, encoding="utf-8")
    found = [fault for fault in check(place) if "home-check" in str(fault.path)]
    assert {fault.path.parent.parent for fault in found} == {place}
    assert {fault.warning for fault in found} == {True}


def test_a_broken_topic_is_named_with_its_file_and_line(tmp_path: Path) -> None:
    place = tmp_path / "place"
    (place / "home-check").mkdir(parents=True)
    (place / "place.toml").write_bytes((PLACES / "braunstone" / "place.toml").read_bytes())
    (place / "home-check" / "alarms.yaml").write_text(ALARMS.replace("order: 10", "order: ten"), encoding="utf-8")
    (fault,) = check(place)
    assert (fault.path.name, fault.line) == ("alarms.yaml", ALARMS.splitlines().index("order: 10") + 1)
