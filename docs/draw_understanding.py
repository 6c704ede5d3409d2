"""The table and the pictures of docs/understanding.md, from the examination.

    bot evaluate tests/knowledge/held_out/questions.csv --json | python docs/draw_understanding.py

`make understanding` does both. The pictures are plain SVG with a title and a description; the same numbers stand in
tables on the page.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.page import put

DOCS = Path(__file__).parent
PAGE = DOCS / "understanding.md"
PICTURES = DOCS / "pictures"
INK, PALE, BLUE, RED = "#1d2733", "#d5dbe1", "#1f5fa8", "#a8321f"
SIDE, EDGE = 360, 56
CELL, LEFT, TOP = 58, 190, 150
TOPICS = (
    "fire-safety", "home-safety", "home-security", "vehicle-security", "child-safety", "antisocial-behaviour",
    "health-and-wellbeing", "right-service", "home-visits", "none",
)  # fmt: skip
OTHERS = ("choose", "action", "emergency", "crisis", "abuse")


def main() -> None:
    """Read the figures from standard input, write the pictures and the page's tables."""
    found = json.load(sys.stdin)
    (PICTURES / "reliability.svg").write_text(reliability(found["reliability"]), encoding="utf-8")
    (PICTURES / "confusion.svg").write_text(confusion(found["confusion"]), encoding="utf-8")
    for name, lines in (("figures", table(found)), ("reliability", bins(found["reliability"]))):
        put(PAGE, name, "make understanding", "\n".join(lines))


def table(found: dict[str, Any]) -> Iterator[str]:
    """Every figure, what we aim at, and whether it was reached."""
    yield "| figure | measured | of | reach |"
    yield "|---|---|---|---|"
    for figure in found["figures"]:
        if figure["of"]:
            sign = "at most" if figure["low"] else "at least"
            aim = f"{sign} {figure['reach']:.1%}" if figure["reach"] is not None else ""
            mark = {True: ", reached", False: ", **not reached**", None: ""}[figure["reached"]]
            yield f"| {figure['name']} | {figure['share']:.1%} | {figure['of']} | {aim}{mark} |"
    for name, reach in (("p50", 1.3), ("p99", 1.6)):
        ours, bare = found["ms"][name]["answer"], found["ms"][name]["bare"]
        mark = "reached" if ours / bare <= reach else "**not reached**"
        what = f"one answer, {name}: {ours:.1f} ms, a bare encode {bare:.1f} ms"
        yield f"| {what} | {ours / bare:.2f} times | | at most {reach}, {mark} |"


def bins(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The reliability diagram as a table."""
    yield "| chance given | was right | messages |"
    yield "|---|---|---|"
    yield from (f"| {row['given']:.2f} | {row['right']:.2f} | {row['of']} |" for row in rows)


def reliability(rows: Sequence[dict[str, Any]]) -> str:
    """Chance given against share right; on the diagonal the bot knows how sure it may be."""
    size = SIDE + 2 * EDGE

    def at(x: float, y: float) -> tuple[float, float]:
        return EDGE + SIDE * x, EDGE + SIDE * (1 - y)

    most = max((row["of"] for row in rows), default=1)
    parts = [f'<rect x="{EDGE}" y="{EDGE}" width="{SIDE}" height="{SIDE}" fill="none" stroke="{INK}"/>']
    for step in range(0, 11, 2):
        x, y = at(step / 10, step / 10)
        parts += [
            f'<line x1="{x:.0f}" y1="{EDGE}" x2="{x:.0f}" y2="{EDGE + SIDE}" stroke="{PALE}"/>',
            f'<line x1="{EDGE}" y1="{y:.0f}" x2="{EDGE + SIDE}" y2="{y:.0f}" stroke="{PALE}"/>',
            words(x, EDGE + SIDE + 20, f"{step / 10:.1f}", "middle"),
            words(EDGE - 8, y + 4, f"{step / 10:.1f}", "end"),
        ]
    ends = f'x1="{EDGE}" y1="{EDGE + SIDE}" x2="{EDGE + SIDE}" y2="{EDGE}"'
    parts.append(f'<line {ends} stroke="{INK}" stroke-dasharray="4 4"/>')
    for row in rows:
        x, y = at(row["given"], row["right"])
        radius = 4 + 12 * (row["of"] / most) ** 0.5
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{BLUE}" fill-opacity="0.75"/>')
    parts += [
        words(EDGE + SIDE / 2, size - 12, "chance that the bot gave its first answer", "middle"),
        words(EDGE, EDGE - 20, "share of those where it was right; a larger dot, more messages", "start"),
    ]
    said = "; ".join(f"given {row['given']:.2f}, right {row['right']:.2f}, {row['of']} messages" for row in rows)
    return svg(size, size, "How sure the bot is, and how often it is right", said, parts)


def confusion(pairs: Sequence[Sequence[Any]]) -> str:
    """Rows: what was asked; columns: what it was met with."""
    counted = Counter({(wanted, given): often for wanted, given, often in pairs})
    rows = known(TOPICS, (wanted for wanted, _ in counted))
    columns = known((*TOPICS, *OTHERS), (given for _, given in counted))
    parts = [words(LEFT - 10, TOP - 14, "asked / met with", "end")]
    for at, name in enumerate(columns):
        x = LEFT + CELL * at + CELL / 2
        parts.append(f'<text x="{x}" y="{TOP - 10}" transform="rotate(-55 {x} {TOP - 10})">{escape(name)}</text>')
    for down, wanted in enumerate(rows):
        whole = sum(often for (asked, _), often in counted.items() if asked == wanted)
        parts.append(words(LEFT - 10, TOP + CELL * down + CELL / 2 + 4, wanted, "end"))
        for at, given in enumerate(columns):
            parts += cell(at, down, counted[wanted, given], whole, right=wanted == given)
    wrong = "; ".join(f"{w} met with {g} {n} times" for (w, g), n in counted.most_common() if w != g)
    size = (LEFT + CELL * len(columns) + 40, TOP + CELL * len(rows) + 20)
    return svg(*size, "Topics asked, and what they were met with", wrong, parts)


def known(order: Iterable[str], found: Iterable[str]) -> list[str]:
    """The names that were found, in the order that is usual, and any others behind."""
    names = set(found)
    return [*(name for name in order if name in names), *sorted(names - set(order))]


def cell(at: int, down: int, often: int, whole: int, *, right: bool) -> Iterator[str]:
    """One number on a square that is the darker the larger its share of the row."""
    x, y, share = LEFT + CELL * at, TOP + CELL * down, often / max(whole, 1)
    fill = BLUE if right else RED
    shown = 0.0 if not often else 0.12 + 0.78 * share
    place = f'x="{x}" y="{y}" width="{CELL - 2}" height="{CELL - 2}"'
    yield f'<rect {place} fill="{fill}" fill-opacity="{shown:.2f}" stroke="{PALE}"/>'
    if often:
        ink = "#ffffff" if shown > 0.55 else INK
        yield f'<text x="{x + CELL / 2 - 1}" y="{y + CELL / 2 + 4}" text-anchor="middle" fill="{ink}">{often}</text>'


def words(x: float, y: float, text: str, anchor: str) -> str:
    """A label."""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'


def svg(wide: float, high: float, title: str, said: str, parts: Iterable[str]) -> str:
    """A picture that says what it shows."""
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" role="img" '
        f'aria-labelledby="title said" font-family="sans-serif" font-size="13" fill="{INK}">',
        f'<title id="title">{escape(title)}</title>', f'<desc id="said">{escape(said)}</desc>',
        '<rect width="100%" height="100%" fill="#ffffff"/>', *parts, "</svg>", "",
    ))  # fmt: skip


if __name__ == "__main__":
    main()
