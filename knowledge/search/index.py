"""The index: built once from a library, never changed, swapped whole when content changes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Self, get_args

import numpy as np
import numpy.typing as npt

from knowledge.entry import Tier
from knowledge.library import Library
from knowledge.search import lexical
from knowledge.search.fuzzy import Speller, build_speller
from knowledge.search.lexical import Floats, Matrix
from knowledge.search.phrases import NONE, Phrase, of_library, read_actions, read_corpus, read_cues
from knowledge.search.text import Lexicon, read_lexicon, stem, tokens

HERE = Path(__file__).parent
# The most urgent first.
TIERS: tuple[Tier, ...] = get_args(Tier)

# Only the nearest phrases vote, weighed against each other by a small ridge regression of their own: a phrase that
# says nothing new has little weight. 50 of 11,000 measured better than all of them, and needs no training.
NEAREST = 50
RIDGE = 0.35
# What else counts besides that vote: likeness to all of a target's words as one text, and the share of the message's
# words, the rarer the heavier, that the target uses anywhere. Found on the validation set; half or double the value
# moves the result by less than a point.
WHOLE_TARGET, COVERED = 1.0, 0.6
WHOLE_TRUST = 0.3
BEST_KEPT = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target, an entry's id or an action's name, and how well a message fits it; 1 is a very good fit."""

    target: str
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best candidates, best first, and how much the message looks like none of ours."""

    words: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    none: float = 0.0
    covered: float = 0.0
    likeness: float = 0.0

    @property
    def best(self) -> float:
        """The first candidate's score; 0 where nothing fits."""
        return self.candidates[0].score if self.candidates else 0.0

    @property
    def runner_up(self) -> float:
        """The second candidate's score; 0 where there is none."""
        return self.candidates[1].score if len(self.candidates) > 1 else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Everything that ranking needs. `owner` says which target each row of the matrix belongs to; the last rows are
    whole targets, one each, in order of `targets`. `urgency` of an entry: 0 comes first."""

    lexicon: Lexicon
    speller: Speller
    matrix: Matrix
    targets: tuple[str, ...]
    owner: npt.NDArray[np.intp]
    trust: Floats
    urgency: Mapping[str, int]
    stems: Mapping[str, int]
    used: npt.NDArray[np.bool_]
    rarity: Floats

    @classmethod
    def build(cls, library: Library, phrases: Sequence[Phrase] | None = None) -> Self:
        """A library in, its index out. What is not handed in is read from the package's own data."""
        found = all_phrases(library) if phrases is None else phrases
        urgency = {entry.id: TIERS.index(entry.tier) for entry in library.entries.values()}
        return cls.of_phrases(found, read_words(), place_names(library), urgency)

    @classmethod
    def of_phrases(
        cls,
        phrases: Sequence[Phrase],
        lexicon: Lexicon,
        names: Iterable[str] = (),
        urgency: Mapping[str, int] | None = None,
    ) -> Self:
        """Phrases in, the index of just those out."""
        typed = [lexicon.words(phrase.text) for phrase in phrases]
        speller = build_speller(_words_of_ours(phrases, typed), lexicon.common, names)
        mended = {word: speller.repair((word,)) for word in set(chain.from_iterable(typed))}
        texts = [
            words if phrase.spelt else tuple(part for word in words for part in mended[word])
            for phrase, words in zip(phrases, typed, strict=True)
        ]
        targets = tuple(sorted({phrase.target for phrase in phrases}))
        number = {target: at for at, target in enumerate(targets)}
        owner = [number[phrase.target] for phrase in phrases]
        together: list[list[int]] = [[] for _ in targets]
        for row, target in enumerate(owner):
            together[target].append(row)
        stems, used, rarity = _vocabulary(texts, owner, len(targets))
        return cls(
            lexicon=lexicon, speller=speller, targets=targets, urgency=urgency or {},
            stems=stems, used=used, rarity=rarity,
            matrix=lexical.build(texts, together, lexicon),
            owner=np.array([*owner, *range(len(targets))], dtype=np.intp),
            trust=np.array([*(p.weight for p in phrases), *[WHOLE_TRUST] * len(targets)], dtype=np.float32),
        )  # fmt: skip

    def rank(self, text: str, shown: Sequence[str] = ()) -> Ranking:
        """A message in, candidates out. It is read as typed and with its spelling repaired; the better reading counts.
        `shown` is not looked at here: `decide` knows what a follow-up is."""
        typed = self.lexicon.words(text)
        repaired = self.speller.repair(typed)
        readings = [self._rank(words) for words in dict.fromkeys((typed, repaired)) if words]
        return max(readings, key=lambda ranking: max(ranking.best, ranking.none), default=Ranking())

    def _rank(self, words: tuple[str, ...]) -> Ranking:
        likeness = self.matrix.likeness(self.matrix.vector(lexical.features(words, self.lexicon)))
        covered = self._covered(words)
        scores = self._score(likeness, covered)
        ours = [at for at in np.argsort(-scores)[: BEST_KEPT + 1] if self.targets[at] != NONE]
        none = self.targets.index(NONE) if NONE in self.targets else None
        return Ranking(
            words=words,
            candidates=tuple(Candidate(self.targets[at], float(scores[at])) for at in ours if scores[at] > 0),
            none=float(scores[none]) if none is not None else 0.0,
            covered=float(covered[ours[0]]) if ours else 0.0,
            likeness=float(likeness.max(initial=0.0)),
        )

    def _score(self, likeness: Floats, covered: Floats) -> Floats:
        whole = likeness[-len(self.targets) :]
        # What is not for us is a hundred subjects: its words together mean nothing.
        ours = np.array([target != NONE for target in self.targets])
        return np.asarray(self._vote(likeness) + (WHOLE_TARGET * whole + COVERED * covered) * ours)

    def _vote(self, likeness: Floats) -> Floats:
        """Ridge regression among the nearest phrases only: how much of each target is in this message."""
        near = np.argpartition(-likeness, min(NEAREST, len(likeness)) - 1)[:NEAREST]
        near = near[likeness[near] > 0]
        votes = np.zeros(len(self.targets), dtype=np.float32)
        if len(near):
            kernel = self.matrix.among(near) + np.diag(RIDGE / self.trust[near])
            shares = np.linalg.solve(kernel, likeness[near])
            np.add.at(votes, self.owner[near], shares.astype(np.float32))
        return votes

    def _covered(self, words: Sequence[str]) -> Floats:
        """For every target, the share of the message's words that it uses, the rarer the heavier."""
        stems = {stem(word) for word in words}
        known = [self.stems[word] for word in stems if word in self.stems]
        unknown = (len(stems) - len(known)) * math.log(1 + len(self.owner))
        found: Floats = self.rarity[known] @ self.used[known]
        return np.asarray(found / max(float(self.rarity[known].sum()) + unknown, 1e-6), dtype=np.float32)


def all_phrases(library: Library) -> tuple[Phrase, ...]:
    """Everything that an index of this library learns from; what is about an entry the place has not is left out."""
    shared = (*read_cues(), *read_corpus(), *read_actions().phrases)
    ours = (phrase for phrase in shared if "/" not in phrase.target or phrase.target in library.entries)
    return (*of_library(library), *ours)


def read_words(folder: Path = HERE) -> Lexicon:
    """The package's texting forms, common English and word groups."""
    names = ("shorthand.csv", "common_words.txt", "concepts.txt")
    return read_lexicon(*((folder / name).read_text(encoding="utf-8") for name in names))


def place_names(library: Library) -> frozenset[str]:
    """Words in the names of the place and its organisations: spelling repair leaves them alone."""
    names = (*library.place.local_words, library.place.name, *library.organisation_names)
    return frozenset(word for name in names for word in tokens(name))


def _words_of_ours(phrases: Sequence[Phrase], typed: Sequence[Sequence[str]]) -> Counter[str]:
    """Words that spelling repair may trust: all that are spelt with care, and others that stand more than once."""
    pairs = tuple(zip(phrases, typed, strict=True))
    careful = Counter(chain.from_iterable(words for phrase, words in pairs if phrase.spelt))
    others = Counter(chain.from_iterable(words for phrase, words in pairs if not phrase.spelt))
    return careful + Counter({word: often for word, often in others.items() if often > 1})


def _vocabulary(
    texts: Sequence[Sequence[str]], owner: Sequence[int], size: int
) -> tuple[dict[str, int], npt.NDArray[np.bool_], Floats]:
    """Every stem's number, which targets use it, and how rare it is among phrases."""
    stems: dict[str, int] = {}
    rows = [{stems.setdefault(stem(word), len(stems)) for word in words} for words in texts]
    used = np.zeros((len(stems), size), dtype=np.bool_)
    often = np.zeros(len(stems), dtype=np.float32)
    for row, target in zip(rows, owner, strict=True):
        at = list(row)
        used[at, target] = True
        often[at] += 1
    rarity = np.log((1 + len(texts)) / (1 + often))
    return stems, used, rarity.astype(np.float32)
