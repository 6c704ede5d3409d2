"""Who confirmed an answer, and when: set by "still correct" and by what ships, by nothing that somebody types in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from bot.staff import versions
from bot.staff.outcomes import Refusal
from bot.staff.versions import SHIPPED, State
from bot.store.content import Row
from bot.store.tables import EntryVersion
from bot.store.unit import Unit
from knowledge.check_one import Kind
from knowledge.checked import Check, check_of, with_check


async def kept(unit: Unit, kind: Kind, slug: str, text: str) -> str:
    """The text of a draft, with the check of what answers now in place of its own; with none where nothing does. Any
    other kind of file, what cannot be read, and word for word what an upgrade offers, as it is."""
    typed = check_of(text) if kind == "entry" else None
    if typed is None or await _shipped(unit, slug, text, ("offered",)):
        return text
    stands = await _stands(unit, slug)
    return with_check(text, stands) if typed != stands else text


async def fault(unit: Unit, kind: Kind, row: Row) -> Refusal | None:
    """Does a version say of itself that somebody has confirmed it? That nobody has may be said of any, and word for
    word what shipped says what shipped."""
    typed = check_of(row.text) if kind == "entry" and not row.retires else None
    if typed in (None, Check()) or typed == await _stands(unit, row.slug):
        return None
    return None if await _shipped(unit, row.slug, row.text) else Refusal("staff.edit.sign-off", {}, row.id)


async def _stands(unit: Unit, slug: str) -> Check:
    """Who confirmed what answers now. Nobody, of a new answer and of one that was taken away."""
    row = await versions.live(unit, "entry", slug)
    return (check_of(row.text) if row is not None else None) or Check()


async def _shipped(unit: Unit, slug: str, text: str, states: Sequence[State] = ()) -> bool:
    """Is this, word for word, a version that shipped, in one of some states, or in any?"""
    table = EntryVersion
    same = [col(table.slug) == slug, col(table.by) == SHIPPED, col(table.text) == text]
    within = [col(table.state).in_(states)] if states else []
    statement = select(col(table.id)).where(*same, *within).limit(1)
    return (await unit.session.execute(statement)).first() is not None
