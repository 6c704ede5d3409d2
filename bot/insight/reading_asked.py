"""The tables of demand: by topic, agency, area, source, channel and route; by the hour; month by month; and unmet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from babel.dates import format_date, get_day_names

from bot.insight.reading_demand import DIMENSIONS, Demand, conditions, sole_agencies
from bot.insight.reading_tables import COMPARED, NONE, Press, compared, ranked
from bot.insight.shapes import Filter, Row, Table
from knowledge.library import Library
from knowledge.small_numbers import Month, cell

QUESTIONS = ("answer", "choose", "action", "unknown")
"""Routes of which each message is kept as a question; of those in ALARMS only how many there were."""
ALARMS = ("emergency", "crisis", "abuse")
CHANNELS = ("telegram", "web", "terminal")
AGENCIES = ("fire", "police", "ambulance", "partner")
HOURS, WEEKDAYS = range(24), range(7)
HOUR_FILTERS = ("topic", "area", "source")
LOCALE = "en_GB"


@dataclass(frozen=True, slots=True)
class Asked:
    """Makes the tables of one filter from its demand."""

    press: Press
    wanted: Filter
    library: Library
    demand: Demand

    def tables(self) -> Iterator[Table]:
        """All of them."""
        yield self._months()
        for dimension in DIMENSIONS:
            yield self._by(dimension)
        yield self._hours()
        yield self._unmet()

    def cell(self, **more: object) -> str:
        """The cell of some conditions beside those of the filter, without an agency that the topic implies."""
        asked = conditions(self.wanted) | more
        if "agency" in asked and sole_agencies(self.library).get(str(asked.get("topic"))) == asked["agency"]:
            del asked["agency"]
        return cell("demand", **asked)

    def _by(self, dimension: str) -> Table:
        names, only = self._names(dimension), conditions(self.wanted).get(dimension)
        if only is not None:
            names = {only: names.get(only, only)}
        table = compared(self.press, dimension, names, self.demand.by(dimension),
                         lambda value: self.cell(**{dimension: value}))  # fmt: skip
        return Table(table.id, table.columns, (*table.rows, *self._alarms())) if dimension == "route" else table

    def _names(self, dimension: str) -> Mapping[str, str]:
        areas = [area.name for area in self.library.place.areas]
        return {
            "topic": self.press.names("topic", sorted({entry.category for entry in self.library.entries.values()})),
            "agency": self.press.names("agency", AGENCIES),
            "area": {**dict(zip(areas, areas, strict=True)), NONE: self.press.name("area", NONE)},
            "source": {**self.demand.sources, NONE: self.press.name("source", NONE)},
            "channel": self.press.names("channel", CHANNELS),
            "route": self.press.names("route", QUESTIONS),
        }[dimension]

    def _alarms(self) -> tuple[Row, ...]:
        """Of danger, crisis and abuse only the number is kept, so that no filter can be laid on them."""
        if conditions(self.wanted):
            return ()
        names = self.press.names("route", ALARMS)
        counted = self.demand.routes
        both = {route: self.press.both(cell("route", route=route), counted.get(route, {})) for route in names}
        return ranked(Row(route, label, both[route]) for route, label in names.items())

    def _hours(self) -> Table:
        days = get_day_names("wide", locale=LOCALE)
        rows = tuple(Row(str(day), days[day], tuple(self._hour(day, hour) for hour in HOURS)) for day in WEEKDAYS)
        return Table("hours", tuple(map(str, HOURS)), rows)

    def _hour(self, weekday: int, hour: int) -> int | None:
        name = cell("hour", weekday=weekday, hour=hour, **conditions(self.wanted, HOUR_FILTERS))
        return self.press.now(name, self.demand.hours.get((weekday, hour), {}))

    def _months(self) -> Table:
        publisher, trail = self.press.publisher, self.demand.trail
        rows = (
            Row(f"{month.first:%Y-%m}", format_date(month.first, "MMMM y", LOCALE),
                (publisher.count(self.cell(), trail, (month,)),))
            for month in self.press.span.trail
        )  # fmt: skip
        return Table("months", ("now",), tuple(rows))

    def _unmet(self) -> Table:
        """What nobody could answer; and what waits at this moment, which has no before."""
        unknown = self.demand.by("route").get("unknown", {})
        unanswered = self.press.both(self.cell(route="unknown"), unknown)
        today = Month(self.press.span.today, growing=True)
        waiting = self.press.publisher.count("missed", {today.first: self.demand.missed}, (today,))
        rows = (("unanswered", unanswered), ("waiting", (waiting, None)))
        return Table("unmet", COMPARED, tuple(Row(id_, self.press.name("unmet", id_), both) for id_, both in rows))
