"""The questions before a home visit: who is seen soon and what they are told, then rules that hold for any form."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.check import OLDEST_READING_AGE
from knowledge.errors import KnowledgeError, UnreadableFile
from knowledge.library import NATIONAL, PLACES, entry_files, entry_id, organisation_files, read_place
from knowledge.readability import reading_age
from knowledge.visits.questions import (
    FILE,
    Answer,
    Level,
    Priority,
    Question,
    UnknownAnswer,
    read_visits,
    risks,
    score,
)

Form = dict[str, frozenset[str]]

BRAUNSTONE = PLACES / "braunstone"
VISITS = read_visits(BRAUNSTONE)
TEXT = (BRAUNSTONE / FILE).read_text(encoding="utf-8")
ANSWERS = [(question, answer) for question in VISITS.factors for answer in question.answers]
RISKY = [(question.id, answer) for question, answer in ANSWERS if answer.points]
RISE: tuple[Level, ...] = ("standard", "medium", "high")


def form(**tapped: str) -> Form:
    """`form(household="alone from-65")`; answers are set apart by spaces."""
    return {question: frozenset(ids.split()) for question, ids in tapped.items()}


def tips(filled: Form) -> dict[str | None, str | None]:
    """The tips that a form brings, by the entry each comes from."""
    return {answer.tip_from: answer.tip for answer in risks(VISITS, filled)}


def tip_of(question: str, id_: str) -> str | None:
    """What the file says beside one answer."""
    return next(answer.tip for found, answer in ANSWERS if (found.id, answer.id) == (question, id_))


# Residents.


def test_somebody_of_86_on_oxygen_who_smokes_is_seen_first_and_told_both_tips() -> None:
    filled = form(household="from-85", equipment="oxygen", smoking="indoors")
    assert score(VISITS, filled).priority == "high"
    told = tips(filled)
    assert told["fire-safety/home-oxygen"] == tip_of("equipment", "oxygen")
    assert told["fire-safety/smoking-at-home"] == tip_of("smoking", "indoors")


def test_the_same_person_who_only_smokes_outside_is_still_seen_first() -> None:
    assert score(VISITS, form(household="from-85", equipment="oxygen", smoking="outside")).priority == "high"


def test_a_skipped_form_is_standard_and_says_nothing() -> None:
    result = score(VISITS, {})
    assert (result.points, result.priority, result.why) == (0, "standard", ())
    assert risks(VISITS, {}) == ()


def test_a_calm_home_can_say_so_to_every_question_and_is_standard() -> None:
    calm = {q.id: frozenset(a.id for a in q.answers if not a.points) for q in VISITS.factors}
    assert all(calm.values())
    assert score(VISITS, calm) == score(VISITS, {})


@pytest.mark.parametrize("filled", [form(household="alone from-65"), form(household="from-85")])
def test_old_and_alone_or_very_old_is_medium(filled: Form) -> None:
    assert score(VISITS, filled).priority == "medium"


def test_a_child_or_a_stick_alone_is_no_reason_to_come_sooner() -> None:
    assert score(VISITS, form(household="under-5", moving="aid")).priority == "standard"


def test_an_officer_reads_the_heaviest_reason_first() -> None:
    result = score(VISITS, form(household="alone", smoking="in-bed", home="blocked"))
    assert result.why == (
        ("Smoking, in bed or when sleepy", 10),
        ("Things block a way out", 8),
        ("One person, alone", 4),
    )
    assert result.points == 22


@pytest.mark.parametrize(
    ("filled", "facts"),
    [
        ({"pets": frozenset({"dog"})}, {"question": "pets"}),
        (form(smoking="indoors pipe"), {"question": "smoking", "answer": "pipe"}),
    ],
)
def test_an_unknown_id_is_named(filled: Form, facts: dict[str, str]) -> None:
    with pytest.raises(UnknownAnswer) as caught:
        score(VISITS, filled)
    assert caught.value.facts == facts
    assert isinstance(caught.value, KnowledgeError)


# Any form.

FORMS = st.fixed_dictionaries(
    {},
    optional={q.id: st.frozensets(st.sampled_from([a.id for a in q.answers])) for q in VISITS.factors},
)


@given(FORMS, st.sampled_from(RISKY))
def test_one_more_risk_never_lowers_points_or_priority(filled: Form, risk: tuple[str, Answer]) -> None:
    question, answer = risk
    before = score(VISITS, filled)
    after = score(VISITS, {**filled, question: filled.get(question, frozenset()) | {answer.id}})
    already = answer.id in filled.get(question, frozenset())
    assert after.points == before.points + (0 if already else answer.points)
    assert RISE.index(after.priority) >= RISE.index(before.priority)


@given(FORMS, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(filled: Form, random: Random) -> None:
    items = list(filled.items())
    random.shuffle(items)
    assert score(VISITS, dict(items)) == score(VISITS, filled)


@given(FORMS)
def test_the_reasons_add_up_to_the_points(filled: Form) -> None:
    result = score(VISITS, filled)
    assert sum(points for _, points in result.why) == result.points
    assert [points for _, points in result.why] == sorted((points for _, points in result.why), reverse=True)


@given(FORMS, st.sampled_from(VISITS.factors))
def test_a_skipped_question_weighs_as_much_as_an_empty_one(filled: Form, question: Question) -> None:
    skipped = {id_: tapped for id_, tapped in filled.items() if id_ != question.id}
    assert score(VISITS, skipped) == score(VISITS, {**skipped, question.id: frozenset()})


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 100))
def test_a_threshold_belongs_to_the_level_it_begins(medium: int, gap: int, points: int) -> None:
    priority = Priority(medium=medium, high=medium + gap)
    assert priority.level(medium + gap) == "high"
    assert priority.level(medium + gap - 1) == "medium"
    assert priority.level(medium - 1) == "standard"
    assert RISE.index(priority.level(points)) <= RISE.index(priority.level(points + 1))


# What Braunstone asks and says.

ENTRIES = {entry_id(path) for folder in (NATIONAL, BRAUNSTONE) for path in entry_files(folder)}
ORGANISATIONS = {path.stem for folder in (NATIONAL, BRAUNSTONE) for path in organisation_files(folder)}
SAID = [
    *((question.id, text) for question in VISITS.factors for text in (question.question, question.why)),
    *((f"{question}/{answer.id}", answer.tip or "") for question, answer in RISKY),
]


@pytest.mark.parametrize(("question", "answer"), RISKY, ids=lambda value: getattr(value, "id", value))
def test_every_tip_comes_from_an_entry_we_have(question: str, answer: Answer) -> None:
    assert answer.tip_from in ENTRIES


@pytest.mark.parametrize(("where", "text"), SAID)
def test_every_line_is_short_easy_and_calm(where: str, text: str) -> None:
    assert 0 < len(text) <= 160
    assert reading_age(text) <= OLDEST_READING_AGE
    assert "!" not in text


def test_every_reason_an_officer_reads_says_by_itself_what_it_is() -> None:
    labels = [answer.label for _, answer in RISKY]
    assert len(labels) == len(set(labels))


def test_whoever_lives_outside_the_area_is_sent_to_somebody_we_know() -> None:
    assert read_place(BRAUNSTONE / "place.toml").resolve(VISITS.outside_area) in ORGANISATIONS


# A faulty file is one clear sentence.

NINTH = (
    "  - {id: pets, question: Any pets, why: We like them, answers: [{id: cat, label: Cat}, {id: dog, label: Dog}]}\n"
)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("minutes: 30 ", "minutes: half an hour ", "minutes: Input should be a valid integer"),
        ("visitors: 2 ", "visitors: 0 ", "visitors: Input should be greater than 0"),
        ("visitors: 2 ", "visitors: yes ", "visitors: Input should be a valid integer"),
        ("hold_minutes: 10 ", "", "hold_minutes: Field required"),
        ("most_moves: 3", "most_moovs: 3", "most_moves: Field required"),
        ("  refused: 30\n", "", "erase_after_days: refused is missing"),
        ("  high: 16", "  high: 8", "priority: medium must begin below high"),
        ("{id: worry,", "{id: loneliness,", "reasons: the id loneliness stands twice"),
        ("- id: senses", "- id: moving", "factors: the id moving stands twice"),
        ("- id: cream", "- id: oxygen", "factors.4.answers: the id oxygen stands twice"),
        ("points: 10", "points: 9", "factors.1.answers.3.points: Input should be 0, 1, 2, 4, 8 or 10"),
        (
            "        tip_from: fire-safety/home-oxygen\n",
            "",
            "factors.4.answers.0: the answer oxygen needs points, tip and tip_from together, or none of them",
        ),
        ("label: Nobody smokes}", "label: Nobody smokes, tip: Good}", "factors.3.answers.0: the answer nobody needs"),
        ("tip: Keep hot", f"tip: {'Keep ' * 40}hot", "tip: String should have at most 160 characters"),
        ("factors:\n", f"factors:\n{NINTH}", "factors: Tuple should have at most 8 items"),
        ("reasons:\n", "reasons: [\n", "line "),
    ],
)
def test_a_fault_is_named(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert old in TEXT
    assert why in fault(tmp_path, TEXT.replace(old, new, 1))


@pytest.mark.parametrize("text", ["", "- a list\n", "words\n"])
def test_a_file_without_settings_says_so(tmp_path: Path, text: str) -> None:
    assert fault(tmp_path, text) == "it must hold settings, each with its name"


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        read_visits(tmp_path)


def test_a_file_in_another_encoding_says_so(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes("outside_area: café".encode("latin-1"))
    with pytest.raises(UnreadableFile, match="utf-8"):
        read_visits(tmp_path)


def fault(folder: Path, text: str) -> str:
    """Why a file with this text cannot be read: one line that names the file."""
    path = folder / FILE
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile) as caught:
        read_visits(folder)
    assert str(path) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value.facts["why"])
