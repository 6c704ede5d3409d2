"""The rules as officers write them (rules/*.yaml), read and compiled once into something that never changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import TypeAdapter

from knowledge.errors import UnreadableFile
from knowledge.prose import Frozen
from knowledge.safety.grammar import Grammar
from knowledge.safety.pattern import Pattern
from knowledge.safety.reading import Reader, by_first_word
from knowledge.safety.repair import Repair, by_length
from knowledge.safety.scene import Runs, by_first_two
from knowledge.safety.shelf import Shelf, shelve
from knowledge.safety.verdict import Kind, Route, Tier

RULES = Path(__file__).parent / "rules"
SHARED = ("words.yaml", "dampers.yaml", "spellings.yaml")
# Every value is text: to YAML's other loaders the words "no" and "on" are false and true.
# The compiled one is ten times faster, where PyYAML was built with it.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
T = TypeVar("T")


class RuleText(Frozen):
    """One rule as written. `examples` must fire it, `near` must not; `despite` names dampers it withstands."""

    id: str
    tier: Tier
    when: tuple[str, ...]
    examples: tuple[str, ...]
    near: tuple[str, ...]
    despite: tuple[str, ...] = ()
    kind: Kind | None = None


class RuleFile(Frozen):
    """The rules that share a route and a 999 message."""

    route: Route
    kind: Kind
    despite: tuple[str, ...] = ()
    rules: tuple[RuleText, ...]


class DamperText(Frozen):
    """What makes a match harmless. `where` it must stand; `within` so many words; `unless` overrules it.

    It weighs every rule, or `only` those named. `lowers`: the match goes away, goes one step down, or is
    a maybe at best.
    """

    id: str
    where: Literal["before", "sentence", "message", "over"]
    lowers: Literal["away", "one", "to maybe"] = "away"
    within: int = 40
    only: tuple[str, ...] = ()
    when: tuple[str, ...]
    unless: tuple[str, ...] = ()


class DamperFile(Frozen):
    """dampers.yaml: `harmless` sayings are struck out before any rule looks; dampers weigh single matches."""

    harmless: tuple[str, ...]
    dampers: tuple[DamperText, ...]


class Spellings(Frozen):
    """spellings.yaml: how people write the words the rules use."""

    signs: Mapping[str, str]
    noise: tuple[str, ...]
    meant: Mapping[str, str]
    short_is: tuple[str, ...]
    joined: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A compiled rule."""

    id: str
    route: Route
    tier: Tier
    kind: Kind
    despite: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Damper:
    """A compiled damper."""

    id: str
    where: str
    lowers: str
    within: int
    only: frozenset[str]
    unless: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything `judge` needs. `vocabulary` are all words of the patterns, `runs` those of several words."""

    rules: Shelf[Rule]
    harmless: Shelf[None]
    dampers: Shelf[Damper]
    reader: Reader
    vocabulary: frozenset[str]
    runs: Runs


@cache
def rulebook() -> Rulebook:
    """The project's own rules."""
    return load(RULES)


def load(folder: Path) -> Rulebook:
    """A folder of rules in, a Rulebook out. Raises UnreadableFile for the first file that cannot be used."""
    classes = TypeAdapter(dict[str, tuple[str, ...]])
    grammar = Grammar(_parse(folder / "words.yaml", classes.validate_python))
    rules = [rule for path in _paths(folder) for rule in _parse(path, lambda raw: _rules(raw, grammar))]
    harmless, dampers = _parse(folder / "dampers.yaml", lambda raw: _dampers(raw, grammar))
    vocabulary, runs = _words_of(grammar)
    reader = _reader(folder, vocabulary)
    return Rulebook(shelve(rules), shelve([(None, harmless)]), shelve(dampers), reader, vocabulary, runs)


def rule_files(folder: Path = RULES) -> tuple[RuleFile, ...]:
    """The files that hold rules, by name. Raises UnreadableFile."""
    return tuple(_parse(path, RuleFile.model_validate) for path in _paths(folder))


def _paths(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.yaml")) if path.name not in SHARED]


def _parse(path: Path, build: Callable[[Any], T]) -> T:
    try:
        return build(yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER))  # noqa: S506  (builds text only)
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise UnreadableFile(path=path, why=str(error).splitlines()[0]) from error


def _rules(raw: Any, grammar: Grammar) -> list[tuple[Rule, tuple[Pattern, ...]]]:
    file = RuleFile.model_validate(raw)
    return [(_rule(file, text), grammar.compile_all(text.when)) for text in file.rules]


def _rule(file: RuleFile, text: RuleText) -> Rule:
    return Rule(text.id, file.route, text.tier, text.kind or file.kind, frozenset((*file.despite, *text.despite)))


def _dampers(raw: Any, grammar: Grammar) -> tuple[tuple[Pattern, ...], list[tuple[Damper, tuple[Pattern, ...]]]]:
    file = DamperFile.model_validate(raw)
    dampers = [(_damper(text, grammar), grammar.compile_all(text.when)) for text in file.dampers]
    return grammar.compile_all(file.harmless), dampers


def _damper(text: DamperText, grammar: Grammar) -> Damper:
    unless = grammar.compile_all(text.unless)
    return Damper(text.id, text.where, text.lowers, text.within, frozenset(text.only), unless)


def _words_of(grammar: Grammar) -> tuple[frozenset[str], Runs]:
    runs = {run for vocabulary in grammar.vocabularies.values() for run in vocabulary.runs}
    words = {word for vocabulary in grammar.vocabularies.values() for word in vocabulary.words}
    return frozenset(words.union(*runs)), by_first_two(runs)


def _reader(folder: Path, vocabulary: Iterable[str]) -> Reader:
    spellings = _parse(folder / "spellings.yaml", Spellings.model_validate)
    meant: dict[str, tuple[str, ...]] = {f"{word}s": (word, "is") for word in spellings.short_is}
    meant |= {typed: tuple(words.split()) for typed, words in spellings.meant.items()}
    repaired, ordinary = _list(folder / "repaired.txt"), _list(folder / "ordinary.txt")
    known = frozenset((*vocabulary, *repaired, *ordinary))
    repair = Repair(known, meant, by_length(repaired))
    return Reader(
        repair,
        spellings.signs,
        frozenset(spellings.noise),
        by_first_word(tuple(name.split()) for name in spellings.joined),
    )


def _list(path: Path) -> tuple[str, ...]:
    lines = _read_text(path).splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableFile(path=path, why=str(error)) from error
