"""The chain that the audit is: each record holds the hash of the one before it, and a sealed head says where it ends.

Every record moves the head on in its own transaction, so that none can be taken out unnoticed, not the last one either.
The head is sealed with a key that is not in the database. docs/decisions/0034 says what this finds and what not.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlmodel import col

from bot.store import switch
from bot.store.inbox import upsert
from bot.store.staff_tables import AuditRecord
from bot.store.tables import Setting
from bot.store.unit import Unit

CHAIN = "all"
"""The chain that grows. Before there was this one, each process began one of its own every day: they grow no more."""
HEAD = "audit-head "
START = "audit-start"
MAC = "audit_record.head"
KEPT = dt.timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be recorded. `staff_id` is None for what came from the command line."""

    staff_id: int | None
    action: str
    about: str


@dataclass(frozen=True, slots=True)
class Link:
    """A record's place in its chain, from 1 on, and its hash. Before the first one: place 0 and no hash."""

    place: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a chain at one place: `changed`, `missing` (one was taken out), or `cut` (its end was)."""

    chain: str
    place: int
    why: str


NOTHING = Link(0, "")


async def add(unit: Unit, deeds: Sequence[Deed]) -> None:
    """Put records at the end of the chain, and seal the new end. Others who record wait until this transaction ends,
    so it is the last thing that a transaction does: see `audit.record`."""
    last, rows = await _end(unit), []
    for deed in deeds:
        rows.append(_row(unit.now, last, deed))
        last = Link(last.place + 1, rows[-1]["hash"])
    await unit.session.execute(insert(AuditRecord), rows)
    await switch.put(unit, HEAD + CHAIN, _sealed(unit, CHAIN, last))


def digest(previous: str, at: dt.datetime, staff_id: int | None, action: str, about: str) -> str:
    """The hash of a record, 64 hexadecimal digits. `at` may be in any zone."""
    said = json.dumps([previous, at.astimezone(dt.UTC).isoformat(), staff_id, action, about])
    return hashlib.sha256(said.encode()).hexdigest()


async def verify(unit: Unit) -> list[Fault]:
    """Read every chain, and tell what is wrong. Empty: nothing was changed. Nobody records anything meanwhile."""
    heads = await _heads(unit)
    statement = select(AuditRecord).order_by(col(AuditRecord.chain), col(AuditRecord.place))
    rows = (await unit.session.execute(statement)).scalars().all()
    starts = {CHAIN: await _start(unit)}
    faults = [
        fault for name, chain in groupby(rows, key=lambda row: row.chain)
        for fault in _faults(chain, starts.get(name, NOTHING))
    ]  # fmt: skip
    newest = next((Link(row.place, row.hash) for row in reversed(rows) if row.chain == CHAIN), starts[CHAIN])
    return faults + _cut(unit, heads, newest, {(row.chain, row.place): row.hash for row in rows})


async def forget_old(unit: Unit) -> int:
    """Take out records of long ago, so that what stays still holds together; how many that were."""
    return await _forget_first(unit) + await _forget_chains(unit)


async def _forget_first(unit: Unit) -> int:
    """The first records of the chain go, and where it begins now is sealed; not so if one of them was changed, so that
    `verify` goes on telling it."""
    of_chain = select(AuditRecord).where(col(AuditRecord.chain) == CHAIN)
    old = of_chain.where(col(AuditRecord.at) < unit.now - KEPT).order_by(col(AuditRecord.place).desc()).limit(1)
    last = (await unit.session.execute(old)).scalar_one_or_none()
    if last is None:
        return 0
    await _alone(unit)
    going = of_chain.where(col(AuditRecord.place) <= last.place).order_by(col(AuditRecord.place))
    rows = (await unit.session.execute(going)).scalars().all()
    if not list(_faults(rows, await _start(unit))):
        await switch.put(unit, START, _sealed(unit, START, Link(last.place, last.hash)))
    gone = delete(AuditRecord).where(col(AuditRecord.chain) == CHAIN, col(AuditRecord.place) <= last.place)
    await unit.session.execute(gone)
    return len(rows)


async def _forget_chains(unit: Unit) -> int:
    """The chains that grow no more go whole, each with its sealed head."""
    newest = func.max(col(AuditRecord.at))
    grown = select(col(AuditRecord.chain)).where(col(AuditRecord.chain) != CHAIN).group_by(col(AuditRecord.chain))
    chains = list((await unit.session.execute(grown.having(newest < unit.now - KEPT))).scalars())
    gone = delete(AuditRecord).where(col(AuditRecord.chain).in_(chains)).returning(col(AuditRecord.id))
    await unit.session.execute(delete(Setting).where(col(Setting.name).in_([HEAD + chain for chain in chains])))
    return len((await unit.session.execute(gone)).all())


async def _end(unit: Unit) -> Link:
    """What the next record follows, once whoever is recording at this moment is done.

    Where the head is not as it was sealed, or stands before the newest record, a place is left free, and no record says
    which one it follows: what was done to the chain is not healed by what is written next.
    """
    said = await _alone(unit)
    newest = select(func.max(col(AuditRecord.place))).where(col(AuditRecord.chain) == CHAIN)
    place, head = (await unit.session.execute(newest)).scalar_one() or 0, _opened(unit, CHAIN, said)
    if not said and not place:
        return NOTHING
    return head if head is not None and head.place >= place else Link(place + 1, "")


async def _alone(unit: Unit) -> str:
    """The sealed head, held until this transaction ends; empty where there is none yet."""
    ours = upsert(unit, Setting).values(name=HEAD + CHAIN, value="", at=unit.now)
    locked = ours.on_conflict_do_update(index_elements=["name"], set_={"at": unit.now}).returning(col(Setting.value))
    said: str = (await unit.session.execute(locked)).scalar_one()
    return said


async def _start(unit: Unit) -> Link:
    return _opened(unit, START, await switch.get(unit, START) or "") or NOTHING


def _row(now: dt.datetime, last: Link, deed: Deed) -> dict[str, Any]:
    return {
        "chain": CHAIN, "place": last.place + 1, "at": now,
        "staff_id": deed.staff_id, "action": deed.action, "about": deed.about,
        "previous": last.hash, "hash": digest(last.hash, now, deed.staff_id, deed.action, deed.about),
    }  # fmt: skip


def _faults(chain: Iterable[AuditRecord], start: Link) -> Iterable[Fault]:
    previous, place = start.hash, start.place
    for row in chain:
        if row.place != place + 1:
            yield Fault(row.chain, place + 1, "missing")
        elif row.previous != previous or row.hash != digest(row.previous, row.at, row.staff_id, row.action, row.about):
            yield Fault(row.chain, row.place, "changed")
        previous, place = row.hash, row.place


async def _heads(unit: Unit) -> dict[str, str]:
    """What was sealed, by chain; held until this transaction ends, so that what is read next goes with it."""
    wanted = select(Setting).where(col(Setting.name).startswith(HEAD)).with_for_update()
    return {row.name.removeprefix(HEAD): row.value for row in (await unit.session.execute(wanted)).scalars()}


def _cut(unit: Unit, heads: dict[str, str], newest: Link, known: Mapping[tuple[str, int], str]) -> list[Fault]:
    """Heads that were sealed, and are not what they were. That of the chain that grows stands at its newest record."""
    grows = _opened(unit, CHAIN, heads.pop(CHAIN, "")) or NOTHING
    found = [] if grows == newest else [Fault(CHAIN, max(grows.place, newest.place), "cut")]
    for chain, value in heads.items():
        head = _opened(unit, chain, value)
        if head is None or known.get((chain, head.place)) != head.hash:
            found.append(Fault(chain, head.place if head else 0, "cut"))
    return found


def _sealed(unit: Unit, chain: str, link: Link) -> str:
    seal = unit.vault.index(MAC, f"{chain}\0{link.place}\0{link.hash}")
    return f"{link.place} {link.hash} {seal}"


def _opened(unit: Unit, chain: str, value: str) -> Link | None:
    """What was sealed; None for what was not, or for another chain."""
    place, _, rest = value.partition(" ")
    if not place.isdecimal():
        return None
    link = Link(int(place), rest.partition(" ")[0])
    return link if value == _sealed(unit, chain, link) else None
