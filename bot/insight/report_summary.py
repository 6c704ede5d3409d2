"""The first page: a paragraph in plain words, and a few large numbers that each say what they mean."""

from __future__ import annotations

from collections.abc import Iterable

from bot.insight.reading_tables import NONE, OTHER
from bot.insight.report_period import later, length, months, written
from bot.insight.report_shapes import Headline
from bot.insight.shapes import Insight, Period, Table
from bot.insight.wording import BEFORE, Total, Words, sum_of, total

WHOLE = ("channel", "route", "topic")
"""Tables that hold every question once; the first that has rows counts them."""
STEADY, AT_LEAST = 0.1, 20
"""A change is told from a tenth on, and where there were so many before: below, noise looks like one."""
NOW, NEED = "now", "999"


def summary(insight: Insight, place: str, words: Words) -> tuple[str, ...]:
    """The sentences of the first paragraph. What is hidden or was not counted is left out or said so."""
    found = (questions(insight, place, words), most_asked(insight, words), unmet(insight, words),
             visits(insight, words), helped(insight, words), avoided(insight, words))  # fmt: skip
    return tuple(sentence for sentence in found if sentence)


def asked(insight: Insight, back: int = 0) -> Total | None:
    """How many questions there were in the period, or so many months earlier: month by month, which is exacter than
    summing what is shown of a table; else from the first table that has them all."""
    found = of_months(insight, back)
    if found is not None:
        return found
    column = BEFORE if back else NOW
    sums = (sum_of(insight.table(table), column) for table in WHOLE)
    return next((one for one in sums if one is not None), None)


def of_months(insight: Insight, back: int) -> Total | None:
    """The sum of the months of a period; None where not all of them are known."""
    table, period = insight.table("months"), insight.filter.period
    known = {row.id: row.counts[0] for row in table.rows} if table else {}
    wanted = [written(Period(first, first)) for first in months(later(period.first, -back), length(period))]
    return total(known[one] for one in wanted) if all(one in known for one in wanted) else None


def questions(insight: Insight, place: str, words: Words) -> str:
    """How much was asked, and whether that is more than before."""
    now, period = asked(insight), words.period(insight.filter.period)
    if now is None or not now.shown:
        return words.say("summary.few", place=place, period=period)
    said = words.say("summary.asked", place=place, period=period, count=words.total(now))
    return " ".join(filter(None, (said, change(now, asked(insight, length(insight.filter.period)), words))))


def change(now: Total, before: Total | None, words: Words) -> str:
    """How a sum differs from the period before; nothing where that cannot be told."""
    if before is None or now.hidden or before.hidden or before.shown < AT_LEAST:
        return ""
    share = (now.shown - before.shown) / before.shown
    if abs(share) < STEADY:
        return words.say("change.same")
    return words.say("change.more" if share > 0 else "change.fewer", percent=round(abs(share) * 100))


def most_asked(insight: Insight, words: Words) -> str:
    """The two topics that were asked about most."""
    table = insight.table("topic")
    named = [row for row in table.rows if row.id not in (OTHER, NONE)] if table else []
    first = [label for label, _ in leading(Table("topic", (), tuple(named)))][:2]
    if not first:
        return ""
    return words.say(f"summary.topic-{len(first)}", first=first[0], second=first[-1])


def leading(table: Table | None) -> list[tuple[str, int]]:
    """Labels and first counts of what is shown, the largest first."""
    shown = [(row.label, count) for row in table.rows if (count := row.counts[0])] if table else []
    return sorted(shown, key=lambda one: -one[1])


def unmet(insight: Insight, words: Words) -> str:
    """How much we had no answer to."""
    found = sum_of(insight.table("route"), NOW, "unknown")
    return words.say("summary.unmet", count=words.total(found)) if found else ""


def visits(insight: Insight, words: Words) -> str:
    """How many visits were made."""
    found = sum_of(insight.table("visits-outcome"), NOW, "done")
    return words.say("summary.visits", count=words.total(found)) if found else ""


def helped(insight: Insight, words: Words) -> str:
    """What people said about answers."""
    yes, no = (both(insight, "helped", name)[0] for name in ("helped", "not-helped"))
    if yes is None or no is None:
        return ""
    return words.say("summary.helped", yes=words.total(yes), no=words.total(no))


def avoided(insight: Insight, words: Words) -> str:
    """The estimate of calls to 999, as a range, or that there is none."""
    found = dict(insight.avoided.estimates).get(NEED)
    if found is None:
        return words.say("summary.no-estimate")
    return words.say("summary.avoided", low=found.low, high=found.high)


def headlines(insight: Insight, words: Words) -> tuple[Headline, ...]:
    """The large numbers. One that was not counted is left out."""
    return tuple(_headlines(insight, words))


def _headlines(insight: Insight, words: Words) -> Iterable[Headline]:
    counted = {
        "asked": (asked(insight), asked(insight, length(insight.filter.period))),
        "unmet": both(insight, "route", "unknown"),
        "visits": both(insight, "visits-outcome", "done"),
        "checks": both(insight, "checks", "finished"),
        "helped": both(insight, "helped", "helped"),
    }
    for name, (now, before) in counted.items():
        if now is not None:
            yield headline(name, now, before, words)


def both(insight: Insight, table: str, row: str) -> tuple[Total | None, Total | None]:
    """A row now and before."""
    return sum_of(insight.table(table), NOW, row), sum_of(insight.table(table), BEFORE, row)


def headline(name: str, now: Total, before: Total | None, words: Words) -> Headline:
    """One large number with its meaning."""
    said = change(now, before, words)
    return Headline(name, words.total(now), words.say(f"headline.{name}"), words.say(f"headline.{name}.means"), said)
