"""Notices: a few words beside an answer or an organisation until a moment, "closed this week". Live within a second."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select, update
from sqlmodel import col

from bot.staff.outcomes import Refusal
from bot.staff.versions import Audit, bump, live
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
    words = " ".join(text.split())
    wrong = _wrong(words, until, unit.now)
    if wrong is None and await live(unit, kind, about) is None:
        wrong = "staff.notice.about-nothing"
    if wrong is not None:
        return Refusal(wrong)
    notice = Notice(about=about, kind=kind, text=words, until=until, staff_id=staff.id, at=unit.now)
    unit.session.add(notice)
    await unit.session.flush()
    await bump(unit)
    await audit("notice added", f"{notice.id} {about}")
    return notice.id


async def end(unit: Unit, notice_id: int, audit: Audit) -> bool:
    """Take a notice down now. False where none with this number stands."""
    statement = (
        update(Notice)
        .where(col(Notice.id) == notice_id, col(Notice.ended_at).is_(None), col(Notice.until) > unit.now)
        .values(ended_at=unit.now)
        .returning(col(Notice.about))
    )
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


def _wrong(words: str, until: dt.datetime, now: dt.datetime) -> str | None:
    """The text id of what is wrong with a notice by itself."""
    if not words:
        return "staff.notice.empty"
    if len(words) > LONGEST:
        return "staff.notice.long"
    if "<" in words or ">" in words:
        return "staff.notice.markup"
    return None if now < until <= now + FARTHEST else "staff.notice.until"
