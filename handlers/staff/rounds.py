"""The round of a day, area by area, and the days of the week to come. References and outward postcodes only."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from handlers import buttons
from handlers.buttons import Verb
from handlers.office import StaffVisit
from handlers.replies import numbered, rows
from handlers.staff.work import Work, date_words, done, link, page_of, parts, told
from handlers.turn import Button, Outcome
from handlers.visits.saying import local, time_words

A_PAGE = 12
"""Visits in one message."""
WEEK = 7
FAR = 60
"""Days before and after today that a round is shown for."""


async def day(work: Work, which: str = "", page: int = 0) -> Outcome:
    """The round of a local date, by area and then by time; today's where the date is none, or far off."""
    date = _date(work, which)
    visits = sorted(await work.office.today(date), key=lambda visit: (visit.area, visit.outward, visit.starts))
    days = (_neighbour(work, date, -1), _neighbour(work, date, 1))
    words = date_words(work, date)
    if not visits:
        return told(work, "staff.day.none", *days, day=words)
    shown, following = page_of(visits, page, A_PAGE)
    choices = _choices(work, shown)
    intro = work.ports.texts.blocks("staff.day", day=words, count=len(visits))
    reply, tokens = numbered(work.ports, intro, choices)
    onward = link(work, "staff.button.more", "day", date, following) if following else None
    ways = rows(onward, *days, link(work, "staff.button.menu", "menu"))
    return done(work, reply.model_copy(update={"buttons": (*reply.buttons, *ways)}), choices=tokens)


async def week(work: Work) -> Outcome:
    """The days of the next week that have visits, with how many."""
    coming = await work.office.coming(WEEK)
    days = Counter(local(work.ports, visit.starts).date() for visit in coming)
    if not days:
        return told(work, "staff.week.none")
    choices = [
        (
            work.ports.texts.say("staff.week.day", day=date_words(work, date), count=days[date]),
            buttons.encode(Verb.STAFF, parts("day", date)),
        )
        for date in sorted(days)
    ]
    reply, tokens = numbered(work.ports, work.ports.texts.blocks("staff.week"), choices)
    back = rows(link(work, "staff.button.menu", "menu"))
    return done(work, reply.model_copy(update={"buttons": (*reply.buttons, *back)}), choices=tokens)


def _choices(work: Work, visits: Sequence[StaffVisit]) -> list[tuple[str, str]]:
    several = len({visit.area for visit in visits}) > 1
    return [
        (_label(work, visit, with_area=several), buttons.encode(Verb.STAFF, parts("visit", visit.id)))
        for visit in visits
    ]


def _label(work: Work, visit: StaffVisit, *, with_area: bool) -> str:
    """'10am LE3 J7M-4Q3 high': how urgent it is, or what came of it."""
    texts = work.ports.texts
    mark = texts.say(f"staff.priority.{visit.priority}" if visit.state == "booked" else f"staff.state.{visit.state}")
    area = visit.area if with_area else ""
    time = time_words(work.ports, visit.starts)
    facts = {"area": area, "time": time, "outward": visit.outward, "reference": visit.reference, "mark": mark}
    return " ".join(texts.say("staff.row", **facts).split())


def _date(work: Work, iso: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(iso)
    except ValueError:
        return work.today
    return date if abs((date - work.today).days) <= FAR else work.today


def _neighbour(work: Work, date: dt.date, step: int) -> Button | None:
    near = date + dt.timedelta(days=step)
    label = "staff.button.day-after" if step > 0 else "staff.button.day-before"
    return link(work, label, "day", near) if abs((near - work.today).days) <= FAR else None
