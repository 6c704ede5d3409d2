"""The report as a PDF that a screen reader reads as well (PDF/UA-1), set by Typst (docs/decisions/0030)."""

from __future__ import annotations

import datetime as dt
import importlib
import json
from dataclasses import asdict
from pathlib import Path

from bot.errors import ReportMissing
from bot.insight.report_shapes import About, Figure, Story
from bot.insight.wording import Words, day

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
SAID = ("report.title", "report.at-a-glance", "report.banner", "report.data")
"""Words that the template sets itself."""
PAGE = {"page": "{page}", "pages": "{pages}"}
"""Numbers that only the template knows."""


def pdf(story: Story, about: About, words: Words) -> bytes:
    """A story in, a PDF out. Raises ReportMissing where Typst is not installed."""
    try:
        typst = importlib.import_module("typst")
    except ModuleNotFoundError as error:
        raise ReportMissing(library=error.name) from error
    made: bytes = typst.compile(
        str(TEMPLATE),
        sys_inputs={"report": told(story, about, words)},
        pdf_standards="ua-1",
        timestamp=int(dt.datetime.combine(about.made, dt.time(), dt.UTC).timestamp()),
    )
    return made


def told(story: Story, about: About, words: Words) -> str:
    """All that the template sets, as JSON."""
    facts = asdict(story) | {"parts": [_part(story, at) for at in range(len(story.parts))]}
    said = {name: words.say(name) for name in SAID} | {"report.page": words.say("report.page", **PAGE)}
    own = {"place": about.place, "partnership": about.partnership, "demonstration": about.demonstration}
    return json.dumps(facts | own | {"said": said, "made": words.say("report.made", date=day(about.made))})


def _part(story: Story, at: int) -> dict[str, object]:
    part = story.parts[at]
    return asdict(part) | {"figures": [_figure(figure) for figure in part.figures]}


def _figure(figure: Figure) -> dict[str, object]:
    return asdict(figure) | {"alt": figure.alt}
