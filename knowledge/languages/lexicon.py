"""The YAML files of the languages, read and folded once into something that is quick to look words up in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import Field

from knowledge.errors import UnreadableFile
from knowledge.languages.folding import words_of
from knowledge.prose import Frozen
from knowledge.yaml_text import read_yaml

FOLDER = Path(__file__).parent
T = TypeVar("T")

Danger = Literal[
    "fire", "gas", "co", "drowning", "suicide-act", "not-breathing", "choking", "bleeding", "intruder", "violence",
    "road", "unconscious", "allergy", "overdose", "poisoning", "fit", "heart", "stroke", "birth", "burn", "fall",
    "general", "child-missing", "suicidal", "self-harm", "sexual", "domestic",
]  # fmt: skip
Sense = Literal["greeting", "help"] | Danger


class Signs(Frozen):
    """The phrases of one danger, by how sure they are."""

    certain: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()


class LanguageFile(Frozen):
    """One language as a speaker reviews it; what each line may hold stands at the head of pl.yaml."""

    greetings: tuple[str, ...]
    help: tuple[str, ...]
    affirmative: tuple[str, ...] = Field(alias="yes")
    negative: tuple[str, ...] = Field(alias="no")
    danger: Mapping[Danger, Signs]
    common: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words to find: every one of `runs`, or a message that is nothing else if `whole`. `text` is the line itself.

    A run is its words between two spaces; without the second, its last word may go on.
    """

    language: str
    sense: Sense
    certain: bool
    runs: tuple[str, ...]
    whole: bool
    text: str = field(compare=False)

    @property
    def words(self) -> frozenset[str]:
        """Its words, those that are whole."""
        return frozenset(word for run in self.runs for word in run.rpartition(" ")[0].split())


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All languages at once. `telling` are each one's words that are not English too.

    `phrases` are found by a word each cannot do without. `clues` are those words and all the telling ones: a message
    in Latin letters without any of them is English.
    """

    known: Mapping[str, frozenset[str]]
    telling: Mapping[str, frozenset[str]]
    clues: frozenset[str]
    phrases: Mapping[str, tuple[Phrase, ...]]
    answers: Mapping[str, Mapping[str, bool]]


@cache
def lexicon() -> Lexicon:
    """The project's own languages. Raises UnreadableFile for the first file that cannot be used."""
    return build([language(path) for path in sorted(FOLDER.glob("*.yaml"))], english())


@dataclass(frozen=True, slots=True)
class Language:
    """One language's file, folded: its phrases, its everyday words, and what says yes (True) or no (False)."""

    name: str
    phrases: tuple[Phrase, ...]
    common: frozenset[str]
    answers: Mapping[str, bool]


def language(path: Path) -> Language:
    """One language's file, named after it. Raises UnreadableFile."""
    return _usable(path, lambda text: _fold(path.stem, LanguageFile.model_validate(read_yaml(text))))


def _fold(name: str, file: LanguageFile) -> Language:
    phrases = tuple(dict.fromkeys(_phrases(name, file)))
    return Language(name, phrases, frozenset(words_of(file.common)), _answers(file))


def english() -> frozenset[str]:
    """Words of the files that are English words too, and so tell nothing. Raises UnreadableFile."""
    lines = _usable(FOLDER / "english.txt", str.splitlines)
    return frozenset(word for line in lines if not line.startswith("#") for word in words_of(line))


def build(languages: Sequence[Language], ordinary: frozenset[str]) -> Lexicon:
    """Languages and the words of theirs that are English too in, a Lexicon out."""
    phrases = [phrase for spoken in languages for phrase in spoken.phrases]
    known = {spoken.name: spoken.common.union(*(p.words for p in spoken.phrases)) for spoken in languages}
    telling = {name: words - ordinary for name, words in known.items()}
    told = frozenset[str]().union(*telling.values())
    found = _by_word(phrases, told)
    answers = {spoken.name: spoken.answers for spoken in languages}
    return Lexicon(known, telling, told.union(found), found, answers)


def _phrases(language: str, file: LanguageFile) -> Iterator[Phrase]:
    yield from (_phrase(language, "greeting", True, text) for text in file.greetings)
    yield from (_phrase(language, "help", True, text) for text in file.help)
    for danger, signs in file.danger.items():
        yield from (_phrase(language, danger, True, text) for text in signs.certain)
        yield from (_phrase(language, danger, False, text) for text in signs.maybe)


def _phrase(language: str, sense: Sense, certain: bool, text: str) -> Phrase:
    words = text.removeprefix("^ ").removesuffix(" $")
    runs = tuple(_run(part) for part in words.split(" & "))
    phrase = Phrase(language, sense, certain, runs, text.startswith("^ "), words)
    if not phrase.words:
        raise ValueError(f"a line needs a word that is whole: {text}")
    return phrase


def _run(part: str) -> str:
    end = "" if part.endswith("*") else " "
    return f" {' '.join(words_of(part))}{end}"


def _answers(file: LanguageFile) -> dict[str, bool]:
    said = {" ".join(words_of(text)): False for text in file.negative}
    return said | {" ".join(words_of(text)): True for text in file.affirmative}


def _by_word(phrases: Sequence[Phrase], telling: frozenset[str]) -> dict[str, tuple[Phrase, ...]]:
    """Each phrase under one word: a telling one if it has one, and of those the one that fewest phrases have."""
    common = Counter(word for phrase in phrases for word in phrase.words)
    found: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        rarest = min(phrase.words, key=lambda word: (word not in telling, common[word], word))
        found.setdefault(rarest, []).append(phrase)
    return {word: tuple(kept) for word, kept in found.items()}


def _usable(path: Path, use: Callable[[str], T]) -> T:
    try:
        return use(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise UnreadableFile(path=path, why=str(error).splitlines()[0]) from error
