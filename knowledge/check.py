"""Every fault of a content folder, named with its file and line, in words an officer can act on."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import phonenumbers

from knowledge.entry import Entry, Organisation
from knowledge.errors import UnreadableFile
from knowledge.home_check import Answer as CheckAnswer
from knowledge.home_check import CheckTopic, read_topic, topic_files
from knowledge.library import (
    NATIONAL,
    Library,
    entry_files,
    entry_id,
    load,
    organisation_files,
    read_entry,
    read_organisation,
    read_place,
)
from knowledge.prose import Steps, plain, words_of
from knowledge.readability import count_words, reading_age
from knowledge.topics import FILE as TOPICS
from knowledge.topics import faults_of, left_out_in_vain, read_topics
from knowledge.visits.questions import FILE as VISITS
from knowledge.visits.questions import visits_of

MOST_WORDS = 110
OLDEST_READING_AGE = 11.0
PHRASINGS = range(8, 16)
STEPS = range(2, 6)
ONE_LINE = 160
"""One text message."""
SHORT_CODE = re.compile(r"^(?:999|101|111|105|119|112|116 ?\d{3}|180(?:00|01 ?\d+)|0800 1111)$")


@dataclass(frozen=True)
class Fault:
    """`line` counts from 1. A warning never fails a check unless it is asked to be strict."""

    path: Path
    line: int
    what: str
    warning: bool = False
    about: str = ""
    """The setting of the file that it is about, or words in it."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'warning: ' if self.warning else ''}{self.what}"


def check(
    place: Path, national: Path | None = None, on: dt.date | None = None, today: dt.date | None = None
) -> list[Fault]:
    """All the faults of a place over the nation, in the order of their files. Reviews that are overdue on a day only
    with `on`, what somebody says they will have confirmed only with `today`."""
    folders = ((national or NATIONAL), place)
    try:
        library = load(place, national)
    except UnreadableFile:
        broken = [fault for folder in folders for fault in unreadable(folder)]
        return broken or list(place_unreadable(place, folders[0]))
    faults: list[Fault] = []
    paths = {entry_id(path): path for folder in folders for path in entry_files(folder)}
    for slug, entry in library.entries.items():
        faults += entry_faults(entry, paths[slug], library)
        faults += overdue(entry, paths[slug], on)
        faults += still_to_come(entry.checked_on, paths[slug], today)
    faults += twice_claimed(library, paths)
    faults += place_faults(library, place / "place.toml")
    faults += visits_faults(library, place / VISITS)
    faults += topics_faults(library, folders[0], place / "place.toml")
    known = {path.stem: path for folder in folders for path in organisation_files(folder)}
    for id_, organisation in library.organisations.items():
        faults += organisation_faults(organisation, known[id_])
        faults += still_to_come(organisation.checked_on, known[id_], today)
    checks = {path.stem: path for folder in folders for path in topic_files(folder)}
    for id_, check_ in library.checks.items():
        faults += home_check_faults(check_, checks[id_], library, own=checks[id_].is_relative_to(place))
    return faults


def place_unreadable(place: Path, national: Path = NATIONAL) -> Iterator[Fault]:
    """What is wrong with the shape of a place.toml, a visits.yaml or the nation's topics."""
    readers: tuple[tuple[Path, Callable[[], object]], ...] = (
        (place / "place.toml", lambda: read_place(place / "place.toml")),
        (place / VISITS, lambda: visits_of(place)),
        (national / TOPICS, lambda: read_topics(national / TOPICS)),
    )
    for path, read in readers:
        try:
            read()
        except UnreadableFile as error:
            why = str(error.facts["why"])
            yield Fault(path, line_of(path, why.partition(".")[0].partition(":")[0]), why)


def unreadable(folder: Path) -> Iterator[Fault]:
    """Files that do not have the shape."""
    readers: tuple[tuple[Iterable[Path], Callable[[Path], object]], ...] = (
        (entry_files(folder), read_entry),
        (organisation_files(folder), read_organisation),
        (topic_files(folder), read_topic),
    )
    for paths, read in readers:
        for path in paths:
            try:
                read(path)
            except UnreadableFile as error:
                why = str(error.facts["why"])
                yield Fault(path, line_of(path, why.partition(".")[0].partition(":")[0]), why)


def entry_faults(entry: Entry, path: Path, library: Library) -> Iterator[Fault]:
    """What is wrong with one entry by itself."""

    def fault(key: str, what: str) -> Fault:
        return Fault(path, line_of(path, key), what, about=key)

    for name in entry.organisations:
        id_ = library.place.resolve(name)
        if not name.startswith("@") and id_ not in library.organisations:
            yield fault(name, f"unknown organisation {name!r}")
    if not entry.sources:
        yield fault("sources", "no source: say where the facts were read")
    shown = shown_first(entry)
    if (words := count_words(shown)) > MOST_WORDS:
        yield fault("**", f"{words} words are shown at first; at most {MOST_WORDS}, the rest behind ## More")
    if (age := reading_age(shown, library.organisation_names)) > OLDEST_READING_AGE:
        yield fault("**", f"reading age {age:.1f}; at most {OLDEST_READING_AGE:.0f}: shorter sentences and words")
    if len(entry.phrasings) not in PHRASINGS:
        yield fault("phrasings", f"{len(entry.phrasings)} phrasings; between {PHRASINGS[0]} and {PHRASINGS[-1]}")
    if len(entry.one_line) > ONE_LINE:
        yield fault("one_line", f"{len(entry.one_line)} characters; at most {ONE_LINE}, one text message")
    steps = [block for block in entry.first if isinstance(block, Steps)]
    if len(steps) != 1 or len(steps[0].items) not in STEPS:
        yield fault("**", f"show one list of {STEPS[0]} to {STEPS[-1]} steps at first")
    if entry.authority and not any(named_in(entry.authority, source.name) for source in entry.sources):
        yield fault("authority", f"no source is {entry.authority!r} or a copy of its words")
    if (entry.checked_on is None) != (entry.checked_by is None):
        yield fault("checked_on", "checked_on and checked_by belong together")


def shown_first(entry: Entry) -> str:
    """All the words of an entry that a resident reads before More."""
    return "\n".join(filter(None, [entry.emergency, plain(entry.lead), words_of(entry.first)]))


def named_in(authority: str, source: str) -> bool:
    """Does a source's name hold the authority's name?"""
    return authority.casefold() in source.casefold()


def overdue(entry: Entry, path: Path, on: dt.date | None) -> Iterator[Fault]:
    """A review that is past its day."""
    due = entry.review_due()
    if on is not None and due is not None and due < on:
        yield Fault(path, line_of(path, "checked_on"), f"review was due on {due.isoformat()}", warning=True)


def still_to_come(checked_on: dt.date | None, path: Path, today: dt.date | None) -> Iterator[Fault]:
    """A confirmation on a day that is not here yet: nobody has looked."""
    if today is not None and checked_on is not None and checked_on > today:
        what = f"checked_on is {checked_on.isoformat()}, a day that is still to come"
        yield Fault(path, line_of(path, "checked_on"), what, about="checked_on")


def twice_claimed(library: Library, paths: dict[str, Path]) -> Iterator[Fault]:
    """Phrasings that are claimed twice, so that neither claim can be right."""
    claimed: dict[str, str] = {}
    for slug, entry in library.entries.items():
        for phrasing in entry.phrasings:
            key = " ".join(re.findall(r"\w+", phrasing.casefold()))
            if key in claimed:
                whose = "stands twice" if claimed[key] == slug else f"is claimed by {claimed[key]} too"
                yield Fault(paths[slug], line_of(paths[slug], phrasing), f"{phrasing!r} {whose}")
            claimed.setdefault(key, slug)


def place_faults(library: Library, path: Path) -> Iterator[Fault]:
    """Roles and numbers in place.toml that lead nowhere."""
    for role, id_ in library.place.roles.items():
        if id_ not in library.organisations:
            yield Fault(path, line_of(path, role), f"role {role!r} names the unknown organisation {id_!r}")
    for agency, id_ in library.place.agencies.items():
        if id_ not in library.organisations:
            yield Fault(path, line_of(path, agency), f"agency {agency!r} names the unknown organisation {id_!r}")
    for id_ in library.place.fallback:
        if id_ not in library.organisations:
            yield Fault(path, line_of(path, id_), f"fallback names the unknown organisation {id_!r}")
    used = {n for e in library.entries.values() for n in e.organisations if n.startswith("@")}
    for name in sorted(used - {f"@{role}" for role in library.place.roles}):
        yield Fault(path, line_of(path, "[roles]"), f"nobody holds the role {name!r}", warning=True)


def visits_faults(library: Library, path: Path) -> Iterator[Fault]:
    """Tips and whom to ask outside the area, in visits.yaml, that lead nowhere."""
    if library.visits is None:
        return
    if library.place.resolve(outside := library.visits.outside_area) not in library.organisations:
        yield Fault(path, line_of(path, "outside_area"), f"outside_area names nobody: {outside!r}")
    for answer in (answer for question in library.visits.factors for answer in question.answers):
        if answer.tip_from and answer.tip_from not in library.entries:
            yield Fault(path, line_of(path, answer.tip_from), f"no entry {answer.tip_from!r} backs the tip")


def topics_faults(library: Library, national: Path, path: Path) -> Iterator[Fault]:
    """Topics that nobody could read, and some that a place leaves out though nobody has them."""
    own = {topic.id for topic in library.place.topics.own}
    for id_, what in faults_of(library.topics):
        where = path if id_ in own else national / TOPICS
        yield Fault(where, line_of(where, id_), what, about=id_)
    for id_ in left_out_in_vain(library.place.topics, national):
        yield Fault(path, line_of(path, id_), f"topics.without names the unknown topic {id_!r}")


def home_check_faults(topic: CheckTopic, path: Path, library: Library, *, own: bool) -> Iterator[Fault]:
    """What is wrong with one topic of the home check. What it counts is looked up only in a place's own file: what is
    for the whole country names more than each place asks."""
    said = (topic.question, topic.why, *(words for each in topic.answers for words in (each.tip, each.first) if words))
    if (age := reading_age("\n".join(said), library.organisation_names)) > OLDEST_READING_AGE:
        what = f"reading age {age:.1f}; at most {OLDEST_READING_AGE:.0f}: shorter sentences and words"
        yield Fault(path, line_of(path, "question"), what, about="question")
    for answer in topic.answers:
        if answer.tip_from not in library.entries:
            yield Fault(path, line_of(path, answer.tip_from), f"no entry {answer.tip_from!r} backs the tip")
        for factor, id_ in not_asked(answer, library) if own else ():
            what = f"visits.yaml has no answer {id_!r} to {factor!r}"
            yield Fault(path, line_of(path, factor), what, warning=True, about="counts")


def not_asked(answer: CheckAnswer, library: Library) -> Iterator[tuple[str, str]]:
    """What an answer of the home check counts as, and the place's form of a visit does not hold: factor, answer."""
    factors = library.visits.factors if library.visits else ()
    known = {(question.id, each.id) for question in factors for each in question.answers}
    yield from ((factor, id_) for factor, ids in answer.counts.items() for id_ in ids if (factor, id_) not in known)


def organisation_faults(organisation: Organisation, path: Path) -> Iterator[Fault]:
    """What is wrong with one organisation by itself."""
    if organisation.phone and not is_phone(organisation.phone):
        yield Fault(path, line_of(path, "phone"), f"{organisation.phone!r} is not a phone number", about="phone")
    if not (organisation.phone or organisation.text or organisation.website or organisation.address):
        yield Fault(path, 1, "no phone, text number, website or address: nobody could reach it", warning=True)
    for opening in organisation.hours.weekly:
        if not opening.days:
            yield Fault(path, line_of(path, "weekly"), "an opening without days", about="weekly")
    if organisation.hours.always and organisation.hours.weekly:
        yield Fault(path, line_of(path, "always"), "hours are either always or weekly, not both", about="always")


def is_phone(number: str) -> bool:
    """A British number that could be dialled: a short code, or one that phonenumbers finds possible."""
    if SHORT_CODE.match(number):
        return True
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, "GB"))
    except phonenumbers.NumberParseException:
        return False


def line_of(path: Path, needle: str) -> int:
    """The first line that holds `needle`, from 1; 1 where none does, or where nothing was written to the disk yet."""
    if not path.is_file():
        return 1
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if needle in text:
            return number
    return 1
