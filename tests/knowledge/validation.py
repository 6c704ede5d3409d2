"""The held-out families of the corpus, met by rules and index alone, and the figures kept of them.

python -m tests.knowledge.validation      writes validation.json anew; say in the commit why it changed
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from bot.channels import terminal
from bot.clock import FixedClock
from bot.knowing import Snapshot
from knowledge.evaluating.figures import figures
from knowledge.evaluating.questions import Case, Kind, Labelled, Met, only, parse_accept
from knowledge.search.phrases import CORPUS
from tests.house import braunstone

KEPT = Path(__file__).with_suffix(".json")
EVERY = 5
"""Of the calm messages every fifth is asked, so that the tests stay quick; of the dangers all."""
DANGERS: dict[str, Kind] = {
    "emergency": "emergency", "emergency-maybe": "emergency-maybe", "crisis": "crisis", "abuse": "abuse",
    "harmless": "harmless",
}  # fmt: skip
OR_ANSWER = {"emergency-maybe": "emergency"}


def cases() -> tuple[Case, ...]:
    """Every message asked, and how it was met."""
    snapshot = braunstone()
    asked = list(_asked(snapshot))
    with typer.progressbar(asked, label="asking the held-out families") as bar:
        return tuple(Case(one, met(snapshot, one.text)) for one in bar)


def _asked(snapshot: Snapshot) -> Iterator[Labelled]:
    for path in sorted(CORPUS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row.get("split") == "validation"]
        if path.name.startswith("danger"):
            yield from (
                Labelled(row["text"], DANGERS[row["target"]], ((OR_ANSWER.get(row["target"], row["target"]),),))
                for row in rows
            )
        else:
            yield from (one for row in rows[::EVERY] if (one := _calm(snapshot, row["text"], row["target"])))


def _calm(snapshot: Snapshot, text: str, target: str) -> Labelled | None:
    accept = parse_accept(target)
    if any("/" in need and need not in snapshot.holding.entries for needs in accept for need in needs):
        return None
    several, entry = any(len(needs) > 1 for needs in accept), "/" in target
    kind: Kind = "multi" if several else "advice" if entry else "none" if target == "none" else "action"
    return Labelled(text, kind, accept)


def met(snapshot: Snapshot, text: str) -> Met:
    """The judgement of one message, and where it is calm the decision."""
    understood = snapshot.understand(terminal.parse(text, "validation", "validation:0", FixedClock().now()))
    verdict = understood.verdict
    if verdict.route:
        return Met(verdict.route, verdict.tier)
    found = snapshot.decide(understood)
    offered = found.offered if found.route == "choose" else ()
    return Met(found.route, None, found.answered, offered, found.action, found.score)


def shares(found: Sequence[Case]) -> dict[str, float]:
    """Each figure that was measured on anything."""
    return {figure.name: round(figure.share, 4) for figure in figures(found) if figure.of}


def missed(found: Sequence[Case]) -> list[str]:
    """Emergencies that were met without 999, each as a number that tells nothing of its words."""
    return sorted(name_of(case.asked.text) for case in only(found, "emergency") if case.met.route != "emergency")


def name_of(text: str) -> str:
    """A short digest."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def kept() -> dict[str, Any]:
    """What was measured when it was last written down."""
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    now = cases()
    KEPT.write_text(json.dumps({"figures": shares(now), "missed": missed(now)}, indent=1) + "\n", encoding="utf-8")
    typer.echo(KEPT.read_text(encoding="utf-8").partition('"missed"')[0])
