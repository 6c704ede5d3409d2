"""One word at a time: what did this person mean to type?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

RUN_OF_LETTERS = re.compile(r"(.)\1{2,}")
AS_LETTERS = str.maketrans("0134579@$", "oieasty" + "as")
SHORTEST_REPAIRED, LONGEST_REPAIRED = 4, 24  # no word is longer; what is, is noise and must cost nothing
LONG = 7  # from this length two slips are forgiven; at six, "keyless" and "keeled" were one word
SMALL_WORDS = frozenset(
    (
        "me",
        "my",
        "up",
        "he",
        "is",
        "it",
        "im",
        "on",
        "in",
        "us",
        "to",
        "out",
        "now",
        "not",
        "cant",
        "wont",
        "isnt",
        "hes",
    )
)


@dataclass(frozen=True, slots=True)
class Repair:
    """Turns a typed word into the words the rules know.

    `known` words stay as they are, `spellings` are fixed replacements, `targets` (by length) are the words
    worth guessing at: a slip in a word that names no danger changes nothing and is left alone.
    """

    known: frozenset[str]
    spellings: Mapping[str, tuple[str, ...]]
    targets: Mapping[int, tuple[str, ...]]

    def words(self, typed: str) -> tuple[str, ...]:
        """One typed word in, one or more words out."""
        for word in self._guises(typed):
            if word in self.spellings:
                return self.spellings[word]
            if word in self.known:
                return (word,)
        return self._guess(typed)

    def _guises(self, typed: str) -> Iterator[str]:
        yield typed
        if RUN_OF_LETTERS.search(typed):
            yield RUN_OF_LETTERS.sub(r"\1\1", typed)
            yield RUN_OF_LETTERS.sub(r"\1", typed)
        if not typed.isalpha() and not typed.isdigit():
            yield typed.translate(AS_LETTERS)
        if typed.endswith("in") and len(typed) > SHORTEST_REPAIRED:
            yield typed + "g"  # "chokin"

    def _guess(self, typed: str) -> tuple[str, ...]:
        plain = RUN_OF_LETTERS.sub(r"\1", typed)
        if not SHORTEST_REPAIRED <= len(plain) <= LONGEST_REPAIRED or not plain.isascii() or plain.isdigit():
            return (typed,)
        if "*" in typed:
            return (self._unmask(typed),)
        return self._closest(plain) or self._split(plain) or (typed,)

    def _closest(self, typed: str) -> tuple[str, ...]:
        slips = 1 if len(typed) < LONG else 2
        choices = self.targets.get(len(typed), ())
        found = extractOne(typed, choices, scorer=OSA.distance, score_cutoff=slips)
        # People rarely miss a word's first letter; without this "peach" would be a slip of "breach".
        if found is None or found[0][0] not in typed[:2]:
            return ()
        return self.spellings.get(found[0], (found[0],))

    def _split(self, typed: str) -> tuple[str, ...]:
        """ "cantbreathe": two known words typed as one."""
        for at in range(2, len(typed) - 1):
            left, right = typed[:at], typed[at:]
            if self._whole(left) and self._whole(right) and max(len(left), len(right)) > SHORTEST_REPAIRED:
                return (*self.spellings.get(left, (left,)), *self.spellings.get(right, (right,)))
        return ()

    def _whole(self, word: str) -> bool:
        return word in SMALL_WORDS or (len(word) > SHORTEST_REPAIRED - 1 and word in self.targets.get(len(word), ()))

    def _unmask(self, typed: str) -> str:
        """ "r*ped": a star stands for letters the sender would not type."""
        shape = re.compile(re.escape(typed).replace(r"\*", "[a-z]"))
        return next((word for word in self.targets.get(len(typed), ()) if shape.fullmatch(word)), typed)


def by_length(words: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """For every length of typed word, the targets that could be meant by it; of two as near, the first counts."""
    longest = max(map(len, words), default=0)
    return {
        length: tuple(w for w in words if abs(len(w) - length) <= 2)
        for length in range(SHORTEST_REPAIRED - 1, longest + 3)
    }
