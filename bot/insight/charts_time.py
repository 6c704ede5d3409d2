"""Charts of when: the hours of a week as a grid, and months as a line."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from xml.sax.saxutils import escape

from bot.insight.charts import INK, NAVY, WIDTH, box, drawing, hatched, largest, text
from bot.insight.shapes import Count, Row, Table
from bot.insight.wording import Words

LEFT, TOP, CELL = 34, 18, 13.5
SMALLEST, LARGEST = 3.0, 12.0
EVERY = 6
"""Hours between two labels."""
EDGE, HIGH, FOOT = 16, 26, 130
APART = 3
"""Months that two numbers beside the line are apart, so that neither is on the other."""


def hours(table: Table, words: Words) -> str:
    """A row a weekday, a column an hour; the more questions, the larger the square."""
    most = largest([count for row in table.rows for count in row.counts])
    heads = "".join(
        text(LEFT + at * CELL, 12, f"{int(name):02d}:00", 11)
        for at, name in enumerate(table.columns)
        if at % EVERY == 0 and name.isdigit()
    )
    rows = "".join(_weekday(table, at, row, most, words) for at, row in enumerate(table.rows))
    foot = TOP + len(table.rows) * 18 + 16
    legend = hatched(table.id, 0, foot - 9, 7, 7) + text(12, foot, words.say("chart.grid"), 12)
    return drawing(table.id, foot + 8, words.table(table.id), _busiest(table, words), heads + rows + legend)


def _weekday(table: Table, at: int, row: Row, most: int, words: Words) -> str:
    middle = TOP + at * 18 + 9
    squares = (
        _square(table.id, LEFT + hour * CELL + CELL / 2, middle, count, most, f"{row.label} {name}", words)
        for hour, (name, count) in enumerate(zip(table.columns, row.counts, strict=True))
    )
    return text(0, middle + 4, row.label[:3], 12) + "".join(squares)


def _square(table: str, x: float, y: float, count: Count, most: int, label: str, words: Words) -> str:
    said = f"<title>{escape(f'{label}: {words.count(count)}')}</title>"
    if count is None:
        return f"<g>{said}{hatched(table, x - 3.5, y - 3.5, 7, 7)}</g>"
    side = SMALLEST + (LARGEST - SMALLEST) * sqrt(count / most)
    square = box(x - side / 2, y - side / 2, side, side, f'class="bar" fill="{NAVY}"')
    return f"<g>{said}{square}</g>"


def _busiest(table: Table, words: Words) -> str:
    found = [
        (count, row.label, name)
        for row in table.rows
        for name, count in zip(table.columns, row.counts, strict=True)
        if count is not None
    ]
    if not found:
        return words.say("chart.all-hidden")
    count, label, name = max(found, key=lambda one: one[0])
    return words.say("chart.busiest", day=label, hour=f"{int(name):02d}" if name.isdigit() else name, count=count)


def months(table: Table, words: Words) -> str:
    """A point a month and a line through those that are shown. A hidden month breaks the line."""
    counts = [row.counts[0] for row in table.rows]
    points = _points(counts)
    lines = "".join(f'<path class="line" d="{path}" fill="none" stroke="{NAVY}" stroke-width="2.5"/>'
                    for path in _paths(points, counts))  # fmt: skip
    drawn = [_month(table, at, points[at], words) for at in range(len(counts))]
    named = [_label(points[at], words.count(counts[at])) for at in _worth_a_number(counts)]
    base = f'<path class="mark" d="M0 {FOOT + 6}H{WIDTH}" stroke="{INK}"/>'
    axis = [_axis(points[at][0], table.rows[at].label) for at in _ends(len(counts))]
    said = "; ".join(f"{row.label}: {words.count(row.counts[0])}" for row in table.rows)
    legend = hatched(table.id, 0, FOOT + 36, 10, 12) + text(16, FOOT + 46, words.say("hidden"), 12)
    parts = (base, lines, *drawn, *named, *axis, *((legend,) if None in counts else ()))
    return drawing(table.id, FOOT + (54 if None in counts else 30), words.table(table.id), said, "".join(parts))


def _points(counts: Sequence[Count]) -> list[tuple[float, float]]:
    most, step = largest(counts), (WIDTH - 2 * EDGE) / max(len(counts) - 1, 1)
    return [(EDGE + at * step, FOOT - (FOOT - HIGH) * (count or 0) / most) for at, count in enumerate(counts)]


def _paths(points: Sequence[tuple[float, float]], counts: Sequence[Count]) -> list[str]:
    """Lines through neighbours that are both shown."""
    pairs = zip(points, points[1:], counts, counts[1:], strict=False)
    return [
        f"M{a[0]:.4g} {a[1]:.4g}L{b[0]:.4g} {b[1]:.4g}"
        for a, b, one, other in pairs
        if one is not None and other is not None
    ]


def _month(table: Table, at: int, point: tuple[float, float], words: Words) -> str:
    count, label = table.rows[at].counts[0], table.rows[at].label
    said = f"<title>{escape(f'{label}: {words.count(count)}')}</title>"
    x, y = point
    if count is None:
        return f"<g>{said}{hatched(table.id, x - 5, FOOT - 6, 10, 12)}</g>"
    return f'<g>{said}<circle class="bar" cx="{x:.4g}" cy="{y:.4g}" r="4" fill="{NAVY}"/></g>'


def _worth_a_number(counts: Sequence[Count]) -> list[int]:
    """The highest month, and the first and the last where they are far enough from it and from each other."""
    shown = [at for at, count in enumerate(counts) if count is not None]
    if not shown:
        return []
    chosen = [max(shown, key=lambda at: counts[at] or 0)]
    for at in (shown[-1], shown[0]):
        if all(abs(at - other) >= APART for other in chosen):
            chosen.append(at)
    return sorted(chosen)


def _label(point: tuple[float, float], words: str) -> str:
    x, y = point
    return text(x, y - 9, words, 12, bold=True, anchor=_anchor(x))


def _axis(x: float, label: str) -> str:
    return text(x, FOOT + 24, label, 12, anchor=_anchor(x))


def _anchor(x: float) -> str:
    """Words at an edge begin or end there."""
    if x < 2 * EDGE:
        return "start"
    return "end" if x > WIDTH - 2 * EDGE else "middle"


def _ends(length: int) -> list[int]:
    """The months that the axis names: the first, one in the middle, the last."""
    return sorted({0, length // 2, length - 1}) if length > 4 else list(range(length))[:: max(length - 1, 1)]
