"""The calls that people say they would have made: always a range, with how it was found and what it cannot say."""

from __future__ import annotations

from collections.abc import Iterable

from bot.insight.report_shapes import Figure, Line, Passage
from bot.insight.shapes import Avoided, Count, Range, Row, Table
from bot.insight.wording import Words
from knowledge.avoided import missing

ESTIMATES = "avoided-estimates"


def avoided_passages(avoided: Avoided, words: Words) -> tuple[Passage, ...]:
    """Who was asked, what is estimated from it and how, and its limits."""
    asked = words.passage("avoided.asked", asked=words.count(avoided.asked), answered=words.count(avoided.answered))
    ranges = tuple(range_of(way, one, words) for way, one in avoided.estimates)
    estimated = Passage(words.say("avoided.estimate"), ranges) if ranges else too_few(avoided, words)
    return asked, estimated, words.passage("avoided.method"), words.passage("avoided.limits")


def range_of(way: str, one: Range, words: Words) -> str:
    """One estimate in words; the likely number only where it is another than the low one."""
    if one.likely == one.low:
        return words.say("avoided.range-low", way=way_of(way, words), low=one.low, high=one.high)
    return words.say("avoided.range", way=way_of(way, words), low=one.low, high=one.high, likely=one.likely)


def too_few(avoided: Avoided, words: Words) -> Passage:
    """Why there is no estimate."""
    wanting = missing(avoided.answered or 0)
    return words.passage("avoided.too-few", missing=wanting) if wanting else words.passage("avoided.none")


def avoided_figure(avoided: Avoided, words: Words) -> Figure | None:
    """What people said they would have done; None where nobody was asked."""
    if not avoided.said:
        return None
    lines = tuple(Line(way, way_of(way, words), (words.count(count),)) for way, count in avoided.said)
    said = words.column("avoided", "said")
    head = words.column("avoided", "name")
    return Figure("avoided", words.table("avoided"), words.about("avoided"), head, (said,), lines)


def way_of(way: str, words: Words) -> str:
    """What somebody would have done: "rung 999"."""
    return words.column("ways", way)


def avoided_tables(avoided: Avoided, words: Words) -> tuple[Table, ...]:
    """The same as tables, for files: what was said, and the estimates where there are any."""
    asked = (("asked", avoided.asked), ("answered", avoided.answered), *avoided.said)
    return _said("avoided", asked, words), *beside(avoided, words)


def beside(avoided: Avoided, words: Words) -> tuple[Table, ...]:
    """The estimates, where there are any, and what was said of organisations, where anything was."""
    signposts = _said("avoided-signposts", avoided.signposts, words)
    rows = tuple(Row(way, way_of(way, words), (one.low, one.likely, one.high)) for way, one in avoided.estimates)
    found = (Table(ESTIMATES, ("low", "likely", "high"), rows), signposts)
    return tuple(table for table in found if table.rows)


def _said(id_: str, said: Iterable[tuple[str, Count]], words: Words) -> Table:
    return Table(id_, ("said",), tuple(Row(way, way_of(way, words), (count,)) for way, count in said))
