"""The next words of somebody of the team, awaited for one purpose: a note, an answer's words, a reply, a notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from handlers.ports import Ports
from handlers.replies import say
from handlers.staff.work import Work, told
from handlers.turn import Button, Outcome, Reply, Waiting

FORM = "staff-note"
LASTS = dt.timedelta(hours=2)
"""How long the words are awaited. After that they are a question again, and danger in them is answered as anybody's."""


def ask(work: Work, step: str, data: Mapping[str, str], *ways: Button, **facts: object) -> Outcome:
    """Ask for the words with the text `staff.keep.STEP.ask`. `data` holds ids, never words of a person."""
    until = (work.ports.now + LASTS).isoformat()
    asked = told(work, f"staff.keep.{step}.ask", *ways, **facts)
    waiting = Waiting(form=FORM, step=step, data={**data, "until": until})
    return asked.model_copy(update={"session": asked.session.model_copy(update={"waiting": waiting})})


def ask_again(ports: Ports, waiting: Waiting) -> Reply:
    """The question once more, after something else came in between."""
    return say(ports, f"staff.keep.{waiting.step}.again")
