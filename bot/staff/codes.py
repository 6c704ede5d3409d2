"""One-time codes that open the console: an invitation, a link from an admin, or six and two characters by Telegram."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import col

from bot.staff import audit
from bot.store import outbox
from bot.store.staff_tables import AuditRecord
from bot.store.unit import Unit
from bot.store.visit_tables import StaffInvite, StaffMember
from bot.visits import team
from handlers.catalogue import Texts
from handlers.office import Colleague
from handlers.turn import Reply
from knowledge.visits.names import ALPHABET, RandomBytes

CONSOLE, SIGN_IN = "console", "sign-in"
"""Purposes: the first opens the console by itself; the second only together with the number it was made for."""
INVITATION_LASTS = dt.timedelta(hours=48)
LINK_LASTS = dt.timedelta(minutes=30)
CODE_LASTS = dt.timedelta(minutes=10)
MOST_TRIES = 5
REFUSED = "sign-in refused"


async def open_the_console(unit: Unit, staff_id: int, lasts: dt.timedelta, random_bytes: RandomBytes) -> str | None:
    """A code of twelve characters for somebody to sign in once; None where nobody of the team has this number."""
    if await team.member(unit, staff_id) is None:
        return None
    code = drawn(random_bytes, 4, 4, 4)
    await _keep(unit, staff_id, CONSOLE, code, lasts)
    return code


async def use(unit: Unit, code: str) -> Colleague | None:
    """Use up a code for the console; whose it was. None whatever is wrong with it: it tells nothing."""
    statement = (
        update(StaffInvite)
        .where(col(StaffInvite.code) == _kept(unit, CONSOLE, code), *_good(unit, CONSOLE))
        .values(used_at=unit.now)
        .returning(col(StaffInvite.staff_id))
    )
    staff_id = (await unit.session.execute(statement)).scalar_one_or_none()
    return None if staff_id is None else await team.member(unit, staff_id)


async def send(unit: Unit, staff_id: int, texts: Texts, random_bytes: RandomBytes) -> bool:
    """Queue a code for somebody's linked chat; the one before is void. False where there is no such chat."""
    chat_id = await _chat_of(unit, staff_id)
    if chat_id is None:
        return False
    await unit.session.execute(
        update(StaffInvite).where(col(StaffInvite.staff_id) == staff_id, *_good(unit, SIGN_IN)).values(used_at=unit.now)
    )
    code = drawn(random_bytes, 6, 2)
    made = await _keep(unit, staff_id, SIGN_IN, code, CODE_LASTS)
    # SQLite may count a number a second time once its row is gone; the moment tells them apart.
    source = f"signin:{made}-{unit.now.timestamp():.6f}"
    return await outbox.queue_for(unit, chat_id, Reply(blocks=texts.blocks("console.code", code=code)), source)


async def try_code(unit: Unit, staff_id: int, code: str) -> Colleague | None:
    """Sign in by the code that was sent to somebody's chat. Each has five tries; a wrong one is recorded."""
    # The lock makes tries at the same moment come one by one, so that each is counted.
    statement = select(StaffInvite).where(col(StaffInvite.staff_id) == staff_id, *_good(unit, SIGN_IN))
    sent = (await unit.session.execute(statement.with_for_update())).scalar_one_or_none()
    if sent is None or await _tries(unit, sent) >= MOST_TRIES:
        return None
    if sent.code != _kept(unit, SIGN_IN, f"{staff_id} {code}"):
        await audit.record(unit, staff_id, REFUSED, _about(sent))
        return None
    sent.used_at = unit.now
    await unit.session.flush()
    return await team.member(unit, staff_id)


def drawn(random_bytes: RandomBytes, *groups: int) -> str:
    """A code in groups of so many characters each."""
    # Twice the bytes it needs: that the remainder favours some characters no longer matters.
    number, parts = int.from_bytes(random_bytes(2 * sum(groups)), "big"), []
    for length in groups:
        part = ""
        for _ in range(length):
            number, place = divmod(number, len(ALPHABET))
            part += ALPHABET[place]
        parts.append(part)
    return "-".join(parts)


async def _keep(unit: Unit, staff_id: int, purpose: str, code: str, lasts: dt.timedelta) -> int:
    # The short code is only unlikely, not unique, so it is kept together with the number it belongs to.
    said = code if purpose == CONSOLE else f"{staff_id} {code}"
    made = StaffInvite(
        staff_id=staff_id,
        code=_kept(unit, purpose, said),
        purpose=purpose,
        created_at=unit.now,
        expires_at=unit.now + lasts,
    )
    unit.session.add(made)
    await unit.session.flush()
    return made.id


def _kept(unit: Unit, purpose: str, code: str) -> str:
    return unit.vault.index(f"{team.CODE} {purpose}", team.clean_code(code))


def _good(unit: Unit, purpose: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(StaffInvite.purpose) == purpose,
        col(StaffInvite.used_at).is_(None),
        col(StaffInvite.expires_at) > unit.now,
    )


async def _chat_of(unit: Unit, staff_id: int) -> int | None:
    here = select(col(StaffMember.chat_id)).where(col(StaffMember.id) == staff_id, col(StaffMember.left_at).is_(None))
    found: int | None = (await unit.session.execute(here)).scalar_one_or_none()
    return found


async def _tries(unit: Unit, sent: StaffInvite) -> int:
    refused = (
        col(AuditRecord.action) == REFUSED,
        col(AuditRecord.about) == _about(sent),
        col(AuditRecord.at) >= sent.created_at,
    )
    counted = select(func.count()).where(col(AuditRecord.staff_id) == sent.staff_id, *refused)
    return int((await unit.session.execute(counted)).scalar_one())


def _about(sent: StaffInvite) -> str:
    return f"code {sent.id}"
