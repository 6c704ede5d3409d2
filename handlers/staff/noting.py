"""The next words of somebody of the team: a note on a visit, or what else they were asked for, and nothing else."""

from __future__ import annotations

import datetime as dt

from handlers.office import StaffVisit
from handlers.ports import Ports, Understood
from handlers.replies import say
from handlers.staff import asking, keeping, one_visit
from handlers.staff.asking import FORM, LASTS
from handlers.staff.work import Work, link, number, told, work_of
from handlers.turn import Outcome, Reply, Session, Turn, Waiting

__all__ = ["FORM", "ask", "ask_again", "awaited", "noted"]


def ask(work: Work, visit: StaffVisit) -> Outcome:
    """Ask for the words."""
    until = work.ports.now + LASTS
    data = {"visit": str(visit.id), "reference": visit.reference, "until": until.isoformat()}
    never_mind = link(work, "staff.button.never-mind", "visit", visit.id)
    asked = told(work, "staff.note.ask", never_mind, reference=visit.reference)
    waiting = Waiting(form=FORM, data=data)
    return asked.model_copy(update={"session": asked.session.model_copy(update={"waiting": waiting})})


def awaited(session: Session, now: dt.datetime) -> bool:
    """Are words asked for? Whether this chat may write one is not known yet."""
    waiting = session.waiting
    if waiting is None or waiting.form != FORM:
        return False
    return now < dt.datetime.fromisoformat(waiting.data["until"])


def ask_again(ports: Ports, waiting: Waiting) -> Reply:
    """The question once more, after something else came in between."""
    if waiting.step:
        return asking.ask_again(ports, waiting)
    return say(ports, "staff.note.ask", reference=waiting.data["reference"])


async def noted(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome | None:
    """Take the words. None where nobody of the team writes, or they are no longer awaited: then it is no note.

    What a note describes is not what its writer is in; yet where it says for certain that a life is in danger, the
    999 line stands above the answer.
    """
    waiting = session.waiting
    work = await work_of(session, ports)
    if work is None or waiting is None or not awaited(session, ports.now):
        return None
    done = await (keeping.words(turn, work, waiting) if waiting.step else _kept(turn, understood, work, waiting))
    if done is None:
        return None
    return _under_999(done, ports) if _is_emergency(understood) else done


async def _kept(turn: Turn, understood: Understood, work: Work, waiting: Waiting) -> Outcome:
    visit = await work.office.visit(number(waiting.data["visit"]) or 0)
    if visit is None:
        return told(work, "staff.note.not-kept", reference=waiting.data["reference"])
    if not await work.office.note(visit.id, understood.text):
        return await one_visit.after(work, visit, "staff.note.not-kept")
    return await one_visit.after(work, visit, "staff.note.kept-words" if turn.attachment else "staff.note.kept")


def _is_emergency(understood: Understood) -> bool:
    return (understood.verdict.route, understood.verdict.tier) == ("emergency", "certain")


def _under_999(done: Outcome, ports: Ports) -> Outcome:
    first, *rest = done.replies
    said = first.model_copy(update={"blocks": (*ports.texts.blocks("emergency.line"), *first.blocks), "urgent": True})
    return done.model_copy(update={"replies": (said, *rest)})
