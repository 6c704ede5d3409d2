"""Calls that people say they would have made, from published counts alone: an estimate gives nothing away."""

from __future__ import annotations

from bot.insight.reading_demand import conditions
from bot.insight.reading_proof import ALL, WAYS, Proof
from bot.insight.reading_tables import ByMonth, Press
from bot.insight.shapes import Avoided, Count, Filter, Range
from knowledge.avoided import estimates
from knowledge.small_numbers import cell

NOT_KEPT = {"helped": ("area", "source"), "said": ("source",)}
"""Filters that cannot be laid on opinions, and on what people said."""


def avoided(press: Press, wanted: Filter, proof: Proof) -> Avoided:
    """What people said, and the ranges it comes to."""
    ways = proof.ways()

    def count(what: str, by_month: ByMonth, kind: str = "said") -> Count:
        asked = conditions(wanted)
        kept = not asked.keys() & set(NOT_KEPT[kind])
        return press.now(cell("avoided", what=what, **asked), by_month) if kept else None

    answered = count("answered", ways.get(ALL, {}))
    said = {way: _at_most(count(way, ways.get(way, {})), answered) for way in WAYS}
    helped = count("helped", proof.helped(), "helped")
    ranges = estimates(answered, said, helped)
    return Avoided(
        asked=count("asked", proof.asked()),
        answered=answered,
        said=tuple(said.items()),
        estimates=tuple((way, Range(*found)) for way, found in ranges.items()),
    )


def _at_most(count: Count, whole: Count) -> Count:
    """A part with its noise may come out larger than the whole with its own."""
    return None if count is None or whole is None else min(count, whole)
