"""A way to ask, added to an answer in one tap, under the rules of editing."""

from __future__ import annotations

from dataclasses import dataclass

from bot.staff import audit, versions
from bot.staff.edits import PUBLISHERS, Editing
from bot.staff.outcomes import Conflict, Done, Draft, Refusal, Rehearsal
from bot.store.content import Row
from bot.store.unit import Unit
from handlers.catalogue import Texts
from knowledge.errors import UnreadableFile
from knowledge.phrasing import with_phrasing

OWN_DRAFT, CANNOT = "staff.phrasing.own-draft", "staff.phrasing.cannot"


async def text_with(unit: Unit, slug: str, phrasing: str) -> str | None:
    """What an entry would read with one more phrasing, to be rehearsed; None where it cannot take one."""
    live = await versions.live(unit, "entry", slug)
    try:
        return with_phrasing(live.text, phrasing) if live is not None else None
    except UnreadableFile:
        return None


@dataclass(frozen=True, slots=True)
class Phrasings:
    """The `Edits` of `bot.staff.missed`. `rehearsal` is of `text_with`; where a second person must agree, or the role
    may not publish, the change is sent to somebody who may, and counts as done."""

    editing: Editing
    rehearsal: Rehearsal
    texts: Texts

    async def add_phrasing(self, slug: str, text: str, staff_id: int) -> str | None:
        """One more way to ask for an entry. The text id of why it was not done, None where it was."""
        changed = await text_with(self.editing.unit, slug, text)
        if changed is None or staff_id != self.editing.staff.id:
            return "staff.edit.gone"
        drafted = await self.editing.draft("entry", slug, changed, self.texts.say("staff.edit.note.phrasing"))
        if not isinstance(drafted, Draft):
            return drafted.text_id
        done = await self._release(drafted.version_id)
        return None if isinstance(done, Done) else done.text_id

    async def _release(self, version_id: int) -> Done | Refusal | Conflict:
        row = await versions.one(self.editing.unit, "entry", version_id)
        if row is None or self.editing.staff.role not in PUBLISHERS or await self.editing.needs_a_second("entry", row):
            return await self.editing.submit("entry", version_id)
        return await self.editing.publish("entry", version_id, self.rehearsal)


@dataclass(frozen=True, slots=True)
class CarefulPhrasings:
    """The same, for whoever may have their own draft of the answer, and keeps it. A refused phrasing leaves nothing
    behind: neither a draft nor a record."""

    editing: Editing
    rehearsal: Rehearsal
    texts: Texts

    async def add_phrasing(self, slug: str, text: str, staff_id: int) -> str | None:
        """One more way to ask for an entry. The text id of why it was not done, None where it was."""
        unit = self.editing.unit
        savepoint, recorded = await unit.session.begin_nested(), audit.so_far(unit)
        why = await self._added(slug, text, staff_id)
        if why is None:
            await savepoint.commit()
        else:
            await savepoint.rollback()
            audit.take_back(unit, recorded)
        return why

    async def _added(self, slug: str, text: str, staff_id: int) -> str | None:
        own = await versions.draft_of(self.editing.unit, "entry", slug, staff_id)
        if own is None:
            return await Phrasings(self.editing, self.rehearsal, self.texts).add_phrasing(slug, text, staff_id)
        return OWN_DRAFT if own.state == "draft" else await self._beside(own, text)

    async def _beside(self, own: Row, text: str) -> str | None:
        """What waits for a second person goes on waiting, for the same times, with one phrasing more."""
        note, starts, ends = own.note, own.starts, own.ends
        try:
            changed = with_phrasing(own.text, text)
        except UnreadableFile:
            return CANNOT
        drafted = await self.editing.draft("entry", own.slug, changed, note)
        if not isinstance(drafted, Draft):
            return CANNOT
        done = await self.editing.submit("entry", drafted.version_id, starts, ends)
        return None if isinstance(done, Done) else done.text_id
