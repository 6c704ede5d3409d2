"""The report: a page, a PDF, the data twice and what each field means. The same day, the same bytes."""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import io
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from pyarrow import parquet

from bot.errors import ReportMissing
from bot.insight import report_period, report_story
from bot.insight.exports import records
from bot.insight.report import Report, name_of, zipped
from bot.insight.report_period import BadPeriod
from bot.insight.report_shapes import About, Part
from bot.insight.shapes import Avoided, Insight, Period, Row, Table
from bot.insight.wording import Words, total
from handlers.catalogue import Texts
from ops.runtime_lock import EXTRAS
from tests.bot.insight.figures import OCTOBER, insight

WORDS = Words(Texts())
ABOUT = About("Braunstone", "Made-up Blues", dt.date(2026, 11, 25), demonstration=True)
TODAY = ABOUT.made


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return Report(insight(), ABOUT, WORDS).files()


def test_the_pdf_can_be_read_aloud(files: Mapping[str, bytes]) -> None:
    """Tagged, with a title, a language and the mark of PDF/UA-1, which Typst gives only to what keeps its rules."""
    pdf = files["report.pdf"]
    assert pdf.startswith(b"%PDF-1.")
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid:part" in pdf
    assert b"/Lang(en-GB)" in pdf


def test_the_page_needs_nothing_else_and_says_what_it_is(files: Mapping[str, bytes]) -> None:
    page = files["report.html"].decode()
    assert not re.search(r"<script|<link|<img|url\(http|src=", page)
    for said in ("Made-up Blues", "Braunstone, October 2026", "Made on 25 November 2026", "Made-up figures."):
        assert said in page
    assert page.count("<svg") == len(insight().tables) + 1, "each has its chart, and the estimate of calls"
    for table in insight().tables:
        for row in table.rows:
            assert row.label.replace("'", "&#39;") in page


def test_a_real_place_has_no_banner() -> None:
    about = About("Braunstone", "Made-up Blues", TODAY)
    report = Report(insight(), about, WORDS)
    story = report_story.Teller(report.insight, about.place, WORDS).story()
    assert "Made-up figures" not in report._html("report.html", story).decode()


def test_csv_and_parquet_agree_and_hidden_counts_are_in_neither(files: Mapping[str, bytes]) -> None:
    tables = Report(insight(), ABOUT, WORDS).tables()
    assert {path for path in files if path.startswith("data/")} == {
        f"data/{table.id}.{kind}" for table in tables for kind in ("csv", "parquet")
    }
    for table in tables:
        lines = list(csv.DictReader(io.StringIO(files[f"data/{table.id}.csv"].decode())))
        rows = parquet.read_table(io.BytesIO(files[f"data/{table.id}.parquet"])).to_pylist()
        assert lines == [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]
        for row, line in zip(table.rows, lines, strict=True):
            hidden = sum(count is None for count in row.counts)
            assert len(line["suppressed"].split()) == hidden
            assert [line[name] for name in line["suppressed"].split()] == [""] * hidden


def test_the_dictionary_names_every_field_of_every_file(files: Mapping[str, bytes]) -> None:
    said = list(csv.DictReader(io.StringIO(files["data-dictionary.csv"].decode())))
    named = [(line["file"], line["field"]) for line in said]
    for path in (path for path in files if path.startswith("data/") and path.endswith(".csv")):
        table = Path(path).stem
        assert files[path].decode().splitlines()[0].split(",") == [field for file, field in named if file == table]
    assert all(line["meaning"] and line["type"] and line["counted"] and line["suppression"] for line in said)
    theirs = [line["field"] for line in said if line["file"] == "visits-reason" and line["nfcc"] != "no counterpart"]
    assert theirs == ["id", "name", "now", "before"]
    assert "our own reading" in files["data-dictionary.html"].decode()


def test_the_same_day_gives_the_same_bytes(files: Mapping[str, bytes]) -> None:
    again = Report(insight(), ABOUT, WORDS).files()
    assert [path for path in files if files[path] != again[path]] == []
    assert zipped(files, "x") == zipped(again, "x")


def test_no_label_is_a_formula_for_a_spreadsheet() -> None:
    table = Table("codes", ("opened",), (Row("x", '=HYPERLINK("x")', (9,)),))
    made = Report(replace(insight(), tables=(table,)), ABOUT, WORDS)._data()["data/codes.csv"].decode()
    assert "\"'=HYPERLINK" in made


@pytest.mark.parametrize("library", ["typst", "pyarrow"])
def test_without_a_library_it_is_one_sentence(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.import_module

    def missing(name: str, package: str | None = None) -> ModuleType:
        if name.partition(".")[0] == library:
            raise ModuleNotFoundError(f"No module named {library!r}", name=library)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ReportMissing) as raised:
        Report(insight(), ABOUT, WORDS).files()
    assert "braunstone-blues[report]" in Texts().say(raised.value.text_id, **raised.value.facts)


def test_a_container_has_what_reports_need() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(EXTRAS) == {"cluster", "report"}
    assert set(EXTRAS) <= project["project"]["optional-dependencies"].keys()


def test_an_estimate_is_never_a_bare_number() -> None:
    part = next(part for part in told(insight()) if part.id == "avoided")
    assert part.passages[2].items[0] == "Would have rung 999: between 9 and 44, likely about 21."
    assert part.passages[2].items[1] == "Would have rung 101: between 14 and 61.", "the likely one is the low one"
    chart = next(figure for figure in part.figures if figure.id == "avoided-estimates")
    assert "rung 999: 9 to 44" in chart.alt
    assert chart.lines[0].cells == ("9", "21", "44")
    ids = [passage.words[:12] for passage in part.passages]
    assert "Read it with" in ids, "its limits stand beside it"


def test_what_was_said_of_organisations_stands_apart() -> None:
    beside = replace(insight().avoided, signposts=(("999", 6), ("101", None)))
    part = next(part for part in told(replace(insight(), avoided=beside)) if part.id == "avoided")
    signposts = next(figure for figure in part.figures if figure.id == "avoided-signposts")
    assert [line.cells for line in signposts.lines] == [("6",), ("fewer than 5",)]
    assert "It is not in the estimate." in signposts.about


def test_a_report_does_not_tell_what_waits_at_this_moment() -> None:
    waits = Table(
        "unmet", ("now", "before"), (Row("unanswered", "No answer", (9, 8)), Row("waiting", "Now", (7, None)))
    )
    tables = tuple(table for table in insight().tables if table.id != waits.id)
    report = Report(replace(insight(), tables=(*tables, waits)), ABOUT, WORDS)
    (kept,) = (table for table in report.tables() if table.id == waits.id)
    assert [row.id for row in kept.rows] == ["unanswered"]


def test_too_few_answers_are_no_estimate() -> None:
    few = replace(insight(estimates=False), avoided=Avoided(12, 9, (("999", None),)))
    part = next(part for part in told(few) if part.id == "avoided")
    assert "21 more people" in part.passages[2].words
    assert [file for file in Report(few, ABOUT, WORDS)._data() if "estimates" in file] == []


def told(found: Insight) -> tuple[Part, ...]:
    return report_story.Teller(found, "Braunstone", WORDS).story().parts


def test_a_sum_that_lacks_hidden_counts_says_so() -> None:
    assert WORDS.total(total((7, None, 8))) == "at least 15"
    assert WORDS.total(total((None,))) == "fewer than 5"
    assert WORDS.total(total((None, None))) == "too few to show", "together they may be more than 5"


@pytest.mark.parametrize(
    ("said", "first", "last", "name"),
    [("2026-10", 10, 10, "report-2026-10"), ("2026-q3", 7, 9, "report-2026-Q3"), ("2026-Q4", 10, 12, "report-2026-Q4")],
)
def test_a_period_is_written_as_it_is_named(said: str, first: int, last: int, name: str) -> None:
    found = report_period.period(said, TODAY)
    assert found == Period(dt.date(2026, first, 1), dt.date(2026, last, 1))
    assert name_of(found) == name


@pytest.mark.parametrize("said", ["", "2026", "2026-13", "2026-Q5", "0000-01", "2026-12", "9999-Q4", "२०२६-१०"])
def test_any_other_period_is_refused(said: str) -> None:
    with pytest.raises(BadPeriod) as refused:
        report_period.period(said, TODAY)
    assert Texts().say(refused.value.text_id, **refused.value.facts)


def test_periods_that_are_neither_month_nor_quarter_have_a_name_too() -> None:
    assert name_of(report_period.between("2025-11", "2026-02", TODAY)) == "report-2025-11-to-2026-02"
    assert WORDS.period(report_period.between("2025-11", "2026-02", TODAY)) == "November 2025 to February 2026"
    assert records(insight().tables[0], OCTOBER)[0]["period_end"] == dt.date(2026, 10, 31)


def test_no_table_is_called_like_its_part() -> None:
    """Both are landmarks of the page, and whoever jumps from one to the next must tell them apart."""
    names = [name for part in told(insight()) for name in (part.title, *(figure.title for figure in part.figures))]
    assert len(names) == len(set(names))
