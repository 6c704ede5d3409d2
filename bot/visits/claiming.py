"""A visit comes to another chat: whoever knows its reference and the word for its door may see and change it there.

Somebody who booked on the web page, by phone or at the door has no other way back to it.
"""

from __future__ import annotations

import hmac

from sqlalchemy import select, update
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Resident, Visit
from bot.visits.booking import BOOKED

MOST_WRONG = 10
"""Wrong words after which only the team can help: the words are few enough to try them all."""


async def claim(unit: Unit, chat_id: int, channel: str, reference: str, word: str) -> Visit | None:
    """The booked visit with this reference and word, this chat's from now on. None: no such visit, or a wrong word."""
    own = select(Visit).where(col(Visit.reference) == reference, col(Visit.state) == BOOKED, col(Visit.ends) > unit.now)
    statement = own.with_for_update().execution_options(populate_existing=True)
    visit: Visit | None = (await unit.session.execute(statement)).scalar_one_or_none()
    if visit is None or visit.doorstep_word is None or visit.wrong_words >= MOST_WRONG:
        return None
    if not same_word(unit.vault.open("visit.doorstep_word", visit.doorstep_word), word):
        await _set(unit, visit, wrong_words=visit.wrong_words + 1)
        return None
    written_to = {"remind_by": "message"} if channel == "telegram" else {}
    await _set(unit, visit, chat_id=chat_id, wrong_words=0, **written_to)
    whose = update(Resident).where(col(Resident.id) == visit.resident_id).values(chat_id=chat_id)
    await unit.session.execute(whose)
    return visit


def same_word(one: str, other: str) -> bool:
    """Are these the same word for a door, however they were typed?"""
    return hmac.compare_digest(_plain(one), _plain(other))


def _plain(word: str) -> bytes:
    return "".join(char for char in word.casefold() if char.isalnum()).encode()


async def _set(unit: Unit, visit: Visit, **values: object) -> None:
    await unit.session.execute(update(Visit).where(col(Visit.id) == visit.id).values(**values))
