"""How fast one chat may write: so many messages a minute, then one kind answer, then silence until it calms down.

Danger is answered at any pace, and so is whoever wants to leave or to delete. Nothing that a form holds is lost: what
came too fast was not read, and the form still waits.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from handlers import safety
from handlers.buttons import Verb, decode
from handlers.errors import OldButton
from handlers.ports import Ports, Understood
from handlers.proof import STOP
from handlers.replies import outcome, say
from handlers.turn import Outcome, Pace, Session, Turn

REST = 30
"""Seconds of quiet after which somebody who was asked to wait is read again."""
ALWAYS_COMMANDS = frozenset({"stop", "clear"})
ALWAYS_TAPS = frozenset({Verb.DANGER, Verb.SAFE, Verb.INSTEAD, Verb.CLEAR, Verb.PRIVACY, Verb.CAMPAIGN})
SAFETY_FORMS = frozenset({safety.FORM, safety.SAFE_FORM})


@dataclass(frozen=True, slots=True)
class Room:
    """What a chat has left at a moment, in messages. Below zero they were asked to wait."""

    left: float
    at: dt.datetime


def spent(before: Room | None, now: dt.datetime, most: int) -> tuple[Room, Pace]:
    """One more message at `now`, with `most` a minute: the room after it, and how it is met. None: never counted."""
    if before is None:
        return Room(most - 1, now), "fine"
    back = max(0.0, (now - before.at).total_seconds()) * most / 60
    left, asked = min(float(most), before.left + back), before.left < 0
    if left >= 1:
        return Room(left - 1, now), "fine"
    lowest = 1 - REST * most / 60
    if asked:
        return Room(max(lowest, min(left, 0) - 1), now), "flood"
    return Room(min(lowest, -1), now), "fast"


def too_fast(turn: Turn, _understood: Understood, session: Session, ports: Ports) -> bool:
    """Is this turn to be met with the pace rather than with what it says?"""
    return ports.pace != "fine" and not always(turn, session)


async def slow_down(_turn: Turn, _understood: Understood, session: Session, ports: Ports) -> Outcome:
    """Once what to do, then nothing; the session stays as it is."""
    return outcome(session, say(ports, "pace.slow-down")) if ports.pace == "fast" else outcome(session)


def always(turn: Turn, session: Session) -> bool:
    """Is it about safety, or about leaving? That is met at any pace, and also while the bot is switched off."""
    answering = session.waiting is not None and session.waiting.form in SAFETY_FORMS
    return answering or turn.command in ALWAYS_COMMANDS or _leaves(turn)


def _leaves(turn: Turn) -> bool:
    try:
        tapped = decode(turn.tap) if turn.tap else None
    except OldButton:
        return False
    if tapped is None:
        return False
    return tapped.verb in ALWAYS_TAPS or (tapped.verb == Verb.PROOF and tapped.argument.endswith(f".{STOP}"))
