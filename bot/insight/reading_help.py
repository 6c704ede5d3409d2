"""The tables of help: whether answers helped, which, and where people were sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from types import MappingProxyType

from bot.insight.reading_demand import conditions
from bot.insight.reading_names import Conditions
from bot.insight.reading_proof import ENTRIES, OPINIONS, ORGANISATIONS, SIGNPOST, Counted, Proof
from bot.insight.reading_tables import COMPARED, ByMonth, Press, ranked, with_something
from bot.insight.shapes import Count, Filter, Row, Table
from knowledge.library import Library
from knowledge.small_numbers import cell

PLACED: Mapping[str, Set[str]] = {
    "shown": {"area", "source"},
    "signposted": {"area", "source"},
    **dict.fromkeys(OPINIONS, frozenset()),
}
"""Which filters of place can be laid on what is counted; where nothing stands here, the area."""
NOWHERE: Conditions = MappingProxyType({})
Of = Callable[[str, str], Counted]


def help_tables(press: Press, wanted: Filter, library: Library, proof: Proof) -> Iterator[Table]:
    """Whether answers helped; answers and organisations, the most first, those of which something can be shown."""
    if placed("helped", wanted) is not None:
        meant = proof.names.of(wanted)
        yield Table("helped", COMPARED, tuple(
            Row(name, press.name("helped", name), press.both(*cell_of(proof.of(name, meant)))) for name in OPINIONS
        ))  # fmt: skip
    yield _table(press, wanted, "entries", entries_of(library, wanted), dict.fromkeys(ENTRIES, proof.entry))
    names = {one.id: one.name for one in library.organisations.values()}
    yield _table(press, wanted, "organisations", names, dict.fromkeys(ORGANISATIONS, proof.organisation))


def entries_of(library: Library, wanted: Filter) -> dict[str, str]:
    """The ids and titles of the answers that a filter lets through."""
    return {
        entry.id: entry.title
        for entry in library.entries.values()
        if wanted.topic in ("", entry.category) and wanted.agency in ("", entry.agency)
    }


def placed(what: str, wanted: Filter) -> Conditions | None:
    """Where the filter wants it to have been; None where that is not kept of what is counted."""
    asked = conditions(wanted, ("area", "source"))
    return asked if asked.keys() <= PLACED.get(what, {"area"}) else None


def cell_of(counted: Counted, at: Conditions = NOWHERE) -> tuple[str, ByMonth]:
    """The name of a cell, and its true counts."""
    return cell("proof", **{**counted[0], **at}), counted[1]


def _table(press: Press, wanted: Filter, id_: str, names: Conditions, columns: Mapping[str, Of]) -> Table:
    def count(column: str, slug: str) -> Count:
        counted = columns[column](column, slug)
        at = placed(SIGNPOST if SIGNPOST in counted[0] else column, wanted)
        return None if at is None else press.now(*cell_of(counted, at))

    rows = (Row(slug, label, tuple(count(column, slug) for column in columns)) for slug, label in names.items())
    return Table(id_, tuple(columns), ranked(with_something(tuple(rows))))
