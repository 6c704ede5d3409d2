"""The desk: what one chat may do about home visits, in the one transaction of its turn.

Nothing is read before it is asked for, so a turn about other things costs no statement more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from functools import partial

from sqlalchemy import update
from sqlmodel import col

from bot.store.unit import Unit
from bot.store.visit_tables import Visit
from bot.visits import after, booking, cells, claiming, details, diary, erasing, naming, own, tasks, waiting
from bot.visits.appointments import appointment_of
from bot.visits.booking import BOOKED, CANCELLED, HELD, Claim
from bot.visits.deadlocks import retried
from bot.visits.setting_out import called_off, chats_of_goers
from handlers.catalogue import Texts
from handlers.draft import Draft
from handlers.ports import Appointment, Booked, Ports, Taken
from knowledge.library import Library
from knowledge.visits.names import RandomBytes
from knowledge.visits.questions import Visits
from knowledge.visits.slots import Slot


def desk_of(unit: Unit, chat_id: int, channel: str, ports: Ports, random_bytes: RandomBytes) -> Desk | None:
    """The desk of a chat for one turn; None where the place does no visits."""
    if ports.library.visits is None:
        return None
    return Desk(unit, chat_id, channel, ports.library, ports.bank_holidays, ports.texts, random_bytes)


class Desk:
    """The `Bookings` port, bound to one chat and one transaction. A visit of another chat is no visit here."""

    def __init__(
        self,
        unit: Unit,
        chat_id: int,
        channel: str,
        library: Library,
        bank_holidays: Collection[dt.date],
        texts: Texts,
        random_bytes: RandomBytes,
    ) -> None:
        if library.visits is None:
            raise ValueError("a place without visits has no desk")
        self._unit, self._chat, self._channel = unit, chat_id, channel
        self._library, self._place, self._visits = library, library.place, library.visits
        self._holidays, self._texts, self._random_bytes = bank_holidays, texts, random_bytes
        self._rules = diary.rules_of(self._visits)
        self._feedback_after = dt.timedelta(hours=self._visits.feedback_after_hours)

    @property
    def content(self) -> Visits:
        """What the place says about visits."""
        return self._visits

    async def open(self) -> bool:
        """Does anybody of the team have working hours?"""
        return await diary.anybody_works(self._unit)

    async def free(self, moving: int | None = None) -> Sequence[Slot]:
        """All times that this chat may have now, in order. Its own does not stand in its way: what it holds, or what
        its visit `moving` has."""
        mine = self._held() if moving is None else own.find(self._unit, self._chat, moving, BOOKED)
        return await self._times(await mine)

    async def hold(self, starts: dt.datetime) -> Taken:
        """Keep a time that is free for this chat, or that it holds already. What it held before is given back."""
        held = await self._held()
        slot = _at(await self._times(held), starts) or await self._still_held(held, starts)
        if slot is None:
            await self.release()
            return Taken()
        called = await naming.new_names(self._unit, self._random_bytes)
        claim = await retried(self._unit, partial(booking.hold, self._unit, self._chat, slot, self._rules, called))
        return Taken(visit=claim.visit_id, until=self._unit.now + self._rules.hold) if claim.visit_id else Taken()

    async def release(self) -> None:
        """Give back whatever this chat holds."""
        held = await self._held()
        if held is not None:
            await booking.release(self._unit, held.id)

    async def book(self, draft: Draft) -> Booked:
        """The held time becomes a visit with these details. A second time it is the same visit, and stays as it is."""
        visit = await own.find(self._unit, self._chat, draft.visit, HELD, BOOKED)
        if visit is None:
            return Booked(why="hold-over")
        if visit.state == BOOKED:
            return Booked(visit=await self._shown(visit))
        if not await self._still_theirs(visit):
            await booking.release(self._unit, visit.id)
            return Booked(why="hold-over")
        return await self._result(await self._confirmed(visit.id, draft))

    async def mine(self) -> Appointment | None:
        """The newest visit of this chat that is booked and not over."""
        visit = await own.newest(self._unit, self._chat)
        return None if visit is None else await self._shown(visit)

    async def claim(self, reference: str, word: str) -> Appointment | None:
        """A visit that was booked elsewhere, brought into this chat by its reference and word."""
        visit = await claiming.claim(self._unit, self._chat, self._channel, reference, word)
        return None if visit is None else await self.mine()

    async def move(self, visit: int, starts: dt.datetime) -> Booked:
        """Another time, until the visit begins. The time it has already is no move: a button tapped twice."""
        mine = await own.to_come(self._unit, self._chat, visit)
        if mine is None:
            return Booked(why="not-booked")
        if mine.starts == starts:
            return Booked(visit=await self._shown(mine))
        if mine.moves >= self._rules.most_moves:
            return Booked(why="moved-too-often")
        slot = _at(await self._times(mine), starts)
        if slot is None:
            return Booked(why="taken")
        step = partial(booking.move, self._unit, visit, slot, self._rules)
        return await self._result(await retried(self._unit, step))

    async def cancel(self, visit: int) -> Appointment | None:
        """Cancel, until the visit begins. None: there was nothing to cancel, and nothing was."""
        mine = await own.to_come(self._unit, self._chat, visit)
        on_their_way = await chats_of_goers(self._unit, visit) if mine is not None else ()
        if mine is None or not await booking.cancel(self._unit, visit):
            return None
        await called_off(self._unit, mine, on_their_way)
        await tasks.drop(self._unit, visit)
        await waiting.wait(self._unit, visit, False)
        await erasing.set_timer(self._unit, visit, "cancelled", self._visits)
        cancelled = await own.find(self._unit, self._chat, visit, CANCELLED)
        return None if cancelled is None else await self._shown(cancelled)

    async def wait(self, visit: int, wanted: bool) -> None:
        """On the list for an earlier time, or off it."""
        if await own.to_come(self._unit, self._chat, visit) is not None:
            await waiting.wait(self._unit, visit, wanted)

    async def offered(self) -> Slot | None:
        """The earlier time that the waiting list keeps for this chat."""
        return await waiting.offered(self._unit, self._chat)

    async def accept(self) -> Booked:
        """Take the earlier time."""
        step = partial(waiting.accept, self._unit, self._chat, self._rules, self._place.timezone, self._feedback_after)
        return await self._result(await retried(self._unit, step))

    async def decline(self) -> None:
        """Leave the earlier time to the next person."""
        await waiting.decline(self._unit, self._chat)

    async def say_after(self, visit: int, question: str, answer: str) -> bool:
        """One answer after a visit of this chat."""
        return await after.say_after(self._unit, self._chat, visit, question, answer)

    def new_word(self) -> str:
        """A word for the door."""
        return naming.new_word(self._random_bytes)

    async def _held(self) -> Visit | None:
        return await own.held(self._unit, self._chat)

    async def _times(self, besides: Visit | None) -> tuple[Slot, ...]:
        terms = diary.terms_of(self._visits, self._place.timezone)
        return await diary.offer(self._unit, terms, self._holidays, moving=besides.id if besides else None)

    async def _still_held(self, held: Visit | None, starts: dt.datetime) -> Slot | None:
        """The time this chat holds, though by now it may be too soon to offer."""
        if held is None or held.starts != starts or not own.runs(self._unit, held):
            return None
        return Slot(held.starts, held.ends, (await cells.of(self._unit, held.id)).visitors)

    async def _still_theirs(self, held: Visit) -> bool:
        """A hold that ran out is still good for a time that they could choose anew."""
        return own.runs(self._unit, held) or _at(await self._times(held), held.starts) is not None

    async def _confirmed(self, visit_id: int, draft: Draft) -> Claim:
        """Who it is for is written last, so that nothing of them stays where the claim fails."""
        draft = draft.model_copy(update={"word": draft.word or self.new_word()})
        columns = details.values_of(self._unit, draft, self._visits, source=self._channel)
        household = details.household_of(self._unit.vault, draft)
        step = partial(booking.confirm, self._unit, visit_id, household, self._rules, **columns)
        claim = await retried(self._unit, step)
        if claim.visit_id is not None:
            resident = await details.write_resident(self._unit, draft, self._chat, self._place)
            whose = (
                update(Visit)
                .where(col(Visit.id) == visit_id)
                .values(resident_id=resident, area=details.area_of(draft, self._place))
            )
            await self._unit.session.execute(whose)
        return claim

    async def _result(self, claim: Claim) -> Booked:
        """What came of a claim. A visit that was got has its messages planned for the time that it has now."""
        visit = await own.find(self._unit, self._chat, claim.visit_id, BOOKED)
        if visit is None:
            return Booked(why=claim.why or "not-booked")
        await tasks.plan(self._unit, visit, self._place.timezone, self._feedback_after)
        return Booked(visit=await self._shown(visit))

    async def _shown(self, visit: Visit) -> Appointment:
        return await appointment_of(self._unit, visit, self._library, self._texts)


def _at(slots: Sequence[Slot], starts: dt.datetime) -> Slot | None:
    return next((slot for slot in slots if slot.starts == starts), None)
