"""Figures on a page of docs/: what a benchmark printed stands between two marks, so that nobody copies it by hand."""

from __future__ import annotations

from pathlib import Path


class NoMarks(Exception):
    """The page lacks the marks; a page that was rewritten must keep them."""


def put(page: Path, name: str, made_by: str, text: str) -> None:
    """Put the text between the marks `<!-- NAME: MADE_BY -->` and `<!-- end of NAME -->`. Raises NoMarks."""
    begin, end = f"<!-- {name}: {made_by} -->", f"<!-- end of {name} -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise NoMarks(f"{page.name} has no {begin} … {end}")
    page.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")
