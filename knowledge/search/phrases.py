"""All that the index learns from, as phrases: ways of asking, the entries' own words, actions, and what is not ours."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.entry import Entry
from knowledge.errors import UnreadableFile
from knowledge.library import NATIONAL, Library
from knowledge.prose import plain, words_of
from knowledge.yaml_text import read_yaml

HERE = Path(__file__).parent
ACTIONS = NATIONAL / "actions.yaml"
CUES = HERE / "cues.yaml"
CORPUS = HERE.parent / "corpus"
SEARCH_TERMS = CORPUS / "search_terms.csv"
# Messages in the danger files go to the alarm; they are no questions. Search terms have a reader of their own.
NOT_ASKED = ("danger", "search_terms")
TRAIN = "train"

NONE = "none"
ALARM = "!"
"""What the name of a mark of the alarm begins with."""
SMALLTALK = ("greet", "thanks", "goodbye")
ACTION_NAMES = (
    "visit.book", "visit.change", "visit.cancel", "visit.when", "privacy.delete", "privacy.export", "human",
    "complaint", "unsubscribe", "language", "menu", *SMALLTALK,
)  # fmt: skip

# How much a phrase of each kind may pull. Chosen on the validation set in steps of a half or a third; the order
# (asked > short cue > prose) matters, the exact value hardly does.
ASKED, SHORT, LINE, PROSE, MORE, NAME, NOT_OURS = 1.0, 0.8, 0.5, 0.3, 0.2, 0.5, 0.7
# An organisation that helps with more entries than this is named for those that list it first.
FEW_ENTRIES = 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that point to a target: an entry's id, an action's name, or NONE. `spelt` right, or as residents type."""

    text: str
    target: str
    weight: float = ASKED
    spelt: bool = False
    also: tuple[str, ...] = ()
    """Further targets that are as right."""

    @property
    def targets(self) -> tuple[str, ...]:
        """All that are right, the best first."""
        return (self.target, *self.also)


@dataclass(frozen=True, slots=True)
class Actions:
    """Ways to ask for what the bot does itself, small talk, and messages that are not for us."""

    phrases: tuple[Phrase, ...]


def read_actions(path: Path = ACTIONS) -> Actions:
    """The file actions.yaml in, its phrases out. Raises UnreadableFile for a name that is no action of ours."""
    found = _read_blocks(path)
    if strange := sorted(set(found) - {*ACTION_NAMES, NONE}):
        raise UnreadableFile(path=path, why=f"not an action: {strange[0]}")
    weights = {NONE: NOT_OURS}
    return Actions(
        tuple(Phrase(line, name, weights.get(name, ASKED)) for name, lines in found.items() for line in lines)
    )


def read_cues(cues: Path = CUES, terms: Path = SEARCH_TERMS) -> tuple[Phrase, ...]:
    """Short words and search terms for the nation's entries; those of an entry a place has not are left out later."""
    with terms.open(encoding="utf-8", newline="") as file:
        typed = [Phrase(row["text"], row["target"], SHORT) for row in csv.DictReader(file)]
    blocks = _read_blocks(cues).items()
    return (*(Phrase(line, target, SHORT, spelt=True) for target, lines in blocks for line in lines), *typed)


def read_corpus(folder: Path = CORPUS) -> tuple[Phrase, ...]:
    """How people ask: the corpus's training rows. Rows with two needs are left out: they say little about either."""
    return tuple(
        phrase for path in sorted(folder.glob("*.csv")) if not path.name.startswith(NOT_ASKED) for phrase in _rows(path)
    )


def _rows(path: Path) -> Iterator[Phrase]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            target, *also = row["target"].split("|")
            if row["split"] == TRAIN and "&" not in row["target"]:
                yield Phrase(row["text"], target, NOT_OURS if target == NONE else ASKED, also=tuple(also))


def of_library(library: Library) -> tuple[Phrase, ...]:
    """Every phrase that the entries and organisations of a place give."""
    entries = tuple(library.entries.values())
    return (*(phrase for entry in entries for phrase in of_entry(entry)), *_of_organisations(library, entries))


def of_entry(entry: Entry) -> Iterator[Phrase]:
    """The title and phrasings as residents ask; the answer's own words with less weight."""
    yield Phrase(entry.title, entry.id, spelt=True)
    yield from (Phrase(text, entry.id) for text in entry.phrasings)
    yield Phrase(entry.one_line, entry.id, LINE, spelt=True)
    yield Phrase(f"{plain(entry.lead)} {words_of(entry.first)}", entry.id, PROSE, spelt=True)
    if entry.more:
        yield Phrase(words_of(entry.more), entry.id, MORE, spelt=True)


def _of_organisations(library: Library, entries: Sequence[Entry]) -> Iterator[Phrase]:
    helped = {entry.id: tuple(one.id for one in library.helpers(entry)) for entry in entries}
    for organisation in library.organisations.values():
        for entry in _named_for(organisation.id, helped):
            yield from (Phrase(name, entry, NAME, spelt=True) for name in (organisation.name, *organisation.aliases))


def _named_for(organisation: str, helped: Mapping[str, Sequence[str]]) -> list[str]:
    everywhere = [entry for entry, helpers in helped.items() if organisation in helpers]
    first = [entry for entry in everywhere if helped[entry][0] == organisation]
    return everywhere if len(everywhere) <= FEW_ENTRIES else first[:FEW_ENTRIES]


def _read_blocks(path: Path) -> dict[str, list[str]]:
    try:
        found: Any = read_yaml(path.read_text(encoding="utf-8"))
        return {str(name): str(block).splitlines() for name, block in found.items()}
    except (OSError, yaml.YAMLError, AttributeError) as error:
        raise UnreadableFile(path=path, why=str(error).splitlines()[0]) from error


def read_dangers(folder: Path = CORPUS) -> Iterator[Phrase]:
    """Dangers, crises and abuse as people tell them, and what only sounds like one: the training rows of danger*.csv.
    Their targets are marks of the alarm ("!emergency fire", "!harmless"), never candidates for an answer."""
    for path in sorted(folder.glob("danger*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["split"] == TRAIN:
                    yield Phrase(row["text"], f"{ALARM}{row['target']} {row['kind']}".strip())
