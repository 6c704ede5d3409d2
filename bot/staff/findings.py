"""What may stand in the way of a version: its words, its times, or another that went live meanwhile."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bot.staff import versions
from bot.staff.outcomes import Conflict, Refusal
from bot.store.content import Row
from bot.store.unit import Unit
from bot.store.visit_tables import StaffMember
from bot.visits import team
from knowledge.check import Fault
from knowledge.check_one import Kind, faults_of_text, parse
from knowledge.entry import Entry, Tier
from knowledge.errors import UnreadableFile
from knowledge.library import Library
from knowledge.references import references

TIMES, STILL_NAMED = "staff.edit.times", "staff.edit.still-named"


def faults_in(kind: Kind, slug: str, text: str, library: Library) -> tuple[Fault, ...] | str:
    """What the checks find in a text; one plain sentence where it cannot be read at all."""
    try:
        return faults_of_text(kind, slug, text, library)
    except UnreadableFile as error:
        return str(error.facts["why"])


def tier_of(kind: Kind, row: Row) -> Tier | None:
    """The tier of an answer; None for an organisation, and for a text that cannot be read."""
    try:
        found = parse(kind, row.slug, row.text)
    except UnreadableFile:
        return None
    return found.tier if isinstance(found, Entry) else None


def title_of(row: Row) -> str:
    """What an answer is called; its id, where the text cannot be read."""
    try:
        found = parse("entry", row.slug, row.text)
    except UnreadableFile:
        return row.slug
    return found.title if isinstance(found, Entry) else row.slug


def when_faulty(starts: dt.datetime | None, ends: dt.datetime | None, now: dt.datetime) -> bool:
    """Would it end before it starts, or before now?"""
    return ends is not None and ends <= max(now, starts or now)


def wrong_with(kind: Kind, slug: str, text: str | None, library: Library) -> Refusal | None:
    """What is wrong with a text by itself; where there is none, because its file is retired, that others name it."""
    if text is None:
        named = references(library, kind, slug)
        return Refusal(STILL_NAMED, {"names": ", ".join(dict.fromkeys(one.name for one in named))}) if named else None
    found = faults_in(kind, slug, text, library)
    if isinstance(found, str):
        return Refusal("staff.edit.unreadable", {"why": found})
    hard = [one.what for one in found if not one.warning]
    return Refusal("staff.edit.faults", {"what": "; ".join(hard)}) if hard else None


async def conflict_with(unit: Unit, kind: Kind, row: Row) -> Conflict | None:
    """Somebody else's version that went live since this one was begun."""
    live = await versions.stands(unit, kind, row.slug)
    if live is None or (live.version, live.local) == (row.base, row.local):
        return None
    return Conflict(live.id, live.version, await who(unit, live.staff_id))


async def who(unit: Unit, staff_id: int | None) -> str | None:
    """A colleague's name, also of one who has left; None where a version shipped."""
    found: Any = await unit.session.get(StaffMember, staff_id) if staff_id is not None else None
    return team.name_of(unit, found) if found is not None else None
