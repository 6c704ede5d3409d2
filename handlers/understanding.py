"""What is made of a turn before any transaction: pure, and safe to run in a worker thread."""

from __future__ import annotations

from typing import Protocol

from handlers.ports import Understood
from handlers.turn import Turn
from knowledge.languages import detect
from knowledge.safety import Verdict, judge
from knowledge.search import Reading

NOTHING = Verdict()


class Mind(Protocol):
    """Reads a message once, for the alarm and for the search."""

    def read(self, text: str) -> Reading:
        """Words and meaning."""
        ...

    def judge(self, reading: Reading) -> Verdict:
        """Is it a danger to life, a crisis, or abuse?"""
        ...


def words_in(turn: Turn) -> str:
    """What somebody wrote. Taps carry no words; a command's count, /help my house is on fire above all."""
    if turn.kind in ("tap", "blocked", "unblocked") or not turn.text:
        return ""
    return turn.argument if turn.kind == "command" else turn.text


def understand(turn: Turn, mind: Mind) -> Understood:
    """Judge the words of a turn. Without any it is done at once."""
    words = words_in(turn)
    if not words:
        return Understood(text="", verdict=NOTHING)
    reading, heard = mind.read(words), detect(words)
    verdict = mind.judge(reading)
    if heard.languages and verdict.tier == "maybe":
        verdict = judge(words)  # the encoder reads English: of another language it is seldom sure
    return Understood(text=words, verdict=verdict, heard=heard, reading=reading)
