"""One person: a copy of all that is held, and forgetting them with a receipt, for the team and in their own chat."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update
from sqlmodel import SQLModel, col

from bot.clock import FixedClock
from bot.delivery.deliver import may_send
from bot.staff import audit
from bot.store import effects, handovers, inbox, outbox, person_copy, privacy
from bot.store import person as persons
from bot.store.person import Person
from bot.store.tables import Outbox
from bot.store.unit import Unit
from bot.store.visit_tables import Referral, Visit, VisitFeedback
from handlers.ports import Held
from handlers.turn import Effect, HandoverSaid, KeepQuestion, MarkHelped, OpenHandover, Reply, ReportDetail, Turn
from knowledge.prose import line
from tests.bot.visits.estate import ELEVEN, TEN, Estate, estate, library

PHONE = "+441164960123"
SAID = ("Zebedee", "Marzipan", "parrot", "cosy kettle", "960123", "so kind", "a quiet word", "ring me", "the lifts",
        "wrong hours", "I sent this")  # fmt: skip


@pytest.fixture
async def place(database_url: str, clock: FixedClock) -> AsyncIterator[Estate]:
    async with estate(database_url, clock) as built:
        yield built


async def known(place: Estate, chat: int = 1) -> str:
    """Somebody about whom everything is known that can be; their visit's reference."""
    booked = await place.book(chat, TEN)
    async with place.desk(chat) as desk:
        await desk.wait(booked.id, True)
    async with place.store.write() as unit:
        await talked(unit, chat)
        notes = unit.vault.seal("visit.notes", "a quiet word")
        await unit.session.execute(update(Visit).where(col(Visit.id) == booked.id).values(notes=notes))
        words = unit.vault.seal("visit_feedback.words", "so kind")
        unit.session.add(VisitFeedback(visit_id=booked.id, came="yes", words=words, at=unit.now))
        unit.session.add(Referral(visit_id=booked.id, organisation="brite-centre", at=unit.now))
        await audit.record(unit, place.staff[0], "read visit", booked.reference)
    return booked.reference


async def talked(unit: Unit, chat: int) -> None:
    """A conversation in which everything was said."""
    said: list[Effect] = [
        KeepQuestion(text="who mends the lifts", route="unknown"),
        MarkHelped(entry="a/b", helped=True),
        ReportDetail(organisation="brite-centre", words="wrong hours", thank=True),
        OpenHandover(wish="callback", phone=PHONE),
    ]
    await effects.apply(unit, chat, "telegram", said)
    ticket = await handovers.latest_open(unit, chat)
    await effects.apply(unit, chat, "telegram", [HandoverSaid(ticket=ticket or 0, text="ring me")])
    update_ = Turn(channel="telegram", key=f"9{chat}", chat=str(chat), at=unit.now, message_id="71")
    await inbox.claim(unit, update_, chat_id=chat)
    await outbox.queue_for(unit, chat, Reply(blocks=(line("I sent this"),)), "ticket:1:0")
    await unit.session.execute(update(Outbox).where(col(Outbox.chat_id) == chat).values(state="sent", message_id="72"))


async def find(place: Estate, reference: str, word: str = "cosy kettle") -> Person:
    async with place.store.read() as unit:
        return await persons.by_visit(unit, reference, word)


async def test_somebody_is_found_by_what_they_know_and_by_nothing_less(place: Estate) -> None:
    reference = await known(place)
    whole = Person(chats=(1,), visits=(1,), residents=(1,))
    assert await find(place, reference, "Cosy  KETTLE") == whole
    assert not await find(place, reference, "cosy pot")
    async with place.store.read() as unit:
        assert await persons.by_account(unit, "telegram", "1") == whole
        assert await persons.by_phone(unit, PHONE) == whole
        assert not await persons.by_account(unit, "web", "1")
        assert not await persons.by_phone(unit, "+441164960999")


async def test_who_is_visited_is_not_whose_chat_booked_for_them(place: Estate) -> None:
    booked = await place.book(2, ELEVEN, for_other=True, phone="+441164960124", name="Old Tom")
    found = await find(place, booked.reference)
    assert found == Person(chats=(), visits=(booked.id,), residents=(1,))
    async with place.store.read() as unit:
        assert (await persons.by_account(unit, "telegram", "2")).visits == (booked.id,)


async def test_a_copy_holds_everything_and_says_who_has_seen_it(place: Estate) -> None:
    await known(place)
    async with place.store.read() as unit:
        person = await persons.by_phone(unit, PHONE)
        whole = await person_copy.copy(unit, person, library(), for_team=True)
        theirs = await privacy.ThisPerson(unit, 1).copy(library())
    text = json.dumps(whole, ensure_ascii=False)
    assert [word for word in SAID if word not in text] == []
    assert whole["visits"][0]["starts"] == "2026-11-30 10:00"
    assert whole["seen_by"] == [{"at": "2026-11-25 10:00", "what": "read visit", "who": "officer, fire"}]
    assert [word for word in SAID if word not in theirs] == ["a quiet word"], "the team's notes are not for a chat"


OTHER = {
    "name": "Wilhelmina", "phone": "+441164960999", "address": "2 Nougat Way", "needs": "", "safe": "",
    "word": "red teapot",
}  # fmt: skip


async def test_nothing_of_them_is_left_and_others_keep_theirs(place: Estate) -> None:
    reference = await known(place)
    other = await place.book(2, ELEVEN, **OTHER)
    before = await find(place, reference)
    async with place.store.write() as unit:
        receipt = await privacy.erase(unit, before)
    assert receipt.erased["handover_message"] == receipt.erased["visit_feedback"] == receipt.erased["visit"] == 1
    assert (receipt.cancelled, receipt.asked_to_delete, receipt.lost) == (1, 2, 0)
    clear = await place.words_in_clear()
    assert [word for word in SAID if word in clear] == []
    async with place.desk(2) as desk:
        still = await desk.mine()
    assert still is not None
    assert (still.id, still.address) == (other.id, other.address)


async def test_telegram_is_asked_to_take_back_both_sides_and_nothing_else_is_written(place: Estate) -> None:
    reference = await known(place)
    async with place.store.write() as unit:
        await privacy.erase(unit, await persons.by_visit(unit, reference, "cosy kettle"))
        assert not await outbox.queue_for(unit, 1, Reply(blocks=(line("hello"),)), "ticket:9:0")
    async with place.store.read() as unit:
        queued = await outbox.next_for(unit, 1)
    assert queued is not None
    assert set(queued.reply.forget_messages) == {"71", "72"}
    assert queued.contact == "reply_only"
    assert may_send(queued, place.clock.now())


async def test_in_their_own_chat_the_same_rows_go(place: Estate) -> None:
    await known(place)
    async with place.store.write() as unit:
        person = await persons.of_chats(unit, [1])
        held = await privacy.ThisPerson(unit, 1).held()
        await privacy.forget_person(unit, 1)
        assert sum((await persons.counted(unit, person)).values()) == 0
    assert held == Held(questions=2, messages=1, tickets=1, reports=1, visits=1)


def test_a_table_that_belongs_to_somebody_is_reached() -> None:
    """Whatever refers to a chat, a visit, a resident or a ticket is theirs, or stands here with its reason."""
    whose = {"chat", "visit", "resident", "handover"}
    theirs = {
        table.name
        for table in SQLModel.metadata.sorted_tables
        if any(key.column.table.name in whose for key in table.foreign_keys)
    }
    not_theirs = {
        "staff_member",  # a colleague's own chat: bot staff leave
        "occupied",  # a quarter of an hour of a visitor: given back when the visit is cancelled
        "referral",  # an organisation's name beside a bare visit
    }
    reached = {str(table.__tablename__) for table in persons.rows_of(Person())}
    assert theirs - not_theirs - reached == set()
