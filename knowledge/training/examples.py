"""What the encoder learns from: phrases with their targets, dangers with route and kind, two needs at once."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.library import PLACES, load
from knowledge.search.phrases import CORPUS, LINE, of_library, read_actions, read_cues

SAFE = "safe"
ROUTES = (SAFE, "emergency", "emergency-maybe", "crisis", "abuse")
HARMLESS = "harmless"
TRAIN = "train"
JOINS = tuple(" and |, |. | also | and also | plus |, oh and | btw |. another thing | |\n|? ".split("|"))


@dataclass(frozen=True, slots=True)
class Example:
    """Text in one or two parts, the targets right for each, and what the whole is to safety."""

    parts: tuple[str, ...]
    targets: tuple[tuple[str, ...], ...]
    route: str = SAFE
    kind: str | None = None

    @property
    def text(self) -> str:
        """The whole as typed."""
        return "".join(self.parts)


def read_examples(corpus: Path = CORPUS) -> tuple[Example, ...]:
    """The corpus's training rows, and the library's own phrases."""
    library = load(PLACES / "braunstone")
    own = (*of_library(library), *read_cues(), *read_actions().phrases)
    short = [Example((p.text,), ((p.target,),)) for p in own if p.weight >= LINE]
    return (*short, *(example for path in sorted(corpus.glob("*.csv")) for example in _rows(path)))


def _rows(path: Path) -> Iterator[Example]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row.get("split") == TRAIN:
                yield _example(row)


def _example(row: dict[str, str]) -> Example:
    if row["target"] in ROUTES:
        return Example((row["text"],), ((),), row["target"], row["kind"])
    named = () if row["target"] == HARMLESS else tuple(re.split(r"[|&]", row["target"]))
    return Example((row["text"],), (named,))


def joined(examples: Sequence[Example], chance: random.Random, share: float) -> Iterator[Example]:
    """Some examples with another behind them, as people who need two things write. The more urgent route counts."""
    for example in examples:
        other = chance.choice(examples)
        if chance.random() < share and len(example.parts) == 1:
            urgent = min((example, other), key=lambda one: (one.route == SAFE, ROUTES.index(one.route)))
            first = example.parts[0] + chance.choice(JOINS)
            yield Example((first, *other.parts), (*example.targets, *other.targets), urgent.route, urgent.kind)
        else:
            yield example
