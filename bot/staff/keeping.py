"""What the team may do from their chats to keep the content true: the `Keeping` port, bound to one transaction.

Every method asks first who the chat belongs to and whether their role may (handlers.keeping.MAY); then the rules of
reviews and of editing are asked, the same as at the console.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.staff import changing, missed, notices, reviews
from bot.staff.agreeing import NOT_YOURS, Agreeing
from bot.staff.changing import refused
from bot.staff.missed import Group
from bot.staff.outcomes import Refusal
from bot.staff.tickets import Tickets
from handlers.kept import Change, Due, Live, Missed, Reading, Standing

MOST_GROUPS = 10
"""Of missed questions: each is met with the entries that come nearest, inside the transaction."""


class TeamKeeping(Agreeing, Tickets):
    """The desk of knowledge as one chat may use it. It asks the database only when it is asked."""

    async def due(self) -> Sequence[Due]:
        """What is to be confirmed today."""
        who = await self._may("due")
        if who is None:
            return ()
        found = await reviews.due(self._unit, self._library, self._today, who if who.role == "officer" else None)
        return [Due(slug=each.slug, title=each.title, tier=each.tier, due=each.due) for each in found]

    async def read(self, slug: str) -> Reading | None:
        """An answer to be edited."""
        who = await self._may("read")
        return await changing.reading(self._unit, who, slug) if who is not None else None

    async def live(self, slug: str) -> Live | None:
        """An answer to be read before it is confirmed."""
        found = await reviews.reading(self._unit, slug) if await self._may("live") else None
        return Live(entry=found.entry, mark=found.mark) if found is not None else None

    async def still_correct(self, slug: str, seen: str) -> Change:
        """Confirm an answer as it was read."""
        who = await self._may("still_correct")
        if who is None:
            return NOT_YOURS
        done = await reviews.still_correct(self._unit, slug, seen, who, self._today, self._audit(who))
        return refused(done) if isinstance(done, Refusal) else Change(came="done")

    async def edit(self, slug: str, text: str, base: int) -> Change:
        """Keep other words as one's own draft."""
        who = await self._may("edit")
        return await changing.edit(self._editing(who), slug, text, base) if who is not None else NOT_YOURS

    async def try_out(self, version: int) -> Change:
        """What one's own draft would do to known messages."""
        who = await self._may("try_out")
        return await changing.try_out(self._editing(who), version, self._tried) if who is not None else NOT_YOURS

    async def publish(self, version: int) -> Change:
        """Make one's own draft live."""
        who = await self._may("publish")
        return await changing.publish(self._editing(who), version, self._tried) if who is not None else NOT_YOURS

    async def submit(self, version: int) -> Change:
        """Send one's own draft to a second person."""
        who = await self._may("submit")
        return await changing.submit(self._editing(who), version) if who is not None else NOT_YOURS

    async def discard(self, version: int) -> bool:
        """Put one's own draft away."""
        who = await self._may("discard")
        return who is not None and await changing.discard(self._editing(who), version)

    async def missed(self) -> Sequence[Missed]:
        """What nobody could answer."""
        found = await self._groups() if await self._may("missed") else ()
        return [
            Missed(id=group.id, count=group.count, samples=group.samples, suggested=group.suggested) for group in found
        ]

    async def add_phrasing(self, group: int, slug: str, *, anyway: bool = False) -> Change:
        """The group's first text becomes a way to ask for an entry."""
        who = await self._may("add_phrasing")
        if who is None:
            return NOT_YOURS
        found = await self._group(group)
        if found is None or self._index is None:
            return refused(missed.SETTLED)
        adding = changing.Adding(self._editing(who), self._index, self._texts, self._tried)
        return await adding.add(found, slug, anyway=anyway)

    async def not_for_us(self, group: int) -> int:
        """Nothing that this place answers."""
        who, found = await self._may("not_for_us"), await self._group(group)
        if who is None or found is None:
            return 0
        return await missed.not_for_us(self._unit, found, who, self._audit(who))

    async def notices(self) -> Sequence[Standing]:
        """Those that stand."""
        found = await notices.current(self._unit) if await self._may("notices") else ()
        return [Standing(id=each.id, about=each.about, text=each.text, until=each.until) for each in found]

    async def notice(self, about: str, text: str, days: int) -> Change:
        """A few words beside an organisation for some days."""
        who = await self._may("notice")
        if who is None:
            return NOT_YOURS
        until = self._unit.now + dt.timedelta(days=days)
        done = await notices.add(self._unit, about, "organisation", text, until, who, self._audit(who))
        return refused(done) if isinstance(done, Refusal) else Change(came="done")

    async def end_notice(self, number: int) -> bool:
        """Take a notice down."""
        who = await self._may("end_notice")
        return who is not None and await notices.end(self._unit, number, who, self._audit(who))

    async def _groups(self) -> Sequence[Group]:
        return await missed.groups(self._unit, self._index, MOST_GROUPS) if self._index is not None else ()

    async def _group(self, number: int) -> Group | None:
        return next((group for group in await self._groups() if group.id == number), None)
