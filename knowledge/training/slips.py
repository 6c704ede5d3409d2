"""Typing slips for training, so that the encoder has seen them. Evaluation has a generator of its own."""

from __future__ import annotations

import random
from collections.abc import Callable

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
VOWELS = "aeiou"
SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("kn", "n"), ("wh", "w"), ("ee", "ea"), ("ea", "e"), ("ie", "ei"), ("c", "k"),
    ("er", "a"),
    ("th", "f"), ("oo", "u"), ("y", "i"), ("a", "e"), ("e", "i"), ("igh", "i"), ("ght", "t"), ("ou", "u"),
)  # fmt: skip
SHORTENED = {
    "you": "u", "are": "r", "to": "2", "for": "4", "please": "plz", "because": "bcuz", "with": "w", "what": "wat",
    "and": "an", "the": "th", "your": "ya", "before": "b4", "great": "gr8", "this": "dis", "them": "em", "know": "no",
    "there": "their", "their": "there", "its": "it's", "house": "ouse", "have": "of", "going": "gonna",
}  # fmt: skip
SHORTEST = 3


def mistyped(text: str, chance: random.Random, share: float = 0.3) -> str:
    """A message in, the same with about that share of its words mistyped out."""
    return " ".join(_word(word, chance) if chance.random() < share else word for word in text.split())


def _word(word: str, chance: random.Random) -> str:
    if word.lower() in SHORTENED and chance.random() < 0.5:
        return SHORTENED[word.lower()]
    if len(word) < SHORTEST:
        return word
    return chance.choice(WAYS)(word, chance)


def _wrong_letter(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + chance.choice(ALPHABET) + word[at + 1 :]


def _missing(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at + 1 :]


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _twice(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at] + word[at:]


def _without_vowels(word: str, chance: random.Random) -> str:
    return word[0] + "".join(letter for letter in word[1:] if letter.lower() not in VOWELS)


def _as_heard(word: str, chance: random.Random) -> str:
    fitting = [pair for pair in SOUNDS if pair[0] in word]
    return word.replace(*chance.choice(fitting), 1) if fitting else _missing(word, chance)


WAYS: tuple[Callable[[str, random.Random], str], ...] = (
    _wrong_letter, _missing, _missing, _swapped, _twice, _without_vowels, _as_heard, _as_heard,
)  # fmt: skip
