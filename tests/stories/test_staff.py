"""A day of an officer with a phone: linking, the round, one visit from "on our way" to its end, and the calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.staff import audit, audit_chain
from bot.store import chats
from bot.store.tables import Chat, Question
from bot.store.unit import Unit
from bot.store.visit_tables import Referral, StaffMember, Visit, VisitTask
from bot.visits import acts, team
from bot.visits.desk import Desk
from bot.wiring import House
from handlers.catalogue import Texts
from handlers.office import Role
from handlers.turn import Turn
from tests.bot.visits.estate import draft
from tests.databases import SqliteFiles
from tests.house import house
from tests.stories.player import AtTheTerminal, OnTelegram, on_telegram
from tests.team import open_diary

BOT = "braunstone_bot"
BEFORE = dt.datetime(2026, 11, 27, 9, 45, tzinfo=dt.UTC)
"""A quarter of an hour before the visit that `booked` books, on a Friday."""


@pytest.fixture
async def built(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    """A place with two officers, Asha of the police and Ben of the fire service."""
    async with house(sqlite_files.fresh(), clock, public_url="https://visits.test") as made:
        await open_diary(made.store)
        yield made


@pytest.fixture
async def ann(built: House) -> AsyncIterator[OnTelegram]:
    """A resident."""
    async with on_telegram(built) as person:
        yield person


async def code_of(built: House, name: str) -> str:
    """A fresh code for somebody of the team."""
    async with built.store.write() as unit:
        number = next(one.id for one in await team.everybody(unit) if one.name == name)
        code = await team.renew(unit, number, Random(name).randbytes)
    assert code is not None
    return code


async def colleague(built: House, ann: OnTelegram, name: str = "Asha") -> OnTelegram:
    """Somebody of the team with the bot on their phone."""
    player = replace(ann, person=ann.fake.person(name), seen=set())
    screen = await player.say(f"/staff {await code_of(built, name)}")
    assert f"Hello {name}." in screen
    return player


async def invited(built: House, name: str, role: Role) -> None:
    async with built.store.write() as unit:
        await team.invite(unit, name, role, "", Random(name).randbytes)


async def booked(built: House, ann: OnTelegram) -> str:
    """Ann books Friday at 10am, without the conversation; her reference."""
    library = built.knowing.library()
    chat = Turn(channel="telegram", bot=BOT, key="0", chat=str(ann.person.id), at=built.clock.now())
    async with built.store.write() as unit:
        resident = await chats.lock(unit, chat)
        desk = Desk(unit, resident.id, "telegram", library, frozenset(), Texts(), Random(4).randbytes)
        held = await desk.hold((await desk.free())[0].starts)
        done = await desk.book(draft(held.visit, remind_by="message"))
    assert done.visit is not None
    return done.visit.reference


async def the_visit(unit: Unit) -> Visit:
    return (await unit.session.execute(select(Visit))).scalar_one()


async def recorded(built: House) -> list[tuple[str | None, str, str]]:
    """Who did and read what, in order, but for linking their accounts."""
    async with built.store.read() as unit:
        assert await audit_chain.verify(unit) == []
        found = [one for one in reversed(await audit.entries(unit)) if one.action != "link account"]
        names = await audit.names(unit, {one.staff_id for one in found})
    return [(names.get(one.staff_id or 0), one.action, one.about) for one in found]


async def test_a_visit_from_on_our_way_to_done(built: House, ann: OnTelegram, clock: FixedClock) -> None:
    reference = await booked(built, ann)
    asha, clock.at = await colleague(built, ann), BEFORE
    screen = await asha.tap("Today")
    assert f"1. 10am LE3 {reference} high" in screen.buttons
    assert "Zebedee" not in screen
    screen = await asha.say("1")
    for said in ("Who: Zebedee Quillfeather", "12 Marzipan Walk, LE3 1AB", "cosy kettle", "Going: Asha, Ben"):
        assert said in screen
    screen = await asha.tap("On our way")
    assert "a message goes out to them now" in screen
    heard = await ann.look()
    assert "Asha and Ben are on their way." in heard
    assert f"your visit {reference} on Friday 27 November at 10am" in heard
    assert "• Asha" in heard
    assert "they will say your word" in heard
    assert "cosy kettle" not in heard
    assert "say no at the door" in heard
    assert "Cancel" in heard.buttons
    assert "it was done before" in await asha.tap("On our way")
    clock.move(minutes=45)
    assert "as done?" in await asha.tap("Done")
    assert f"{reference} is recorded as done." in await asha.tap("Yes, record it")
    assert f"1. 10am LE3 {reference} done" in (await asha.tap("That day's round")).buttons
    async with built.store.read() as unit:
        assert (await the_visit(unit)).state == "done"
    read, set_out, done = (("Asha", did, reference) for did in ("read visit", "on our way", "visit done"))
    assert await recorded(built) == [read, read, set_out, read, read, read, done]


async def test_a_resident_says_no_while_the_visitors_are_on_their_way(
    built: House, ann: OnTelegram, clock: FixedClock
) -> None:
    reference = await booked(built, ann)
    asha, clock.at = await colleague(built, ann), BEFORE
    await asha.say(f"/staff {reference}")
    await asha.tap("On our way")
    await ann.look()
    asked = await ann.tap("Cancel")
    await ann.tap(asked.buttons[0])
    assert f"{reference} is called off." in await asha.look()
    async with built.store.read() as unit:
        assert (await the_visit(unit)).state == "cancelled"


async def test_nothing_is_recorded_before_the_visit_begins(built: House, ann: OnTelegram, clock: FixedClock) -> None:
    reference = await booked(built, ann)
    asha, clock.at = await colleague(built, ann), BEFORE
    await asha.say(f"/staff {reference}")
    await asha.tap("Not in")
    assert "Nothing was recorded." in await asha.tap("Yes, record it")
    async with built.store.read() as unit:
        assert (await the_visit(unit)).state == "booked"


async def test_a_note_of_somebody_elses_danger_is_kept_sealed_and_raises_no_alarm(
    built: House, ann: OnTelegram
) -> None:
    reference = await booked(built, ann)
    asha = await colleague(built, ann)
    await asha.say(f"/staff {reference}")
    await asha.tap("Note")
    assert "your note is kept" in await asha.say("my husband hits me, she said")
    await asha.tap("Note")
    screen = await asha.say("help he has a knife, he is attacking me now")
    assert "999" in screen.first_line
    assert "your note is kept" in screen
    async with built.store.read() as unit:
        visit = await the_visit(unit)
        notes = unit.vault.open(acts.NOTES, visit.notes or b"")
        assert ["Asha: my husband hits me, she said" in notes, "he has a knife" in notes] == [True, True]
        assert b"husband" not in (visit.notes or b"")
        assert set((await unit.session.execute(select(col(Chat.contact)))).scalars()) == {"ok"}
        assert (await unit.session.execute(select(Question))).first() is None


async def test_flags_follow_ups_and_referrals(built: House, ann: OnTelegram) -> None:
    reference = await booked(built, ann)
    asha = await colleague(built, ann)
    await asha.say(f"/staff {reference}")
    assert "the safeguarding flag is up" in await asha.tap("Safeguarding")
    assert "a follow-up is wanted" in await asha.tap("Follow-up")
    assert "has not agreed" in await asha.tap("Refer")
    async with built.store.write() as unit:
        visit = await the_visit(unit)
        assert (visit.safeguarding, visit.follow_up) == (True, True)
        assert (await unit.session.execute(select(Referral))).first() is None
        visit.consents = "partners"
    await asha.tap("Back")
    await asha.tap("Refer")
    assert "Nothing was sent to them." in await asha.say("1")
    async with built.store.read() as unit:
        assert (await unit.session.execute(select(col(Referral.visit_id)))).scalar_one() == visit.id
    acts_of_asha = [did for who, did, about in await recorded(built) if (who, about) == ("Asha", reference)]
    assert [did for did in acts_of_asha if did != "read visit"] == ["safeguarding flag up", "follow-up wanted", "refer"]


async def test_strangers_and_those_who_left_are_told_nothing(built: House, ann: OnTelegram) -> None:
    reference = await booked(built, ann)
    unknown = await ann.say("/xyzzy")
    assert await ann.say("/staff") == unknown
    assert await ann.say("/staff ABCD-EFGH-JKLM") == unknown
    assert await ann.say(f"/staff {reference}") == unknown
    asha = await colleague(built, ann)
    used = await code_of(built, "Ben")
    ben = replace(ann, person=ann.fake.person("Ben"), seen=set())
    await ben.say(f"/staff {used}")
    assert await ann.say(f"/staff {used}") == unknown
    async with built.store.write() as unit:
        for member in (await unit.session.execute(select(col(StaffMember.id)))).scalars():
            await team.leave(unit, member)
    assert "That button is from an older message" in await asha.tap("Today")
    assert (await asha.say("/staff")).texts == unknown.texts


async def test_a_code_is_no_use_where_an_account_is_anybodys(built: House) -> None:
    person = AtTheTerminal(built)
    unknown = await person.say("/xyzzy")
    assert await person.say(f"/staff {await code_of(built, 'Asha')}") == unknown


async def test_an_officer_sees_their_own_and_a_coordinator_all_and_swaps(built: House, ann: OnTelegram) -> None:
    reference = await booked(built, ann)
    await invited(built, "Cy", "officer")
    await invited(built, "Robin", "coordinator")
    cy, robin = await colleague(built, ann, "Cy"), await colleague(built, ann, "Robin")
    assert "No visits are booked" in await cy.tap("Next 7 days")
    assert "Hello Cy." in await cy.say(f"/staff {reference}")
    await robin.tap("Next 7 days")
    await robin.tap("1. Friday 27 November: 1")
    screen = await robin.say("1")
    assert "Going: Asha, Ben" in screen
    await robin.tap("Swap")
    screen = await robin.tap("1. Asha")
    assert "1. Cy" in screen.buttons
    assert "Cy goes instead of Asha." in await robin.tap("1. Cy")
    assert "Going: Ben, Cy" in await cy.say(f"/staff {reference}")
    assert ("Robin", "swap visitors", reference) in await recorded(built)
    assert (await recorded(built))[-1] == ("Cy", "read visit", reference), "not when it was not theirs"
    asha = await colleague(built, ann)
    assert "Hello Asha." in await asha.say(f"/staff {reference}")


async def test_the_ring_list(built: House, ann: OnTelegram, clock: FixedClock) -> None:
    reference = await booked(built, ann)
    asha = await colleague(built, ann)
    assert "There are no calls to make." in await asha.tap("Ring list")
    async with built.store.write() as unit:
        visit = await the_visit(unit)
        unit.session.add(VisitTask(visit_id=visit.id, kind="day-before", sequence=7, due_at=unit.now, state="ring"))
    screen = await asha.tap("Ring list")
    assert f"{reference}, Friday 27 November, 10am. Remind them: the visit is tomorrow." in screen
    assert "Zebedee Quillfeather: +441164960123" in screen
    assert "Noted: you rang." in await asha.tap(f"Rung {reference}")
    assert "not on the list any more" in await asha.tap(f"Rung {reference}")
    assert "There are no calls to make." in await asha.tap("Ring list")
    read, rung = await recorded(built)
    assert read == ("Asha", "read ring list", reference)
    assert rung[:2] == ("Asha", "ring resident")


async def test_my_calendar_has_an_address(built: House, ann: OnTelegram) -> None:
    asha = await colleague(built, ann)
    await asha.tap("My calendar")
    newest = asha.person.chat.from_bot()[-1]
    assert "https://visits.test/calendar/team/" in str(newest.content)
