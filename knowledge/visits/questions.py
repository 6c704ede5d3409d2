"""What a resident is asked before a home visit, and what the answers weigh. The words are in a place's visits.yaml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal, LiteralString, Self, get_args

import yaml
from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from knowledge.entry import Slug, Text
from knowledge.errors import KnowledgeError, UnreadableFile, first_reason
from knowledge.prose import Frozen
from knowledge.yaml_text import read_yaml

FILE = "visits.yaml"
MOST_QUESTIONS = 8
"""More than that, and people in a hurry leave the form."""

Some = Annotated[int, Field(gt=0, strict=True)]
SomeOrNone = Annotated[int, Field(ge=0, strict=True)]
Label = Annotated[Text, StringConstraints(max_length=32)]
"""What fits on a button."""
Line = Annotated[Text, StringConstraints(max_length=160)]
"""One text message."""
Points = Literal[0, 1, 2, 4, 8, 10]
"""The scale of CHARLIE-P: rare, unlikely, possible, likely, almost certain; 0 for no risk."""
Level = Literal["high", "medium", "standard"]
End = Literal["done", "not_in", "refused", "cancelled", "expired"]
"""Every way a visit can end."""


class UnknownAnswer(KnowledgeError):
    """There is no question, or no answer to it, with this id."""

    text_id = "error.visits.unknown-answer"


class Reason(Frozen):
    """Why somebody asks for a visit."""

    id: Slug
    label: Label


class Answer(Frozen):
    """One tap. An answer that carries a risk has points, and a tip that the entry `tip_from` backs."""

    id: Slug
    label: Label
    points: Points = 0
    tip: Line | None = None
    tip_from: Slug | None = None

    @model_validator(mode="after")
    def _tip_where_there_is_a_risk(self) -> Self:
        if {bool(self.tip), bool(self.tip_from)} != {self.points > 0}:
            raise wrong("the answer {id} needs points, tip and tip_from together, or none of them", id=self.id)
        return self


class Question(Frozen):
    """One question of the form; `why` is shown with it. Where `several`, more than one answer may be tapped."""

    id: Slug
    question: Line
    why: Line
    several: bool = False
    answers: tuple[Answer, ...] = Field(min_length=2)

    @field_validator("answers")
    @classmethod
    def _once_each(cls, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
        refuse_twins(answer.id for answer in answers)
        return answers


class Priority(Frozen):
    """The sums of points from which a visit is high or medium; below both it is standard."""

    high: Some
    medium: Some

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.medium >= self.high:
            raise wrong("medium must begin below high")
        return self

    def level(self, points: int) -> Level:
        """How soon a home with so many points should be seen."""
        if points >= self.high:
            return "high"
        return "medium" if points >= self.medium else "standard"


class Visits(Frozen):
    """All that a place says about home visits. Times are in the unit that the name says."""

    minutes: Some
    buffer_minutes: SomeOrNone
    notice_hours: SomeOrNone
    window_days: Some
    visitors: Some
    hold_minutes: Some
    most_moves: SomeOrNone
    waiting_offer_hours: Some
    erase_after_days: Mapping[End, Some]
    feedback_after_hours: SomeOrNone
    outside_area: Text = Field(description="whom to ask where we do not come: an organisation, or an @role")
    reasons: tuple[Reason, ...] = Field(min_length=1)
    factors: tuple[Question, ...] = Field(max_length=MOST_QUESTIONS)
    priority: Priority

    @field_validator("erase_after_days")
    @classmethod
    def _every_end(cls, days: Mapping[End, int]) -> Mapping[End, int]:
        if missing := [end for end in get_args(End) if end not in days]:
            raise wrong("{ends} is missing", ends=" and ".join(missing))
        return days

    @field_validator("reasons", "factors")
    @classmethod
    def _once_each(cls, listed: tuple[Reason | Question, ...]) -> tuple[Reason | Question, ...]:
        refuse_twins(one.id for one in listed)
        return listed


class Score(Frozen):
    """What a form weighs. `why` holds the label and the points of each risk, the heaviest first."""

    points: int
    priority: Level
    why: tuple[tuple[str, int], ...]


def read_visits(place_folder: Path) -> Visits:
    """A place's folder in, what it says about visits out. Raises UnreadableFile with the path and what is wrong."""
    path = place_folder / FILE
    try:
        return Visits(**read_yaml(path.read_text(encoding="utf-8")))
    except (OSError, TypeError, ValueError, yaml.YAMLError) as error:
        raise UnreadableFile(path=path, why=reason(error)) from error


def visits_of(place_folder: Path) -> Visits | None:
    """The same, or None for a place that does no visits. Raises UnreadableFile."""
    return read_visits(place_folder) if (place_folder / FILE).exists() else None


def score(visits: Visits, answers: Mapping[str, frozenset[str]]) -> Score:
    """A form in, as the ids tapped for each question's id; its points, priority and reasons out.

    A question left out weighs nothing. Answers that contradict each other all count: a visit too soon does less harm
    than one too late. Raises UnknownAnswer.
    """
    found = risks(visits, answers)
    points = sum(answer.points for answer in found)
    return Score(
        points=points,
        priority=visits.priority.level(points),
        why=tuple((answer.label, answer.points) for answer in found),
    )


def risks(visits: Visits, answers: Mapping[str, frozenset[str]]) -> tuple[Answer, ...]:
    """A form in; the answers with points out, each with its tip, the heaviest first. Raises UnknownAnswer."""
    refuse_unknown(visits, answers)
    tapped = (a for q in visits.factors for a in q.answers if a.id in answers.get(q.id, frozenset()))
    return tuple(sorted((a for a in tapped if a.points), key=lambda a: -a.points))


def refuse_unknown(visits: Visits, answers: Mapping[str, frozenset[str]]) -> None:
    """Raises UnknownAnswer for the first question or answer of a form that visits.yaml does not hold."""
    known = {question.id: {answer.id for answer in question.answers} for question in visits.factors}
    for question, tapped in answers.items():
        if question not in known:
            raise UnknownAnswer(question=question)
        if unknown := tapped - known[question]:
            raise UnknownAnswer(question=question, answer=min(unknown))


def refuse_twins(ids: Iterable[str]) -> None:
    """Raises for an id that stands twice in a list."""
    if twins := [id_ for id_, times in Counter(ids).items() if times > 1]:
        raise wrong("the id {id} stands twice", id=twins[0])


def wrong(what: LiteralString, **facts: str) -> PydanticCustomError:
    """A fault in the content, in words that reach the editor as they stand; {names} are filled from the facts."""
    return PydanticCustomError("content", what, facts)


def reason(error: Exception) -> str:
    """One plain line about what is wrong with the file, with the line number where YAML knows it."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return "it must hold settings, each with its name" if isinstance(error, TypeError) else first_reason(error)
