"""Load a folder of content into a Library: the nation's entries, with a place's own laid over them."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import ValidationError

from knowledge.entry import Entry, Notice, Organisation
from knowledge.errors import UnknownEntry, UnreadableFile, first_reason
from knowledge.home_check import CheckTopic, in_order, read_topic, topic_files
from knowledge.place import Place
from knowledge.prose import Frozen, Paragraph, Section, Span, parse
from knowledge.topics import Topic, topics_of
from knowledge.visits.questions import Visits, visits_of
from knowledge.yaml_text import read_yaml

NATIONAL = Path(__file__).parent / "national"
PLACES = Path(__file__).parent / "places"
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
MORE = "More"


class Library(Frozen):
    """All that one place can answer with."""

    place: Place
    entries: Mapping[str, Entry]
    organisations: Mapping[str, Organisation]
    visits: Visits | None = None
    """What the place says about home visits; None where it does none."""
    checks: Mapping[str, CheckTopic] = {}
    """The topics of the home check by their ids; none where it is not offered."""
    changed: Mapping[str, dt.datetime] = {}
    """When each organisation's file last changed, where that is known: files do not say, the tables do."""
    notices: tuple[Notice, ...] = ()
    """What the team says beside an answer or an organisation for a while, the oldest first."""
    topics: tuple[Topic, ...] = ()
    """What people may ask to hear about, in order."""

    def entry(self, slug: str) -> Entry:
        """The entry with this id, or UnknownEntry."""
        try:
            return self.entries[slug]
        except KeyError:
            raise UnknownEntry(slug=slug) from None

    def topic(self, id_: str) -> Topic | None:
        """The topic with this id; None where the place has none such (any more)."""
        return next((topic for topic in self.topics if topic.id == id_), None)

    def known(self, slugs: Iterable[str]) -> tuple[Entry, ...]:
        """The entries with these ids, in order; an id that is gone is left out."""
        return tuple(self.entries[slug] for slug in slugs if slug in self.entries)

    def helpers(self, entry: Entry) -> tuple[Organisation, ...]:
        """The organisations of an entry in its own order, roles filled by the place; what it lacks is left out.

        Where none is left, the agency that owns the answer.
        """
        ids = dict.fromkeys(found for name in entry.organisations if (found := self.place.resolve(name)))
        known = tuple(self.organisations[id_] for id_ in ids if id_ in self.organisations)
        owner = self.organisations.get(self.place.agencies.get(entry.agency, ""))
        return known or ((owner,) if owner else ())

    def notices_at(self, now: dt.datetime) -> dict[str, tuple[str, ...]]:
        """What stands with each entry and organisation at a moment, by their ids."""
        standing = [notice for notice in self.notices if now < notice.until]
        return {one.about: tuple(other.text for other in standing if other.about == one.about) for one in standing}

    @cached_property
    def check_topics(self) -> tuple[CheckTopic, ...]:
        """The topics of the home check, as they are asked."""
        return in_order(self.checks)

    @cached_property
    def organisation_names(self) -> frozenset[str]:
        """Every name and alias, for texts in which names do not count as words."""
        return frozenset(n for o in self.organisations.values() for n in (o.name, *o.aliases))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """The same with some fields changed; names and their order are found anew, as they may be others now."""
        changed = super().model_copy(update=update, deep=deep)
        for found in ("organisation_names", "check_topics"):
            changed.__dict__.pop(found, None)
        return changed


def load(place: Path, national: Path | None = None) -> Library:
    """Read a place's folder over the nation's. Raises UnreadableFile for the first file that cannot be used."""
    folders = ((national or NATIONAL), place)
    settings = read_place(place / "place.toml")
    return Library(
        place=settings,
        entries={e.id: e for folder in folders for e in map(read_entry, entry_files(folder))},
        organisations={o.id: o for folder in folders for o in map(read_organisation, organisation_files(folder))},
        visits=visits_of(place),
        topics=topics_of(settings.topics, folders[0]),
        checks={check.id: check for folder in folders for check in map(read_topic, topic_files(folder))},
    )


def entry_files(folder: Path) -> Iterator[Path]:
    """The entry files of a folder, by name."""
    return iter(sorted((folder / "entries").rglob("*.md")))


def organisation_files(folder: Path) -> Iterator[Path]:
    """The organisation files of a folder, by name."""
    return iter(sorted((folder / "organisations").glob("*.yaml")))


def read_place(path: Path) -> Place:
    """A place.toml. Raises UnreadableFile."""
    try:
        return Place.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise UnreadableFile(path=path, why=first_reason(error)) from error


def read_entry(path: Path) -> Entry:
    """One Markdown file."""
    return parse_entry(entry_id(path), path.read_text(encoding="utf-8"), str(path))


def entry_id(path: Path) -> str:
    """An entry's id is its path below entries/, without the ending."""
    return "/".join(path.with_suffix("").parts[-2:])


def parse_entry(slug: str, text: str, where: str = "") -> Entry:
    """The text of an entry file in, an Entry out. Raises UnreadableFile naming `where`."""
    match = FRONT_MATTER.match(text)
    if match is None:
        raise UnreadableFile(path=where or slug, why="it must begin with --- and a block of settings")
    try:
        settings: dict[str, Any] = read_yaml(match[1])
        lead, first, more = split_body(parse(match[2]))
        return Entry(id=slug, lead=lead, first=first, more=more, **settings)
    except (yaml.YAMLError, ValidationError, ValueError, TypeError) as error:
        raise UnreadableFile(path=where or slug, why=first_reason(error)) from error


def split_body(sections: tuple[Section, ...]) -> tuple[tuple[Span, ...], tuple[Any, ...], tuple[Any, ...]]:
    """The bold first line, what is shown at first, and what stands under "## More". Raises ValueError."""
    headings = [section.heading for section in sections]
    if headings not in (["", MORE], [""]):
        raise ValueError(f'the only heading allowed is "## {MORE}", found {headings}')
    first, more = sections[0].blocks, sections[1].blocks if len(sections) > 1 else ()
    lead = first[0]
    if not isinstance(lead, Paragraph) or not all(span.strong for span in lead.spans):
        raise ValueError("the body must begin with one bold line that answers")
    return lead.spans, first[1:], more


def read_organisation(path: Path) -> Organisation:
    """One YAML file; its id is the file's name."""
    return parse_organisation(path.stem, path.read_text(encoding="utf-8"), str(path))


def parse_organisation(id_: str, text: str, where: str = "") -> Organisation:
    """The text of an organisation file in, an Organisation out. Raises UnreadableFile naming `where`."""
    try:
        return Organisation(id=id_, **read_yaml(text))
    except (yaml.YAMLError, ValidationError, ValueError, TypeError) as error:
        raise UnreadableFile(path=where or id_, why=first_reason(error)) from error
