"""A second person agrees, from their phone, to what somebody else wrote: the rules are those of the console."""

from __future__ import annotations

from collections.abc import Sequence

from bot.staff import history, versions
from bot.staff.asking import linked
from bot.staff.changing import NOT_READY, refused, verdict_of
from bot.staff.edits import CHANGED, GONE, waits_for
from bot.staff.findings import title_of, who
from bot.staff.history import Side
from bot.staff.outcomes import Done, Refusal, Rehearsal
from bot.staff.seat import Seat
from bot.staff.seen import mark_of
from bot.store import outbox
from bot.store.content import Row
from handlers.kept import Approval, Change, Proposed
from handlers.turn import Reply

NOT_YOURS = Change(came="refused", why="staff.keep.not-yours")


class Agreeing(Seat):
    """The part of the desk that is about changes of others."""

    async def approvals(self) -> Sequence[Approval]:
        """Changes of others that wait for a second person."""
        me = await self._may("approvals")
        rows = [row for row in await versions.unpublished(self._unit, "entry") if me and waits_for(me, row)]
        return [await self._approval(row) for row in rows]

    async def proposed(self, version: int) -> Proposed | None:
        """One of them, to be read: what is new and what goes."""
        row = await self._theirs("proposed", version)
        if row is None:
            return None
        live = await versions.live(self._unit, "entry", row.slug)
        lines = history.diff(live.text if live is not None else "", row.text)
        return Proposed(
            version=row.id, title=title_of(row), who=await self._name(row.staff_id), note=row.note,
            new=_those(lines, "added"), gone=_those(lines, "removed"), starts=row.starts, ends=row.ends,
            mark=mark_of(row),
        )  # fmt: skip

    async def rehearse(self, version: int, seen: str) -> Change:
        """What one of them would do to known messages; it was tried out before this transaction."""
        row = await self._theirs("rehearse", version)
        if row is None:
            return refused(GONE)
        if seen != mark_of(row):
            return refused(CHANGED)
        if not isinstance(self._tried, Rehearsal):
            return NOT_READY if self._tried is None else refused(self._tried)
        if self._tried.text != row.text:
            return refused(Refusal("staff.edit.replay-first"))
        return Change(came="tried", version=version, verdict=verdict_of(self._tried.replay))

    async def approve(self, version: int, seen: str) -> Change:
        """Agree to one: live, or at the time it was sent for. Its author hears of it."""
        me, row = await self._may("approve"), await self._theirs("approve", version)
        if me is None or row is None:
            return NOT_YOURS if me is None else refused(GONE)
        if seen != mark_of(row):
            return refused(CHANGED)
        if not isinstance(self._tried, Rehearsal):
            return NOT_READY if self._tried is None else refused(self._tried)
        done = await self._editing(me).approve("entry", version, self._tried, seen)
        if not isinstance(done, Done):
            return refused(done)
        await self._tell(row, "staff.agree.told", who=me.name)
        return Change(came="live" if done.state == "live" else "done")

    async def send_back(self, version: int, why: str) -> bool:
        """A draft of its author again, who is told why."""
        me, row = await self._may("send_back"), await self._theirs("send_back", version)
        if me is None or row is None:
            return False
        if not isinstance(await self._editing(me).send_back("entry", version, why), Done):
            return False
        await self._tell(row, "staff.agree.told-back", who=me.name, why=why)
        return True

    async def _theirs(self, what: str, version: int) -> Row | None:
        me, row = await self._may(what), await versions.one(self._unit, "entry", version)
        return row if me is not None and row is not None and waits_for(me, row) else None

    async def _approval(self, row: Row) -> Approval:
        return Approval(version=row.id, title=title_of(row), who=await self._name(row.staff_id), since=row.at)

    async def _name(self, staff_id: int | None) -> str:
        return await who(self._unit, staff_id) or ""

    async def _tell(self, row: Row, text_id: str, **facts: object) -> None:
        """The author's chat, where their account is linked."""
        chat, _role = (await linked(self._unit)).get(row.staff_id or 0, (None, ""))
        if chat is not None:
            letter = Reply(blocks=self._texts.blocks(text_id, title=title_of(row), **facts))
            source = f"approval:{row.id}:{text_id}:{self._unit.now:%Y-%m-%dT%H%M%S.%f}"
            await outbox.queue_for(self._unit, chat, letter, source)


def _those(lines: Sequence[history.Line], side: Side) -> tuple[str, ...]:
    return tuple(line.text for line in lines if line.side == side and line.text.strip())
