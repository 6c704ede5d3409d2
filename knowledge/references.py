"""What names an answer or an organisation, and would lead nowhere without it: the same that a check of the content
would find."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from knowledge.check_one import Kind
from knowledge.library import Library
from knowledge.prose import Frozen
from knowledge.visits.questions import FILE as VISITS
from knowledge.visits.questions import Visits

PLACE = "place.toml"
Where = Literal["entry", "place", "visits", "check"]


class Reference(Frozen):
    """Something that names a file: an answer by its id and its title, or a file of the place's own settings."""

    where: Where
    id: str
    name: str


def references(library: Library, kind: Kind, slug: str) -> tuple[Reference, ...]:
    """All that would have to change before this one can be taken away, each once."""
    if kind == "check":
        return ()
    found = _of_entry(library, slug) if kind == "entry" else _of_organisation(library, slug)
    return tuple(dict.fromkeys(found))


def _of_entry(library: Library, slug: str) -> Iterator[Reference]:
    """The tips of a home visit and of the home check are backed by an answer."""
    questions = library.visits.factors if library.visits else ()
    if any(answer.tip_from == slug for question in questions for answer in question.answers):
        yield Reference(where="visits", id=VISITS, name=VISITS)
    for topic in library.check_topics:
        if any(answer.tip_from == slug for answer in topic.answers):
            yield Reference(where="check", id=topic.id, name=topic.title)


def _of_organisation(library: Library, slug: str) -> Iterator[Reference]:
    for entry in library.entries.values():
        if slug in entry.organisations:
            yield Reference(where="entry", id=entry.id, name=entry.title)
    place = library.place
    if slug in (*place.roles.values(), *place.agencies.values(), *place.fallback):
        yield Reference(where="place", id=PLACE, name=PLACE)
    if library.visits is not None and _outside(library, library.visits) == slug:
        yield Reference(where="visits", id=VISITS, name=VISITS)


def _outside(library: Library, visits: Visits) -> str | None:
    return library.place.resolve(visits.outside_area)
