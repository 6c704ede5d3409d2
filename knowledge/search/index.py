"""The index: built once from a library, never changed, swapped whole when content changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self, get_args

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Encoder, Floats, unit
from knowledge.entry import Tier
from knowledge.library import Library
from knowledge.search import lexical
from knowledge.search.base import Base, weights_of
from knowledge.search.fuzzy import Speller, build_speller
from knowledge.search.lexical import Matrix, Numbers
from knowledge.search.memory import Memory, in_eight_bits, numbered
from knowledge.search.needs import best_pair, cut
from knowledge.search.phrases import ALARM, NONE, SMALLTALK, Phrase, of_library
from knowledge.search.ranking import Candidate, Ranking
from knowledge.search.reading import Reading, Version
from knowledge.search.text import Lexicon, read_lexicon, tokens

HERE = Path(__file__).parent
# The most urgent first.
TIERS: tuple[Tier, ...] = get_args(Tier)
LETTERS = 0.3
"""What likeness in letters to the nearest of the place's own phrases adds to a target: names that no encoder knows."""
CLEAR = 0.55
"""The share from which on letters would change nothing, and their time is saved."""
BEST_KEPT = 12
OF_HALVES = 6
"""Candidates of a whole message among which the needs of its halves are looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """The place's own phrases as letters, sorted by target; where each target begins."""

    letters: Matrix
    targets: npt.NDArray[np.intp]
    begins: npt.NDArray[np.intp]

    def best(self, likeness: Floats, size: int) -> Floats:
        """The likeness to every phrase in, the best of each target out; 0 for a target without phrases."""
        found = np.zeros(size, dtype=np.float32)
        found[self.targets] = np.maximum.reduceat(likeness, self.begins)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Everything that ranking needs. `targets` name the memory's columns; `ranked` are those that may be candidates:
    this place's entries, and what the bot does itself. `urgency` of an entry: 0 comes first."""

    lexicon: Lexicon
    speller: Speller
    encoder: Encoder
    memory: Memory
    own: Own
    targets: tuple[str, ...]
    ranked: npt.NDArray[np.intp]
    urgency: Mapping[str, int]

    @classmethod
    def build(cls, library: Library, encoder: Encoder, base: Base, vectors: Floats | None = None) -> Self:
        """A library in, its index out. `vectors` of its phrases may be handed in, in the order of `of_library`."""
        phrases = of_library(library)
        return cls.of_phrases(
            phrases, encoder, base, read_words(), place_names(library),
            {entry.id: TIERS.index(entry.tier) for entry in library.entries.values()}, vectors,
        )  # fmt: skip

    @classmethod
    def of_phrases(
        cls, phrases: Sequence[Phrase], encoder: Encoder, base: Base, lexicon: Lexicon,
        names: Iterable[str] = (), urgency: Mapping[str, int] | None = None, vectors: Floats | None = None,
    ) -> Self:  # fmt: skip
        """The place's own phrases and the base in, their index out. An entry without an own phrase is no candidate."""
        ours = {phrase.target for phrase in phrases}
        targets = (*base.targets, *sorted(ours - set(base.targets)))
        meanings = encoder.vectors([phrase.text for phrase in phrases]) if vectors is None else vectors
        memory = base.memory.plus(
            in_eight_bits(meanings), numbered([phrase.targets for phrase in phrases], targets), weights_of(phrases)
        )
        ranked = [at for at, name in enumerate(targets) if name in ours or is_action(name)]
        words = [lexicon.words(phrase.text) for phrase in phrases]
        return cls(
            lexicon=lexicon, encoder=encoder, memory=memory, targets=targets,
            own=own_phrases(phrases, words, targets, lexicon),
            speller=build_speller(words_of_ours(phrases, words, base.words), lexicon.common, names),
            ranked=np.array(ranked, dtype=np.intp), urgency=urgency or {},
        )  # fmt: skip

    def read(self, text: str) -> Reading:
        """A message in, its words and meaning out: all the slow work, and nothing that needs a database. The encoder
        runs once, twice where a word was repaired."""
        parts = cut(text)
        typed = [self.lexicon.words(part) for part in parts]
        repaired = [self.speller.repair(words) for words in typed]
        if not any(typed):
            return Reading(text, self.targets)
        versions = [self._version(parts, typed)]
        if repaired != typed:
            versions.append(self._version([" ".join(words) for words in repaired], repaired))
        return Reading(text, self.targets, tuple(versions))

    def _version(self, parts: Sequence[str], words: Sequence[tuple[str, ...]]) -> Version:
        sense = self.encoder.sense(parts)
        shares, near = self.memory.shares(sense.whole, len(self.targets))
        return Version(tuple(words), sense, shares, near)

    def rank(self, reading: Reading) -> Ranking:
        """What was read in, candidates out. As typed and as repaired are both ranked; the surer counts."""
        rankings = map(self._rank, reading.versions)
        return max(rankings, key=lambda ranking: max(ranking.best, ranking.none), default=Ranking())

    def _rank(self, version: Version) -> Ranking:
        scores = version.shares
        if scores[self.ranked].max(initial=0.0) < CLEAR:
            letters = self.own.letters.likeness(self.own.letters.vector(lexical.features(version.words, self.lexicon)))
            scores = scores + LETTERS * self.own.best(letters, len(self.targets))
        none = self.targets.index(NONE) if NONE in self.targets else None
        ranking = self._ranking(scores, version.near)
        if none is None:
            return replace(ranking, words=version.words)
        share, near = float(version.shares[none]), float(version.near[none])
        return replace(ranking, words=version.words, none=share, near_none=near)

    def _ranking(self, scores: Floats, near: Floats) -> Ranking:
        best = self.ranked[np.argsort(-scores[self.ranked])[:BEST_KEPT]]
        return Ranking((), tuple(Candidate(self.targets[at], float(scores[at]), float(near[at])) for at in best))

    def two_needs(self, reading: Reading, whole: Ranking) -> tuple[Candidate, Candidate, float] | None:
        """A message and its ranking in; the two candidates that explain its halves best, and by what margin, out. None
        where it cannot be cut. The halves are compared with the phrases of the whole's first candidates alone."""
        if not reading.versions or len(reading.versions[-1].words_of_parts) == 1 or len(whole.candidates) < 2:
            return None
        parts, first = reading.versions[-1].sense.parts, whole.candidates[:OF_HALVES]
        before, after = np.cumsum(parts[:-1], axis=0), np.cumsum(parts[:0:-1], axis=0)[::-1]
        columns = [self.targets.index(candidate.target) for candidate in first]
        rows = np.flatnonzero(np.isin(self.memory.targets[:, 0], columns))
        votes = self.memory.votes(rows, unit(np.concatenate([before, after])), len(self.targets))[:, columns]
        votes /= np.maximum(votes.sum(axis=1, keepdims=True), 1e-9)
        scores = np.array([candidate.score for candidate in first], dtype=np.float32)
        pair = best_pair(scores, votes[: len(before)], votes[len(before) :], _may_pair(first))
        return (first[pair.first], first[pair.second], pair.margin) if pair else None

    def taught(self, phrase: Phrase) -> Self:
        """The same after one more phrasing of a target it knows, without building anew: one row more."""
        meaning = self.encoder.vectors([phrase.text])
        memory = self.memory.plus(
            in_eight_bits(meaning), numbered([phrase.targets], self.targets), weights_of([phrase])
        )
        return replace(self, memory=memory)


def read_words(folder: Path = HERE) -> Lexicon:
    """The package's texting forms, common English and word groups."""
    names = ("shorthand.csv", "common_words.txt", "concepts.txt")
    return read_lexicon(*((folder / name).read_text(encoding="utf-8") for name in names))


def place_names(library: Library) -> frozenset[str]:
    """Words in the names of the place and its organisations: spelling repair leaves them alone."""
    names = (*library.place.local_words, library.place.name, *library.organisation_names)
    return frozenset(word for name in names for word in tokens(name))


def _may_pair(candidates: Sequence[Candidate]) -> Floats:
    """Two different needs, at most one of them something the bot does, and none mere small talk."""
    acts = np.array([is_action(candidate.target) for candidate in candidates])
    talk = np.array([candidate.target in SMALLTALK for candidate in candidates])
    may = ~(acts[:, None] & acts) & ~(talk[:, None] | talk) & ~np.eye(len(acts), dtype=np.bool_)
    return np.asarray(may, dtype=np.float32)


def is_action(name: str) -> bool:
    """Is it something the bot does, not an entry, nor a mark?"""
    return "/" not in name and name != NONE and not name.startswith(ALARM)


def words_of_ours(phrases: Sequence[Phrase], words: Sequence[Sequence[str]], often: Mapping[str, int]) -> Counter[str]:
    """Words that spelling repair may trust: all that are spelt with care, and others that stand more than once."""
    careful, others = Counter[str](), Counter[str](often)
    for phrase, said in zip(phrases, words, strict=True):
        (careful if phrase.spelt else others).update(said)
    return careful + Counter({word: count for word, count in others.items() if count > 1})


def own_phrases(
    phrases: Sequence[Phrase], words: Sequence[Sequence[str]], targets: Sequence[str], lexicon: Lexicon,
    numbers: Numbers | None = None,
) -> Own:  # fmt: skip
    """The place's own phrases, whose words stand in `words`, as letters."""
    number = {target: at for at, target in enumerate(targets)}
    owner = np.array([number[phrase.target] for phrase in phrases], dtype=np.intp)
    order = np.argsort(owner, kind="stable")
    letters = lexical.build([words[at] for at in order], (), lexicon, numbers)
    present, begins = np.unique(owner[order], return_index=True)
    return Own(letters, present, begins)
