"""Which script a message is written in, and whether Arabic letters are Urdu or Arabic."""

from __future__ import annotations

import re
from typing import Literal

Script = Literal["gu", "pa", "arabic", "latin", "other"]

LETTERS: dict[Script, re.Pattern[str]] = {
    "gu": re.compile("[\u0a80-\u0aff]"),
    "pa": re.compile("[\u0a00-\u0a7f]"),
    "arabic": re.compile("[\u0621-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
}
SIGN_OR_LETTER = re.compile(r"[^\W\d_]|[\u0a00-\u0aff]")
# Letters of one language among those here. They are marks on Latin letters: who types them means them.
MARKED = {"pl": re.compile("[ąćęłńśźż]", re.I), "ro": re.compile("[ăîșțşţ]", re.I), "pt": re.compile("[ãõ]", re.I)}
URDU_ALONE = re.compile("[ٹڈڑںےہ]")
# Urdu has these, and so have Persian and Kurdish; Arabic has none.
NOT_ARABIC = re.compile("[گچپژکی]")
# What an Arabic keyboard types where an Urdu one has other letters.
ARABIC_ALONE = re.compile("[كيىةأإ]")


def script_of(text: str) -> Script:
    """The script of at least half the letters; "latin" for a message without letters."""
    if text.isascii():
        return "latin"
    total = len(SIGN_OR_LETTER.findall(text))
    if not total:
        return "latin"
    for script, letters in LETTERS.items():
        if 2 * len(letters.findall(text)) >= total:
            return script
    return "other"


def marks_in(text: str) -> dict[str, int]:
    """How many different letters a message has that only one of our languages writes."""
    if text.isascii():
        return {}
    return {language: len(set(letters.findall(text))) for language, letters in MARKED.items()}


def arabic_or_urdu(text: str, length: int, arabic: int, urdu: int) -> tuple[str, ...]:
    """A message in Arabic letters, how many words it has and how many are of each language in; which it is out.

    Both where nothing tells, as in "salaam"; neither where its letters are of a third language.
    """
    if URDU_ALONE.search(text):
        return ("ur",)
    if urdu > arabic or (urdu == arabic and NOT_ARABIC.search(text)):
        return ("ur",) if 2 * urdu >= length else ()
    both = arabic == urdu and urdu and not ARABIC_ALONE.search(text)
    return ("ar", "ur") if both else ("ar",)
