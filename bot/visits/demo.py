"""A fortnight of home visits to people who do not exist, made by the same code as real ones.

It is played from three weeks ago to now, a day at a time, with a clock that is moved: people book, move and cancel,
are reminded, visited, and asked afterwards. The same date, with the same chance, gives the same visits.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from bot.clock import FixedClock
from bot.store import chats
from bot.store.unit import Store, Unit
from bot.visits import acts, diary, on_behalf, rota, rounds, team
from bot.visits.demo_cast import DAYS, Cast, Member, Person
from bot.visits.desk import Desk
from bot.visits.sweep import sweep_once
from bot.visits.tasks import MISSED
from handlers.catalogue import Texts
from handlers.draft import Draft
from handlers.office import Ended
from handlers.turn import Turn
from knowledge.hours import bank_holidays
from knowledge.library import Library
from knowledge.visits.slots import Slot, instant

NOON, MIDNIGHT = dt.time(12), dt.time(0)
RUNG = 0.4
"""How likely the team makes a call that is due on a day."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A visit of one of the cast. Without a chat, the team booked it."""

    visit: int
    person: Person
    chat: int | None
    starts: dt.datetime


async def fill(
    store: Store, clock: FixedClock, library: Library, cast: Cast, chance: Random, day_done: Callable[[int], None]
) -> str:
    """An empty store in, and its clock at the moment that is "now"; a code that links a colleague's account out.

    `day_done` hears the number 1 for each of the DAYS. Raises ValueError for a place without visits.
    """
    return await Demonstration(store, clock, library, cast, chance).play(day_done)


class Demonstration:
    """The play, and how far it has got."""

    def __init__(self, store: Store, clock: FixedClock, library: Library, cast: Cast, chance: Random) -> None:
        if library.visits is None:
            raise ValueError("a place without visits has nothing to show")
        self._store, self._clock, self._chance, self._library = store, clock, chance, library
        self._visits, self._zone = library.visits, library.place.timezone
        self._texts = Texts(overrides=library.place.visit)
        self._today = self._day_of(clock.at)
        self._holidays = bank_holidays(range(self._today.year - 1, self._today.year + 2))
        self._cast, self._books = cast, cast.booking_days(chance)
        self._kept: list[Kept] = []

    async def play(self, day_done: Callable[[int], None]) -> str:
        """All of it; the clock stands at now again afterwards."""
        now = self._clock.at
        self._clock.at = self._moment(-DAYS, NOON)
        coordinator = await self._hire()
        for day in range(-DAYS, 0):
            self._clock.at = self._moment(day, NOON)
            await self._live(day)
            day_done(1)
        self._clock.at = now
        await self._live(0)
        async with self._store.write() as unit:
            return await team.renew(unit, coordinator, self._chance.randbytes) or ""

    async def _hire(self) -> int:
        """The team with its hours, one away for a day, one day closed; the number of the first."""
        async with self._store.write() as unit:
            numbers = [await self._employ(unit, member) for member in self._cast.team]
            closed = self._cast.closed
            await rota.close_day(unit, self._today + dt.timedelta(days=closed.day), self._zone, closed.why)
        return numbers[0]

    async def _employ(self, unit: Unit, member: Member) -> int:
        number = await team.add(unit, member.name, member.role, member.agency)
        for hours in member.hours():
            await rota.add(unit, number, hours)
        if member.away is not None:
            starts, ends = self._moment(member.away, MIDNIGHT), self._moment(member.away + 1, MIDNIGHT)
            await rota.be_away(unit, number, starts, ends, "On a course")
        return number

    async def _live(self, day: int) -> None:
        """One day: what is due is said, calls are made, yesterday is written down, and people book."""
        await sweep_once(
            self._store, self._library, lambda language: Texts(language, self._library.place.visit), self._holidays,
            random_bytes=self._chance.randbytes,
        )  # fmt: skip
        if day < 0:
            await self._ring()
        for kept in self._kept:
            await self._after(kept)
        for number in self._books.get(day, ()):
            await self._book(number)

    async def _ring(self) -> None:
        """Some of the calls; never the one about a visit that nobody came to, so that there is one to see."""
        async with self._store.write() as unit:
            for call in await rounds.ring_list(unit):
                if call.kind != MISSED and self._chance.random() < RUNG:
                    await acts.rung(unit, call.id)

    async def _after(self, kept: Kept) -> None:
        """The day after a visit its outcome is written down, and two days after it they say how it was."""
        match (self._day_of(self._clock.at) - self._day_of(kept.starts)).days:
            case 1 if kept.person.outcome is not None:
                await self._write_down(kept, kept.person.outcome)
            case 2 if kept.chat is not None:
                async with self._store.write() as unit:
                    for question, answer in kept.person.said.items():
                        await self._desk(unit, kept.chat, kept.person).say_after(kept.visit, question, answer)

    async def _write_down(self, kept: Kept, outcome: Ended) -> None:
        person, writer = kept.person, self._cast.team[0].name
        async with self._store.write() as unit:
            await acts.end(unit, kept.visit, outcome, self._visits)
            await acts.note(unit, kept.visit, person.note, writer, self._zone)
            await acts.follow_up(unit, kept.visit, person.follow_up)
            await acts.safeguard(unit, kept.visit, person.safeguarding)
            if (organisation := self._library.place.roles.get(person.refer)) is not None:
                await acts.refer(unit, kept.visit, organisation, None)

    async def _book(self, number: int) -> None:
        person, form = self._cast.people[number], self._cast.form(number, self._library.place)
        async with self._store.write() as unit:
            if person.channel is None:
                kept = await self._booked_by_team(unit, person, form)
            else:
                # No account has a number below nought, and no group in which we are has such a small one.
                turn = Turn(channel=person.channel, key=f"demo-{number}", chat=str(-1 - number), at=unit.now)
                kept = await self._booked_in_chat(unit, person, form, (await chats.lock(unit, turn)).id)
        self._kept.append(kept)

    async def _booked_by_team(self, unit: Unit, person: Person, form: Draft) -> Kept:
        # The team may look a year ahead, which takes long and shows nothing more.
        times = await diary.offer(unit, diary.terms_of(self._visits, self._zone), self._holidays)
        slot, chance = self._choice(times, person.day), self._chance.randbytes
        claim = await on_behalf.book(unit, form, slot, self._library, self._visits, person.by, chance)
        return Kept(claim.visit_id or 0, person, None, slot.starts)

    async def _booked_in_chat(self, unit: Unit, person: Person, form: Draft, chat: int) -> Kept:
        desk = self._desk(unit, chat, person)
        slot = self._choice(await desk.free(), person.day)
        held = await desk.hold(slot.starts)
        await desk.book(form.model_copy(update={"visit": held.visit}))
        return await self._then(desk, Kept(held.visit or 0, person, chat, slot.starts))

    async def _then(self, desk: Desk, kept: Kept) -> Kept:
        """What somebody does once it is booked."""
        match kept.person.then:
            case "cancels":
                await desk.cancel(kept.visit)
            case "waits":
                await desk.wait(kept.visit, True)
            case "moves":
                others = [slot for slot in await desk.free(kept.visit) if slot.starts != kept.starts]
                slot = self._choice(others, kept.person.day)
                await desk.move(kept.visit, slot.starts)
                return Kept(kept.visit, kept.person, kept.chat, slot.starts)
        return kept

    def _desk(self, unit: Unit, chat: int, person: Person) -> Desk:
        return Desk(unit, chat, person.by, self._library, self._holidays, self._texts, self._chance.randbytes)

    def _choice(self, slots: Sequence[Slot], day: int) -> Slot:
        """Any time of the day that is wanted, or of the nearest one."""
        wanted = self._today + dt.timedelta(days=day)
        by_day: defaultdict[dt.date, list[Slot]] = defaultdict(list)
        for slot in slots:
            by_day[self._day_of(slot.starts)].append(slot)
        return self._chance.choice(by_day[min(by_day, key=lambda day: abs(day - wanted))])

    def _day_of(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(ZoneInfo(self._zone)).date()

    def _moment(self, day: int, time: dt.time) -> dt.datetime:
        return instant(self._today + dt.timedelta(days=day), time, ZoneInfo(self._zone))
