"""`bot classify` as scripts use it, and one public set where its files are at hand."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.page import NoMarks, put
from benchmarks.understanding import PAGE, SETS, auroc, missing, read
from benchmarks.understanding import main as bench
from bot.cli import main
from bot.cli.classify import progress
from knowledge.classify import OOS, train
from knowledge.encoder import open_encoder

DATA = Path(__file__).parents[3] / "shared" / "benchmarks"
TRAIN = "text,label\nwhere is my parcel,late\nmy parcel is late,late\nare you open,hours\nopening times please,hours\n"


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    path = tmp_path / "train.csv"
    path.write_text(TRAIN, encoding="utf-8")
    return path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, given: str = "") -> int:
    monkeypatch.setattr(sys, "argv", ["bot", "classify", *arguments])
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))
    with pytest.raises(SystemExit) as ended:
        main()
        sys.exit(0)
    return int(ended.value.code or 0)


def test_one_object_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], examples: Path) -> None:
    assert run(monkeypatch, "--train", str(examples), "--json", given="Where's my parcel?\n\nopen today\n") == 0
    out, err = capsys.readouterr()
    parcel, empty, hours = map(json.loads, out.splitlines())
    assert list(parcel) == ["text", "label", "confidence", "ranked"]
    assert (parcel["text"], parcel["ranked"]) == ("Where's my parcel?", ["late", "hours"])
    assert hours["ranked"][0] == "hours"
    assert empty["label"] == OOS
    assert err.splitlines()[-1] == "Ready"


def test_lines_for_people(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], examples: Path) -> None:
    assert run(monkeypatch, "--train", str(examples), given="where is my parcel\n") == 0
    label, confidence = capsys.readouterr().out.strip().split("\t")
    assert label in ("late", OOS)
    assert 0 <= float(confidence) <= 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("question,label\nhi,a\n", "needs a text and a label in every row; row 1 lacks one."),
        ("text,label\nhi,a\nho,oos\n", "needs examples of at least two labels besides oos."),
        ("", "needs examples of at least two labels besides oos."),
    ],
)
def test_a_file_that_cannot_be_learned_from_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], examples: Path, content: str, said: str
) -> None:
    examples.write_text(content, encoding="utf-8")
    assert run(monkeypatch, "--train", str(examples), "--json") == 1
    assert capsys.readouterr().err.strip() == f"{examples} {said}"


def test_bytes_that_are_no_text_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], examples: Path
) -> None:
    examples.write_bytes(b"text,label\n\xff\xfe,a\n")
    assert run(monkeypatch, "--train", str(examples)) == 1
    assert "UTF-8" in capsys.readouterr().err


def test_a_missing_file_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert run(monkeypatch, "--train", str(tmp_path / "none.csv")) == 2


def test_progress_is_told_every_thousand() -> None:
    said: list[str] = []
    told = progress(2500, said.append)
    for _ in range(50):
        told(50)
    told(100)  # label names are encoded too, and are not counted
    assert said == ["1000 of 2500 read", "2000 of 2500 read"]


def test_auroc_counts_ties_half() -> None:
    inside = np.array([True, True, False, False])
    assert auroc(np.array([0.9, 0.8, 0.2, 0.1]), inside) == 1
    assert auroc(np.array([0.9, 0.5, 0.5, 0.1]), inside) == 0.875
    assert auroc(np.array([0.5, 0.5, 0.5, 0.5]), inside) == 0.5


def test_the_table_stands_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    begin, end = "<!-- systems: make bench -->", "<!-- end of systems -->"
    page.write_text(f"above\n{begin}\nold\n{end}\nbelow\n", encoding="utf-8")
    put(page, "systems", "make bench", "| new |")
    assert page.read_text(encoding="utf-8") == f"above\n{begin}\n| new |\n{end}\nbelow\n"
    with pytest.raises(NoMarks):
        put(page, "others", "make bench", "| new |")


def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["understanding", "--data", str(tmp_path)])
    before = PAGE.read_text(encoding="utf-8")
    assert bench() == 1
    assert f"Skipped HINT3 Curekart: hint3-v1-curekart-train, hint3-v1-curekart-test not found in {tmp_path}." in (
        capsys.readouterr().err
    )
    assert PAGE.read_text(encoding="utf-8") == before


def test_sofmattress_is_understood() -> None:
    one = SETS[0]
    if gone := missing(DATA, one):
        pytest.skip(f"not found: {', '.join(gone)}")
    examples, asked = read(DATA, one.learned), read(DATA, one.asked)
    classifier = train(examples.texts, examples.labels, (open_encoder("general"), open_encoder("static")))
    some = [(text, label) for text, label in zip(asked.texts, asked.labels, strict=True) if label != OOS][::2]
    right = sum(classifier.judge(text).ranked[0] == label for text, label in some)
    assert right / len(some) > 0.75
