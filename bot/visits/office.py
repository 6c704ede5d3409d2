"""What the team may do in their chats: the `Office` port, bound to one chat and one transaction.

Every method asks first who the chat belongs to, whether their role may, and whether this visit is theirs
(handlers.office.MAY). Nobody who may not learns whether there is such a visit. What is read of a person, and what is
done, is recorded in the same transaction, in the words that the console uses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.staff import audit
from bot.store.unit import Unit
from bot.visits import acts, crew, rounds, setting_out, team
from handlers.catalogue import Texts
from handlers.office import MAY, Colleague, Ended, RingTask, StaffVisit, Told
from knowledge.library import Library
from knowledge.visits.questions import Visits


@dataclass(frozen=True, slots=True)
class Pass:
    """Somebody who may: `own` is their number where only their own visits are meant, else None."""

    who: Colleague
    own: int | None
    visits: Visits


class TeamOffice:
    """The office as one chat may use it. It asks the database only when it is asked."""

    def __init__(self, unit: Unit, chat_id: int, library: Library, texts: Texts) -> None:
        self._unit = unit
        self._chat = chat_id
        self._library = library
        self._texts = texts
        self._zone = library.place.timezone

    async def me(self) -> Colleague | None:
        """Who of the team this chat belongs to."""
        return await team.of_chat(self._unit, self._chat)

    async def link(self, code: str) -> Colleague | None:
        """Use up a one-time code; that this chat is theirs now is recorded."""
        who = await team.link(self._unit, code, self._chat)
        if who is not None:
            await audit.record(self._unit, who.id, "link account")
        return who

    async def today(self, day: dt.date) -> Sequence[StaffVisit]:
        """The visits of a local date."""
        allowed = await self._may("today")
        return await rounds.of_day(self._unit, day, self._zone, allowed.visits, allowed.own) if allowed else ()

    async def coming(self, days: int) -> Sequence[StaffVisit]:
        """The visits of the next days."""
        allowed = await self._may("coming")
        return await rounds.coming(self._unit, days, self._zone, allowed.visits, allowed.own) if allowed else ()

    async def visit(self, which: str | int) -> StaffVisit | None:
        """One visit by its reference or number; that it was read is recorded."""
        allowed = await self._may("visit")
        found = await rounds.one(self._unit, which, allowed.visits, allowed.own) if allowed else None
        if allowed and found:
            await self._record(allowed, "read visit", found.reference)
        return found

    async def ring_list(self) -> Sequence[RingTask]:
        """The calls that are due; that they were read is recorded."""
        allowed = await self._may("ring_list")
        calls = await rounds.ring_list(self._unit, allowed.own) if allowed else ()
        if allowed:
            for some in rounds.references(calls):
                await self._record(allowed, "read ring list", some)
        return calls

    async def rung(self, task_id: int) -> bool:
        """A call was made."""
        allowed = await self._may_with("rung", await rounds.visit_of_task(self._unit, task_id))
        if allowed is None or not await acts.rung(self._unit, task_id):
            return False
        await self._record(allowed, "ring resident", f"call {task_id}")
        return True

    async def outcome(self, visit_id: int, ended: Ended) -> bool:
        """What came of a visit."""
        done = f"visit {ended.replace('_', ' ')}"
        return await self._act(
            "outcome", visit_id, done, lambda allowed: acts.end(self._unit, visit_id, ended, allowed.visits)
        )

    async def follow_up(self, visit_id: int, wanted: bool) -> bool:
        """Somebody should come or call again."""
        done = f"follow-up {'wanted' if wanted else 'not wanted'}"
        return await self._act("follow_up", visit_id, done, lambda _: acts.follow_up(self._unit, visit_id, wanted))

    async def note(self, visit_id: int, text: str) -> bool:
        """Add a note, signed with the writer's name."""
        return await self._act(
            "note", visit_id, "note on visit",
            lambda allowed: acts.note(self._unit, visit_id, text, allowed.who.name, self._zone),
        )  # fmt: skip

    async def safeguarding(self, visit_id: int, flagged: bool) -> bool:
        """Raise or lower the safeguarding flag."""
        done = f"safeguarding flag {'up' if flagged else 'down'}"
        return await self._act("safeguarding", visit_id, done, lambda _: acts.safeguard(self._unit, visit_id, flagged))

    async def refer(self, visit_id: int, organisation: str) -> bool:
        """Put the resident in touch with an organisation that the library holds."""
        if organisation not in self._library.organisations:
            return False
        return await self._act(
            "refer", visit_id, "refer", lambda allowed: acts.refer(self._unit, visit_id, organisation, allowed.who.id)
        )

    async def swap(self, visit_id: int, out: int, in_: int) -> bool:
        """One visitor for another."""
        return await self._act("swap", visit_id, "swap visitors", lambda _: crew.swap(self._unit, visit_id, out, in_))

    async def assign(self, visit_id: int, staff_ids: Sequence[int]) -> bool:
        """Exactly these go."""
        return await self._act(
            "assign", visit_id, "assign visitors", lambda _: crew.assign(self._unit, visit_id, staff_ids)
        )

    async def colleagues(self) -> Sequence[Colleague]:
        """Everybody who has not left."""
        return await team.everybody(self._unit) if await self._may("colleagues") else ()

    async def on_the_way(self, visit_id: int) -> Told | None:
        """Tell the resident that their visitors are coming."""
        allowed = await self._may_with("on_the_way", visit_id)
        if allowed is None:
            return None
        came = await setting_out.on_the_way(self._unit, visit_id, self._texts, self._zone)
        if came in setting_out.STATES:
            await self._record(allowed, "on our way", await rounds.reference_of(self._unit, visit_id))
        return came

    async def feed_path(self) -> str:
        """The secret address of one's own calendar."""
        allowed = await self._may("feed_path")
        return (await team.feed_path(self._unit, allowed.who.id) or "") if allowed else ""

    async def _may(self, what: str) -> Pass | None:
        who, visits = await self.me(), self._library.visits
        if who is None or visits is None or (reach := MAY[what].get(who.role)) is None:
            return None
        return Pass(who, who.id if reach == "own" else None, visits)

    async def _may_with(self, what: str, visit_id: int | None) -> Pass | None:
        """The same for one visit, which must be theirs where their role has only their own."""
        allowed = await self._may(what)
        if allowed is None or visit_id is None:
            return None
        return allowed if allowed.own is None or await crew.goes(self._unit, visit_id, allowed.own) else None

    async def _act(self, what: str, visit_id: int, done: str, act: Callable[[Pass], Awaitable[bool]]) -> bool:
        """Do something to a visit that they may do it to. What was done is recorded in these words."""
        allowed = await self._may_with(what, visit_id)
        if allowed is None or not await act(allowed):
            return False
        await self._record(allowed, done, await rounds.reference_of(self._unit, visit_id))
        return True

    async def _record(self, allowed: Pass, action: str, about: str) -> None:
        await audit.record(self._unit, allowed.who.id, action, about)
