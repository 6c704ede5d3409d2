"""What came of the runs, as a table and as sentences."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence

from benchmarks.chaos.checker import JUMPS, KILLS, REPEATS, STOPS, Verdict

COLUMNS: tuple[tuple[str, Callable[[Verdict], str]], ...] = (
    ("", lambda each: each.setting.name),
    ("updates", lambda each: f"{each.done['updates']:,}"),
    ("came again", lambda each: f"{each.done[REPEATS]:,}"),
    ("killed", lambda each: str(each.done[KILLS])),
    ("stopped", lambda each: str(each.done[STOPS])),
    ("restarts of PostgreSQL, or disk full", lambda each: str(each.done["restart"] + each.done["disk full"])),
    ("clock jumps", lambda each: str(each.done[JUMPS])),
    ("visits booked", lambda each: str(each.done["visits"])),
    ("taps that Telegram gave up", lambda each: str(each.done["taps given up by Telegram"])),
    ("429s", lambda each: str(each.done["429s"])),
    ("responses lost", lambda each: str(each.done["lost responses"])),
    ("**lost**", lambda each: _count(each, "lost")),
    ("**applied twice**", lambda each: _count(each, "twice")),
    ("**overbooked**", lambda each: _count(each, "overbooked")),
    ("**told wrongly**", lambda each: _count(each, "told wrongly")),
    ("**out of order**", lambda each: _count(each, "out of order")),
    ("sent twice", lambda each: str(each.duplicates)),
    ("of them without a cause", lambda each: _count(each, "unexplained duplicates")),
    ("slowest answer, s", lambda each: f"{each.slowest:.1f}"),
    ("minutes", lambda each: f"{each.seconds / 60:.1f}"),
)


def table(verdicts: Sequence[Verdict], command: str) -> str:
    """One column for each setting: the table is longer than wide."""
    heads = [[name, *(of(each) for each in verdicts)] for name, of in COLUMNS]
    first, *rest = [f"| {' | '.join(cells)} |" for cells in heads]
    lines = [first, f"| {' | '.join('---' for _ in range(len(verdicts) + 1))} |", *rest]
    return f"{summary(verdicts, command)}\n\n" + "\n".join(lines)


def summary(verdicts: Sequence[Verdict], command: str) -> str:
    """How much was done, where, and by which command."""
    updates, kills = (sum(each.done[what] for each in verdicts) for what in ("updates", KILLS))
    minutes = sum(each.seconds for each in verdicts) / 60
    machine = f"{platform.system()} on {platform.machine()}, Python {platform.python_version()}"
    return f"`{command}`: {updates:,} updates and {kills} kills in {minutes:.0f} minutes; {machine}."


def _count(verdict: Verdict, kind: str) -> str:
    return str(len(verdict.faults.get(kind, ())))
