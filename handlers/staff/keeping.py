"""Keeping it true from the phone: the buttons of the menu, what each tap does, and where awaited words go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from handlers.keeping import MAY, Keeping
from handlers.staff import agreeing, missing, noticing, replying, reviewing
from handlers.staff.work import Work, link, number, told
from handlers.turn import Button, Outcome, Turn, Waiting

Rest = Sequence[str]
Do = Callable[[Work, Keeping, Rest], Awaitable[Outcome | None]]


class Tap(NamedTuple):
    """What somebody must be allowed to ask the desk, and what is done. It gets all that the button says."""

    may: str
    do: Do


def ways(work: Work) -> tuple[Button, ...]:
    """The buttons of the team's menu."""
    menu = {
        "reviews": "due", "changes": "approvals", "missed": "missed", "people": "waiting", "notices": "notices",
    }  # fmt: skip
    return tuple(link(work, f"staff.button.{what}", what) for what, asks in menu.items() if may(work, asks))


def may(work: Work, what: str) -> bool:
    """May somebody of this role ask the desk for this at all? The desk asks again."""
    return work.ports.keeping is not None and work.me.role in MAY[what]


async def tapped(work: Work, what: str, rest: Rest) -> Outcome | None:
    """Do what a button says; None for one that says it wrongly, as only a forged one does."""
    tap, desk = TAPS[what], work.ports.keeping
    if desk is None or not may(work, tap.may):
        return told(work, "staff.keep.not-yours")
    return await tap.do(work, desk, rest)


async def words(turn: Turn, work: Work, waiting: Waiting) -> Outcome | None:
    """Words that were asked for. None where nobody asks for such any more."""
    desk = work.ports.keeping
    if desk is None:
        return None
    match waiting.step:
        case reviewing.EDIT:
            return await reviewing.edited(turn, work, desk, waiting)
        case agreeing.BACK:
            return await agreeing.sent_back(turn, work, desk, waiting)
        case replying.REPLY:
            return await replying.replied(turn, work, desk, waiting)
        case noticing.FIND:
            return noticing.named(turn, work)
        case noticing.WORDS:
            return await noticing.said(turn, work, desk, waiting)
    return None


def _of_mark(do: Callable[[Work, Keeping, str], Awaitable[Outcome]]) -> Do:
    async def done(work: Work, desk: Keeping, rest: Rest) -> Outcome | None:
        return await do(work, desk, rest[0]) if rest else None

    return done


def _of_number(do: Callable[[Work, Keeping, int], Awaitable[Outcome]]) -> Do:
    async def done(work: Work, desk: Keeping, rest: Rest) -> Outcome | None:
        found = number(rest[0]) if rest else None
        return await do(work, desk, found) if found is not None else None

    return done


def _of_change(do: Callable[[Work, Keeping, int, str], Awaitable[Outcome]]) -> Do:
    """The number of somebody's change, and the mark of what was read of it; none on an older button."""

    async def done(work: Work, desk: Keeping, rest: Rest) -> Outcome | None:
        which, seen = (number(rest[0]) if rest else None), (rest[1] if len(rest) > 1 else "")
        return await do(work, desk, which, seen) if which is not None else None

    return done


def _of_page(do: Callable[[Work, Keeping, int], Awaitable[Outcome]]) -> Do:
    async def done(work: Work, desk: Keeping, rest: Rest) -> Outcome | None:
        return await do(work, desk, number(rest[0]) or 0 if rest else 0)

    return done


async def _correct(work: Work, desk: Keeping, rest: Rest) -> Outcome | None:
    return await reviewing.still_correct(work, desk, rest[0], rest[1] if len(rest) > 1 else "") if rest else None


async def _missed(work: Work, desk: Keeping, _rest: Rest) -> Outcome | None:
    return await missing.groups(work, desk)


async def _add(work: Work, desk: Keeping, rest: Rest) -> Outcome | None:
    group = number(rest[0]) if len(rest) > 1 else None
    return await missing.add(work, desk, group, rest[1], anyway="yes" in rest[2:]) if group is not None else None


async def _notices(work: Work, desk: Keeping, _rest: Rest) -> Outcome | None:
    return await noticing.standing(work, desk)


async def _find(work: Work, _desk: Keeping, _rest: Rest) -> Outcome | None:
    return noticing.ask_name(work)


async def _about(work: Work, _desk: Keeping, rest: Rest) -> Outcome | None:
    return noticing.ask_days(work, rest[0]) if rest else None


async def _days(work: Work, _desk: Keeping, rest: Rest) -> Outcome | None:
    return noticing.ask_words(work, rest[0], number(rest[1]) or 0) if len(rest) > 1 else None


TAPS: Mapping[str, Tap] = {
    "reviews": Tap("due", _of_page(reviewing.due)),
    "review": Tap("live", _of_mark(reviewing.show)),
    "correct": Tap("still_correct", _correct),
    "edit": Tap("edit", _of_mark(reviewing.ask_words)),
    "try": Tap("try_out", _of_number(reviewing.try_out)),
    "publish": Tap("publish", _of_number(reviewing.publish)),
    "submit": Tap("submit", _of_number(reviewing.submit)),
    "discard": Tap("discard", _of_number(reviewing.discard)),
    "changes": Tap("approvals", _of_page(agreeing.waiting)),
    "change": Tap("proposed", _of_number(agreeing.show)),
    "rehearse": Tap("rehearse", _of_change(agreeing.rehearse)),
    "approve": Tap("approve", _of_change(agreeing.approve)),
    "sendback": Tap("send_back", _of_number(agreeing.ask_why)),
    "missed": Tap("missed", _missed),
    "group": Tap("missed", _of_number(missing.group)),
    "add": Tap("add_phrasing", _add),
    "notours": Tap("not_for_us", _of_number(missing.not_ours)),
    "people": Tap("waiting", _of_page(replying.people)),
    "ticket": Tap("ticket", _of_number(replying.show)),
    "take": Tap("take", _of_number(replying.take)),
    "answer": Tap("reply", _of_number(replying.ask_reply)),
    "close": Tap("close", _of_number(replying.close)),
    "notices": Tap("notices", _notices),
    "endnotice": Tap("end_notice", _of_number(noticing.end)),
    "find": Tap("notice", _find),
    "about": Tap("notice", _about),
    "days": Tap("notice", _days),
}
