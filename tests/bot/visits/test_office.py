"""What the team may do from their chats: who may, whose visits, and what comes of it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from bot.clock import FixedClock
from bot.staff import audit
from bot.store import outbox
from bot.store.tables import Chat, Outbox
from bot.store.visit_tables import Occupied, Referral, StaffMember, Visit, VisitTask, WaitingPlace
from bot.visits import acts, booking, erasing, on_behalf, rota, rounds, team, telling, ways
from bot.visits.office import TeamOffice
from handlers.catalogue import Texts
from handlers.office import Ended, Office, RingTask, Role, Told
from knowledge.visits.slots import Slot
from tests.bot.visits.estate import ELEVEN, MONDAY, NINE, TEN, Estate, draft, estate, library, visits

QUARTER = dt.timedelta(minutes=15)
PARTNER = "age-uk-leicester"
OWN, OTHER, EDITOR, APPROVER, COORDINATOR, ADMIN, LEFT, STRANGER = range(5, 13)
"""The chats of whoever asks; residents have 1 to 4."""


@dataclass
class Team:
    """The estate with its team: Sam goes to the visit and has a chat, Alex goes and has none, Robin does not go."""

    estate: Estate
    visit: int
    sam: int
    alex: int
    robin: int
    task: int = 0
    people: dict[int, int] = field(default_factory=dict)

    @asynccontextmanager
    async def office(self, chat: int) -> AsyncIterator[TeamOffice]:
        """One turn of somebody's chat."""
        async with self.estate.store.write() as unit:
            yield TeamOffice(unit, chat, library(), Texts())

    @asynccontextmanager
    async def undone(self, chat: int) -> AsyncIterator[TeamOffice]:
        """The same, and nothing of it stays."""
        async with self.estate.store.write() as unit:
            yield TeamOffice(unit, chat, library(), Texts())
            await unit.session.rollback()

    async def row(self) -> Visit:
        return await self.estate.visit(self.visit)

    async def tasks(self) -> dict[str, str]:
        """What is still to be said about the visit, and how far that is."""
        async with self.estate.store.read() as unit:
            own = select(VisitTask).where(col(VisitTask.visit_id) == self.visit)
            return {task.kind: task.state for task in (await unit.session.execute(own)).scalars()}

    async def goers(self) -> set[int]:
        async with self.estate.store.read() as unit:
            own = select(col(Occupied.staff_id)).where(col(Occupied.visit_id) == self.visit)
            return set((await unit.session.execute(own)).scalars())


@pytest.fixture
async def crowd(database_url: str, clock: FixedClock) -> AsyncIterator[Team]:
    async with estate(database_url, clock, residents=STRANGER) as place:
        booked = await place.book(1, TEN, partners=True, remind_by="message")
        sam, alex = place.staff
        people = {OWN: sam}
        async with place.store.write() as unit:
            roles: dict[int, Role] = {
                OTHER: "officer", EDITOR: "editor", APPROVER: "approver", COORDINATOR: "coordinator", ADMIN: "admin",
                LEFT: "admin",
            }  # fmt: skip
            for chat, role in roles.items():
                people[chat] = await team.add(unit, f"Robin {chat}", role)
            for chat, staff in people.items():
                await unit.session.execute(update(StaffMember).where(col(StaffMember.id) == staff).values(chat_id=chat))
            assert await team.leave(unit, people[LEFT])
            # Even a chat that was somehow left behind opens nothing.
            gone = update(StaffMember).where(col(StaffMember.id) == people[LEFT])
            await unit.session.execute(gone.values(chat_id=LEFT))
            task = VisitTask(visit_id=booked.id, kind="missed", sequence=1, due_at=unit.now, state="ring")
            unit.session.add(task)
            await unit.session.flush()
        yield Team(place, booked.id, sam, alex, people[OTHER], task.id, people)


CALLS: dict[str, Callable[[TeamOffice, Team], Awaitable[object]]] = {
    "me": lambda office, crowd: office.me(),
    "today": lambda office, crowd: office.today(MONDAY),
    "coming": lambda office, crowd: office.coming(7),
    "visit": lambda office, crowd: office.visit(crowd.visit),
    "ring_list": lambda office, crowd: office.ring_list(),
    "rung": lambda office, crowd: office.rung(crowd.task),
    "outcome": lambda office, crowd: office.outcome(crowd.visit, "done"),
    "follow_up": lambda office, crowd: office.follow_up(crowd.visit, True),
    "note": lambda office, crowd: office.note(crowd.visit, "Alarm fitted."),
    "safeguarding": lambda office, crowd: office.safeguarding(crowd.visit, True),
    "refer": lambda office, crowd: office.refer(crowd.visit, PARTNER),
    "swap": lambda office, crowd: office.swap(crowd.visit, crowd.sam, crowd.robin),
    "assign": lambda office, crowd: office.assign(crowd.visit, [crowd.sam, crowd.robin]),
    "colleagues": lambda office, crowd: office.colleagues(),
    "on_the_way": lambda office, crowd: office.on_the_way(crowd.visit),
    "feed_path": lambda office, crowd: office.feed_path(),
}
THEIRS = set(CALLS) - {"swap", "assign"}
NO_VISITS = {"me", "colleagues"}
ALLOWED: dict[int, set[str]] = {
    OWN: THEIRS,
    OTHER: {*NO_VISITS, "feed_path"},  # an officer, but this is not their visit
    EDITOR: NO_VISITS,
    APPROVER: NO_VISITS,
    COORDINATOR: set(CALLS),
    ADMIN: set(CALLS),
    LEFT: set(),
    STRANGER: set(),
}


def test_every_method_of_the_office_is_tried() -> None:
    assert set(CALLS) | {"link"} == {name for name in vars(Office) if not name.startswith("_")}


@pytest.mark.parametrize("chat", ALLOWED)
async def test_each_role_may_what_the_table_says_and_nothing_else(crowd: Team, clock: FixedClock, chat: int) -> None:
    clock.move(days=5, minutes=1)  # the visit has begun
    gave = set()
    for name, call in CALLS.items():
        async with crowd.undone(chat) as office:
            if await call(office, crowd):
                gave.add(name)

    assert gave == ALLOWED[chat]


async def test_a_code_links_whoever_has_no_rights_yet(crowd: Team) -> None:
    async with crowd.estate.store.write() as unit:
        number, code = await team.invite(unit, "Kit Invented", "officer", "police", crowd.estate.random_bytes)
    async with crowd.office(STRANGER) as office:
        linked = await office.link(code)
        assert linked == await office.me()

    assert linked is not None
    assert linked.id == number


async def test_a_place_without_visits_has_an_office_that_gives_nothing(crowd: Team) -> None:
    async with crowd.estate.store.write() as unit:
        office = TeamOffice(unit, ADMIN, library().model_copy(update={"visits": None}), Texts())
        assert await office.me() is not None
        assert not await office.today(MONDAY)
        assert not await office.outcome(crowd.visit, "done")


async def test_a_visit_is_shown_whole_to_whoever_goes_there(crowd: Team) -> None:
    reference = (await crowd.row()).reference
    async with crowd.office(OWN) as office:
        shown = await office.visit(reference.lower().replace("-", " "))
        assert await office.visit("J7M-4Q2") is None

    assert shown is not None
    assert (shown.id, shown.reference, shown.state, shown.starts) == (crowd.visit, reference, "booked", TEN)
    assert (shown.name, shown.phone, shown.address) == ("Zebedee Quillfeather", "+441164960123", "1 Marzipan Walk")
    assert (shown.postcode, shown.outward) == ("LE3 1AB", "LE3")
    assert (shown.reach, shown.safe, shown.needs, shown.word) == (
        "ring",
        "Only before noon",
        "A loud parrot",
        "cosy kettle",
    )
    assert shown.reasons == ("Fire safety", "Feeling lonely")
    assert shown.why[0] in (("Someone aged 85 or over", 8), ("Smoking, indoors", 8))
    assert [points for _, points in shown.why] == [8, 8, 4]
    assert (shown.points, shown.priority) == (20, "high")
    assert shown.visitors == ((crowd.sam, "Sam Underhill"), (crowd.alex, "Alex Brandybuck"))
    assert shown.consents == ("partners", "feedback")


async def test_rounds_are_ordered_by_time_and_hold_what_is_booked_or_done(crowd: Team, clock: FixedClock) -> None:
    await crowd.estate.book(2, ELEVEN)
    first = await crowd.estate.book(3, NINE)
    async with crowd.office(COORDINATOR) as office:
        assert [visit.starts for visit in await office.today(MONDAY)] == [NINE, TEN, ELEVEN]
        assert not await office.today(MONDAY + dt.timedelta(days=1))
        assert [len(await office.coming(days)) for days in (4, 5)] == [0, 3]
        assert await acts.cancel(office._unit, first.id, visits())
    clock.move(days=5, minutes=5)
    async with crowd.office(COORDINATOR) as office:
        assert await office.outcome(crowd.visit, "not_in")
        assert [(visit.starts, visit.state) for visit in await office.today(MONDAY)] == [
            (TEN, "not_in"),
            (ELEVEN, "booked"),
        ]
        assert [visit.starts for visit in await office.coming(0)] == [ELEVEN]


async def test_a_visit_that_is_over_is_not_cancelled(crowd: Team, clock: FixedClock) -> None:
    clock.move(days=5, minutes=31)
    async with crowd.estate.store.write() as unit:
        assert not await acts.cancel(unit, crowd.visit, visits())
    assert (await crowd.row()).state == "booked"


async def test_a_visit_ends_only_after_it_began_and_a_slip_can_be_mended_for_a_day(
    crowd: Team, clock: FixedClock
) -> None:
    async with crowd.office(OWN) as office:
        assert not await office.outcome(crowd.visit, "done")
    clock.move(days=5)
    async with crowd.office(OWN) as office:
        assert await office.outcome(crowd.visit, "refused")
        assert not await office.outcome(crowd.visit, "refused")
        assert await office.outcome(crowd.visit, "done")

    row = await crowd.row()
    assert (row.state, row.ended_at) == ("done", clock.now())
    assert row.erase_at == clock.now() + dt.timedelta(days=visits().erase_after_days["done"])
    clock.move(days=1)
    async with crowd.office(OWN) as office:
        assert not await office.outcome(crowd.visit, "refused")


@pytest.mark.parametrize(("ended", "after"), [("done", "waiting"), ("not_in", "dropped"), ("refused", "dropped")])
async def test_an_end_drops_what_was_to_be_said_before_and_asks_only_where_we_were_let_in(
    crowd: Team, clock: FixedClock, ended: Ended, after: str
) -> None:
    async with crowd.estate.desk(1) as desk:
        await desk.wait(crowd.visit, True)
    clock.move(days=5)
    async with crowd.office(OWN) as office:
        assert await office.outcome(crowd.visit, ended)

    told = await crowd.tasks()
    assert {told[kind] for kind in told if kind.endswith("-before")} == {"dropped"}
    assert told["after"] == after
    assert told["missed"] == "ring"  # a resident told us that nobody came: that is still to be looked into
    assert await crowd.estate.count(WaitingPlace) == 0


async def test_flags_and_notes_stay_with_the_visit(crowd: Team, clock: FixedClock) -> None:
    async with crowd.office(OWN) as office:
        assert await office.note(crowd.visit, "  Bring a ladder. ")
        assert not await office.note(crowd.visit, "  ")
        assert not await office.note(crowd.visit, "x" * acts.MOST_NOTES)
        assert await office.safeguarding(crowd.visit, True)
        assert await office.follow_up(crowd.visit, True)
    clock.move(days=5)
    async with crowd.office(COORDINATOR) as office:
        assert await office.note(crowd.visit, "Ladder is in the van.")
        shown = await office.visit(crowd.visit)
        assert await office.follow_up(crowd.visit, False)
        lowered = await office.visit(crowd.visit)

    assert shown is not None
    assert lowered is not None
    assert shown.notes == (
        "25 Nov 2026 10:00, Sam Underhill: Bring a ladder.\n30 Nov 2026 10:00, Robin 9: Ladder is in the van."
    )
    assert (shown.safeguarding, shown.follow_up, lowered.follow_up) == (True, True, False)
    assert b"ladder" not in ((await crowd.row()).notes or b"")


async def test_nothing_is_written_on_a_visit_that_was_erased(crowd: Team, clock: FixedClock) -> None:
    clock.move(days=5)
    async with crowd.office(OWN) as office:
        assert await office.outcome(crowd.visit, "refused")
    clock.move(days=31)
    async with crowd.estate.store.write() as unit:
        assert await erasing.erase_due(unit) == 1
    async with crowd.office(ADMIN) as office:
        assert not await office.note(crowd.visit, "Too late.")
        assert not await office.safeguarding(crowd.visit, True)
        assert not await office.refer(crowd.visit, PARTNER)
        bare = await office.visit(crowd.visit)

    assert bare is not None
    assert (bare.name, bare.address, bare.notes, bare.word, bare.why) == ("", "", "", "", ())
    assert (await crowd.row()).notes is None


def test_a_long_ring_list_is_recorded_whole() -> None:
    called = [f"J7M-{number:03}" for number in range(45)]
    calls = [RingTask(id=1, visit_id=1, reference=each, kind="missed", due_at=NINE) for each in (*called, called[0])]
    noted = list(rounds.references(calls))
    assert ", ".join(noted).split(", ") == called
    assert max(map(len, noted)) <= audit.LONGEST_ABOUT


async def test_a_referral_needs_consent_and_an_organisation_that_we_know(crowd: Team) -> None:
    unwilling = await crowd.estate.book(2, ELEVEN, partners=False)
    async with crowd.office(COORDINATOR) as office:
        assert not await office.refer(unwilling.id, PARTNER)
        assert not await office.refer(crowd.visit, "somebody-unknown")
        assert [await office.refer(crowd.visit, PARTNER) for _ in range(2)] == [True, True]

    assert await crowd.estate.count(Referral) == 1


async def test_a_swap_hands_the_time_over_whole(crowd: Team) -> None:
    before = await crowd.estate.count(Occupied)
    async with crowd.office(COORDINATOR) as office:
        assert await office.swap(crowd.visit, crowd.sam, crowd.robin)
        assert not await office.swap(crowd.visit, crowd.sam, crowd.robin)  # Sam does not go there any more
        assert not await office.swap(crowd.visit, crowd.alex, crowd.robin)  # Robin goes there already
        assert not await office.swap(crowd.visit, crowd.alex, crowd.people[EDITOR])
        assert not await office.swap(crowd.visit, crowd.alex, crowd.people[LEFT])
        assert not await office.swap(crowd.visit, crowd.alex, 999)

    assert await crowd.goers() == {crowd.alex, crowd.robin}
    assert await crowd.estate.count(Occupied) == before
    async with crowd.office(OWN) as office:
        assert await office.visit(crowd.visit) is None


async def test_who_is_not_free_is_not_swapped_in(crowd: Team) -> None:
    """Robin is away for the last quarter of an hour of the way back."""
    async with crowd.estate.store.write() as unit:
        await rota.be_away(unit, crowd.robin, TEN + 2 * QUARTER, ELEVEN)
    before = await crowd.estate.count(Occupied)
    async with crowd.office(COORDINATOR) as office:
        assert not await office.swap(crowd.visit, crowd.sam, crowd.robin)

    assert await crowd.goers() == {crowd.sam, crowd.alex}
    assert await crowd.estate.count(Occupied) == before


async def test_who_is_away_is_not_swapped_in_where_only_an_old_hold_stands(crowd: Team, clock: FixedClock) -> None:
    """The absence found the time held by somebody; the hold has run out since."""
    async with crowd.estate.store.write() as unit:
        pair = (crowd.robin, await team.add(unit, "Kit Invented", "officer"))
        names = booking.Names("REF1", "1@visits.test")
        held = await booking.hold(unit, 2, Slot(TEN, TEN + 2 * QUARTER, pair), booking.Rules(), names)
        assert held.visit_id is not None
        await rota.be_away(unit, crowd.robin, TEN - QUARTER, ELEVEN - QUARTER)
    clock.move(minutes=11)
    async with crowd.office(COORDINATOR) as office:
        assert not await office.swap(crowd.visit, crowd.sam, crowd.robin)


async def test_who_is_swapped_out_of_a_visit_in_their_absence_is_away_then(crowd: Team) -> None:
    async with crowd.estate.store.write() as unit:
        await rota.be_away(unit, crowd.sam, NINE, NINE + dt.timedelta(hours=3))
    async with crowd.office(COORDINATOR) as office:
        assert await office.swap(crowd.visit, crowd.sam, crowd.robin)
    async with crowd.estate.store.read() as unit:
        absent = select(func.count()).where(col(Occupied.staff_id) == crowd.sam, col(Occupied.absence_id).is_not(None))
        assert (await unit.session.execute(absent)).scalar_one() == 12


async def test_exactly_so_many_go_as_the_visit_needs(crowd: Team) -> None:
    async with crowd.office(ADMIN) as office:
        for staff in ([], [crowd.sam], [crowd.sam, crowd.sam], [crowd.sam, crowd.alex, crowd.robin]):
            assert not await office.assign(crowd.visit, staff)
        assert await office.assign(crowd.visit, [crowd.alex, crowd.sam])
        assert await office.assign(crowd.visit, [crowd.robin, crowd.people[COORDINATOR]])

    assert await crowd.goers() == {crowd.robin, crowd.people[COORDINATOR]}


async def test_of_two_visits_at_one_time_one_gets_the_colleague(crowd: Team) -> None:
    async with crowd.estate.store.write() as unit:
        pair = [await team.add(unit, f"Kit {number}", "officer") for number in range(2)]
        slot = Slot(TEN, TEN + dt.timedelta(minutes=30), tuple(pair))
        other = await on_behalf.book(
            unit, draft(address="2 Marzipan Walk"), slot, library(), visits(), "phone", crowd.estate.random_bytes
        )
    assert other.visit_id is not None
    assert (await crowd.estate.visit(other.visit_id)).area == "Braunstone", "it is counted there"

    async def take(visit: int, out: int) -> bool:
        async with crowd.office(COORDINATOR) as office:
            return await office.swap(visit, out, crowd.robin)

    got = await asyncio.gather(take(crowd.visit, crowd.sam), take(other.visit_id, pair[0]))
    assert sorted(got) == [False, True]


async def test_on_the_way_is_said_once_on_the_day_and_names_who_comes(crowd: Team, clock: FixedClock) -> None:
    async with crowd.office(OWN) as office:
        assert not await office.on_the_way(crowd.visit)  # five days too early
    clock.move(days=4, hours=23, minutes=40)
    said = []
    for _ in range(2):
        async with crowd.office(OWN) as office:
            said.append(await office.on_the_way(crowd.visit))

    assert said == ["told", "before"]
    words = await _queued(crowd, 1)
    assert len(words) == 1
    assert "Sam" in words[0]
    assert "Underhill" not in words[0]
    assert "kettle" not in words[0]
    assert crowd.estate.clock.now() < TEN


async def test_a_resident_is_told_what_the_team_changed_with_a_calendar_file_that_says_so(crowd: Team) -> None:
    async with crowd.estate.store.write() as unit:
        chat = await telling.reachable(unit, crowd.visit)
        slot = Slot(ELEVEN, ELEVEN + 2 * QUARTER, crowd.estate.staff)
        assert (await on_behalf.move(unit, crowd.visit, slot, library(), visits())).visit_id == crowd.visit
        assert await telling.changed(unit, chat, crowd.visit, Texts(), library().place)
        assert await acts.cancel(unit, crowd.visit, visits())
        assert await telling.changed(unit, chat, crowd.visit, Texts(), library().place)
        assert not await telling.changed(unit, None, crowd.visit, Texts(), library().place)

    moved, cancelled = await _queued(crowd, 1)
    assert "It is now on Monday 30 November at 11am" in moved
    assert "METHOD:PUBLISH" in moved
    assert "cancelled your home visit on Monday 30 November at 11am" in cancelled
    assert "METHOD:CANCEL" in cancelled
    assert set((await crowd.tasks()).values()) <= {"dropped", "ring"}
    assert (await crowd.row()).moves == 0


@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({"channel": "web"}, "ring"),
        ({"blocked_at": TEN}, "ring"),
        ({"contact": "never"}, "hidden"),
        ({"contact": "reply_only"}, "hidden"),
    ],
)
async def test_who_cannot_be_written_to_is_rung_and_who_must_not_be_is_left_alone(
    crowd: Team, clock: FixedClock, changes: dict[str, object], way: Told
) -> None:
    async with crowd.estate.store.write() as unit:
        await unit.session.execute(update(Chat).where(col(Chat.id) == 1).values(**changes))
    clock.move(days=5)
    for again in (way, "before" if way == "ring" else way):
        async with crowd.office(OWN) as office:
            assert await office.on_the_way(crowd.visit) == again
            on_list = [call.kind for call in await office.ring_list()]
            assert ("on-the-way" in on_list) is (way == "ring")

    assert await _queued(crowd, 1) == []
    assert (await crowd.tasks()).get("on-the-way") == ("ring" if way == "ring" else None)


async def test_their_own_wish_counts_and_a_call_that_is_too_late_is_off(crowd: Team, clock: FixedClock) -> None:
    hidden = await crowd.estate.book(2, ELEVEN, safe="not-safe", phone="", remind_by="message")
    clock.move(days=5, minutes=10)
    async with crowd.office(COORDINATOR) as office:
        assert await office.on_the_way(hidden.id) == "hidden"
    async with crowd.estate.store.write() as unit:
        await unit.session.execute(update(Visit).where(col(Visit.id) == crowd.visit).values(remind_by="ring"))
    async with crowd.office(OWN) as office:
        assert await office.on_the_way(crowd.visit) == "ring"
    async with crowd.estate.store.write() as unit:
        await ways.tidy(unit)
    assert (await crowd.tasks())["on-the-way"] == "ring"
    clock.move(minutes=30)
    async with crowd.estate.store.write() as unit:
        await ways.tidy(unit)
    assert (await crowd.tasks())["on-the-way"] == "dropped"
    assert await _queued(crowd, 1) == await _queued(crowd, 2) == []


async def test_a_message_that_is_lost_on_the_way_becomes_a_call(crowd: Team, clock: FixedClock) -> None:
    clock.move(days=4, hours=23, minutes=40)
    async with crowd.office(OWN) as office:
        assert await office.on_the_way(crowd.visit) == "told"
    async with crowd.estate.store.write() as unit:
        await unit.session.execute(update(Outbox).where(col(Outbox.chat_id) == 1).values(state="failed"))
    async with crowd.estate.store.write() as unit:
        await ways.tidy(unit)
    assert (await crowd.tasks())["on-the-way"] == "ring"


async def test_whoever_has_set_out_hears_that_the_visit_is_called_off(crowd: Team, clock: FixedClock) -> None:
    other = await crowd.estate.book(2, ELEVEN)
    clock.move(days=4, hours=23, minutes=40)
    async with crowd.office(OWN) as office:
        assert await office.on_the_way(crowd.visit) == "told"
    for chat, visit in ((1, crowd.visit), (2, other.id)):
        async with crowd.estate.desk(chat) as desk:
            assert await desk.cancel(visit) is not None
    (told,) = await _queued(crowd, OWN)
    assert f"{(await crowd.row()).reference} is called off." in told


async def test_a_call_is_made_once(crowd: Team) -> None:
    async with crowd.office(COORDINATOR) as office:
        (task,) = await office.ring_list()
        assert (task.id, task.visit_id, task.kind, task.name) == (
            crowd.task, crowd.visit, "missed", "Zebedee Quillfeather"
        )  # fmt: skip
        assert (task.phone, task.safe) == ("+441164960123", "Only before noon")
        assert [await office.rung(task.id) for _ in range(2)] == [True, False]
        assert not await office.ring_list()
        assert not await office.rung(999)


async def _queued(crowd: Team, chat: int) -> list[str]:
    """The words of each message that waits for a chat, and its file."""
    async with crowd.estate.store.read() as unit:
        rows = (await unit.session.execute(select(Outbox).where(col(Outbox.chat_id) == chat))).scalars()
        return [unit.vault.open(outbox.COLUMN, row.payload or b"") for row in rows]
