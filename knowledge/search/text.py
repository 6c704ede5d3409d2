"""From what somebody typed to words: lower case, apostrophes gone, texting spelt out, word endings cut."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff]")
APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "_": " "})
# Vowel signs of Indic scripts and of Arabic belong to their word, though Python's \w leaves them out.
SIGNS = "\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
# A word, or one picture (a thumbs-up says thanks). A message of dots or signs alone has no words.
TOKEN = re.compile(rf"[^\W_](?:[\w{SIGNS}]|'(?=\w))*|[\u2600-\u27bf\U0001f300-\U0001faff]")
RUN_OF_LETTERS = re.compile(r"([^\W\d])\1{2,}")
# Endings cut from words of at least five letters, and what takes their place; the first that fits.
ENDINGS = (("sses", "ss"), ("ies", "y"), ("ing", ""), ("ied", "y"), ("ed", ""), ("es", "e"), ("s", ""))
SHORTEST_STEM = 3


def normalise(text: str) -> str:
    """Any string in, the same words out in lower case with plain apostrophes and no invisible signs."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold().translate(APOSTROPHES)


def tokens(text: str) -> tuple[str, ...]:
    """Words as typed; "don't" is "dont", and a letter said many times ("heeelp") is said twice."""
    words = (word.replace("'", "") for word in TOKEN.findall(normalise(text)))
    return tuple(map(_squeezed, words))


@lru_cache(maxsize=20_000)
def _squeezed(word: str) -> str:
    return RUN_OF_LETTERS.sub(r"\1\1", word)


def expand(words: Iterable[str], shorthand: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Texting and dialect spelt out: "u" is "you"; a form that means nothing ("xx") goes."""
    return tuple(full for word in words for full in shorthand.get(word, (word,)))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its ending, so that "locks", "locked" and "locking" meet. Other scripts stay as they are."""
    if len(word) <= SHORTEST_STEM or not word.isascii():
        return word
    cut = _without_ending(word)
    if len(cut) > SHORTEST_STEM and cut[-1] == cut[-2] and cut[-1] not in "lse":
        cut = cut[:-1]
    return cut[:-1] if len(cut) > SHORTEST_STEM and cut[-1] == "e" else cut


def _without_ending(word: str) -> str:
    for ending, instead in ENDINGS:
        if word.endswith(ending) and not word.endswith("ss") and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending) + instead
    return word


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known about words in general: texting forms, common English, and groups that mean much the same."""

    shorthand: Mapping[str, tuple[str, ...]]
    common: frozenset[str]
    concepts: Mapping[str, tuple[str, ...]]

    def words(self, text: str) -> tuple[str, ...]:
        """A message in, its words with texting spelt out."""
        return expand(tokens(text), self.shorthand)

    def stems_and_concepts(self, words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Words in; their stems in order, and the names of the groups that single words and pairs belong to."""
        stems = tuple(stem(word) for word in words)
        pairs = (f"{left} {right}" for left, right in itertools.pairwise(stems))
        names = (name for item in (*stems, *pairs) for name in self.concepts.get(item, ()))
        return stems, tuple(dict.fromkeys(names))


def read_lexicon(shorthand: str, common: str, concepts: str) -> Lexicon:
    """The texts of shorthand.csv (form,words), common_words.txt (one a line), concepts.txt (name: words)."""
    groups: dict[str, list[str]] = {}
    for line in _lines(concepts):
        name, _, members = line.partition(":")
        for member in members.split():
            key = " ".join(stem(part) for part in member.split("-"))
            groups.setdefault(key, []).append(name)
    forms = (line.partition(",") for line in _lines(shorthand)[1:])
    return Lexicon(
        shorthand={form: tuple(words.split()) for form, _, words in forms},
        common=frozenset(_lines(common)),
        concepts={word: tuple(dict.fromkeys(names)) for word, names in groups.items()},
    )


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]
