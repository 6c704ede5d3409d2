"""The team: who belongs to it, whose chat is whose, and the one-time codes that link them."""

from __future__ import annotations

import datetime as dt
from typing import cast, get_args

from sqlalchemy import delete, select, update
from sqlmodel import col

from bot.store.tables import Chat
from bot.store.unit import Unit
from bot.store.visit_tables import StaffInvite, StaffMember
from bot.visits.calendars import staff_feed_path
from handlers.office import VISITORS, Colleague, Role
from knowledge.visits.names import ALPHABET, RandomBytes

NAME = "staff_member.name"
CODE = "staff_invite.code"
CODE_LASTS = dt.timedelta(hours=48)
# Seventeen characters to the twelfth are 580 million million codes: at a thousand tries a second through all of its 48
# hours, one in three million finds a given code. So tries are not counted, and nobody can lock a colleague out by
# trying.
GROUPS, IN_A_GROUP = 3, 4
PRIVATE_CHANNELS = frozenset({"telegram"})
"""Where an account belongs to one person. A page of the web chat is anybody's who has the browser."""
ROLES: tuple[Role, ...] = get_args(Role)


async def invite(unit: Unit, name: str, role: Role, agency: str, random_bytes: RandomBytes) -> tuple[int, str]:
    """A new member of the team; their number, and the code that links their account once within 48 hours."""
    member = await add(unit, name, role, agency)
    return member, await _new_code(unit, member, random_bytes)


async def add(unit: Unit, name: str, role: Role, agency: str = "") -> int:
    """A new member of the team without an account; their number."""
    sealed = unit.vault.seal(NAME, name)
    member = StaffMember(name=sealed, role=role, agency=agency, created_at=unit.now)
    unit.session.add(member)
    await unit.session.flush()
    return member.id


async def renew(unit: Unit, staff_id: int, random_bytes: RandomBytes) -> str | None:
    """Another code for somebody whose code is lost or too old, or who has another account now; codes sent before are
    void. None where nobody of the team has this number."""
    if await member(unit, staff_id) is None:
        return None
    await _void(unit, staff_id)
    return await _new_code(unit, staff_id, random_bytes)


async def link(unit: Unit, code: str, chat_id: int) -> Colleague | None:
    """Use up a code: this chat is theirs from now on, and no other. None, whatever is wrong: it tells nothing."""
    chat = await unit.session.get(Chat, chat_id)
    if chat is None or chat.channel not in PRIVATE_CHANNELS:
        return None
    staff_id = await _use_up(unit, code)
    if staff_id is None:
        return None
    await unit.session.execute(update(StaffMember).where(col(StaffMember.chat_id) == chat_id).values(chat_id=None))
    still_here = (col(StaffMember.id) == staff_id, col(StaffMember.left_at).is_(None))
    await unit.session.execute(update(StaffMember).where(*still_here).values(chat_id=chat_id))
    return await member(unit, staff_id)


async def leave(unit: Unit, staff_id: int) -> bool:
    """They belong to the team no more, and their chat is unlinked. False where they did not before."""
    statement = (
        update(StaffMember)
        .where(col(StaffMember.id) == staff_id, col(StaffMember.left_at).is_(None))
        .values(left_at=unit.now, chat_id=None)
        .returning(col(StaffMember.id))
    )
    if (await unit.session.execute(statement)).scalar_one_or_none() is None:
        return False
    await _void(unit, staff_id)
    return True


async def member(unit: Unit, staff_id: int) -> Colleague | None:
    """Somebody of the team by their number; None for whoever has left."""
    return await _one(unit, staff_id=staff_id)


async def of_chat(unit: Unit, chat_id: int) -> Colleague | None:
    """Whose chat this is; None where it is nobody's of the team."""
    return await _one(unit, chat_id=chat_id)


async def everybody(unit: Unit) -> tuple[Colleague, ...]:
    """Everybody who has not left, by name."""
    found = (await unit.session.execute(select(StaffMember).where(col(StaffMember.left_at).is_(None)))).scalars()
    return tuple(sorted((_colleague(unit, row) for row in found), key=lambda one: (one.name.casefold(), one.id)))


async def visitors(unit: Unit) -> dict[int, Colleague]:
    """Those of the team who may go to visits, by their number."""
    return {one.id: one for one in await everybody(unit) if one.role in VISITORS}


async def feed_path(unit: Unit, staff_id: int) -> str | None:
    """The secret address of somebody's calendar, below our own; None for whoever has left or goes to no visits."""
    row = await unit.session.get(StaffMember, staff_id)
    visits_nobody = row is None or row.left_at is not None or row.role not in VISITORS
    return None if row is None or visits_nobody else staff_feed_path(unit.vault, row)


def name_of(unit: Unit, row: StaffMember) -> str:
    """Somebody's name; "number 7" where none was kept."""
    return unit.vault.open(NAME, row.name) if row.name else f"number {row.id}"


def clean_code(code: str) -> str:
    """A code as somebody typed it in; only its letters and digits, in capitals, out."""
    return "".join(char for char in code.upper() if char.isalnum())


async def _one(unit: Unit, **wanted: int) -> Colleague | None:
    column, value = ("chat_id", wanted["chat_id"]) if "chat_id" in wanted else ("id", wanted["staff_id"])
    statement = select(StaffMember).where(
        col(getattr(StaffMember, column)) == value, col(StaffMember.left_at).is_(None)
    )
    # What was changed by a statement before is read anew.
    row = (await unit.session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()
    return None if row is None else _colleague(unit, row)


def _colleague(unit: Unit, row: StaffMember) -> Colleague:
    return Colleague(id=row.id, name=name_of(unit, row), role=cast(Role, row.role), agency=row.agency)


async def _new_code(unit: Unit, staff_id: int, random_bytes: RandomBytes) -> str:
    code = _drawn(random_bytes)
    kept = unit.vault.index(CODE, clean_code(code))
    unit.session.add(StaffInvite(staff_id=staff_id, code=kept, created_at=unit.now, expires_at=unit.now + CODE_LASTS))
    await unit.session.flush()
    return code


async def _use_up(unit: Unit, code: str) -> int | None:
    statement = (
        update(StaffInvite)
        .where(col(StaffInvite.code) == unit.vault.index(CODE, clean_code(code)))
        .where(col(StaffInvite.purpose) == "link")
        .where(col(StaffInvite.used_at).is_(None), col(StaffInvite.expires_at) > unit.now)
        .values(used_at=unit.now)
        .returning(col(StaffInvite.staff_id))
    )
    found: int | None = (await unit.session.execute(statement)).scalar_one_or_none()
    return found


async def _void(unit: Unit, staff_id: int) -> None:
    await unit.session.execute(
        delete(StaffInvite).where(col(StaffInvite.staff_id) == staff_id, col(StaffInvite.used_at).is_(None))
    )


def _drawn(random_bytes: RandomBytes) -> str:
    # Sixteen bytes for twelve characters: that the remainder favours some of them no longer matters.
    drawn, characters = int.from_bytes(random_bytes(16), "big"), ""
    for _ in range(GROUPS * IN_A_GROUP):
        drawn, place = divmod(drawn, len(ALPHABET))
        characters += ALPHABET[place]
    return "-".join(characters[at : at + IN_A_GROUP] for at in range(0, len(characters), IN_A_GROUP))
