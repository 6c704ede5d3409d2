"""Who confirmed an answer, and when: set by "still correct" and by what ships, by nothing that somebody types in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.staff import versions
from bot.staff.outcomes import Refusal
from bot.store.content import Row
from bot.store.tables import EntryVersion
from bot.store.unit import Unit
from knowledge.check_one import Kind
from knowledge.checked import Check, check_of, with_check


async def kept(unit: Unit, kind: Kind, slug: str, text: str) -> str:
    """The text of a draft, with the check of what answers now in place of its own. Any other kind of file, and what
    cannot be read, as it is."""
    typed = check_of(text) if kind == "entry" else None
    stands = await _stands(unit, slug) if typed is not None else None
    return with_check(text, stands) if stands is not None and typed != stands else text


async def fault(unit: Unit, kind: Kind, row: Row) -> Refusal | None:
    """Does a version say of itself that somebody has confirmed it?"""
    typed = check_of(row.text) if kind == "entry" and not row.retires else None
    if typed is None or typed == await _stands(unit, row.slug):
        return None
    return Refusal("staff.edit.sign-off", {}, row.id)


async def _stands(unit: Unit, slug: str) -> Check:
    """Who confirmed what answers now, or, where it was taken away, what answered last. Nobody, of a new one."""
    row = await versions.live(unit, "entry", slug) or await _last(unit, slug)
    return (check_of(row.text) if row is not None else None) or Check()


async def _last(unit: Unit, slug: str) -> Row | None:
    table = EntryVersion
    past = (col(table.slug) == slug, col(table.state) == "replaced", col(table.retires).is_(False))
    statement = select(table).where(*past).order_by(col(table.at).desc(), col(table.id).desc()).limit(1)
    found: Any = (await unit.session.execute(statement)).scalar_one_or_none()
    return found if isinstance(found, EntryVersion) else None
