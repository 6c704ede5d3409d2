"""Topics that people may ask to hear about: the nation's, without those that a place leaves out, with its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import StringConstraints, TypeAdapter, ValidationError

from knowledge.entry import Text
from knowledge.errors import UnreadableFile, first_reason
from knowledge.prose import Frozen
from knowledge.readability import reading_age
from knowledge.yaml_text import read_yaml

FILE = "topics.yaml"
TopicId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,24}$")]
"""Short, so that a number fits beside it on a button."""
Month = Literal["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTHS: tuple[Month, ...] = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LABEL, OLDEST_READING_AGE = 40, 11.0
"""Characters that fit on a button of a small phone; years."""


class Topic(Frozen):
    """Something that people may ask to hear about. `season`: the months in which it matters; none is all year."""

    id: TopicId
    label: Text
    one_line: Text
    season: tuple[Month, ...] = ()

    def in_season(self, on: dt.date) -> bool:
        """Does it matter on this day?"""
        return not self.season or MONTHS[on.month - 1] in self.season


class LocalTopics(Frozen):
    """What a place changes: ids that it leaves out, and topics of its own, also in place of the nation's."""

    without: tuple[TopicId, ...] = ()
    own: tuple[Topic, ...] = ()


def topics_of(local: LocalTopics, national: Path) -> tuple[Topic, ...]:
    """What a place says, and the nation's folder, in; the topics of the place out, in order. Raises UnreadableFile."""
    known = {topic.id: topic for topic in (*read_topics(national / FILE), *local.own)}
    return tuple(topic for id_, topic in known.items() if id_ not in local.without)


def read_topics(path: Path) -> tuple[Topic, ...]:
    """The topics of a file; none where there is no file. Raises UnreadableFile."""
    if not path.exists():
        return ()
    try:
        return TypeAdapter(tuple[Topic, ...]).validate_python(read_yaml(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise UnreadableFile(path=path, why=first_reason(error)) from error


def faults_of(topics: tuple[Topic, ...]) -> Iterator[tuple[str, str]]:
    """What is wrong with topics: the id, and what, in words that an officer can act on."""
    for topic in topics:
        if len(topic.label) > LABEL:
            yield topic.id, f"the label of topic {topic.id!r} has {len(topic.label)} characters; at most {LABEL}"
        if (age := reading_age(topic.one_line)) > OLDEST_READING_AGE:
            yield topic.id, f"topic {topic.id!r}: reading age {age:.1f}; at most {OLDEST_READING_AGE:.0f}"


def left_out_in_vain(local: LocalTopics, national: Path) -> tuple[str, ...]:
    """Ids that a place leaves out and that nobody has. Raises UnreadableFile."""
    known = {topic.id for topic in read_topics(national / FILE)}
    return tuple(id_ for id_ in local.without if id_ not in known)
