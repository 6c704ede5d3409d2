"""A fresh place folder from the template: everything local has a line that says what belongs there."""

from __future__ import annotations

import json
from pathlib import Path

TEMPLATE = Path(__file__).parent / "places" / "template"
ENDING = ".in"
"""The template's files carry this ending, so that none of them is taken for content."""


def make(folder: Path, name: str) -> None:
    """Write the template's files into `folder` with the place's name filled in."""
    for source in sorted(TEMPLATE.rglob(f"*{ENDING}")):
        target = folder / source.relative_to(TEMPLATE).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8").replace("@NAME@", json.dumps(name, ensure_ascii=False)[1:-1])
        target.write_text(text, encoding="utf-8")
