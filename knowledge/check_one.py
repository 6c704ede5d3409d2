"""What is wrong with one file before it is on any disk: the checks of `check` for a text that is being written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from knowledge.check import Fault, entry_faults, home_check_faults, organisation_faults, twice_claimed
from knowledge.entry import Entry, Organisation
from knowledge.errors import UnreadableFile
from knowledge.home_check import CheckTopic, parse_topic
from knowledge.library import Library, parse_entry, parse_organisation

Kind = Literal["entry", "organisation", "check"]
"""An answer, an organisation, or a topic of the home check."""
FIELDS: Mapping[Kind, str] = {"entry": "entries", "organisation": "organisations", "check": "checks"}
"""Where a library has them."""
ENTRY_ID = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")


def parse(kind: Kind, slug: str, text: str) -> Entry | Organisation | CheckTopic:
    """A file's text in, what it says out. Raises UnreadableFile, for an entry's id without a topic too."""
    if kind == "organisation":
        return parse_organisation(slug, text)
    if kind == "check":
        return parse_topic(slug, text)
    if not ENTRY_ID.fullmatch(slug):
        raise UnreadableFile(path=slug, why="an id is a topic, a slash and a name: fire-safety/smoke-alarm-beeping")
    return parse_entry(slug, text)


def with_one(library: Library, kind: Kind, slug: str, text: str | None) -> Library:
    """The library as it would be with this file, or without it (None). Raises UnreadableFile."""
    return with_files(library, kind, {slug: text})


def with_files(library: Library, kind: Kind, texts: Mapping[str, str | None]) -> Library:
    """The library as it would be with several files, or without them (None). Raises UnreadableFile."""
    field, gone = FIELDS[kind], {slug for slug, text in texts.items() if text is None}
    read = {slug: parse(kind, slug, text) for slug, text in texts.items() if text is not None}
    held = {slug: one for slug, one in {**getattr(library, field), **read}.items() if slug not in gone}
    return library.model_copy(update={field: held})


def faults_of_text(kind: Kind, slug: str, text: str, library: Library) -> tuple[Fault, ...]:
    """What is wrong with one text in a library that may hold an older one. Raises UnreadableFile."""
    changed = with_one(library, kind, slug, text)
    if kind == "organisation":
        return tuple(organisation_faults(changed.organisations[slug], Path(slug)))
    if kind == "check":
        return tuple(home_check_faults(changed.checks[slug], Path(slug), changed, own=True))
    return (*entry_faults(changed.entries[slug], Path(slug), changed), *_claimed(changed, slug, library))


def _claimed(changed: Library, slug: str, library: Library) -> Iterator[Fault]:
    """Phrasings that this change claims twice; what stood twice before is no fault of it."""
    before = {fault.what for fault in twice_claimed(library, {id_: Path(id_) for id_ in library.entries})}
    found = twice_claimed(changed, {id_: Path(id_) for id_ in changed.entries})
    own = set(changed.entries[slug].phrasings)
    yield from (fault for fault in found if fault.what not in before and any(repr(one) in fault.what for one in own))
