"""Changing an answer or an organisation: a draft, tried out, agreed to where lives or trust hang on it, live.

Nothing that somebody wrote is ever lost: also a text that cannot be read is kept as a draft.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from bot.staff import missed_waiting, sign_off, versions
from bot.staff.findings import TIMES, conflict_with, faults_in, tier_of, when_faulty, wrong_with
from bot.staff.outcomes import Conflict, Done, Draft, Refusal, Rehearsal
from bot.staff.seen import mark_of
from bot.staff.versions import STAFF, UNPUBLISHED, Audit, State
from bot.store.content import Row
from bot.store.unit import Unit
from handlers.office import Colleague, Role
from knowledge.check_one import Kind
from knowledge.library import Library

NEED_A_SECOND = frozenset({"life-safety", "sensitive"})
"""Tiers of which no version goes live before a second person has agreed."""
PUBLISHERS: frozenset[Role] = frozenset({"editor", "approver", "coordinator", "admin"})
APPROVERS: frozenset[Role] = frozenset({"approver", "coordinator", "admin"})
GONE, NOT_YOURS = Refusal("staff.edit.gone"), Refusal("staff.edit.not-yours")
CHANGED = Refusal("staff.edit.changed")


def waits_for(who: Colleague, row: Row) -> bool:
    """May somebody agree to other words from their phone? Never to their own; taking an answer away is agreed to at
    the console, which shows what still names it."""
    others = row.state == "waiting" and row.staff_id not in (None, who.id)
    return others and not row.retires and who.role in APPROVERS


@dataclass(frozen=True, slots=True)
class Editing:
    """What one person does to the files in one transaction. `library` is what is answered with now."""

    unit: Unit
    library: Library
    staff: Colleague
    audit: Audit

    async def draft(self, kind: Kind, slug: str, text: str, note: str = "", base: int | None = None) -> Draft | Refusal:
        """Keep a text as this person's one draft of a file, with who confirmed it and when as what answers has them.
        `base` is the version it was written over, where that is not the live one or, for a draft that is there already,
        the one it had."""
        text = await sign_off.kept(self.unit, kind, slug, text.replace("\r\n", "\n"))
        version_id, over = await self._keep(kind, slug, {"text": text, "note": note, "at": self.unit.now}, base)
        await self.audit("draft", f"{kind} {slug}")
        found = faults_in(kind, slug, text, self.library)
        if isinstance(found, str):
            return Refusal("staff.edit.unreadable", {"why": found}, version_id)
        hard = tuple(one.what for one in found if not one.warning)
        return Draft(version_id, over, hard, tuple(one.what for one in found if one.warning))

    async def retire(self, kind: Kind, slug: str, reason: str) -> Draft | Refusal:
        """Begin to take a file away: a draft without words, published by the same rules. It stays in the history."""
        if not reason:
            return Refusal("staff.edit.no-reason")
        if await versions.live(self.unit, kind, slug) is None:
            return GONE
        if await versions.draft_of(self.unit, kind, slug, self.staff.id) is not None:
            return Refusal("staff.edit.own-draft")
        values = {"text": "", "note": reason, "at": self.unit.now, "retires": True}
        version_id, over = await self._keep(kind, slug, values, None)
        await self.audit("draft retirement", f"{kind} {slug}")
        return Draft(version_id, over)

    async def submit(
        self, kind: Kind, version_id: int, starts: dt.datetime | None = None, ends: dt.datetime | None = None
    ) -> Done | Refusal | Conflict:
        """Send a draft to a second person, to be live between two moments, if wished."""
        row = await self._row(kind, version_id, "draft")
        if row is None:
            return GONE
        if fault := await self._fault(kind, row, starts, ends):
            return fault
        return await self._to(kind, row, "waiting", "submit", starts=starts, ends=ends)

    async def publish(
        self, kind: Kind, version_id: int, rehearsal: Rehearsal,
        starts: dt.datetime | None = None, ends: dt.datetime | None = None, seen: str | None = None,
    ) -> Done | Refusal | Conflict:  # fmt: skip
        """Make a draft live, now or from `starts` on, where no second person is needed. `seen` is the mark of what was
        read (`seen.mark_of`), for whoever did not write it themselves."""
        if self.staff.role not in PUBLISHERS:
            return NOT_YOURS
        await versions.locked_revision(self.unit)
        row = await self._row(kind, version_id, "draft", "waiting")
        if row is not None and await self.needs_a_second(kind, row):
            return Refusal("staff.edit.second-person")
        if row is not None and seen is not None and seen != mark_of(row):
            return CHANGED
        return await self._release(kind, row, rehearsal, {"starts": starts, "ends": ends})

    async def approve(self, kind: Kind, version_id: int, rehearsal: Rehearsal, seen: str) -> Done | Refusal | Conflict:
        """Agree to what somebody else wrote, and to no other words than were read, of which `seen` is the mark
        (`seen.mark_of`): it goes live, or at the time it was sent for."""
        if self.staff.role not in APPROVERS:
            return NOT_YOURS
        await versions.locked_revision(self.unit)
        row = await self._row(kind, version_id, "waiting")
        if row is None:
            return GONE
        if row.staff_id in (None, self.staff.id):
            return Refusal("staff.edit.not-by-yourself")
        if seen != mark_of(row):
            return CHANGED
        values = {"starts": row.starts, "ends": row.ends, "approved_by": self.staff.id}
        return await self._release(kind, row, rehearsal, values)

    async def send_back(self, kind: Kind, version_id: int, note: str) -> Done | Refusal:
        """What waits for a second person is a draft again, with a note that says why."""
        if self.staff.role not in APPROVERS:
            return NOT_YOURS
        row = await self._row(kind, version_id, "waiting")
        return await self._to(kind, row, "draft", "send back", note=note, starts=None, ends=None) if row else GONE

    async def discard(self, kind: Kind, version_id: int) -> Done | Refusal:
        """Put away one's own unpublished version; for those who publish, anybody's, and one that shipped."""
        row = await self._row(kind, version_id, *UNPUBLISHED)
        if row is None:
            return GONE
        if row.staff_id != self.staff.id and self.staff.role not in PUBLISHERS:
            return NOT_YOURS
        return await self._to(kind, row, "withdrawn", "discard", starts=None, ends=None)

    async def needs_a_second(self, kind: Kind, row: Row) -> bool:
        """Is the tier, as it was or as it would be, one that two people must agree to?"""
        older = await versions.live(self.unit, kind, row.slug)
        return any(tier_of(kind, each) in NEED_A_SECOND for each in (row, older) if each is not None)

    async def _keep(self, kind: Kind, slug: str, values: dict[str, Any], base: int | None) -> tuple[int, int | None]:
        """The draft's id, and the version it was written over."""
        own = await versions.draft_of(self.unit, kind, slug, self.staff.id)
        if own is not None:
            over = own.base if base is None else base
            fresh = {"state": "draft", "base": over, "starts": None, "ends": None, "retires": False, "stopped_at": None}
            values = {**fresh, "by": STAFF, **values}
            await versions.change(self.unit, kind, own, **values)
            return own.id, over
        before = await versions.stands(self.unit, kind, slug)
        over = base if base is not None or before is None else before.version
        values |= {"state": "draft", "by": STAFF, "staff_id": self.staff.id, "base": over}
        return await versions.put(self.unit, kind, slug, before.local if before else True, values), over

    async def _row(self, kind: Kind, version_id: int, *states: State) -> Row | None:
        row = await versions.one(self.unit, kind, version_id)
        return row if row is not None and row.state in states else None

    async def _to(self, kind: Kind, row: Row, state: State, act: str, **values: Any) -> Done | Refusal:
        if not await versions.change(self.unit, kind, row, state=state, **values):
            return GONE
        await missed_waiting.open_again(self.unit, kind, row.id, state)
        await self.audit(act, versions.name_of(kind, row))
        return Done(row.id, state)

    async def _fault(
        self, kind: Kind, row: Row, starts: dt.datetime | None, ends: dt.datetime | None
    ) -> Refusal | Conflict | None:
        """What stands in the way of a version: its words, its times, one that somebody else published, or that it says
        somebody has confirmed it."""
        if wrong := wrong_with(kind, row.slug, versions.text_of(row), self.library):
            return replace(wrong, version_id=row.id)
        if when_faulty(starts, ends, self.unit.now):
            return Refusal(TIMES, {}, row.id)
        return await conflict_with(self.unit, kind, row) or await sign_off.fault(self.unit, kind, row)

    async def _release(
        self, kind: Kind, row: Row | None, rehearsal: Rehearsal, values: dict[str, Any]
    ) -> Done | Refusal | Conflict:
        if row is None:
            return GONE
        if fault := await self._fault(kind, row, values["starts"], values["ends"]):
            return fault
        if not rehearsal.covers(row.text, await versions.locked_revision(self.unit)):
            return Refusal("staff.edit.replay-first")
        if blocked := rehearsal.replay.blocked:
            return Refusal("staff.edit.blocked", {"count": len(blocked)})
        if versions.ahead(values["starts"], self.unit.now):
            return await self._to(kind, row, "scheduled", "schedule", **values)
        await versions.go_live(self.unit, kind, row, **values)
        await missed_waiting.settle(self.unit, kind, row.id, row.slug, rehearsal.replay)
        await self.audit("retire" if row.retires else "publish", versions.name_of(kind, row))
        return Done(row.id, versions.now_in(row))
