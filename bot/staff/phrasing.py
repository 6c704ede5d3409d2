"""A new way to ask, added with care: whoever adds it may have their own draft of the same answer, and keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.staff import versions
from bot.staff.edits import Editing
from bot.staff.outcomes import Done, Draft, Rehearsal
from bot.staff.phrasings import Phrasings
from bot.store.content import Row
from handlers.catalogue import Texts
from knowledge.errors import UnreadableFile
from knowledge.phrasing import with_phrasing

OWN_DRAFT, CANNOT = "staff.phrasing.own-draft", "staff.phrasing.cannot"


@dataclass(frozen=True, slots=True)
class CarefulPhrasings:
    """The `Edits` of `bot.staff.missed`. A refused phrasing leaves nothing behind: neither a draft nor a record."""

    editing: Editing
    rehearsal: Rehearsal
    texts: Texts

    async def add_phrasing(self, slug: str, text: str, staff_id: int) -> str | None:
        """One more way to ask for an entry. The text id of why it was not done, None where it was."""
        savepoint = await self.editing.unit.session.begin_nested()
        why = await self._added(slug, text, staff_id)
        await (savepoint.commit() if why is None else savepoint.rollback())
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
