"""How well `bot classify` understands: public sets of questions, each learned from its own training file alone.

    python -m benchmarks.understanding [--data FOLDER]

FOLDER holds the CSV files (text,label) that docs/benchmarks-understanding.md names; ../shared/benchmarks if not said.
A set whose files are missing is named and skipped. The table is printed, and where no set was missing written into that
page. Nothing is chosen by looking at a test file here: each question is asked once, alone, with the shipped constants.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.page import put
from knowledge.classify import OOS, Classifier, train
from knowledge.encoder import Encoder, open_encoder

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "benchmarks"
PAGE = ROOT / "docs" / "benchmarks-understanding.md"
TIMED = 500
"""Questions of each set that are also encoded bare, in turns with the answers, for the time beside."""
OOS_RECALL = 0.9
"""Out-of-scope recall at which in-scope accuracy is read off as well, with the cut set on the test file itself."""

Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Set:
    """What is learned from, what is asked, and the best published figures as the table shows them."""

    name: str
    learned: tuple[str, ...]
    asked: tuple[str, ...]
    published: str


# Sources: retrieval.md, sections 2 to 4, which names the papers and repositories.
CLINC = ("clinc-test", "clinc-oos_test")
SETS = (
    Set("HINT3 Sofmattress", ("hint3-v1-sofmattress-train",), ("hint3-v1-sofmattress-test",), "see below"),
    Set("HINT3 Curekart", ("hint3-v1-curekart-train",), ("hint3-v1-curekart-test",), "see below"),
    Set("CLINC150, 5 phrases", ("fs-clinc-train_5",), CLINC, "90.5 / 92.3"),
    Set("CLINC150, 10 phrases", ("fs-clinc-train_10",), CLINC, "93.3 / 94.2"),
    Set("CLINC150, all", ("clinc-train",), CLINC, "96.2 at 52.3"),
    Set("CLINC150, all, 200 out of scope", ("clinc-train", "clinc-oos_train", "clinc-oos_val"), CLINC, "96.9 at 40.3"),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts, and a label for each."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares between 0 and 1, and milliseconds a question."""

    forced: float
    auroc: float
    accuracy: float
    recall: float
    accuracy_at: float
    answer: float
    bare: float


def read(folder: Path, names: Sequence[str]) -> Rows:
    """Names of files in, their rows out, one file after the other."""
    rows = []
    for name in names:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows += [(row["text"], row["label"]) for row in csv.DictReader(file)]
    return Rows(tuple(text for text, _ in rows), tuple(label for _, label in rows))


def missing(folder: Path, one: Set) -> list[str]:
    """The files of a set that are not there."""
    return [name for name in (*one.learned, *one.asked) if not (folder / f"{name}.csv").exists()]


def auroc(confidence: Numbers, inside: Bools) -> float:
    """How often a question in scope is surer than one out of scope; a tie counts half."""
    values, places, counts = np.unique(confidence, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    above = ranks[inside].sum() - inside.sum() * (inside.sum() + 1) / 2
    return float(above / (inside.sum() * (~inside).sum())) if len(values) and (~inside).any() else float("nan")


def measure(classifier: Classifier, encoder: Encoder, asked: Rows) -> Figures:
    """Ask everything once. The bare encoder reads the first few hundred of the same texts in between."""
    found, answering, encoding = [], 0.0, 0.0
    for number, text in enumerate(asked.texts):
        began = time.perf_counter()
        found.append(classifier.judge(text))
        ended = time.perf_counter()
        if number < TIMED:
            answering += ended - began
            encoder.vectors([text])
            encoding += time.perf_counter() - ended
    inside = np.array([label != OOS for label in asked.labels])
    right = np.array([one.ranked[0] == label for one, label in zip(found, asked.labels, strict=True)])
    kept = np.array([one.label != OOS for one in found])
    sure = np.array([one.confidence for one in found])
    timed = min(TIMED, len(found)) / 1000
    return Figures(
        forced=float(right[inside].mean()), auroc=auroc(sure, inside),
        accuracy=float((right & kept)[inside].mean()), recall=float((~kept)[~inside].mean()),
        accuracy_at=float((right & (sure > np.quantile(sure[~inside], OOS_RECALL)))[inside].mean()),
        answer=answering / timed, bare=encoding / timed,
    )  # fmt: skip


def line(one: Set, figures: Figures) -> str:
    """A row of the table."""
    share = [f"{100 * value:.1f}" for value in (figures.forced, figures.auroc)]
    share += [f"{100 * figures.accuracy:.1f} at {100 * figures.recall:.1f}", f"{100 * figures.accuracy_at:.1f}"]
    return "| " + " | ".join((one.name, *share, f"{figures.answer:.1f} / {figures.bare:.1f}", one.published)) + " |"


HEAD = (
    "| set | in-scope accuracy, best answer always taken | AUROC in against out of scope "
    "| in-scope accuracy at out-of-scope recall, as labelled | in-scope accuracy at 90 out-of-scope recall "
    "| ms a question / bare encoding | best published, in-scope accuracy |\n| --- | --- | --- | --- | --- | --- | --- |"
)


def say(text: str, error: bool = False) -> None:
    """A line to the reader, at once."""
    (sys.stderr if error else sys.stdout).write(f"{text}\n")
    (sys.stderr if error else sys.stdout).flush()


def main() -> int:
    """0 where every set was measured, 1 where one was missing."""
    parser = argparse.ArgumentParser(description="How well `bot classify` understands public sets of questions.")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of CSV files")
    folder: Path = parser.parse_args().data
    encoders = (open_encoder("general"), open_encoder("static"))
    lines, skipped = [HEAD], 0
    for one in SETS:
        if gone := missing(folder, one):
            skipped += 1
            say(f"Skipped {one.name}: {', '.join(gone)} not found in {folder}.", error=True)
            continue
        say(one.name, error=True)
        examples = read(folder, one.learned)
        classifier = train(examples.texts, examples.labels, encoders, lambda text: say(f"  {text}", error=True))
        lines.append(line(one, measure(classifier, encoders[0], read(folder, one.asked))))
    say("\n".join(lines))
    if not skipped:
        put(PAGE, "systems", "make bench-understanding", "\n".join(lines))
    return 1 if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
