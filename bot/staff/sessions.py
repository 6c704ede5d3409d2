"""Who is signed in to the console, on which device, and until when."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import col

from bot.store.staff_tables import StaffSession
from bot.store.unit import Unit
from bot.visits import team
from handlers.office import Colleague
from knowledge.visits.names import RandomBytes

TOKEN = "staff_session.token"  # noqa: S105 - the name of a column
CSRF = "staff_session.csrf"
IDLE = dt.timedelta(minutes=30)
LONGEST = dt.timedelta(hours=12)
NOTED_EVERY = dt.timedelta(minutes=1)
FRESH = dt.timedelta(minutes=10)
"""So long after signing in somebody is taken for themselves when they add another way in."""
KEPT = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who is signed in. `csrf` stands in every form of theirs; `stale`: it is time to note their visit;
    `fresh`: they signed in a moment ago."""

    session_id: int
    who: Colleague
    csrf: str
    stale: bool
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Device:
    """One of somebody's sign-ins, as they see it. Times are in UTC."""

    id: int
    how: str
    since: dt.datetime
    seen_at: dt.datetime


async def begin(unit: Unit, staff_id: int, how: str, random_bytes: RandomBytes) -> str:
    """Sign somebody in; the token their browser keeps. `how` is invitation, telegram, link or passkey."""
    token = base64.urlsafe_b64encode(random_bytes(32)).decode().rstrip("=")
    kept = unit.vault.index(TOKEN, token)
    unit.session.add(
        StaffSession(
            staff_id=staff_id,
            token=kept,
            how=how,
            created_at=unit.now,
            seen_at=unit.now,
            ends_at=unit.now + LONGEST,
        )
    )
    await unit.session.flush()
    return token


async def find(unit: Unit, token: str) -> Signed | None:
    """Who holds this token; None where it is wrong, ended, or theirs who have left the team."""
    statement = select(StaffSession).where(col(StaffSession.token) == unit.vault.index(TOKEN, token), *_lives(unit))
    row = (await unit.session.execute(statement)).scalar_one_or_none()
    who = await team.member(unit, row.staff_id) if row is not None else None
    if row is None or who is None:
        return None
    stale, fresh = unit.now - row.seen_at >= NOTED_EVERY, unit.now - row.created_at < FRESH
    return Signed(row.id, who, unit.vault.index(CSRF, token), stale, fresh)


async def seen(unit: Unit, session_id: int) -> None:
    """They were here at this moment: the half hour begins anew."""
    here = update(StaffSession).where(col(StaffSession.id) == session_id, *_lives(unit))
    await unit.session.execute(here.values(seen_at=unit.now))


async def devices(unit: Unit, staff_id: int) -> tuple[Device, ...]:
    """Where somebody is signed in, the newest first."""
    own = select(StaffSession).where(col(StaffSession.staff_id) == staff_id, *_lives(unit))
    rows = (await unit.session.execute(own.order_by(col(StaffSession.id).desc()))).scalars()
    return tuple(Device(row.id, row.how, row.created_at, row.seen_at) for row in rows)


async def end(unit: Unit, staff_id: int, session_id: int) -> bool:
    """Sign one of somebody's own devices out. False where it was not signed in, or is not theirs."""
    statement = (
        update(StaffSession)
        .where(col(StaffSession.id) == session_id, col(StaffSession.staff_id) == staff_id, *_lives(unit))
        .values(revoked_at=unit.now)
        .returning(col(StaffSession.id))
    )
    return (await unit.session.execute(statement)).scalar_one_or_none() is not None


async def end_all(unit: Unit, staff_id: int) -> int:
    """Sign a colleague out everywhere; from how many devices."""
    theirs = update(StaffSession).where(col(StaffSession.staff_id) == staff_id, *_lives(unit))
    ended = await unit.session.execute(theirs.values(revoked_at=unit.now).returning(col(StaffSession.id)))
    return len(ended.all())


async def forget_old(unit: Unit) -> None:
    """Take out the rows of sign-ins that ended a month ago."""
    await unit.session.execute(delete(StaffSession).where(col(StaffSession.ends_at) < unit.now - KEPT))


def _lives(unit: Unit) -> tuple[ColumnElement[bool], ...]:
    return (
        col(StaffSession.revoked_at).is_(None),
        col(StaffSession.ends_at) > unit.now,
        col(StaffSession.seen_at) > unit.now - IDLE,
    )
