"""Tickets that nobody answers: after a working day whoever has taken one on is reminded, or, where nobody has, all who
may answer; after two working days the coordinators.

Each of them gets one message with all that concerns them, in working hours, and no ticket twice for the same wait.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlmodel import col

from bot.staff.asking import hours_of, linked, working
from bot.staff.counts import Count
from bot.store import outbox
from bot.store.tables import Handover, HandoverMessage
from bot.store.unit import Unit
from handlers.catalogue import Texts
from handlers.keeping import TALKERS
from handlers.office import COORDINATORS, Colleague
from handlers.staff.chased import AFTER, Chased, Stage, letter
from knowledge import working_days
from knowledge.place import Place

Holidays = frozenset[dt.date]
People = Mapping[int, tuple[int, str]]
"""The chat and the role of everybody whose account is linked, by their number."""
COLUMN: Mapping[Stage, str] = {"team": "chased_at", "coordinators": "escalated_at"}


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An open ticket in which the resident has the last word, and the moment from which they wait."""

    id: int
    wish: str
    since: dt.datetime
    held_by: int | None = None
    chased_at: dt.datetime | None = None
    escalated_at: dt.datetime | None = None

    def had(self, stage: Stage) -> bool:
        """Was anybody reminded at this stage of the wait that it is now?"""
        at: dt.datetime | None = getattr(self, COLUMN[stage])
        return at is not None and at >= self.since


async def chase(unit: Unit, place: Place, texts: Texts, bank_holidays: Holidays) -> int:
    """Queue the reminders that are due at this moment; how many messages. Run it as often as you like."""
    if not working(place, unit.now, bank_holidays):
        return 0
    people = await linked(unit)
    chases: dict[int, dict[Stage, list[Chased]]] = defaultdict(lambda: defaultdict(list))
    for each in await unanswered(unit):
        stage = next_stage(each, reached(each, unit.now, place, bank_holidays))
        if stage is not None and await _noted(unit, each, stage):
            for person in whom(each, stage, people):
                chases[person][stage].append(Chased(id=each.id, wish=each.wish, since=each.since))
    return sum([await _send(unit, people[one][0], chases[one], texts, place.timezone) for one in sorted(chases)])


async def waiting(unit: Unit) -> Count:
    """How many wait for an answer of the team's, and since when the first of them does."""
    found = await unanswered(unit)
    return Count(len(found), min((each.since for each in found), default=None))


async def overdue(unit: Unit, who: Colleague, place: Place, bank_holidays: Holidays) -> Count:
    """How many of those who wait too long are for somebody to look after, and since when the first of them waits."""
    waiting = await unanswered(unit) if who.role in TALKERS else ()
    found = [each for each in waiting if _theirs(each, who, reached(each, unit.now, place, bank_holidays))]
    return Count(len(found), min((each.since for each in found), default=None))


def reached(each: Unanswered, now: dt.datetime, place: Place, bank_holidays: Holidays) -> Stage | None:
    """How long somebody has waited by now; None: not yet for a working day."""
    for stage in reversed(AFTER):
        moment = working_days.after(each.since, AFTER[stage], hours_of(place), bank_holidays)
        if moment is not None and moment <= now:
            return stage
    return None


def next_stage(each: Unanswered, stage: Stage | None) -> Stage | None:
    """The stage at which people are to be reminded now; None where they have been, or it is too soon."""
    if stage is None or each.had("coordinators") or each.had(stage):
        return None
    return stage


def whom(each: Unanswered, stage: Stage, people: People) -> Sequence[int]:
    """The people to remind, by their numbers: of a ticket whose holder cannot be reached, all who may answer."""
    if stage == "team" and each.held_by in people:
        return (each.held_by,) if each.held_by is not None else ()
    roles = TALKERS if stage == "team" else COORDINATORS
    return [person for person, (_, role) in people.items() if role in roles]


async def unanswered(unit: Unit) -> list[Unanswered]:
    """All of them, in the order in which they were opened."""
    tickets = select(Handover).where(col(Handover.state) == "open").order_by(col(Handover.id))
    rows = (await unit.session.execute(tickets.execution_options(populate_existing=True))).scalars().all()
    said = await _said(unit, [row.id for row in rows])
    waits = ((row, waiting_since(row.opened_at, said[row.id])) for row in rows)
    return [
        Unanswered(row.id, row.wish, since, row.held_by, row.chased_at, row.escalated_at)
        for row, since in waits
        if since is not None
    ]


def waiting_since(opened: dt.datetime, said: Sequence[tuple[str, dt.datetime]]) -> dt.datetime | None:
    """Since when a resident waits: the opening, or their first words after the team's last. None: they have been
    answered."""
    team = [at for at, (by, _) in enumerate(said) if by == "staff"]
    if not team:
        return opened
    return next((moment for _, moment in said[team[-1] + 1 :]), None)


async def _said(unit: Unit, tickets: Sequence[int]) -> Mapping[int, list[tuple[str, dt.datetime]]]:
    """Who said something and when, by ticket; never the words."""
    columns = (col(HandoverMessage.handover_id), col(HandoverMessage.said_by), col(HandoverMessage.at))
    statement = select(*columns).where(col(HandoverMessage.handover_id).in_(tickets)).order_by(col(HandoverMessage.id))
    found = defaultdict[int, list[tuple[str, dt.datetime]]](list)
    for ticket, by, at in (await unit.session.execute(statement)).all():
        found[ticket].append((by, at))
    return found


async def _noted(unit: Unit, each: Unanswered, stage: Stage) -> bool:
    """Note that a stage is reminded of now. False where another process did so, or somebody closed the ticket."""
    name = COLUMN[stage]
    as_read = col(getattr(Handover, name)).is_not_distinct_from(getattr(each, name))
    statement = update(Handover).where(col(Handover.id) == each.id, col(Handover.state) == "open", as_read)
    noted = statement.values({name: unit.now}).returning(col(Handover.id))
    return (await unit.session.execute(noted)).scalar_one_or_none() is not None


async def _send(unit: Unit, chat: int, chased: Mapping[Stage, Sequence[Chased]], texts: Texts, zone: str) -> bool:
    first = min(each.id for tickets in chased.values() for each in tickets)
    source = f"chase:{first}:{unit.now:%Y-%m-%dT%H%M%S.%f}:{chat}"
    return await outbox.queue_for(unit, chat, letter(texts, chased, zone), source)


def _theirs(each: Unanswered, who: Colleague, stage: Stage | None) -> bool:
    escalated = stage == "coordinators" and who.role in COORDINATORS
    return stage is not None and (each.held_by in (None, who.id) or escalated)
