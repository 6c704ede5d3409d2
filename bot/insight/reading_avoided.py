"""Calls that people say they would have made, from published counts alone: an estimate gives nothing away."""

from __future__ import annotations

from bot.insight.reading_help import cell_of, placed
from bot.insight.reading_proof import WAYS, Counted, Proof
from bot.insight.reading_tables import Press
from bot.insight.shapes import Avoided, Count, Filter, Range
from knowledge.avoided import estimates


def avoided(press: Press, wanted: Filter, proof: Proof) -> Avoided:
    """What people said after answers, and the ranges it comes to; beside it, and in no range, what they said of
    organisations. One need may be in both: the same message asks at once, and offers to ask again in a week."""
    meant = proof.names.of(wanted)

    def count(counted: Counted) -> Count:
        at = placed(counted[0]["what"], wanted)
        return None if at is None else press.now(*cell_of(counted, at))

    answered = count(proof.of("answered", meant))
    said = {way: _at_most(count(proof.of(way, meant)), answered) for way in WAYS}
    helped = count(proof.of("helped", proof.names.asked_after(wanted)))
    return Avoided(
        asked=count(proof.of("asked", meant)),
        answered=answered,
        said=tuple(said.items()),
        estimates=tuple((way, Range(*found)) for way, found in estimates(answered, said, helped).items()),
        signposts=tuple((way, count(proof.signposts(way))) for way in WAYS),
    )


def _at_most(count: Count, whole: Count) -> Count:
    """A part with its noise may come out larger than the whole with its own."""
    return None if count is None or whole is None else min(count, whole)
