"""How well everything we have fits every known message, kept so that a change has to look only where it counts.

An entry that is far from a message in meaning may still be near in letters. Whether that matters shows only beside
the message's other candidates; so their scores are kept, and those of the entries that change are found anew, for all
messages at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from knowledge.encoder import Floats
from knowledge.evaluating.questions import Met
from knowledge.meeting import met
from knowledge.reach import moved_targets, reached, retold_targets
from knowledge.search import Index
from knowledge.search.decide import sure_alone
from knowledge.search.index import CLEAR, is_action
from knowledge.search.lexical import features
from knowledge.search.likeness import Spelt, weighed
from knowledge.search.needs import cut
from knowledge.search.reading import Reading, Version
from knowledge.search.remembered import Remembered, read_again
from knowledge.search.vectors import key_of
from knowledge.standing_table import SAME, Known, Marked, Outcomes, Row, Table, counting


class Standing:
    """Keeps the rows of messages, of one index at a time. Not for several threads at once."""

    def __init__(
        self, index: Index, rows: Known | None = None, met: Outcomes | None = None, names: Sequence[str] = ()
    ) -> None:
        self.index = index
        self.fresh = False
        """Is there anything that was not handed in?"""
        self._rows = dict(rows or {})
        self._numbers = {name: number for number, name in enumerate(names)}
        self._met = dict(met or {})

    @property
    def rows(self) -> Known:
        """What is known, by message."""
        return self._rows

    @property
    def outcomes(self) -> Outcomes:
        """How each is met."""
        return self._met

    @property
    def names(self) -> tuple[str, ...]:
        """The features that messages are spelt with, by number."""
        return tuple(self._numbers)

    def missing(self, messages: Sequence[Remembered]) -> list[Remembered]:
        """Those whose rows are not known yet."""
        return [message for message in messages if _key(message) not in self._rows]

    def met(self, message: Remembered) -> Met:
        """How a message is met before any change."""
        self.learn(self.missing([message]))
        return self._met[_key(message)]

    def learn(self, messages: Sequence[Remembered]) -> None:
        """Answer messages: two or three milliseconds each."""
        self.fresh = self.fresh or bool(messages)
        for message in messages:
            reading, key = read_again(self.index, message), _key(message)
            two = len(cut(message.text)) > 1 and sure_alone(self.index.rank(reading))
            self._rows[key] = tuple(self._row(version, two) for version in reading.versions)
            self._met[key] = met(self.index, reading)

    def _row(self, version: Version, two: bool) -> Row:
        index = self.index
        counts = Counter(features(version.words, index.lexicon))
        letters = index.own.letters.likeness(index.own.letters.vector(features(version.words, index.lexicon)))
        numbers = [self._numbers.setdefault(name, len(self._numbers)) for name in counts]
        return Row(
            version.shares, index.own.best(letters, len(index.targets)),
            Spelt(np.array(numbers, dtype=np.int32), np.array(list(counts.values()), dtype=np.float32)),
            len(version.words_of_parts), two,
        )  # fmt: skip

    def contested(self, after: Index, messages: Sequence[Remembered]) -> set[int]:
        """An index after a change in; the places of messages for which a target that changed counts, before or after,
        out. Of those that the change does not reach in meaning, all others are met as before."""
        if after.targets[: len(self.index.targets)] != self.index.targets:
            return set(range(len(messages)))
        moved, retold = moved_targets(self.index, after), retold_targets(self.index, after)
        changed = [at for at, name in enumerate(after.targets) if name in moved or name in retold]
        if not changed:
            return set()
        self.learn(self.missing(messages))
        calm = {at: key for at, key in enumerate(map(_key, messages)) if self._met[key].tier is None}
        table = Table.of({at: self._rows[key] for at, key in calm.items()}, len(after.targets))
        one, two = table.scores(self.index, table.letters), table.scores(after, self._letters(table, after, changed))
        stays = after.own is self.index.own
        differs = (np.abs(one - two)[:, changed] > SAME) | [after.targets[at] in moved for at in changed]
        offering = self._offering(table, one, calm) | self._offering(table, two, calm)
        counts = counting(one, changed, table.cut, offering, stays) | counting(two, changed, table.cut, offering, stays)
        return set(table.owners[(differs & counts).any(axis=1)].tolist())

    def _offering(self, table: Table, scores: Floats, keys: Mapping[int, int]) -> Marked:
        """Which rows are of messages that are met, or may come to be met, with buttons to choose from."""
        acts = np.array([is_action(name) for name in self.index.targets] + [False] * scores.shape[1])
        routes = np.array([self._met[keys[int(owner)]].route for owner in table.owners])
        found: Marked = (routes == "choose") | ((routes == "unknown") & acts[scores.argmax(axis=1)])
        return found

    def alike(self, reading: Reading) -> bool:
        """Are the same phrases as before nearest to a message, and is there no second need to look for?"""
        rows = self._rows.get(key_of(reading.text), ())
        if len(rows) != len(reading.versions) or any(row.parts > 1 for row in rows):
            return False
        pairs = zip(rows, reading.versions, strict=True)
        return all(_same(row.shares, version.shares) for row, version in pairs)

    def follow(self, after: Index, messages: Sequence[Remembered]) -> None:
        """From now on stand for the index after a change; what it reaches will be learnt again."""
        if after is self.index:
            return
        if after.targets[: len(self.index.targets)] != self.index.targets:
            self.index, self._rows, self._met, self.fresh = after, {}, {}, True
            return
        known = [message for message in messages if _key(message) in self._rows]
        lost = {known[at].text for at in self.contested(after, known) | reached(self.index, after, known).keys()}
        retold = retold_targets(self.index, after)
        changed = [at for at, name in enumerate(after.targets) if name in retold]
        kept = {at: self._rows[key_of(each.text)] for at, each in enumerate(known) if each.text not in lost}
        table = Table.of(kept, len(after.targets))
        letters = self._letters(table, after, changed, every=True) if changed else table.letters
        fresh = (replace(row, shares=a, letters=b) for row, a, b in zip(table.rows, table.shares, letters, strict=True))
        self._rows = {key_of(known[at].text): tuple(next(fresh) for _ in rows) for at, rows in kept.items()}
        self._met = {key: self._met[key] for key in self._rows}
        self.index, self.fresh = after, True

    def _letters(self, table: Table, after: Index, changed: Sequence[int], *, every: bool = False) -> Floats:
        """The table's likeness in letters, with that of what changed found anew where it may count, or in every row."""
        low = np.flatnonzero(table.shares[:, after.ranked].max(axis=1, initial=0.0) < CLEAR)
        rows = np.arange(len(table.rows)) if every else low
        found = table.letters.copy()
        spelt = weighed([table.rows[int(at)].spelt for at in rows], list(self._numbers), after.own.letters)
        begins = np.append(after.own.begins, len(after.own.letters))
        for column in changed:
            place = int(np.searchsorted(after.own.targets, column))
            own = place < len(after.own.targets) and after.own.targets[place] == column
            phrases = range(begins[place], begins[place + 1]) if own else range(0)
            found[rows, column] = spelt.nearest(after.own.letters, phrases)
        return found


def _key(message: Remembered) -> int:
    return key_of(message.text)


def _same(before: Floats, after: Floats) -> bool:
    """Are they the same, with nothing in a column that came?"""
    return np.array_equal(before, after[: len(before)]) and not after[len(before) :].any()
