"""One turn of somebody of the team, and the small pieces that their messages are built from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from handlers.buttons import Verb
from handlers.office import MAY, Colleague, Office
from handlers.ports import Ports
from handlers.replies import action, button, fresh, rows, say
from handlers.turn import Button, Outcome, Reply, Session
from handlers.visits.saying import day_words, local

MOST_DIGITS = 12
"""Of a number. Every database can look it up, and three of them fit on a button."""


@dataclass(frozen=True, slots=True)
class Work:
    """Who asks, what is remembered of their chat, and the office that they may use."""

    session: Session
    ports: Ports
    office: Office
    me: Colleague

    @property
    def today(self) -> dt.date:
        """The date on the place's clocks."""
        return local(self.ports, self.ports.now).date()

    def may(self, what: str) -> bool:
        """May somebody of this role ask the office for this at all? The office asks again, for each visit."""
        return self.me.role in MAY[what]


Item = TypeVar("Item")


class Page(NamedTuple, Generic[Item]):
    """A part of a long list, and the number of the page after it, if there is one."""

    shown: Sequence[Item]
    following: int | None


async def work_of(session: Session, ports: Ports) -> Work | None:
    """A turn of somebody of the team; None for everybody else."""
    if ports.office is None or (me := await ports.office.me()) is None:
        return None
    return Work(session, ports, ports.office, me)


def link(work: Work, label_id: str, *argument: object, **facts: object) -> Button:
    """A button of the team's menus: its label in the catalogue, and the parts of its argument."""
    return button(work.ports, label_id, Verb.STAFF, parts(*argument), **facts)


def parts(*argument: object) -> str:
    """The argument of a button: WHAT, then numbers and names."""
    return ".".join(map(str, argument))


def done(work: Work, *replies: Reply, **changes: object) -> Outcome:
    """What every turn of the team leads to: whatever was asked before is put away."""
    return action(fresh(work.session, **changes), "staff", *replies)


def told(work: Work, text_id: str, *buttons_: Button | None, **facts: object) -> Outcome:
    """One text, some buttons, and the way back to the menu."""
    back = link(work, "staff.button.menu", "menu")
    return done(work, say(work.ports, text_id, rows(*buttons_, back), **facts))


def date_words(work: Work, date: dt.date) -> str:
    """'Tuesday 1 December'."""
    zone = ZoneInfo(work.ports.library.place.timezone)
    return day_words(work.ports, dt.datetime.combine(date, dt.time(12), zone))


def number(text: str) -> int | None:
    """A number as a button carries it; None for anything else, for a button can be forged."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


def page_of(items: Sequence[Item], page: int, size: int) -> Page[Item]:
    """What stands on a page of a list, counted from 0; the first page where there is no such page."""
    here = page if page * size < len(items) else 0
    end = (here + 1) * size
    return Page(items[here * size : end], here + 1 if end < len(items) else None)
