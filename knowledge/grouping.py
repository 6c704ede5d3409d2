"""Questions that ask for much the same, put together: each group has a leader, and every question joins the leader it
is most like, or leads a group of its own. One pass in the given order, so the same questions give the same groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.encoder import Floats
from knowledge.search.text import tokens

ALIKE = 0.65
"""The cosine from which on two questions ask for the same. Of pairs of phrasings of 50 entries that are as near, five
in six belong to one entry; at 0.6 it is three in four."""
SAME_LETTERS = 85.0
"""The likeness in words, out of 100, where there are no vectors to compare."""
LONG = 3
"""Words from which on one question may hold all of another's and more. Else "help" would lead whatever holds it."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A question: its words, and its meaning (of length one) where that was stored."""

    text: str
    vector: Floats | None = None


@dataclass(slots=True)
class _Leaders:
    """The groups so far."""

    groups: list[list[int]] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    meanings: list[Floats] = field(default_factory=list)
    meant: list[int] = field(default_factory=list)
    worded: dict[bool, dict[int, str]] = field(default_factory=lambda: {True: {}, False: {}})

    def take(self, at: int, asked: Asked) -> None:
        """Put one question where it belongs."""
        words = tokens(asked.text)
        plain = " ".join(words)
        found = self.known.get(plain)
        if found is None:
            found = self._like(asked, plain, long=len(words) >= LONG)
        if found is None:
            found = self._lead(asked, plain, long=len(words) >= LONG)
        self.known.setdefault(plain, found)
        self.groups[found].append(at)

    def _like(self, asked: Asked, plain: str, *, long: bool) -> int | None:
        """The group it is most like: by meaning where one is near enough, else by its words."""
        near = self._near(asked.vector) if asked.vector is not None and self.meanings else None
        return near if near is not None else self._in_words(plain, asked.vector is not None, long=long)

    def _near(self, vector: Floats) -> int | None:
        likeness = np.stack(self.meanings) @ vector
        best = int(np.argmax(likeness))
        return self.meant[best] if likeness[best] >= ALIKE else None

    def _in_words(self, plain: str, has_meaning: bool, *, long: bool) -> int | None:
        """Leaders whose meaning was compared already are not asked again."""
        compared = set(self.meant) if has_meaning else set()
        others = {group: text for group, text in self.worded[long].items() if group not in compared}
        scorer = fuzz.token_set_ratio if long else fuzz.token_sort_ratio
        best = process.extractOne(plain, others, scorer=scorer, score_cutoff=SAME_LETTERS)
        return best[2] if best else None

    def _lead(self, asked: Asked, plain: str, *, long: bool) -> int:
        group = len(self.groups)
        self.groups.append([])
        self.worded[long][group] = plain
        if asked.vector is not None:
            self.meanings.append(asked.vector)
            self.meant.append(group)
        return group


def grouped(questions: Iterable[Asked]) -> list[Sequence[int]]:
    """Questions in; groups of their places, counted from 0, out. Every question stands in one group, its leader first;
    groups and their members keep the order that the questions came in."""
    leaders = _Leaders()
    for at, asked in enumerate(questions):
        leaders.take(at, asked)
    return list(leaders.groups)
