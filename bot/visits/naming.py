"""What a new visit is called: a reference that no other has, an id for calendars, and a word for the door."""

from __future__ import annotations

from functools import cache

from sqlalchemy import select
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Visit
from bot.visits.booking import Names
from knowledge.library import NATIONAL
from knowledge.visits import names
from knowledge.visits.names import DoorstepWords, RandomBytes

UID_DOMAIN = "visits.invalid"
"""Never a real host (RFC 2606): an id only has to differ from all others."""


async def new_names(unit: Unit, random_bytes: RandomBytes) -> Names:
    """A reference that no visit has so far, and an id for calendars."""
    reference = names.reference(random_bytes)
    while await _is_given(unit, reference):
        reference = names.reference(random_bytes)
    return Names(reference, names.uid(random_bytes, UID_DOMAIN))


def new_word(random_bytes: RandomBytes) -> str:
    """A phrase for the door."""
    return names.doorstep_word(random_bytes, _words())


async def _is_given(unit: Unit, reference: str) -> bool:
    statement = select(col(Visit.id)).where(col(Visit.reference) == reference)
    return (await unit.session.execute(statement)).scalar_one_or_none() is not None


@cache
def _words() -> DoorstepWords:
    return names.read_words((NATIONAL / names.WORDS_FILE).read_text(encoding="utf-8"))
