"""Marks: keyed hashes by which somebody who was erased is found again in an older copy of the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from bot.store import person as persons
from bot.store.erased import Erasure
from bot.store.handovers import PHONE
from bot.store.person import Person
from bot.store.staff_tables import AuditRecord
from bot.store.tables import Chat, Handover, Inbox, Outbox
from bot.store.unit import Unit
from bot.store.vault import Vault
from bot.store.visit_tables import Resident, Visit

PURPOSE = "erased"
Rows = dict[str, list[int]]
"""Numbers of rows by their mark."""


async def of_person(unit: Unit, person: Person) -> list[str]:
    """The marks of somebody's conversations and visits, and of the number they were found by."""
    chats = (await unit.session.execute(_chats().where(col(Chat.id).in_(person.chats)))).all()
    visits = await persons.references(unit, person)
    phone = [_of_phone(unit.vault, person.phone_index)] if person.phone_index else []
    return [*(_of_chat(unit.vault, *row[1:]) for row in chats), *(_of_visit(unit.vault, ref) for ref in visits), *phone]


async def newest(unit: Unit) -> dt.datetime | None:
    """When the newest row was written: an erasure leaves one, so a copy that holds it is no older than it."""
    written = (Chat.last_turn_at, Inbox.received_at, Outbox.created_at, AuditRecord.at)
    found = [(await unit.session.execute(select(func.max(col(column))))).scalar_one() for column in written]
    return max((moment for moment in found if moment is not None), default=None)


async def found_again(unit: Unit, erasures: Collection[Erasure]) -> Sequence[Person]:
    """Whom these erasures were about, as far as they are in this database; one for each that is."""
    wanted = frozenset(mark for erasure in erasures for mark in erasure.marks)
    chats, visits, residents = await _marked(unit, wanted)
    found = [
        await _person(unit, _of(chats, erasure), _of(visits, erasure), _of(residents, erasure)) for erasure in erasures
    ]
    return [person for person in found if person]


async def _marked(unit: Unit, wanted: frozenset[str]) -> tuple[Rows, Rows, Rows]:
    """Conversations, visits and residents with a wanted mark. Each row is looked at once, and few are kept."""
    vault = unit.vault
    chats, visits, residents = Rows(), Rows(), Rows()
    for row in await unit.session.execute(_chats()):
        _keep(chats, wanted, _of_chat(vault, *row[1:]), row.id)
    for visit, reference in await unit.session.execute(select(col(Visit.id), col(Visit.reference))):
        _keep(visits, wanted, _of_visit(vault, reference), visit)
    indexed = select(col(Resident.id), col(Resident.phone_index)).where(col(Resident.phone_index).is_not(None))
    for resident, index in await unit.session.execute(indexed):
        _keep(residents, wanted, _of_phone(vault, index or ""), resident)
    asked = select(col(Handover.chat_id), col(Handover.phone)).where(col(Handover.phone).is_not(None))
    for chat, phone in await unit.session.execute(asked):
        index = vault.index("phone", vault.open(PHONE, phone)) if phone else ""
        _keep(chats, wanted, _of_phone(vault, index), chat)
    return chats, visits, residents


def _keep(rows: Rows, wanted: frozenset[str], mark: str, number: int) -> None:
    if mark in wanted:
        rows.setdefault(mark, []).append(number)


def _of(rows: Rows, erasure: Erasure) -> list[int]:
    return sorted({number for mark in erasure.marks for number in rows.get(mark, ())})


async def _person(unit: Unit, chats: list[int], visits: list[int], residents: list[int]) -> Person:
    talked = await persons.of_chats(unit, chats) if chats else Person()
    visited = await persons.visited(unit, residents, visits) if visits or residents else Person()
    return persons.joined(talked, visited)


def _chats() -> Any:
    return select(col(Chat.id), col(Chat.channel), col(Chat.bot), col(Chat.external_id))


def _of_chat(vault: Vault, channel: str, bot: str, external_id: str) -> str:
    return vault.index(PURPOSE, f"chat\0{channel}\0{bot}\0{external_id}")


def _of_visit(vault: Vault, reference: str) -> str:
    return vault.index(PURPOSE, f"visit\0{reference}")


def _of_phone(vault: Vault, index: str) -> str:
    return vault.index(PURPOSE, f"phone\0{index}")
