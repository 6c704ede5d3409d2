"""What is made of a turn before any transaction: pure, and safe to run in a worker thread."""

from __future__ import annotations

from handlers.ports import Understood
from handlers.turn import Turn
from knowledge.languages import detect
from knowledge.safety import Verdict, judge

NOTHING = Verdict()


def understand(turn: Turn) -> Understood:
    """Judge the words of a turn. Taps carry none; a command's words count, /help my house is on fire above all."""
    if turn.kind in ("tap", "blocked", "unblocked") or not turn.text:
        return Understood(text="", verdict=NOTHING)
    words = turn.argument if turn.kind == "command" else turn.text
    return Understood(text=words, verdict=judge(words), heard=detect(words))
