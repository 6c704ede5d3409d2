"""Every half minute: what has run out is given back, what is due is said, what was freed is offered, what is old goes.

Each step is a transaction of its own, so that one that fails spoils no other. All of it may run twice, or in two
processes at once, and does nothing twice.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from bot.delivery.loop import Guard, Step
from bot.store import chats, outbox
from bot.store.unit import Store, Unit
from bot.visits import booking, diary, erasing, naming, offers, tasks, telling, waiting, ways
from bot.visits.tasks import AFTER, EARLIER, SOURCE, Due
from handlers.catalogue import Texts
from handlers.turn import Reply
from handlers.visits import letters
from knowledge.library import Library
from knowledge.visits.names import RandomBytes
from knowledge.visits.questions import Visits
from knowledge.visits.reminders import DAYS_BEFORE, next_allowed, quiet

MOST_OFFERS = 50
"""In one sweep."""


async def plainly(step: Step) -> None:
    """No guard: what fails is raised."""
    await step()


async def sweep_once(
    store: Store,
    library: Library,
    texts: Callable[[str], Texts],
    bank_holidays: Collection[dt.date],
    *,
    random_bytes: RandomBytes = secrets.token_bytes,
    guard: Guard = plainly,
) -> None:
    """All that is due at this moment. `texts` gives the catalogue of a language; `guard` runs a step and may swallow
    what it raises, so that the next one still comes."""
    sweep = Sweep(store, library, texts, bank_holidays, random_bytes, guard)
    for step in (sweep.holds, sweep.tasks, sweep.calls, sweep.waiting_list, sweep.old):
        await guard(step)


@dataclass(frozen=True)
class Sweep:
    """One sweep's steps."""

    store: Store
    library: Library
    texts: Callable[[str], Texts]
    bank_holidays: Collection[dt.date]
    random_bytes: RandomBytes
    guard: Guard

    @property
    def zone(self) -> str:
        """Whose clocks count."""
        return self.library.place.timezone

    async def holds(self) -> None:
        """Holds that have run out."""
        async with self.store.write() as unit:
            await booking.expire_holds(unit)

    async def tasks(self) -> None:
        """A batch of what is due, each by itself."""
        async with self.store.read() as unit:
            due = await tasks.due(unit)
        for task_id in due:
            await self.guard(partial(self.task, task_id))

    async def task(self, task_id: int) -> None:
        """One message, call or nothing: queued and marked together, so that a crash neither loses nor doubles it."""
        async with self.store.write() as unit:
            due = await tasks.take(unit, task_id)
            if due is not None:
                await self._carry_out(unit, due)

    async def calls(self) -> None:
        """What became a call since, and calls that nobody needs any more."""
        async with self.store.write() as unit:
            await ways.tidy(unit)

    async def waiting_list(self) -> None:
        """Offers that have run out; then new ones, but none at night: it could not be sent, and its time would run."""
        async with self.store.write() as unit:
            await waiting.lapse(unit)
            asleep = quiet(unit.now, self.zone)
        if self.library.visits is not None and not asleep:
            for _ in range(MOST_OFFERS):
                if not await self._offer(self.library.visits):
                    break

    async def old(self) -> None:
        """Details of visits that have been kept long enough."""
        async with self.store.write() as unit:
            if self.library.visits is not None:
                await erasing.start_timers(unit, self.library.visits)
            await erasing.erase_due(unit)

    async def _offer(self, visits: Visits) -> bool:
        terms, rules = diary.terms_of(visits, self.zone), diary.rules_of(visits)
        async with self.store.write() as unit:
            names = await naming.new_names(unit, self.random_bytes)
            return await waiting.offer_next(unit, terms, rules, visits, self.bank_holidays, names)

    async def _carry_out(self, unit: Unit, due: Due) -> None:
        way = ways.way_of(unit, due)
        if way == "message" and quiet(unit.now, self.zone):
            await tasks.put_off(unit, due.task.id, next_allowed(unit.now, self.zone))
        elif way == "message":
            await tasks.mark(unit, due.task.id, "sent" if await self._queue(unit, due) else "dropped")
        else:
            await tasks.mark(unit, due.task.id, way)

    async def _queue(self, unit: Unit, due: Due) -> bool:
        letter = await self._letter(unit, due)
        if letter is None or due.chat is None:
            return False
        return await outbox.queue_for(unit, due.chat.id, letter, f"{SOURCE}{due.task.id}")

    async def _letter(self, unit: Unit, due: Due) -> Reply | None:
        """The message of a task in the language of its chat; None where there is nothing to say any more."""
        texts = self._texts(unit, due)
        visit = await telling.coming_of(unit, due.visit, texts, self.zone)
        if due.task.kind == AFTER:
            return letters.came(texts, visit)
        if due.task.kind != EARLIER:
            return letters.reminder(texts, visit, last=due.task.kind == DAYS_BEFORE[-1][0])
        offer = await offers.of_visit(unit, due.visit.id)
        if offer is None or offer.hold_until is None:
            return None
        return letters.earlier(texts, visit, offer.starts, offer.hold_until)

    def _texts(self, unit: Unit, due: Due) -> Texts:
        session = chats.read_session(unit, due.chat.session if due.chat else None)
        return self.texts(session.language)
