"""The two-minute home check: its topics as content, and what somebody's answers come to. Pure.

Given answers are a mapping of topic id to answer id. One that the content no longer holds counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from knowledge.entry import Slug, Text
from knowledge.errors import UnreadableFile
from knowledge.prose import Frozen
from knowledge.visits.questions import Line, Score, Visits, reason, refuse_twins, score, wrong
from knowledge.yaml_text import read_yaml

FOLDER = "home-check"
MOST_FIRST = 3
"""Things to do first: more than that, and none of them is first."""
MOST_ANSWERS = 8

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$", max_length=20)]
"""Two of these fit on a button."""
Label = Annotated[Text, StringConstraints(max_length=40)]
"""What fits on a button as wide as a phone."""
Risk = Annotated[int, Field(ge=0, le=10, strict=True)]
"""From 1, rare, to 10, almost certain, as in visits.yaml; 0 for none."""


def _several(said: object) -> object:
    return [said] if isinstance(said, str) else said


Counted = Annotated[tuple[Id, ...], BeforeValidator(_several)]
Given = Mapping[str, str]


class Answer(Frozen):
    """One tap. It is good, or it carries a risk, or neither: then the topic is not theirs. Its tip is backed by the
    entry `tip_from`; `counts` says the same in the words of a place's visits.yaml: factor, and its answers."""

    id: Id
    label: Label
    good: bool = False
    risk: Risk = 0
    tip: Line
    tip_from: Slug
    first: Line | None = None
    counts: Mapping[Id, Counted] = {}

    @model_validator(mode="after")
    def _first_where_there_is_a_risk(self) -> Self:
        if self.good and self.risk:
            raise wrong("the answer {id} cannot be good and a risk", id=self.id)
        if bool(self.first) != bool(self.risk):
            raise wrong("the answer {id} needs risk and first together, or neither", id=self.id)
        return self


class CheckTopic(Frozen):
    """One question of the check; `why` is shown with it. `order` says which comes before which."""

    id: Id
    order: Annotated[int, Field(ge=0, strict=True)]
    title: Label
    question: Line
    why: Line
    answers: tuple[Answer, ...] = Field(min_length=2, max_length=MOST_ANSWERS)

    @field_validator("answers")
    @classmethod
    def _once_each(cls, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
        refuse_twins(answer.id for answer in answers)
        return answers

    def answer(self, id_: str | None) -> Answer | None:
        """The answer with this id."""
        return next((answer for answer in self.answers if answer.id == id_), None)


class Found(Frozen):
    """A topic, and what somebody said of it."""

    topic: CheckTopic
    answer: Answer


class Result(Frozen):
    """What a check comes to. `first` holds at most three, `then` the other risks, the highest first in both; `skipped`
    is what nobody answered, so that nothing is known of it."""

    good: tuple[Found, ...]
    first: tuple[Found, ...]
    then: tuple[Found, ...]
    skipped: tuple[CheckTopic, ...] = ()
    silent: bool = False
    """Was nothing answered at all?"""
    visit: Score | None = None
    """How soon a visit would help by the place's own scoring; None where the place does no visits."""


def topic_files(folder: Path) -> Iterator[Path]:
    """The topic files of a content folder, by name."""
    return iter(sorted((folder / FOLDER).glob("*.yaml")))


def read_topic(path: Path) -> CheckTopic:
    """One YAML file; its id is the file's name. Raises UnreadableFile."""
    return parse_topic(path.stem, path.read_text(encoding="utf-8"), str(path))


def parse_topic(id_: str, text: str, where: str = "") -> CheckTopic:
    """The text of a topic file in, a CheckTopic out. Raises UnreadableFile naming `where`."""
    try:
        settings: dict[str, Any] = read_yaml(text)
        return CheckTopic(id=id_, **settings)
    except (TypeError, ValueError, yaml.YAMLError) as error:
        raise UnreadableFile(path=where or id_, why=reason(error)) from error


def in_order(topics: Mapping[str, CheckTopic]) -> tuple[CheckTopic, ...]:
    """The topics as they are asked."""
    return tuple(sorted(topics.values(), key=lambda topic: (topic.order, topic.id)))


def found_in(topics: tuple[CheckTopic, ...], given: Given) -> tuple[Found, ...]:
    """What was answered, in the order of the topics."""
    said = ((topic, topic.answer(given.get(topic.id))) for topic in topics)
    return tuple(Found(topic=topic, answer=answer) for topic, answer in said if answer is not None)


def skipped(topics: tuple[CheckTopic, ...], given: Given) -> tuple[CheckTopic, ...]:
    """What was not answered, in the order of the topics."""
    return tuple(topic for topic in topics if topic.answer(given.get(topic.id)) is None)


def result(topics: tuple[CheckTopic, ...], given: Given, visits: Visits | None = None) -> Result:
    """Answers in; what is good, what to do first, and how soon a visit would help, out."""
    found = found_in(topics, given)
    risky = sorted((one for one in found if one.answer.risk), key=lambda one: -one.answer.risk)
    return Result(
        good=tuple(one for one in found if one.answer.good),
        first=tuple(risky[:MOST_FIRST]),
        then=tuple(risky[MOST_FIRST:]),
        skipped=skipped(topics, given),
        silent=not found,
        visit=score(visits, {factor: frozenset(ids) for factor, ids in counted(found, visits).items()})
        if visits
        else None,
    )


def counted(found: tuple[Found, ...], visits: Visits) -> dict[str, tuple[str, ...]]:
    """The same answers as a visit's form has them: question id, ids of its answers. Where only one may be given, the
    heaviest; what this place does not ask is left out."""
    said: dict[str, tuple[str, ...]] = {}
    for question in visits.factors:
        told = {id_ for one in found for id_ in one.answer.counts.get(question.id, ())}
        known = [answer for answer in question.answers if answer.id in told]
        if known and not question.several:
            known = [max(known, key=lambda answer: answer.points)]
        if known:
            said[question.id] = tuple(answer.id for answer in known)
    return said
