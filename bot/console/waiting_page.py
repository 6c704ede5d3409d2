"""People waiting: who asked for a person, the longest first, who has been answered last. Reading one is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.site import Number, Site
from bot.staff import audit, chasing
from bot.store import handovers
from bot.store.handovers import Ticket
from bot.store.unit import Unit
from handlers.catalogue import Texts
from handlers.turn import Reply
from knowledge import hours

Waits = Mapping[int, dt.datetime]
"""Since when those wait who have not been answered, by their tickets' numbers."""
LONGEST = 1500
LATE_AFTER = 2
"""Working days after which somebody has waited too long."""
OPENINGS = ("hello", "callback", "more", "passed-on", "sorry")
"""Canned beginnings of a reply: texts `console.canned.*`."""


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket as the list shows it. `since`: from when they wait, which the team's last words end; None: for nothing
    of ours. `days`: the working days that have begun since."""

    ticket: Ticket
    since: dt.datetime | None
    days: int

    @property
    def late(self) -> bool:
        """Has it waited too long?"""
        return self.days > LATE_AFTER


def routes(site: Site) -> APIRouter:
    """`/waiting`, one ticket, the reply to it and its end."""
    router = APIRouter()
    _list(router, site)
    _one(router, site)
    return router


def _list(router: APIRouter, site: Site) -> None:
    @router.get("/waiting")
    async def show(request: Request) -> Response:
        async with site.reading() as unit:
            found = await handovers.open_tickets(unit)
            names = await audit.names(unit, {ticket.held_by for ticket in found})
            waits = await _waits(unit)
        lines = sorted((_line(site, ticket, waits) for ticket in found), key=_longest_first)
        return site.page(request, "waiting.html", lines=lines, names=names)


def _one(router: APIRouter, site: Site) -> None:
    @router.get("/waiting/{number}")
    async def read(request: Request, number: Number) -> Response:
        return await _read(site, request, number)

    @router.post("/waiting/{number}")
    async def reply(request: Request, number: Number) -> Response:
        """Their words go to that person's chat and nowhere else; a canned opening only goes into the box."""
        form = await site.form(request)
        words, opening = str(form.get("text", "")).strip(), str(form.get("opening", ""))
        if opening in OPENINGS:
            return await _read(site, request, number, f"{site.texts.say(f'console.canned.{opening}')} {words}".strip())
        if not words or len(words) > LONGEST:
            return await _read(site, request, number, words, f"console.waiting.{'long' if words else 'empty'}")
        return await _send(site, request, number, words)

    @router.post("/waiting/{number}/taking")
    async def take(request: Request, number: Number) -> Response:
        who = site.staff(request).who
        async with site.unit() as unit:
            taken = await handovers.take(unit, number, who.id)
            if taken:
                await audit.record(unit, who.id, "take ticket", f"ticket {number}")
        return site.go(request, f"/waiting/{number}", "console.done.ticket-taken" if taken else "console.done.nothing")

    @router.post("/waiting/{number}/closing")
    async def close(request: Request, number: Number) -> Response:
        who = site.staff(request).who
        async with site.unit() as unit:
            closed = await handovers.close(unit, number)
            if closed:
                await audit.record(unit, who.id, "close ticket", f"ticket {number}")
        return site.go(request, "/waiting", "console.done.ticket-closed" if closed else "console.done.nothing")


async def _send(site: Site, request: Request, number: int, words: str) -> Response:
    who, message = site.staff(request).who, Reply(blocks=Texts().blocks("handover.from-team", text=words))
    async with site.unit() as unit:
        ticket = await handovers.find(unit, number)
        allowed = ticket is not None and ticket.state == "open" and await handovers.may_write(unit, number)
        sent = allowed and await handovers.reply(unit, number, words, message)
        if sent:
            await handovers.take(unit, number, who.id, free=True)
            await audit.record(unit, who.id, "reply to ticket", f"ticket {number}")
    if not sent:
        return await _read(site, request, number, words, "console.waiting.not-sent")
    return site.go(request, f"/waiting/{number}", "console.done.replied")


async def _read(site: Site, request: Request, number: int, words: str = "", problem: str = "") -> Response:
    who = site.staff(request).who
    async with site.unit() as unit:
        ticket = await handovers.find(unit, number)
        may_write = ticket is not None and await handovers.may_write(unit, number)
        names, waits = await audit.names(unit, [ticket.held_by if ticket else None]), await _waits(unit)
        if ticket is not None:
            await audit.record(unit, who.id, "read ticket", f"ticket {number}")
    if ticket is None:
        return await site.problem(request, 404, "console.waiting.gone")
    facts: dict[str, object] = {
        "line": _line(site, ticket, waits),
        "ticket": ticket,
        "about": _about(site, ticket),
        "may_write": may_write,
        "holder": names.get(ticket.held_by or 0, ""),
        "mine": ticket.held_by == who.id,
        "words": words,
        "openings": OPENINGS,
        "longest": LONGEST,
        "problem": problem,
    }
    return site.page(request, "ticket.html", status=422 if problem else 200, **facts)


def working_days(since: dt.datetime, now: dt.datetime, bank_holidays: frozenset[dt.date]) -> int:
    """Two moments in; how many working days have begun between them, weekends and bank holidays left out."""
    first, last = hours.in_london(since).date(), hours.in_london(now).date()
    days = (first + dt.timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sum(day.weekday() < 5 and day not in bank_holidays for day in days)


async def _waits(unit: Unit) -> Waits:
    return {each.id: each.since for each in await chasing.unanswered(unit)}


def _line(site: Site, ticket: Ticket, waits: Waits) -> Line:
    now, since = site.console.clock.now(), waits.get(ticket.id)
    holidays = hours.bank_holidays(range(ticket.opened_at.year, now.year + 1))
    return Line(ticket, since, working_days(since, now, holidays) if since is not None else 0)


def _longest_first(line: Line) -> tuple[bool, dt.datetime]:
    """Whoever waits before whoever has been answered."""
    return (line.since is None, line.since or line.ticket.opened_at)


def _about(site: Site, ticket: Ticket) -> str:
    """The title of the answer that they came from; empty where they came from none."""
    entry = site.library().entries.get(ticket.about or "")
    return entry.title if entry else ""
