"""Postcodes as people type them: found in their words, tidied, and held against what a place serves.

The shapes are those of the UK's postcodes: one or two letters, a digit, perhaps a digit or letter more; then a digit
and two letters, of which C, I, K, M, O and V are never used (Royal Mail, Programmer's Guide to the Postcode Address
File).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SHAPE = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?)[\s.,-]{0,3}([0-9OI])([ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE)
HALF = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?)(?:\s+([0-9]))?\b", re.IGNORECASE)
MEANT = str.maketrans("OI", "01")
"""A letter typed where only a digit can stand."""


@dataclass(frozen=True, slots=True)
class Postcode:
    """`outward` is the half that names an area, "LE3"; `inward` the half that names a street, "1AB"."""

    outward: str
    inward: str

    def __str__(self) -> str:
        return f"{self.outward} {self.inward}"


def read_postcode(text: str) -> Postcode | None:
    """The first whole postcode in a text, in capitals and with its space; None where there is none."""
    found = SHAPE.search(text)
    if found is None:
        return None
    return Postcode(found[1].upper(), found[2].upper().translate(MEANT) + found[3].upper())


def half_a_postcode(text: str) -> str | None:
    """The first half of a postcode, where somebody gave no more: "LE3"."""
    found = None if SHAPE.search(text) else HALF.search(text)
    return found[1].upper() if found else None


def serves(served: Iterable[str], postcode: Postcode) -> bool:
    """Is it one of a place's? `served` are beginnings: "LE3" is the whole of LE3 and none of LE31, "LE3 1" a part."""
    return any(_begins(beginning, postcode) for beginning in served)


def _begins(beginning: str, postcode: Postcode) -> bool:
    outward, _, inward = beginning.upper().partition(" ")
    return outward == postcode.outward and postcode.inward.startswith(inward)
