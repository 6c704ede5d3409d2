"""What the numbers say, as something one reads from the first line to the last: pure, from an `Insight` to words,
tables and charts. The page of the console, report.html and report.pdf all show this."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.insight import charts, charts_time
from bot.insight.report_avoided import ESTIMATES, avoided_figure, avoided_passages, beside
from bot.insight.report_shapes import Figure, Line, Part, Passage, Story
from bot.insight.report_summary import headlines, summary
from bot.insight.shapes import Change, Insight, Row, Table
from bot.insight.wording import BEFORE, Words

PARTS = {
    "needed": ("months", "topic", "agency", "area", "hours", "channel", "source", "route"),
    "unmet": ("unmet",),
    "visits": ("visits-outcome", "visits-reason", "visits-area", "visits-wait", "visits-priority"),
    "checks": ("checks", "check-risks"),
    "helped": ("helped", "entries", "organisations"),
    "avoided": (),
    "reach": ("campaigns", "codes"),
    "changes": (),
    "unknown": (),
}
"""The parts in order, and the tables in each."""
UNKNOWN = ("exact", "people", "said", "why", "danger")
HOURS, OTHERS = "hours", "needed"
"""Where a table goes that no part names."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one insight. `place` is where it is about."""

    insight: Insight
    place: str
    words: Words

    def story(self) -> Story:
        """All of it."""
        return Story(
            period=self.words.period(self.insight.filter.period),
            summary=summary(self.insight, self.place, self.words),
            headlines=headlines(self.insight, self.words),
            parts=tuple(self.part(name) for name in PARTS),
        )

    def part(self, name: str) -> Part:
        """One part."""
        if name == "avoided":
            figure = avoided_figure(self.insight.avoided, self.words)
            more = tuple(figure_of(table, self.words) for table in beside(self.insight.avoided, self.words))
            figures = (*((figure,) if figure else ()), *more)
            return self._part(name, avoided_passages(self.insight.avoided, self.words), figures)
        if name == "changes":
            changes = tuple(change_of(change, self.words) for change in self.insight.changes)
            return self._part(name, changes or (self.words.passage("changes.none"),))
        if name == "unknown":
            return self._part(name, tuple(unknown(self.insight, self.words)))
        figures = tuple(figure_of(table, self.words) for table in self.tables(name) if table.rows)
        return self._part(name, () if figures else (self.words.passage("part.nothing"),), figures)

    def _part(self, name: str, more: tuple[Passage, ...], figures: tuple[Figure, ...] = ()) -> Part:
        return Part(name, self.words.say(f"part.{name}"), (self.words.passage(f"part.{name}.intro"), *more), figures)

    def tables(self, name: str) -> Iterable[Table]:
        """The tables of a part, in its order; those that no part names last."""
        found = [self.insight.table(table) for table in PARTS[name]]
        yield from (table for table in found if table is not None)
        if name == OTHERS:
            named = {table for tables in PARTS.values() for table in tables}
            yield from (table for table in self.insight.tables if table.id not in named)


def figure_of(table: Table, words: Words) -> Figure:
    """A table as it is shown: its words, and its chart."""
    seen = turned(table, words) if table.id == HOURS else table
    named = seen.columns if seen is not table else tuple(words.column(table.id, column) for column in seen.columns)
    lines = tuple(Line(row.id, row.label, tuple(words.count(count) for count in row.counts)) for row in seen.rows)
    svg, drawn = drawing(table, words)
    return Figure(
        table.id, words.table(table.id), words.about(table.id), words.column(table.id, "name"), named, lines, svg, drawn
    )


def drawing(table: Table, words: Words) -> tuple[str, str]:
    """The chart of a table, and what is to be said below it. Where everything is hidden, there is nothing to draw."""
    if all(count is None for row in table.rows for count in row.counts):
        return "", words.say("chart.nothing")
    cut = len(table.rows) > charts.MOST and is_bars(table)
    return chart_of(table, words), words.say("chart.some", count=charts.MOST) if cut else ""


def turned(table: Table, words: Words) -> Table:
    """The hours of a week with a line an hour and a column a day: seven columns can be read, and twenty-four cannot."""
    rows = (
        Row(name, words.column(table.id, name), tuple(row.counts[at] for row in table.rows))
        for at, name in enumerate(table.columns)
    )
    return Table(table.id, tuple(row.label[:3] for row in table.rows), tuple(rows))


def is_bars(table: Table) -> bool:
    """Is it drawn as bars?"""
    return table.id not in (HOURS, "months", "visits-outcome", ESTIMATES)


def chart_of(table: Table, words: Words) -> str:
    """The chart that fits a table."""
    if table.id == HOURS:
        return charts_time.hours(table, words)
    if table.id == "months":
        return charts_time.months(table, words)
    if table.id == "visits-outcome":
        return charts.outcomes(table, words)
    if table.id == ESTIMATES:
        return charts.ranges(table, words)
    return charts.bars(table, words)


def change_of(change: Change, words: Words) -> Passage:
    """A change in one sentence, and what might be why."""
    facts = {"label": change.label, "now": words.count(change.now), BEFORE: words.count(change.before)}
    return Passage(words.say("changes.perhaps" if change.perhaps else "changes.one", **facts), change.perhaps)


def unknown(insight: Insight, words: Words) -> Iterable[Passage]:
    """What nobody can know from these numbers, and how exact they are."""
    yield from (words.passage(f"unknown.{name}") for name in UNKNOWN)
    yield from (Passage(note) for note in insight.notes)
