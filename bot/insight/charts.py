"""Charts as SVG: data in, a string out. Each stands beside its table, which holds the same numbers.

Every number is written out or is the title of its mark; a hidden count is a hatched stub. Marks differ by length,
size or pattern, never by colour alone. There is no script and no inline style; classes let a page set other colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from bot.insight.shapes import Count, Row, Table
from bot.insight.wording import BEFORE, Words

WIDTH = 360
"""Units of the drawing; a telephone shows it one to one."""
NAVY, INK, PAPER = "#12305c", "#14213a", "#ffffff"
FONT = "Liberation Sans, DejaVu Sans, Arial, Helvetica, sans-serif"
LINE, BAR, LONGEST, STUB = 46, 14, 165, 16
MOST = 8
"""Rows that a chart draws; the table has all of them."""
LABEL, BESIDE = 44, 28
"""Characters of a label that fit: on a line of its own, and before a count."""


def bars(table: Table, words: Words) -> str:
    """A bar a row, as long as its first count; a thin mark where the column `before` was."""
    rows, before = table.rows[:MOST], _before(table)
    most = largest([row.counts[0] for row in rows] + [row.counts[before] for row in rows if before])
    drawn = "".join(_bar(table.id, at, row, row.counts[before] if before else 0, most, words, before > 0)
                    for at, row in enumerate(rows))  # fmt: skip
    legend = words.say("chart.mark") if before else ""
    foot = text(0, len(rows) * LINE + 14, legend, 12) if legend else ""
    said = "; ".join(_said(row, words) for row in rows)
    return drawing(table.id, len(rows) * LINE + (22 if legend else 2), words.table(table.id), said, drawn + foot)


def _before(table: Table) -> int:
    """Where the period before stands among the columns; 0: nowhere."""
    return table.columns.index(BEFORE) if BEFORE in table.columns else 0


def _said(row: Row, words: Words) -> str:
    return f"{row.label}: {words.count(row.counts[0])}"


def _bar(table: str, at: int, row: Row, before: Count, most: int, words: Words, with_before: bool) -> str:
    top = at * LINE
    now = row.counts[0]
    value = words.count(now)
    if with_before:
        value = words.say("chart.was", now=value, before=words.count(before))
    mark = length(before, most) if with_before else 0
    parts = [text(0, top + 13, short(row.label), 13), stub_or_bar(table, 0, top + 20, length(now, most), now)]
    if with_before:
        parts.append(f'<path class="halo" d="M{mark} {top + 17}V{top + 37}" stroke="{PAPER}" stroke-width="5"/>')
        parts.append(f'<path class="mark" d="M{mark} {top + 17}V{top + 37}" stroke="{INK}" stroke-width="2"/>')
    parts.append(text(max(length(now, most), mark) + 7, top + 31, value, 12, bold=True))
    return "".join(parts)


def outcomes(table: Table, words: Words) -> str:
    """One bar cut into the first counts of all rows, each with a pattern of its own, and a line of words for each."""
    counts = [row.counts[0] for row in table.rows]
    widths = _shares(counts)
    drawn, left = [], 0.0
    for at, (count, width) in enumerate(zip(counts, widths, strict=True)):
        drawn.append(_segment(table.id, left, 0, max(width - 2, 1), 26, at, count))
        drawn.append(_segment(table.id, 0, 38 + at * 22, 16, 14, at, count))
        drawn.append(text(24, 50 + at * 22, f"{short(table.rows[at].label, BESIDE)}: {words.count(count)}", 13))
        left += width
    said = "; ".join(_said(row, words) for row in table.rows)
    return drawing(table.id, 40 + len(counts) * 22, words.table(table.id), said, "".join(drawn), _fills(table.id))


def ranges(table: Table, words: Words) -> str:
    """A bar a row, from its first count to its last; a thin mark at the one between. None of them is hidden."""
    most = largest([row.counts[-1] for row in table.rows])
    drawn = "".join(_range(at, row, most, words) for at, row in enumerate(table.rows))
    foot = text(0, len(table.rows) * LINE + 14, words.say("chart.range.mark"), 12)
    said = "; ".join(f"{row.label}: {_between(row, words)}" for row in table.rows)
    return drawing(table.id, len(table.rows) * LINE + 22, words.table(table.id), said, drawn + foot)


def _range(at: int, row: Row, most: int, words: Words) -> str:
    top = at * LINE
    low, likely, high = (length(count, most) for count in row.counts)
    parts = (
        text(0, top + 13, short(row.label), 13),
        box(low, top + 20, max(high - low, 1), BAR, f'class="bar" fill="{NAVY}"'),
        f'<path class="halo" d="M{likely} {top + 17}V{top + 37}" stroke="{PAPER}" stroke-width="5"/>',
        f'<path class="mark" d="M{likely} {top + 17}V{top + 37}" stroke="{INK}" stroke-width="2"/>',
        text(high + 7, top + 31, _between(row, words), 12, bold=True),
    )
    return "".join(parts)


def _between(row: Row, words: Words) -> str:
    return words.say("chart.range", low=words.count(row.counts[0]), high=words.count(row.counts[-1]))


def _shares(counts: Sequence[Count]) -> list[float]:
    """How wide each part is. One that is hidden has the width of a stub, whatever it counts."""
    stubs = STUB * sum(not count for count in counts)
    whole = sum(count for count in counts if count) or 1
    return [(WIDTH - stubs) * count / whole if count else STUB for count in counts]


FILLS = (  # beside one that is plain; lines that slope are for what is hidden
    '<circle cx="3" cy="3" r="1.7" fill="{c}"/>',
    '<path d="M0 3H6" stroke="{c}" stroke-width="2.4"/>',
    '<path d="M3 0V6" stroke="{c}" stroke-width="1.4"/>',
    '<path d="M0 0H6M0 0V6" stroke="{c}" stroke-width="1.6"/>',
)


def _fills(table: str) -> str:
    return "".join(
        f'<pattern id="{table}-f{at}" class="fill" width="6" height="6" patternUnits="userSpaceOnUse">'
        f"{fill.format(c=NAVY)}</pattern>"
        for at, fill in enumerate(FILLS, 1)
    )


def _segment(table: str, x: float, y: int, width: float, height: int, at: int, count: Count) -> str:
    if count is None:
        return hatched(table, x, y, width, height)
    if at % (len(FILLS) + 1) == 0:
        return box(x, y, width, height, f'class="bar" fill="{NAVY}"')
    fill = f"url(#{table}-f{at % (len(FILLS) + 1)})"
    return box(x, y, width, height, f'class="edge" fill="{fill}" stroke="{NAVY}"')


def stub_or_bar(table: str, x: float, y: float, width: float, count: Count, height: float = BAR) -> str:
    """A bar; for a hidden count a hatched stub, whatever it counts; for nought only a line at its foot."""
    if count is None:
        return hatched(table, x, y, width, height)
    return box(x, y, max(width, 1), height, f'class="bar" fill="{NAVY}"')


def hatched(table: str, x: float, y: float, width: float, height: float) -> str:
    """What is hidden."""
    return box(x + 0.5, y + 0.5, width - 1, height - 1, f'class="edge" fill="url(#{table}-hatch)" stroke="{NAVY}"')


def box(x: float, y: float, width: float, height: float, more: str) -> str:
    """A rectangle with these attributes."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:.4g}" height="{height:.4g}" {more}/>'


def text(x: float, y: float, words: str, size: int, *, bold: bool = False, anchor: str = "start") -> str:
    """A line of words; `y` is what they stand on."""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}"{weight} text-anchor="{anchor}">{escape(words)}</text>'


def short(words: str, most: int = LABEL) -> str:
    """A label that fits into a line of a chart."""
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def largest(counts: Sequence[Count]) -> int:
    """The largest count that is shown; at least 1."""
    return max((count for count in counts if count is not None), default=0) or 1


def length(count: Count, most: int) -> int:
    """How long the bar of a count is. What is hidden has one length."""
    return STUB if count is None else round(LONGEST * count / most)


def drawing(table: str, height: float, title: str, said: str, drawn: str, more: str = "") -> str:
    """A whole chart, with its name and its numbers in words for whoever does not see it."""
    hatch = (
        f'<pattern id="{table}-hatch" class="fill" width="5" height="5" patternUnits="userSpaceOnUse">'
        f'<path d="M-1 6L6 -1M-1 1L1 -1M4 6L6 4" stroke="{NAVY}" stroke-width="1"/></pattern>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f"aria-labelledby={quoteattr(f'{table}-title {table}-said')} font-family={quoteattr(FONT)} "
        f'fill="{INK}"><title id="{table}-title">{escape(title)}</title><desc id="{table}-said">{escape(said)}</desc>'
        f"<defs>{hatch}{more}</defs>{drawn}</svg>"
    )
