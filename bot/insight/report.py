"""The commissioner's report: one story as a web page and as a PDF, its data, and a dictionary of it.

The same insight made on the same day gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.insight import dictionary, exports, report_pdf
from bot.insight.report_avoided import avoided_tables
from bot.insight.report_period import written
from bot.insight.report_shapes import About, Story
from bot.insight.report_story import Teller
from bot.insight.shapes import Insight, Period, Table
from bot.insight.wording import Words, day

TEMPLATES = Path(__file__).parent / "templates"
WAITING = ("unmet", "waiting")
BEGINNING = (1980, 1, 1, 0, 0, 0)
"""When every file in a zip was made, so that the same files give the same zip."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report that can be made into files."""

    insight: Insight
    about: About
    words: Words

    def files(self) -> Mapping[str, bytes]:
        """All files by their paths. Takes a second or two. Raises ReportMissing where a library is not installed."""
        story = Teller(without_now(self.insight), self.about.place, self.words).story()
        made = {
            "report.pdf": report_pdf.pdf(story, self.about, self.words),
            "report.html": self._html("report.html", story),
        }
        return made | self._data() | self._dictionary(story)

    def tables(self) -> tuple[Table, ...]:
        """Every table there is a file of."""
        return (*without_now(self.insight).tables, *avoided_tables(self.insight.avoided, self.words))

    def _data(self) -> dict[str, bytes]:
        period = self.insight.filter.period
        made = {f"data/{table.id}.csv": exports.as_csv(table, period) for table in self.tables()}
        return made | {f"data/{table.id}.parquet": exports.as_parquet(table, period) for table in self.tables()}

    def _dictionary(self, story: Story) -> dict[str, bytes]:
        fields = dictionary.dictionary(self.tables(), self.words)
        page = self._html("dictionary.html", story, fields=fields, head=dictionary.HEAD)
        return {"data-dictionary.csv": dictionary.as_csv(fields), "data-dictionary.html": page}

    def _html(self, template: str, story: Story, **facts: object) -> bytes:
        style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
        page = pages().get_template(template)
        made = day(self.about.made)
        return page.render(story=story, about=self.about, words=self.words, style=style, made=made, **facts).encode()


def without_now(insight: Insight) -> Insight:
    """What is told of a period, without what waits at the moment that it is looked at."""
    tables = (
        replace(table, rows=tuple(row for row in table.rows if (table.id, row.id) != WAITING))
        for table in insight.tables
    )
    return replace(insight, tables=tuple(tables))


def pages() -> Environment:
    """Templates that escape everything and fail on what they were not given."""
    loader = FileSystemLoader(TEMPLATES)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """Files in one zip, below a folder of this name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, data in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(f"{folder}/{path}", BEGINNING), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def written_to(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files below a folder, which is made if it is missing; what has another name there stays."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def name_of(period: Period) -> str:
    """What the report of a period is called as a file or a folder."""
    return f"report-{written(period) or f'{period.first:%Y-%m}-to-{period.last:%Y-%m}'}"
