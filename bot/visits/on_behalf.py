"""A visit that the team books or moves for a resident: on the phone, on the doorstep, or by a partner's referral.

Notice, window and the limit of moves bind residents and not the team; working hours and other visits bind both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from functools import cache

from sqlalchemy import select
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Visit
from bot.visits import booking, details, diary, tasks
from bot.visits.booking import Claim, Names
from bot.visits.naming import UID_DOMAIN
from handlers.draft import Draft
from knowledge.library import NATIONAL, Library
from knowledge.visits import names
from knowledge.visits.names import DoorstepWords, RandomBytes
from knowledge.visits.questions import Visits
from knowledge.visits.slots import Slot


async def free(
    unit: Unit, library: Library, visits: Visits, holidays: Collection[dt.date], moving: int | None = None
) -> Sequence[Slot]:
    """The times that the team can give, in order; `moving` is a visit whose own time counts as free."""
    terms = diary.terms_of(visits, library.place.timezone)
    return await diary.offer(unit, terms, holidays, by_staff=True, moving=moving)


async def book(
    unit: Unit, draft: Draft, slot: Slot, library: Library, visits: Visits, source: str, random_bytes: RandomBytes
) -> Claim:
    """A form and a free time in, a booked visit out. Where the claim says why not, nothing is kept of the form."""
    rules = diary.rules_of(visits)
    held = await booking.hold(unit, None, slot, rules, await _names(unit, random_bytes))
    if held.visit_id is None:
        return held
    household = details.household_of(unit.vault, draft)
    draft = draft.model_copy(update={"word": draft.word or names.doorstep_word(random_bytes, _words())})
    told = details.values_of(unit, draft, visits, source=source)
    booked = await booking.confirm(unit, held.visit_id, household, rules, **told)
    if booked.visit_id is not None:
        await _write_down(unit, booked.visit_id, draft, library, visits)
    return booked


async def move(unit: Unit, visit_id: int, slot: Slot, library: Library, visits: Visits) -> Claim:
    """Another time for a booked visit; reminders go by the new one."""
    claim = await booking.move(unit, visit_id, slot, diary.rules_of(visits), by_staff=True)
    if claim.visit_id is not None:
        await _plan(unit, visit_id, library, visits)
    return claim


async def _write_down(unit: Unit, visit_id: int, draft: Draft, library: Library, visits: Visits) -> None:
    visit = await unit.session.get_one(Visit, visit_id, populate_existing=True)
    visit.resident_id = await details.write_resident(unit, draft, None, library.place)
    visit.area = details.area_of(draft, library.place)
    await unit.session.flush()
    await _plan(unit, visit_id, library, visits)


async def _plan(unit: Unit, visit_id: int, library: Library, visits: Visits) -> None:
    visit = await unit.session.get_one(Visit, visit_id, populate_existing=True)
    after = dt.timedelta(hours=visits.feedback_after_hours)
    await tasks.plan(unit, visit, library.place.timezone, after)


async def _names(unit: Unit, random_bytes: RandomBytes) -> Names:
    while await _is_known(unit, fresh := names.reference(random_bytes)):
        continue
    return Names(fresh, names.uid(random_bytes, UID_DOMAIN))


async def _is_known(unit: Unit, name: str) -> bool:
    found = await unit.session.execute(select(col(Visit.id)).where(col(Visit.reference) == name))
    return found.scalar_one_or_none() is not None


@cache
def _words() -> DoorstepWords:
    return names.read_words((NATIONAL / names.WORDS_FILE).read_text(encoding="utf-8"))
