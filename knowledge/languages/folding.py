"""From what somebody typed to words that compare: marks dropped, look-alike letters made one, doubled letters single.

People leave marks out ("pozar"), type Urdu on an Arabic keyboard, and spell Latin-letter Punjabi as they hear it.
"""

from __future__ import annotations

import re
import unicodedata

# Vowel signs belong to their word, though Python's \w leaves them out. Those still here after DROPPED is taken out.
SIGNS = "\u0a3e-\u0a4d\u0abe-\u0acd"
WORD = re.compile(rf"\d*[^\W\d_](?:[^\W_]|[{SIGNS}])*")
LATIN_WORD = re.compile(r"\d*[a-z][a-z0-9]*")
DOUBLED = re.compile(r"([a-z])\1+")
# "The", alone or after "and", "with", "like", "for", written onto the Arabic word that follows.
ARABIC_THE = re.compile(r"(?<![\u0621-\u06ff])(?:[وبفكل]?ال|لل)(?=[\u0621-\u06ff]{2})")

DROPPED = (
    *range(0x300, 0x370),  # accents, once they stand apart from their letters
    *range(0x64B, 0x656), 0x670, 0x640, *range(0x6D6, 0x6EE),  # Arabic vowel signs, hamza above, the long stroke
    0xA01, 0xA02, 0xA3C, 0xA70, 0xA71, 0xA81, 0xA82, 0xABC,  # Gurmukhi and Gujarati nasal signs, nukta, addak
    0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF,  # invisible
    *map(ord, "'’‘`´ʼʿʾ"),
)  # fmt: skip
# Letters that two keyboards write differently, and vowels that few people tell apart in writing.
SAME = {"łıđ": "lid", "کیىہھۃة": "كييهههه", "ੀੂ": "ਿੁ", "ીૂ": "િુ"}
TABLE: dict[int, str | None] = {
    **dict.fromkeys(DROPPED),
    **{ord(one): other for ones, others in SAME.items() for one, other in zip(ones, others, strict=True)},
}


def words_of(text: str) -> list[str]:
    """Any string in, its words as they are compared out. A number alone is no word."""
    if text.isascii():
        return LATIN_WORD.findall(DOUBLED.sub(r"\1", text.lower().replace("'", "")))
    apart = unicodedata.normalize("NFKD", text).casefold().translate(TABLE)
    return WORD.findall(DOUBLED.sub(r"\1", ARABIC_THE.sub("", apart)))
