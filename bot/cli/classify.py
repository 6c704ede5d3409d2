"""`bot classify`: learn labels from examples in a file, then say what each question is about."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import CommandFault
from knowledge.classify import OOS, Judgement, train
from knowledge.encoder import open_encoder

COLUMNS = ("text", "label")
STEP = 1000
"""Examples between two lines of progress, about three seconds."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts, and a label for each."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]


def classify(
    training: Annotated[Path, typer.Option("--train", help="a CSV with the columns text, label", exists=True)],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Learn from a file of examples, then label one question a line from standard input. The label oos is for questions
    that fit none, in the file too, where it has examples of such.

    Example: printf 'where is my parcel\\n' | bot classify --train examples.csv --json
    """
    examples = read_examples(training)
    encoders = (open_encoder("general"), open_encoder("static"))
    classifier = train(examples.texts, examples.labels, encoders, _say, progress(len(examples.texts), _say))
    _say("Ready")
    for line in sys.stdin:
        text = line.rstrip("\r\n")
        found = classifier.judge(text)
        typer.echo(json.dumps(as_object(text, found), ensure_ascii=False) if as_json else _line(found))


def read_examples(path: Path) -> Examples:
    """A file in, its examples out. Raises CommandFault where it has not the columns, or only one label."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandFault(why=f"{path} cannot be read as a CSV file in UTF-8.") from error
    for number, row in enumerate(rows, start=1):
        if not all(row.get(column) for column in COLUMNS):
            raise CommandFault(why=f"{path} needs a text and a label in every row; row {number} lacks one.")
    if len({row["label"] for row in rows} - {OOS}) < 2:
        raise CommandFault(why=f"{path} needs examples of at least two labels besides {OOS}.")
    return Examples(tuple(row["text"] for row in rows), tuple(row["label"] for row in rows))


def as_object(text: str, found: Judgement) -> dict[str, object]:
    """A question and what was found; the object that docs/commands.md describes."""
    return {"text": text, "label": found.label, "confidence": found.confidence, "ranked": list(found.ranked)}


def _line(found: Judgement) -> str:
    return f"{found.label}\t{found.confidence:.2f}"


def progress(total: int, say: Callable[[str], None]) -> Callable[[int], None]:
    """How many there are in; what to tell of each few that are done out."""
    done = _Done(total, say)
    return done.more


@dataclass(slots=True)
class _Done:
    total: int
    say: Callable[[str], None]
    count: int = field(default=0)

    def more(self, count: int) -> None:
        before, self.count = self.count, self.count + count
        if self.count // STEP > before // STEP and self.count <= self.total:
            self.say(f"{self.count} of {self.total} read")


def _say(line: str) -> None:
    typer.echo(line, err=True)
