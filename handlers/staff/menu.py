"""/staff: linking an account with its code, and the menu of somebody who is linked."""

from __future__ import annotations

from handlers.ports import Ports
from handlers.replies import rows
from handlers.staff import keeping, one_visit
from handlers.staff.work import Work, done, link, told, work_of
from handlers.turn import Button, Outcome, Reply, Session, Turn
from knowledge.prose import Block


async def command(turn: Turn, session: Session, ports: Ports) -> Outcome | None:
    """/staff, /staff CODE, /staff REFERENCE. None where this chat is nobody's of the team and the code is not good."""
    if turn.argument and ports.office is not None and await ports.office.link(turn.argument) is not None:
        return await _linked(session, ports)
    work = await work_of(session, ports)
    if work is None:
        return None
    visit = await work.office.visit(turn.argument) if turn.argument else None
    return one_visit.show(work, visit) if visit is not None else menu(work)


async def _linked(session: Session, ports: Ports) -> Outcome | None:
    work = await work_of(session, ports)
    return None if work is None else menu(work, work.ports.texts.blocks("staff.linked"))


def menu(work: Work, before: tuple[Block, ...] = ()) -> Outcome:
    """Who they are to us, and what they can do here."""
    role = work.ports.texts.say(f"staff.role.{work.me.role}")
    hello = work.ports.texts.blocks("staff.hello", name=work.me.name, role=role, number=work.me.id)
    ways = (*(_visits(work) if work.may("today") else ()), *keeping.ways(work))
    if not ways:
        return done(work, Reply(blocks=(*before, *hello, *work.ports.texts.blocks("staff.nothing-here"))))
    return done(work, Reply(blocks=(*before, *hello), buttons=rows(*ways)))


def _visits(work: Work) -> tuple[Button | None, ...]:
    return (
        link(work, "staff.button.today", "today"),
        link(work, "staff.button.week", "week"),
        link(work, "staff.button.ring", "ring", 0),
        link(work, "staff.button.calendar", "calendar") if work.ports.public_url else None,
    )


async def calendar(work: Work) -> Outcome:
    """Where their own calendar can find their visits, if the bot has an address of its own."""
    path = await work.office.feed_path() if work.ports.public_url else ""
    if not path or work.ports.public_url is None:
        return told(work, "staff.calendar.none")
    return told(work, "staff.calendar.address", address=f"{work.ports.public_url.rstrip('/')}{path}")
