"""Every visit beside what its person was told last, and the quarters of an hour that it has."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from benchmarks.chaos.evidence import Evidence, Rows
from bot.store.visit_tables import Occupied, Visit
from bot.visits.booking import BOOKED, CANCELLED
from bot.visits.conflicts import STANDING
from handlers.catalogue import Texts
from handlers.visits.letters import when
from knowledge.visits.slots import cells_of

BUFFER = dt.timedelta(minutes=15)
ZONE = "Europe/London"
TOLD = {"Your visit is booked.": BOOKED, "Your visit has a new time.": BOOKED, "is cancelled. Nobody": CANCELLED}
"""What a message says, and the state that it promises."""


def untrue(evidence: Evidence, found: Rows) -> list[str]:
    """Visits that are not as their person was told last, and promises of visits that are not there."""
    told = dict(_told(evidence, found))
    wrong = [
        f"{visit.reference} is {visit.state}, told {told.get(visit.reference)}"
        for visit in found.visits
        if not _as_told(visit, told.get(visit.reference))
    ]
    known = {visit.reference for visit in found.visits}
    return wrong + [f"{reference} is nowhere" for reference in told if reference not in known]


def _told(evidence: Evidence, found: Rows) -> Iterator[tuple[str, tuple[str, str]]]:
    """For each message about a visit, in order: its reference, the state that it promises, and its words."""
    references = [visit.reference for visit in found.visits]
    for phone in evidence.phones:
        for message in phone.person.chat.messages.values():
            state = next((state for words, state in TOLD.items() if words in message.text), None)
            if message.sender.is_bot and state:
                yield from ((each, (state, message.text)) for each in references if each in message.text)


def _as_told(visit: Visit, told: tuple[str, str] | None) -> bool:
    if visit.state not in (BOOKED, CANCELLED):
        return told is None
    said = when(Texts(), visit.starts, ZONE)
    return told is not None and told[0] == visit.state and (said in told[1] or said.replace(" at ", ", ") in told[1])


def overbooked(found: Rows) -> list[str]:
    """Visitors who are in two places, booked visits without their time, and time that nobody has given back."""
    by_visit: dict[int, list[Occupied]] = defaultdict(list)
    for cell in found.cells:
        if cell.visit_id is not None:
            by_visit[cell.visit_id].append(cell)
    booked = [visit for visit in found.visits if visit.state == BOOKED]
    taken = Counter((cell.staff_id, cell.cell) for visit in booked for cell in by_visit[visit.id])
    twice = [f"{who} at {at}" for (who, at), often in taken.items() if often > 1]
    short = [f"{visit.reference} lacks time" for visit in booked if not _has_its_time(visit, by_visit[visit.id])]
    ended = [visit for visit in found.visits if visit.state not in STANDING and by_visit[visit.id]]
    kept = [f"{visit.reference} is {visit.state} and keeps time" for visit in ended]
    return twice + short + kept + _two_at_home(booked)


def _has_its_time(visit: Visit, cells: Sequence[Occupied]) -> bool:
    needed = set(cells_of(visit.starts, visit.ends, BUFFER))
    visitors = {cell.staff_id for cell in cells}
    whole = all({cell.cell for cell in cells if cell.staff_id == who} == needed for who in visitors)
    return whole and len(visitors) == visit.visitors_needed


def _two_at_home(booked: Sequence[Visit]) -> list[str]:
    homes = Counter(visit.household for visit in booked if visit.household)
    return [f"{often} visits to one home" for often in homes.values() if often > 1]
