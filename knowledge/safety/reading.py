"""From what somebody typed to plain words: lower case, contractions opened, slips repaired, names of things joined."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.safety.repair import Repair
from knowledge.safety.scene import STOP

TOKEN = re.compile(r"\d+\.\d+|[^\W_][\w@$*]*(?:'\w+)*|\.\.+|[.!?;]+|\n\s*\n")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff]")
APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "_": " "})
ENDINGS = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would", "s": "is"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a message into words and sentence marks. `joined` are things whose name holds a danger word
    ("fire alarm"): one word each, so that a rule about fire does not see them."""

    repair: Repair
    signs: Mapping[str, str]
    noise: frozenset[str]
    joined: Mapping[str, Sequence[tuple[str, ...]]]

    def read(self, text: str) -> tuple[str, ...]:
        """Any string in, words out, with "." between sentences."""
        tokens = (match.group() for match in TOKEN.finditer(self._plain(text)))
        words = [word for token in tokens for word in self._words(token)]
        joined = list(self._join(list(_negations(w for w in words if w not in self.noise))))
        while joined and joined[-1] == STOP:
            joined.pop()
        return tuple(joined)

    def _plain(self, text: str) -> str:
        plain = INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold().translate(APOSTROPHES)
        for sign, word in self.signs.items():
            plain = plain.replace(sign, f" {word} ")
        return plain

    def _words(self, token: str) -> Sequence[str]:
        if token[0] in ".!?;\n":
            # "he took … all of them": dots are a pause, not an end
            return () if token.startswith("..") else (STOP,)
        if "'" not in token:
            return self.repair.words(token)
        stem, _, ending = token.partition("'")
        if ending in ENDINGS:
            return (*self.repair.words(stem), ENDINGS[ending])
        return self.repair.words(token.replace("'", ""))

    def _join(self, words: list[str]) -> Iterator[str]:
        at = 0
        while at < len(words):
            name = next((n for n in self.joined.get(words[at], ()) if tuple(words[at : at + len(n)]) == n), None)
            yield "_".join(name) if name else words[at]
            at += len(name) if name else 1


MERGED = {
    ("can", "not"): "cant", ("will", "not"): "wont", ("do", "not"): "dont", ("does", "not"): "doesnt",
    ("did", "not"): "didnt", ("is", "not"): "isnt", ("are", "not"): "arent", ("was", "not"): "wasnt",
    ("has", "not"): "hasnt", ("have", "not"): "havent", ("could", "not"): "couldnt", ("no", "one"): "nobody",
}  # fmt: skip


def _negations(words: Iterable[str]) -> Iterator[str]:
    """ "can not" and "cant" are one word to the rules."""
    before: str | None = None
    for word in words:
        if before is not None and (merged := MERGED.get((before, word))):
            yield merged
            before = None
            continue
        if before is not None:
            yield before
        before = word
    if before is not None:
        yield before


def by_first_word(names: Iterable[tuple[str, ...]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Names of several words, found by their first word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for words in names:
        found.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(all_, key=lambda n: (-len(n), n))) for first, all_ in found.items()}
