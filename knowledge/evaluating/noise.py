"""Typing as it happens on a phone: every third word slipped, dropped a letter, doubled one, by ear, or in txt.

Ours, so real slips differ. The training of the encoder has its own, other generator (knowledge/training/slips.py).
"""

from __future__ import annotations

import random
from collections.abc import Mapping

EVERY = 3
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# The letters that a thumb reaches instead: left, right, and the row below or above.
BESIDE: Mapping[str, str] = {
    key: "".join(
        other
        for other_row, others in enumerate(KEYS)
        for other_place, other in enumerate(others)
        if other != key and abs(other_row - row) <= 1 and abs(other_place - place) <= 1
    )
    for row, keys in enumerate(KEYS)
    for place, key in enumerate(keys)
}
BY_EAR: Mapping[str, str] = {
    "ough": "uff", "ight": "ite", "tion": "shun", "ph": "f", "wh": "w", "kn": "n", "ck": "k", "ea": "ee", "ie": "ei",
    "oa": "o", "ou": "ow", "ai": "ay", "ss": "s", "ll": "l", "tt": "t", "th": "f", "er": "a", "qu": "kw", "ce": "se",
}  # fmt: skip
TXT: Mapping[str, str] = {
    "you": "u", "your": "ur", "are": "r", "to": "2", "for": "4", "please": "pls", "because": "cos", "with": "wiv",
    "what": "wot", "people": "ppl", "thanks": "thx", "tomorrow": "tmrw", "someone": "sum1", "before": "b4", "the": "da",
    "and": "n", "that": "dat", "about": "bout", "night": "nite", "be": "b", "see": "c", "why": "y", "would": "wud",
    "should": "shud", "could": "cud", "when": "wen", "want": "wnt", "my": "mi", "from": "frm", "just": "jst",
    "now": "nw", "phone": "fone", "house": "hse", "something": "sumthin", "going": "goin", "have": "av", "is": "iz",
}  # fmt: skip
HOW = ("slip", "drop", "double", "by ear", "txt")
SHORTEST = 3


def noisy(text: str, chance: random.Random) -> str:
    """A message in, the same with every third word mistyped out; where in the three it begins is left to chance."""
    begin = chance.randrange(EVERY)
    return " ".join(_mistyped(word, chance) if at % EVERY == begin else word for at, word in enumerate(text.split()))


def _mistyped(word: str, chance: random.Random) -> str:
    how = chance.choice(HOW)
    lower = word.lower()
    if how == "txt" and lower in TXT:
        return TXT[lower]
    if how == "by ear" and (heard := next((sound for sound in BY_EAR if sound in lower), None)):
        return lower.replace(heard, BY_EAR[heard], 1)
    return _slipped(word, how, chance) if len(word) >= SHORTEST else word


def _slipped(word: str, how: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    if how == "double":
        return word[: at + 1] + word[at:]
    if how == "slip" and (near := BESIDE.get(word[at].lower())):
        return word[:at] + chance.choice(near) + word[at + 1 :]
    return word[:at] + word[at + 1 :]
