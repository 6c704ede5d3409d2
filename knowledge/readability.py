"""The reading age of a text: Flesch-Kincaid grade plus five, on the words a reader meets.

Syllables are the larger of two counts, pyphen's British hyphenation and groups of vowels: over the words of the
fact sheets that sum is within 1% of a pronouncing dictionary, and on the strict side.
"""

from __future__ import annotations

import re
from functools import cache

import pyphen

WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n+")
WEB_OR_NUMBER = re.compile(r"\S*(?:\d|@|www\.|https?:|\.(?:uk|org|com))\S*")
SILENT_E = re.compile(r"(?<=[^aeiouyl])e$")
SILENT_ENDING = re.compile(r"(?<=[^aeioutd])ed$|(?<=[^aeioucgszx])es$|(?<=[^aeiouy])e(?=(?:ly|ment|ful|less|ty)$)")


@cache
def hyphenation() -> pyphen.Pyphen:
    """British hyphenation: megabytes that only whoever writes or checks an answer needs."""
    return pyphen.Pyphen(lang="en_GB", left=1, right=1)


@cache
def syllables(word: str) -> int:
    """How many syllables a word has, at least one."""
    word = word.lower()
    sounded = SILENT_ENDING.sub("", SILENT_E.sub("", word))
    return max(1, len(re.findall(r"[aeiouy]+", sounded)), len(hyphenation().positions(word)) + 1)


def reading_age(text: str, names: frozenset[str] = frozenset()) -> float:
    """Age in years at which the text reads easily. Names, numbers and addresses are left out.

    A name is what `names` holds (organisations), and any capitalised word inside a sentence.
    """
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    sentences = [words for part in SENTENCE_END.split(text) if (words := _common_words(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 5.0
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    return max(5.0, grade + 5)


def _common_words(sentence: str) -> list[str]:
    words = WORD.findall(WEB_OR_NUMBER.sub(" ", sentence))
    return [word for place, word in enumerate(words) if place == 0 or not word[0].isupper() or word == "I"]


def count_words(text: str) -> int:
    """Words as a reader counts them: a phone number is one."""
    return len(re.findall(r"\S*\w\S*", re.sub(r"(?<=\d) (?=\d)", "", text)))
