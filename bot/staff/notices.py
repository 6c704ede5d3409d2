"""Notices: a few words beside an answer or an organisation until a moment, "closed this week". Live within a second."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select, update
from sqlmodel import col

from bot.staff.edits import APPROVERS, NEED_A_SECOND, PUBLISHERS
from bot.staff.findings import tier_of
from bot.staff.outcomes import Refusal
from bot.staff.versions import Audit, bump, live
from bot.store.content import Row
from bot.store.staff_tables import Notice
from bot.store.unit import Unit
from handlers.office import Colleague
from knowledge.check_one import Kind

LONGEST = 160
FARTHEST = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice as staff read it. `until` is in UTC; `staff_id` of somebody who has left stays."""

    id: int
    about: str
    kind: Kind
    text: str
    until: dt.datetime
    at: dt.datetime
    staff_id: int | None


async def add(
    unit: Unit, about: str, kind: Kind, text: str, until: dt.datetime, staff: Colleague, audit: Audit
) -> int | Refusal:
    """Residents read it with their next message, until `until` (in UTC). Its number; Refusal changes nothing."""
    words, row = " ".join(text.split()), await live(unit, kind, about)
    if wrong := _wrong(words, until, unit.now) or _misplaced(kind, row, staff):
        return Refusal(wrong)
    notice = Notice(about=about, kind=kind, text=words, until=until, staff_id=staff.id, at=unit.now)
    unit.session.add(notice)
    await unit.session.flush()
    await bump(unit)
    await audit("notice added", f"{notice.id} {about}")
    return notice.id


def may_add(staff: Colleague, kind: Kind, row: Row) -> bool:
    """May somebody put words on this that residents read at once? On an answer: only who may publish it, where a second
    person must agree to its words only who may agree; on an organisation everybody of the team."""
    if kind != "entry":
        return True
    tier = tier_of(kind, row)
    return staff.role in (APPROVERS if tier is None or tier in NEED_A_SECOND else PUBLISHERS)


async def end(unit: Unit, notice_id: int, staff: Colleague, audit: Audit) -> bool:
    """Take a notice down now; one on an answer only who may publish. False where there is none of theirs with this
    number that stands."""
    which = [col(Notice.id) == notice_id, col(Notice.ended_at).is_(None), col(Notice.until) > unit.now]
    if staff.role not in PUBLISHERS:
        which.append(col(Notice.kind) != "entry")
    statement = update(Notice).where(*which).values(ended_at=unit.now).returning(col(Notice.about))
    about = (await unit.session.execute(statement)).scalar_one_or_none()
    if about is None:
        return False
    await bump(unit)
    await audit("notice ended", f"{notice_id} {about}")
    return True


async def current(unit: Unit, now: dt.datetime | None = None) -> list[Standing]:
    """Those that stand at a moment, the first to end first."""
    now = now or unit.now
    statement = (
        select(Notice)
        .where(col(Notice.ended_at).is_(None), col(Notice.until) > now)
        .order_by(col(Notice.until), col(Notice.id))
    )
    return [
        Standing(row.id, row.about, cast(Kind, row.kind), row.text, row.until, row.at, row.staff_id)
        for row in (await unit.session.execute(statement)).scalars()
    ]


def _misplaced(kind: Kind, row: Row | None, staff: Colleague) -> str | None:
    """The text id of why a notice may not stand where it was meant to."""
    if row is None:
        return "staff.notice.about-nothing"
    return None if may_add(staff, kind, row) else "staff.notice.not-yours"


def _wrong(words: str, until: dt.datetime, now: dt.datetime) -> str | None:
    """The text id of what is wrong with a notice by itself."""
    if not words:
        return "staff.notice.empty"
    if len(words) > LONGEST:
        return "staff.notice.long"
    if "<" in words or ">" in words:
        return "staff.notice.markup"
    return None if now < until <= now + FARTHEST else "staff.notice.until"
