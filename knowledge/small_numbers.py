"""Counts that may be published: none under five, and each with a little secret noise, so that no two pages can be
subtracted to get at a count that is not shown. docs/decisions/0029 says why this way.

A cell is what is counted: a measure and its conditions. It has one number a month and one noise a month, however it is
asked for; a longer time is the sum of its months, noise and all.
"""

from __future__ import annotations

import datetime as dt
import hmac
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

LEAST = 5
"""The least count that is ever shown."""
EPSILON = 1.0
"""How much the noise blurs: one more or less makes a number at most e times as likely."""
BITS = 128
Draw = Callable[[str], bytes]
"""32 bytes that nobody can foretell without the deployment's secret, always the same for the same words."""


@dataclass(frozen=True, slots=True)
class Month:
    """The first day of a month, and whether its numbers still grow."""

    first: dt.date
    growing: bool = False


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes counts of one deployment."""

    draw: Draw
    epsilon: float = EPSILON

    def count(self, cell: str, by_month: Mapping[dt.date, int], months: Iterable[Month]) -> int | None:
        """The published count of a cell over some months. `by_month` are the true counts; a month that is not there
        has none. None: fewer than five, or so near that the noise hides it."""
        asked = tuple(months)
        base = sum(settled(by_month.get(month.first, 0), month) for month in asked)
        if base < LEAST:  # as `shown` would have it, without the price of drawing
            return None
        return shown(base, sum(self.noise(cell, month) for month in asked))

    def noise(self, cell: str, month: Month) -> int:
        """What is added to a cell in a month: another number while it grows than once it is over."""
        so_far = " so far" if month.growing else ""
        return two_sided(self.draw(f"{cell}\0{month.first.isoformat()}{so_far}"), self.epsilon)


def keyed(secret: bytes) -> Draw:
    """Draws from a secret."""
    return lambda words: hmac.digest(secret, words.encode(), "sha256")


def cell(measure: str, **conditions: object) -> str:
    """The name of a cell: the same for the same conditions in any order. An empty condition is none."""
    named = sorted((name, str(value)) for name, value in conditions.items() if value != "")
    return "\0".join((measure, *(f"{name}={value}" for name, value in named)))


def shown(base: int, noise: int) -> int | None:
    """What is published of a count: nothing where the count, or what would be shown of it, is under five."""
    return base + noise if base >= LEAST and base + noise >= LEAST else None


def settled(true: int, month: Month) -> int:
    """A true count of a month as it may be used: in fives while it grows."""
    return in_fives(true) if month.growing else true


def in_fives(true: int) -> int:
    """A count that still grows, so that nobody who looks twice can tell how few came in between."""
    return true - true % LEAST


def two_sided(drawn: bytes, epsilon: float) -> int:
    """Two-sided geometric noise out of 32 random bytes. Chance of a value k: (1 - a) / (1 + a) * a ** abs(k), where
    a = exp(-epsilon); at epsilon 1 up to 88 to either side."""
    share = (int.from_bytes(drawn[1:17], "big") + 1) / 2**BITS
    size = math.floor(-math.log(share * (1 + math.exp(-epsilon)) / 2) / epsilon)
    return max(size, 0) if drawn[0] % 2 else -max(size, 0)


def spread(months: int = 1, epsilon: float = EPSILON) -> float:
    """The standard deviation of the noise of so many months together."""
    kept = math.exp(-epsilon)
    return math.sqrt(2 * kept * months) / (1 - kept)
