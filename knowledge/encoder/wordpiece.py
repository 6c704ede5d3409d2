"""A sentence as the numbers a sentence model reads: WordPiece, as BERT's uncased models were trained with it.

Written out here because the rule is short and a tokenizer package would be our largest dependency but one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

ASCII_WORD = re.compile(r"[a-z0-9]+|[!-/:-@\[-`{-~]")
LONGEST_WORD = 100
MOST_REMEMBERED = 20_000
"""Words whose pieces are kept at hand. Residents' words repeat; a store of this size is a few megabytes at most."""
WITHIN = "##"
"""What stands before a piece that does not begin a word."""
CJK = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2FA1F), (0xF900, 0xFAFF))


@dataclass(frozen=True, slots=True, eq=False)
class WordPiece:
    """`pieces` numbers every piece of the vocabulary; `unknown` is the number of a word that has none."""

    pieces: Mapping[str, int]
    unknown: int
    remembered: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def numbers(self, text: str) -> list[int]:
        """Any string in, the numbers of its pieces out, without the marks that begin and end a sentence."""
        found: list[int] = []
        for word in words(text):
            known = self.remembered.get(word)
            found.extend(known if known is not None else self._learn(word))
        return found

    def _learn(self, word: str) -> tuple[int, ...]:
        pieces = tuple(self._split(word))
        if len(self.remembered) < MOST_REMEMBERED:
            self.remembered[word] = pieces
        return pieces

    def _split(self, word: str) -> Sequence[int]:
        """The longest known piece first, then the longest that goes on from there."""
        if len(word) > LONGEST_WORD:
            return (self.unknown,)
        found: list[int] = []
        at = 0
        while at < len(word):
            end, number = self._longest(word, at)
            if number is None:
                return (self.unknown,)
            found.append(number)
            at = end
        return found

    def _longest(self, word: str, at: int) -> tuple[int, int | None]:
        before = WITHIN if at else ""
        for end in range(len(word), at, -1):
            if (number := self.pieces.get(before + word[at:end])) is not None:
                return end, number
        return at, None


def read_vocabulary(text: str, unknown: str = "[UNK]") -> WordPiece:
    """A vocabulary with one piece a line in, its WordPiece out."""
    pieces = {piece: number for number, piece in enumerate(text.split("\n")) if piece}
    return WordPiece(pieces, pieces[unknown])


def words(text: str) -> Sequence[str]:
    """Lower case, accents gone, every sign a word of its own."""
    if text.isascii() and text.isprintable():
        return ASCII_WORD.findall(text.lower())
    return list(_words(unicodedata.normalize("NFD", text.lower())))


def _words(text: str) -> Iterator[str]:
    word = ""
    for letter in text:
        if _dropped(letter):
            continue
        if not (letter.isspace() or _alone(letter)):
            word += letter
            continue
        if word:
            yield word
        word = ""
        if not letter.isspace():
            yield letter
    if word:
        yield word


def _dropped(letter: str) -> bool:
    """Accents, and what cannot be seen."""
    category = unicodedata.category(letter)
    return category == "Mn" or letter == "\ufffd" or (category[0] == "C" and letter not in "\t\n\r")


def _alone(letter: str) -> bool:
    """Signs, and scripts that set no spaces between words."""
    if letter.isascii():
        return not letter.isalnum()
    return unicodedata.category(letter)[0] == "P" or any(first <= ord(letter) <= last for first, last in CJK)
