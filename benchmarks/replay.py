"""What a rehearsal costs: golden messages, all phrasings and 5,000 past questions, met with a change and without it.

    python -m benchmarks.replay
    python -m benchmarks.replay --exact     how much of what changes it finds, on every fourth message; minutes

Prints, and writes into docs/benchmarks.md, what a first rehearsal has to find first, and the seconds of every kind of
change on one core, beside the yardstick: reading and ranking the same messages anew, as it would be without stored
readings (taken of every fiftieth, and multiplied).
"""

from __future__ import annotations

import csv
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import bot  # noqa: F401 - sets how many threads the algebra may take, as the bot does
from benchmarks.page import put
from bot.knowing import from_folder
from knowledge.entry import Entry
from knowledge.golden import golden_dangers, golden_phrasings
from knowledge.library import PLACES, Library
from knowledge.meeting import met
from knowledge.replay import Asked, Difference, replay
from knowledge.search import Index, decide
from knowledge.search.phrases import CORPUS, NOT_ASKED
from knowledge.search.readings import Readings
from knowledge.search.remembered import read_again
from knowledge.search.revised import Kit, revised
from knowledge.search.stored import name_of
from knowledge.standing import Standing
from knowledge.standing_kept import keep, opened

KEPT = Path("build") / "index"
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
PAST, EVERY, TIMES, SOME = 5000, 50, 3, 4
CHANGED = "home-security/doors-and-locks"
SHEDS = (
    "how do i lock my shed",
    "somebody broke into my garage",
    "best padlock for a shed",
    "are shed alarms any good",
)


def main() -> None:
    """Read what is not read yet, which takes a minute the first time; then measure."""
    snapshot = from_folder(PLACES / "braunstone", KEPT)
    library, index = snapshot.holding, snapshot.index
    questions = _asked(index, library)
    if "--exact" in sys.argv:
        return _keep("rehearsal-exact", "python -m benchmarks.replay --exact", list(_exact(index, library, questions)))
    standing, first = _standing(index, library, questions)
    lines = [first, *_measured(standing, library, questions)]
    anew = 2 * EVERY * _yardstick(index, questions)
    lines.append(f"{len(questions):,} messages read and ranked anew, twice: {anew:.0f} s")
    lines.append(f"Jobs that the machine had to do in the last minute, on average: {os.getloadavg()[0]:.1f}")
    return _keep("rehearsal", "make bench-live", lines)


def _keep(name: str, made_by: str, lines: Sequence[str]) -> None:
    text = "\n".join(f"- {line}." for line in lines)
    print(text)
    put(PAGE, name, made_by, text)


def _exact(index: Index, library: Library, questions: Sequence[Asked]) -> Iterator[str]:
    """What a rehearsal finds of all that answering everything again finds; of danger by itself."""
    some = questions[::SOME]
    kit = Kit.opened(index.encoder, index.lexicon, KEPT)
    kit.learn(library, index.lexicon)
    for name, after in _changes(library).items():
        fresh = revised(index, library, after, kit)
        if fresh is None:
            continue
        quick = {one.asked.message.text for one in replay(index, fresh, some).differences}
        full = [one for asked in some if (one := _answered_again(index, fresh, asked)) is not None]
        found = sum(one.asked.message.text in quick for one in full)
        alarms = [one for one in full if one.before.tier or one.after.tier]
        of_danger = sum(one.asked.message.text in quick for one in alarms)
        yield f"{name}: {found} of {len(full)} differences; where there is danger, {of_danger} of {len(alarms)}"


def _answered_again(before: Index, after: Index, asked: Asked) -> Difference | None:
    was, would = (met(index, read_again(index, asked.message)) for index in (before, after))
    if (was.route, was.tier, was.answered, was.offered) == (would.route, would.tier, would.answered, would.offered):
        return None
    return Difference(asked, was, would, "changed")


def _measured(standing: Standing, library: Library, questions: Sequence[Asked]) -> Iterator[str]:
    index = standing.index
    kit = Kit.opened(index.encoder, index.lexicon, KEPT)
    kit.learn(library, index.lexicon)
    for name, after in _changes(library).items():
        times, differences = [], 0
        for _ in range(TIMES):
            began = time.perf_counter()
            fresh = revised(index, library, after, kit)
            differences = len(replay(index, fresh, questions, standing=standing).differences) if fresh else 0
            times.append(time.perf_counter() - began)
        yield f"{name}: {median(times):.2f} s, slowest {max(times):.2f} s; {differences} differences"


def _standing(index: Index, library: Library, questions: Sequence[Asked]) -> tuple[Standing, str]:
    """How everything stands, found anew and then opened from its file; says how long each takes."""
    name, began = name_of(library, index.encoder), time.perf_counter()
    found = Standing(index)
    found.learn([asked.message for asked in questions])
    learnt = time.perf_counter()
    keep(KEPT, found, name)
    kept = time.perf_counter()
    standing = opened(KEPT, index, name)
    opening = time.perf_counter() - kept
    return standing, f"Before the first: found in {learnt - began:.0f} s, or opened from its file in {opening:.2f} s"


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
        "One phrasing more": {"phrasings": (*entry.phrasings, "my flurb is bust")},
        "Every phrasing another": {"phrasings": tuple(f"please tell me: {text}" for text in entry.phrasings)},
        "Another title": {"title": "Doors, windows, locks and what to do about them"},
        "Another tier": {"tier": "sensitive"},
    }
    others = {slug: each for slug, each in library.entries.items() if slug != CHANGED}
    begun = entry.model_copy(update={"id": "home-security/sheds", "title": "Sheds", "phrasings": SHEDS})
    return {
        **{name: _with(library, {**others, CHANGED: entry.model_copy(update=new)}) for name, new in fields.items()},
        "Withdrawn": _with(library, others),
        "A new answer": _with(library, {**library.entries, begun.id: begun}),
    }


def _with(library: Library, entries: Mapping[str, Entry]) -> Library:
    return library.model_copy(update={"entries": entries})


def _yardstick(index: Index, questions: Sequence[Asked]) -> float:
    began = time.perf_counter()
    for asked in questions[::EVERY]:
        decide(index, index.read(asked.message.text))
    return time.perf_counter() - began


def _say(done: int, of: int) -> None:
    print(f"\r{done} of {of} read", end="\n" if done + 25 >= of else "")


if __name__ == "__main__":
    main()
