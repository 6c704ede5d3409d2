"""What a rehearsal costs: golden messages, all phrasings and 5,000 past questions, met with a change and without it.

    python -m benchmarks.replay

Prints the seconds of three changes on one core, beside the yardstick: reading and ranking the same messages anew, as it
would be without stored readings (taken of every fiftieth, and multiplied).
"""

from __future__ import annotations

import csv
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import bot  # noqa: F401 - sets how many threads the algebra may take, as the bot does
from bot.knowing import from_folder
from knowledge.golden import golden_dangers, golden_phrasings
from knowledge.library import PLACES, Library
from knowledge.replay import Asked, replay
from knowledge.search import Index, decide
from knowledge.search.phrases import CORPUS, NOT_ASKED
from knowledge.search.readings import Readings
from knowledge.search.revised import Kit, revised

KEPT = Path("build") / "index"
PAST, EVERY = 5000, 50
CHANGED = "home-security/doors-and-locks"


def main() -> None:
    """Read what is not read yet, which takes a minute the first time; then measure."""
    snapshot = from_folder(PLACES / "braunstone", KEPT)
    library, index = snapshot.holding, snapshot.index
    questions, kit = _asked(index, library), Kit.opened(index.encoder, index.lexicon, KEPT)
    for name, after in _changes(library).items():
        began = time.perf_counter()
        fresh = revised(index, library, after, kit)
        found = replay(index, fresh, questions) if fresh else None
        print(f"{name}: {time.perf_counter() - began:.2f} s, {len(found.differences) if found else 0} differences")
    print(f"{len(questions):,} messages read and ranked anew, twice: {2 * EVERY * _yardstick(index, questions):.0f} s")


def _asked(index: Index, library: Library) -> list[Asked]:
    golden = (*golden_dangers(), *golden_phrasings(library))
    readings, past = Readings(KEPT), _past()
    read = readings.of(index, [one.text for one in golden], _say)
    known = [Asked(message, one.expected, one.danger) for one, message in zip(golden, read, strict=True)]
    return known + [Asked(message, past=True) for message in readings.of(index, past, _say)]


def _past() -> list[str]:
    """Ways of asking that nothing was fitted on, as if residents had asked them."""
    files = (path for path in sorted(CORPUS.glob("*.csv")) if not path.name.startswith(NOT_ASKED))
    rows = (row for path in files for row in csv.DictReader(path.open(encoding="utf-8", newline="")))
    return [row["text"] for row in rows if row["split"] == "validation"][:PAST]


def _changes(library: Library) -> Mapping[str, Library]:
    entry = library.entry(CHANGED)
    fields: Mapping[str, Mapping[str, object]] = {
        "one phrasing more": {"phrasings": (*entry.phrasings, "my flurb is bust")},
        "every phrasing another": {"phrasings": tuple(f"please tell me: {text}" for text in entry.phrasings)},
        "another tier": {"tier": "sensitive"},
    }
    return {
        name: library.model_copy(update={"entries": {**library.entries, CHANGED: entry.model_copy(update=changed)}})
        for name, changed in fields.items()
    }


def _yardstick(index: Index, questions: Sequence[Asked]) -> float:
    began = time.perf_counter()
    for asked in questions[::EVERY]:
        decide(index, index.read(asked.message.text))
    return time.perf_counter() - began


def _say(done: int, of: int) -> None:
    print(f"\r{done} of {of} read", end="\n" if done + 25 >= of else "")


if __name__ == "__main__":
    main()
