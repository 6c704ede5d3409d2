"""The buttons of the team's menus: WHAT, or WHAT.NUMBER, and what else it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from handlers.office import StaffVisit
from handlers.ports import Ports
from handlers.staff import doing, keeping, menu, noting, one_visit, ringing, rounds, swapping
from handlers.staff.work import Work, number, work_of
from handlers.turn import Outcome, Session

Rest = Sequence[str]
Heard = Outcome | None
"""None: there is no such button any more."""


async def tapped(session: Session, ports: Ports, argument: str) -> Heard:
    """Do what a button says. None for a chat that is nobody's of the team, and for a button that is none of ours."""
    work = await work_of(session, ports)
    what, *rest = argument.split(".")
    if work is None:
        return None
    if what in OPEN:
        return await OPEN[what](work, rest)
    if what in keeping.TAPS:
        return await keeping.tapped(work, what, rest)
    if what not in OF_A_VISIT or (visit_id := _at(rest, 0)) is None:
        return None
    visit = await work.office.visit(visit_id)
    return await OF_A_VISIT[what](work, visit, rest[1:]) if visit is not None else one_visit.none(work)


def _at(rest: Rest, place: int) -> int | None:
    return number(rest[place]) if len(rest) > place else None


def _first(rest: Rest) -> str:
    return rest[0] if rest else ""


async def _menu(work: Work, _rest: Rest) -> Heard:
    return menu.menu(work)


async def _calendar(work: Work, _rest: Rest) -> Heard:
    return await menu.calendar(work)


async def _day(work: Work, rest: Rest) -> Heard:
    return await rounds.day(work, _first(rest), _at(rest, 1) or 0)


async def _week(work: Work, _rest: Rest) -> Heard:
    return await rounds.week(work)


async def _ring(work: Work, rest: Rest) -> Heard:
    return await ringing.show(work, _at(rest, 0) or 0)


async def _rung(work: Work, rest: Rest) -> Heard:
    return await ringing.rung(work, _at(rest, 0) or 0)


async def _visit(work: Work, visit: StaffVisit, _rest: Rest) -> Heard:
    return one_visit.show(work, visit)


async def _way(work: Work, visit: StaffVisit, _rest: Rest) -> Heard:
    return await doing.on_our_way(work, visit)


async def _ask(work: Work, visit: StaffVisit, rest: Rest) -> Heard:
    return doing.ask_end(work, visit, _first(rest))


async def _end(work: Work, visit: StaffVisit, rest: Rest) -> Heard:
    return await doing.end(work, visit, _first(rest))


async def _follow(work: Work, visit: StaffVisit, rest: Rest) -> Heard:
    return await doing.follow_up(work, visit, _first(rest))


async def _flag(work: Work, visit: StaffVisit, rest: Rest) -> Heard:
    return await doing.safeguarding(work, visit, _first(rest))


async def _note(work: Work, visit: StaffVisit, _rest: Rest) -> Heard:
    return noting.ask(work, visit)


async def _refer(work: Work, visit: StaffVisit, rest: Rest) -> Heard:
    return await doing.refer(work, visit, rest[0]) if rest else doing.ask_refer(work, visit)


async def _with(work: Work, visit: StaffVisit, rest: Rest) -> Heard:
    return await swapping.instead(work, visit, _at(rest, 0) or 0, _at(rest, 1) or 0)


async def _swap(work: Work, visit: StaffVisit, rest: Rest) -> Heard:
    out, in_ = _at(rest, 0), _at(rest, 1)
    return swapping.who(work, visit) if out is None or in_ is None else await swapping.swap(work, visit, out, in_)


OPEN: Mapping[str, Callable[[Work, Rest], Awaitable[Heard]]] = {
    "menu": _menu,
    "calendar": _calendar,
    "today": _day,
    "day": _day,
    "week": _week,
    "ring": _ring,
    "rung": _rung,
}
OF_A_VISIT: Mapping[str, Callable[[Work, StaffVisit, Rest], Awaitable[Heard]]] = {
    "visit": _visit,
    "way": _way,
    "ask": _ask,
    "end": _end,
    "follow": _follow,
    "flag": _flag,
    "note": _note,
    "refer": _refer,
    "with": _with,
    "swap": _swap,
}
