"""Charts: what stands in a table is drawn, what is hidden never is, and nothing lies on anything else."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insight import charts, charts_time
from bot.insight.report_story import chart_of, figure_of
from bot.insight.shapes import Count, Row, Table
from bot.insight.wording import Words
from handlers.catalogue import Texts
from tests.bot.insight.figures import insight

WORDS = Words(Texts())
SVG = "{http://www.w3.org/2000/svg}"
COUNTS: st.SearchStrategy[Count] = st.none() | st.integers(0, 0) | st.integers(5, 40_000)
LABELS = st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=90)
WIDE = 0.62
"""A letter is at most so wide on average, as a share of its height, in bold."""


def tables(ids: str, columns: tuple[str, ...], rows: int) -> st.SearchStrategy[Table]:
    """Any table of that shape."""
    row = st.builds(Row, st.just("x"), LABELS, st.tuples(*(COUNTS for _ in columns)))
    return st.builds(Table, st.just(ids), st.just(columns), st.lists(row, min_size=1, max_size=rows).map(tuple))


COMPARED = tables("topic", ("now", "before"), charts.MOST)
CUT = tables("visits-outcome", ("now",), 6)
MONTHS = tables("months", ("now",), 13)
WEEK = tables("hours", tuple(map(str, range(24))), 7)
ANY = COMPARED | CUT | MONTHS | WEEK


def said(svg: str) -> str:
    """Every word of a chart but its description."""
    root = ElementTree.fromstring(svg)  # noqa: S314  our own
    return "\n".join(found.text or "" for tag in ("text", "title") for found in root.iter(f"{SVG}{tag}"))


@settings(max_examples=30)
@given(ANY)
def test_every_count_stands_in_the_chart_and_in_its_table(table: Table) -> None:
    words = said(chart_of(table, WORDS))
    cells = [cell for line in figure_of(table, WORDS).lines for cell in line.cells]
    for row in table.rows:
        for count in row.counts:
            number = re.compile(rf"(?<![\d,]){re.escape(WORDS.count(count))}(?![\d,])")
            assert number.search(words)
            assert WORDS.count(count) in cells


@settings(max_examples=20)
@given(ANY)
def test_what_is_hidden_looks_alike_whatever_is_beside_it(table: Table) -> None:
    """Its stub has one size, and no number between 1 and 4 is written as a count."""
    root = ElementTree.fromstring(chart_of(table, WORDS))  # noqa: S314
    hatched = [r for r in root.iter(f"{SVG}rect") if r.get("fill") == f"url(#{table.id}-hatch)"]
    hidden = sum(count is None for row in table.rows for count in row.counts)
    in_bars = sum(row.counts[0] is None for row in table.rows)
    assert len(hatched) >= (in_bars if table is not None and table.columns == ("now", "before") else hidden)
    assert len({(r.get("width"), r.get("height")) for r in hatched}) <= 2, "one for the chart, one for its legend"


@given(st.lists(COUNTS, min_size=1, max_size=6))
def test_the_parts_of_a_bar_fill_it(counts: list[Count]) -> None:
    widths = charts._shares(counts)
    stub_only = all(not count for count in counts)
    assert all(width > 0 for width in widths)
    assert sum(widths) == pytest.approx(len(counts) * charts.STUB if stub_only else charts.WIDTH)


@settings(max_examples=30)
@given(COMPARED | CUT | MONTHS)
def test_no_words_lie_on_others_or_stand_out(table: Table) -> None:
    narrow = Table(table.id, table.columns, tuple(Row(r.id, f"Row {at}", r.counts) for at, r in enumerate(table.rows)))
    root = ElementTree.fromstring(chart_of(narrow, WORDS))  # noqa: S314
    boxes = [box(found) for found in root.iter(f"{SVG}text")]
    for left, _, right, _ in boxes:
        assert left >= 0
        assert right <= charts.WIDTH
    for at, one in enumerate(boxes):
        assert not [other for other in boxes[at + 1 :] if overlap(one, other)]


def box(text: ElementTree.Element) -> tuple[float, float, float, float]:
    """Where words stand: left, top, right, bottom."""
    size, x, y = float(text.attrib["font-size"]), float(text.attrib["x"]), float(text.attrib["y"])
    width = len(text.text or "") * size * (WIDE if text.get("font-weight") else 0.56)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[text.attrib["text-anchor"]]
    return left, y - size * 0.8, left + width, y


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    """Do two boxes share a point?"""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_a_label_that_is_markup_is_only_words() -> None:
    table = Table("topic", ("now",), (Row("x", "</svg><script>alert(1)</script>", (9,)),))
    root = ElementTree.fromstring(charts.bars(table, WORDS))  # noqa: S314
    assert not list(root.iter(f"{SVG}script"))
    assert "<script>" in said(charts.bars(table, WORDS))


def test_charts_of_one_page_share_no_id_and_have_no_style() -> None:
    drawn = [chart_of(table, WORDS) for table in insight().tables]
    ids = [found for svg in drawn for found in re.findall(r' id="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))
    assert not [svg for svg in drawn if "style=" in svg or "<script" in svg]
    assert all('role="img"' in svg and "<title " in svg and "<desc " in svg for svg in drawn)


def test_a_hidden_month_breaks_the_line() -> None:
    rows = tuple(Row(str(at), f"M{at}", (count,)) for at, count in enumerate((10, 12, None, 14, 15)))
    svg = charts_time.months(Table("months", ("now",), rows), WORDS)
    assert svg.count('class="line"') == 2
    assert "fewer than 5" in said(svg)


def test_the_busiest_hour_is_said() -> None:
    week = next(table for table in insight().tables if table.id == "hours")
    most = max((count, row.label) for row in week.rows for count in row.counts if count is not None)
    assert f"{most[1]}, " in figure_of(week, WORDS).alt
    assert f"{most[0]}." in figure_of(week, WORDS).alt
