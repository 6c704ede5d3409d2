"""What a visit is called: a reference for the phone, an id for calendars, and a word that is said at the door."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from knowledge.errors import UnreadableFile

RandomBytes = Callable[[int], bytes]
"""A number in, that many unpredictable bytes out."""

# Gone are what looks alike (0 O, 1 I L, 2 Z, 5 S, 8 B, U V), vowels and Y so that no word is spelt, and F, K and N:
# they sound like X, J and M on the phone, and rude words are known by them without their vowels. That leaves a prime
# number of characters, which the check needs.
ALPHABET = "34679CDGHJMPQRTWX"
# All differ, and none is a multiple of the prime: so one wrong character, or any two that changed places, is noticed.
WEIGHTS = (6, 5, 4, 3, 2, 1)
HALF = len(WEIGHTS) // 2
DASHES = re.compile(r"[\s\-‐‑‒–—―−]+")

WORDS_FILE = "doorstep_words.txt"
FEWEST_LETTERS, MOST_LETTERS = 2, 24
AROUND = " .,'\"‘’“”"
"""What phones and people put around a word."""


@dataclass(frozen=True, slots=True)
class DoorstepWords:
    """The words that phrases for the door are made of: "cosy" from the first, "kettle" from the second."""

    first: tuple[str, ...]
    second: tuple[str, ...]


def reference(random_bytes: RandomBytes) -> str:
    """A new reference such as "J7M-4Q3", one of 1.4 million; the last character checks the others.

    It may belong to another visit already. It proves nothing about who reads it out.
    """
    drawn, characters = _drawn(random_bytes), ""
    for _ in WEIGHTS[:-1]:
        drawn, place = divmod(drawn, len(ALPHABET))
        characters += ALPHABET[place]
    return _grouped(characters + ALPHABET[-_weighed(characters) % len(ALPHABET)])


def parse_reference(text: str) -> str | None:
    """A reference as somebody typed it in, as `reference` writes it out; None where a character must be wrong."""
    characters = DASHES.sub("", text).upper()
    if len(characters) != len(WEIGHTS) or not set(characters) <= set(ALPHABET):
        return None
    return None if _weighed(characters) % len(ALPHABET) else _grouped(characters)


def uid(random_bytes: RandomBytes, domain: str) -> str:
    """An iCalendar UID for a visit, a random UUID at `domain`. It stays when the visit moves."""
    return f"{UUID(bytes=random_bytes(16), version=4)}@{domain}"


def read_words(text: str) -> DoorstepWords:
    """The text of doorstep_words.txt in: two blocks with an empty line between. Raises UnreadableFile."""
    lines = (line.strip() for line in text.splitlines() if not line.startswith("#"))
    blocks = [tuple(block.split()) for block in re.split(r"\n{2,}", "\n".join(lines).strip())]
    if len(blocks) != 2:
        raise UnreadableFile(path=WORDS_FILE, why="it must be two blocks of words with an empty line between them")
    return DoorstepWords(*blocks)


def doorstep_word(random_bytes: RandomBytes, words: DoorstepWords) -> str:
    """A phrase such as "cosy kettle", every one as likely: the visitors say it, so that the door can be opened."""
    second, first = divmod(_drawn(random_bytes), len(words.first))
    return f"{words.first[first]} {words.second[second % len(words.second)]}"


def clean_word(text: str) -> str | None:
    """A word or a few that a resident chose in, tidied out; None unless it is 2 to 24 letters of any script."""
    # Keyboards slip in marks of direction that nobody sees.
    seen = "".join(char for char in text if unicodedata.category(char) != "Cf")
    words = unicodedata.normalize("NFKC", seen).strip(AROUND).split()
    fits = FEWEST_LETTERS <= sum(map(len, words)) <= MOST_LETTERS
    return " ".join(words) if fits and all(map(_is_word, words)) else None


def _drawn(random_bytes: RandomBytes) -> int:
    # Eight bytes for a choice among millions: that the remainder favours some of them no longer matters.
    return int.from_bytes(random_bytes(8), "big")


def _weighed(characters: str) -> int:
    return sum(weight * ALPHABET.index(char) for weight, char in zip(WEIGHTS, characters, strict=False))


def _grouped(characters: str) -> str:
    return f"{characters[:HALF]}-{characters[HALF:]}"


def _is_word(word: str) -> bool:
    # Vowel signs of Gujarati or Punjabi are marks, not letters.
    return word[0].isalpha() and all(char.isalpha() or unicodedata.category(char).startswith("M") for char in word)
