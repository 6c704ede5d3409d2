"""What is made of a turn before any transaction: pure, and safe to run in a worker thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from handlers.ports import Understood
from handlers.turn import Turn
from knowledge.languages import detect
from knowledge.safety import Finding, Verdict, judge
from knowledge.search import Reading

NOTHING = Verdict()


class Mind(Protocol):
    """Reads a message once, for the alarm and for the search."""

    def read(self, text: str) -> Reading:
        """Words and meaning."""
        ...

    def alarms(self, reading: Reading) -> Sequence[Finding]:
        """The dangers that what was read is like."""
        ...


def understand(turn: Turn, mind: Mind) -> Understood:
    """Judge the words of a turn. Taps carry none; a command's words count, /help my house is on fire above all."""
    if turn.kind in ("tap", "blocked", "unblocked") or not turn.text:
        return Understood(text="", verdict=NOTHING)
    words = turn.argument if turn.kind == "command" else turn.text
    reading, heard = mind.read(words), detect(words)
    found = mind.alarms(reading)
    if heard.languages:  # the encoder reads English: of another language it is seldom sure, and then it counts
        found = [finding for finding in found if finding.tier == "certain"]
    return Understood(text=words, verdict=judge(words, found), heard=heard, reading=reading)
