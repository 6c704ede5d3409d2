"""Who did what, and who read personal data: one hash chain for each process and day.

A record holds the hash of the one before it, so that nobody changes or takes out one of them unnoticed. The newest
hash of each chain is sealed from time to time with a key that is not in the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import delete, func, select
from sqlmodel import col

from bot.store import switch
from bot.store.inbox import upsert
from bot.store.staff_tables import AuditRecord
from bot.store.tables import Setting
from bot.store.unit import Unit
from bot.store.visit_tables import StaffMember
from bot.visits import team

LONGEST_ABOUT = 200
HEAD = "audit-head "
MAC = "audit_record.head"
STILL_WRITTEN = dt.timedelta(days=2)
"""A chain that is older than this grows no more."""
KEPT = dt.timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as it is read. `staff_id` is None for what nobody of the team did."""

    id: int
    at: dt.datetime
    staff_id: int | None
    action: str
    about: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a chain at one place: `changed`, `missing` (one was taken out), or `cut` (its end was)."""

    chain: str
    place: int
    why: str


async def record(unit: Unit, staff_id: int | None, action: str, about: str = "") -> None:
    """Add a record, such as `read visit` about `J7M-4Q3`: no personal details in either.

    Call it last in a transaction: on PostgreSQL others of this process who record wait until it ends.
    """
    chain, about = _chain(unit.now), about[:LONGEST_ABOUT]
    while True:  # somebody of this process was quicker: look again
        place, previous = await _head(unit, chain)
        values = {
            "chain": chain,
            "place": place + 1,
            "at": unit.now,
            "staff_id": staff_id,
            "action": action,
            "about": about,
            "previous": previous,
            "hash": digest(previous, unit.now, staff_id, action, about),
        }
        statement = upsert(unit, AuditRecord).values(values).on_conflict_do_nothing(index_elements=["chain", "place"])
        if (await unit.session.execute(statement.returning(col(AuditRecord.id)))).scalar_one_or_none() is not None:
            return


def digest(previous: str, at: dt.datetime, staff_id: int | None, action: str, about: str) -> str:
    """The hash of a record, 64 hexadecimal digits. `at` may be in any zone."""
    said = json.dumps([previous, at.astimezone(dt.UTC).isoformat(), staff_id, action, about])
    return hashlib.sha256(said.encode()).hexdigest()


async def entries(
    unit: Unit, staff_id: int | None = None, before: int | None = None, most: int = 50
) -> tuple[Entry, ...]:
    """The newest records first; only those of one person; only those older than the record `before`."""
    statement = select(AuditRecord).order_by(col(AuditRecord.id).desc()).limit(most)
    if staff_id is not None:
        statement = statement.where(col(AuditRecord.staff_id) == staff_id)
    if before is not None:
        statement = statement.where(col(AuditRecord.id) < before)
    rows = (await unit.session.execute(statement)).scalars()
    return tuple(Entry(row.id, row.at, row.staff_id, row.action, row.about) for row in rows)


async def names(unit: Unit, staff_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of people, also of those who have left."""
    wanted = {number for number in staff_ids if number is not None}
    rows = (await unit.session.execute(select(StaffMember).where(col(StaffMember.id).in_(wanted)))).scalars()
    return {row.id: team.name_of(unit, row) for row in rows}


async def verify(unit: Unit) -> list[Fault]:
    """Read every chain, and tell what is wrong. Empty: nothing was changed."""
    statement = select(AuditRecord).order_by(col(AuditRecord.chain), col(AuditRecord.place))
    rows = (await unit.session.execute(statement)).scalars().all()
    known = {(row.chain, row.place): row.hash for row in rows}
    chains = groupby(rows, key=lambda row: row.chain)
    return [fault for _, chain in chains for fault in _faults(chain)] + await _cut(unit, known)


async def seal_heads(unit: Unit) -> int:
    """Seal the newest hash of each chain that still grows; how many there were to seal."""
    newest = (
        select(col(AuditRecord.chain), func.max(col(AuditRecord.place)).label("place"))
        .where(col(AuditRecord.at) > unit.now - STILL_WRITTEN)
        .group_by(col(AuditRecord.chain))
        .subquery()
    )
    statement = select(AuditRecord).join(
        newest, (col(AuditRecord.chain) == newest.c.chain) & (col(AuditRecord.place) == newest.c.place)
    )
    heads = [(HEAD + row.chain, _sealed(unit, row)) for row in (await unit.session.execute(statement)).scalars()]
    fresh = [(name, value) for name, value in heads if await switch.get(unit, name) != value]
    for name, value in fresh:
        await switch.put(unit, name, value)
    return len(fresh)


async def forget_old(unit: Unit) -> int:
    """Take out the chains of long ago, each whole and with its sealed head, so that what stays still holds together;
    how many records that were."""
    newest = func.max(col(AuditRecord.at))
    old = select(col(AuditRecord.chain)).group_by(col(AuditRecord.chain)).having(newest < unit.now - KEPT)
    chains = list((await unit.session.execute(old)).scalars())
    gone = delete(AuditRecord).where(col(AuditRecord.chain).in_(chains)).returning(col(AuditRecord.id))
    await unit.session.execute(delete(Setting).where(col(Setting.name).in_([HEAD + chain for chain in chains])))
    return len((await unit.session.execute(gone)).all())


def _chain(now: dt.datetime) -> str:
    return f"{now:%Y-%m-%d} {socket.gethostname()} {os.getpid()}"


async def _head(unit: Unit, chain: str) -> tuple[int, str]:
    of_chain = select(col(AuditRecord.place), col(AuditRecord.hash)).where(col(AuditRecord.chain) == chain)
    row = (await unit.session.execute(of_chain.order_by(col(AuditRecord.place).desc()).limit(1))).one_or_none()
    return (0, "") if row is None else (row.place, row.hash)


def _faults(chain: Iterable[AuditRecord]) -> Iterable[Fault]:
    previous, place = "", 0
    for row in chain:
        if row.place != place + 1:
            yield Fault(row.chain, place + 1, "missing")
        elif row.previous != previous or row.hash != digest(row.previous, row.at, row.staff_id, row.action, row.about):
            yield Fault(row.chain, row.place, "changed")
        previous, place = row.hash, row.place


async def _cut(unit: Unit, known: dict[tuple[str, int], str]) -> list[Fault]:
    """Heads that were sealed, and are not what they were."""
    sealed = (await unit.session.execute(select(Setting).where(col(Setting.name).startswith(HEAD)))).scalars()
    found = []
    for row in sealed:
        chain, (place, kept, mac) = row.name.removeprefix(HEAD), row.value.split(" ")
        if known.get((chain, int(place))) != kept or mac != _mac(unit, chain, place, kept):
            found.append(Fault(chain, int(place), "cut"))
    return found


def _sealed(unit: Unit, row: AuditRecord) -> str:
    return f"{row.place} {row.hash} {_mac(unit, row.chain, str(row.place), row.hash)}"


def _mac(unit: Unit, chain: str, place: str, kept: str) -> str:
    return unit.vault.index(MAC, f"{chain}\0{place}\0{kept}")
