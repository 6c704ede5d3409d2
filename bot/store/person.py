"""One person in the tables: what is theirs, and how they are found by a chat, a visit with its word, or a phone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import SQLModel, col

from bot.store.handovers import PHONE
from bot.store.reach_tables import CampaignRecipient, Evidence, FollowUp, Subscription
from bot.store.tables import Chat, DetailReport, Feedback, Handover, HandoverMessage, Inbox, Outbox, Question
from bot.store.unit import Unit
from bot.store.visit_tables import Resident, Visit, VisitFeedback, VisitTask, WaitingPlace
from bot.visits import claiming, erasing


@dataclass(frozen=True, slots=True)
class Person:
    """Whose rows these are: numbers of chats, of visits, and of the people who are visited."""

    chats: tuple[int, ...] = ()
    visits: tuple[int, ...] = ()
    residents: tuple[int, ...] = ()
    phone_index: str | None = field(default=None, compare=False)
    """The keyed hash of the number that they were found by, if they were."""

    def __bool__(self) -> bool:
        return bool(self.chats or self.visits or self.residents)


async def of_chats(unit: Unit, chats: Sequence[int]) -> Person:
    """Whoever these conversations are with, and the visits they booked there, also for others."""
    residents = await _numbers(unit, Resident, col(Resident.chat_id).in_(chats))
    theirs = or_(col(Visit.chat_id).in_(chats), col(Visit.resident_id).in_(residents))
    return await _whole(unit, chats, theirs, residents)


async def by_account(unit: Unit, channel: str, external_id: str) -> Person:
    """By the channel's own number of the conversation."""
    same = (col(Chat.channel) == channel, col(Chat.external_id) == external_id)
    chats = list((await unit.session.execute(select(col(Chat.id)).where(*same))).scalars())
    return await of_chats(unit, chats) if chats else Person()


async def by_visit(unit: Unit, reference: str, word: str) -> Person:
    """By a visit's reference and the word for its door. Nobody where the word is wrong, or erased by now."""
    found = await unit.session.execute(select(Visit).where(col(Visit.reference) == reference))
    visit = found.scalar_one_or_none()
    if visit is None or visit.doorstep_word is None:
        return Person()
    if not claiming.same_word(unit.vault.open("visit.doorstep_word", visit.doorstep_word), word):
        return Person()
    return await visited(unit, [visit.resident_id] if visit.resident_id else [], [visit.id])


async def by_phone(unit: Unit, phone: str) -> Person:
    """By a phone number in international form: of those who are visited, and in requests for a call."""
    index = unit.vault.index("phone", phone)
    found = await visited(unit, await _numbers(unit, Resident, col(Resident.phone_index) == index), ())
    asked = await _asked_to_be_rung(unit, phone)
    talked = await of_chats(unit, sorted({*asked, *found.chats})) if asked else Person()
    return replace(joined(found, talked), phone_index=index)


def joined(one: Person, other: Person) -> Person:
    """Two halves of what is known about one person, or two persons who are treated alike."""
    return Person(
        chats=_both(one.chats, other.chats),
        visits=_both(one.visits, other.visits),
        residents=_both(one.residents, other.residents),
    )


def rows_of(person: Person) -> Mapping[type[SQLModel], ColumnElement[bool]]:
    """All that is personal about them, table by table."""
    chats, visits = person.chats, person.visits
    tickets = select(col(Handover.id)).where(col(Handover.chat_id).in_(chats))
    return {
        Question: col(Question.chat_id).in_(chats),
        Feedback: col(Feedback.chat_id).in_(chats),
        Evidence: col(Evidence.chat_id).in_(chats),
        FollowUp: col(FollowUp.chat_id).in_(chats),
        DetailReport: col(DetailReport.chat_id).in_(chats),
        HandoverMessage: col(HandoverMessage.handover_id).in_(tickets),
        Handover: col(Handover.chat_id).in_(chats),
        Outbox: col(Outbox.chat_id).in_(chats),
        Subscription: col(Subscription.chat_id).in_(chats),
        CampaignRecipient: col(CampaignRecipient.chat_id).in_(chats),
        Inbox: col(Inbox.chat_id).in_(chats) & col(Inbox.message_id).is_not(None),
        VisitTask: col(VisitTask.visit_id).in_(visits),
        WaitingPlace: col(WaitingPlace.visit_id).in_(visits),
        VisitFeedback: col(VisitFeedback.visit_id).in_(visits) & col(VisitFeedback.words).is_not(None),
        Visit: col(Visit.id).in_(visits) & erasing.personal(),
        Resident: col(Resident.id).in_(person.residents),
        Chat: col(Chat.id).in_(chats) & or_(col(Chat.session).is_not(None), col(Chat.source).is_not(None)),
    }


async def counted(unit: Unit, person: Person) -> dict[str, int]:
    """How many such rows there are, by table, in one statement."""
    wanted = {str(table.__tablename__): (table, which) for table, which in rows_of(person).items()}
    counts = [
        select(func.count()).select_from(table).where(which).scalar_subquery().label(name)
        for name, (table, which) in wanted.items()
    ]
    return dict((await unit.session.execute(select(*counts))).one()._mapping)


async def visited(unit: Unit, residents: Sequence[int], visits: Sequence[int]) -> Person:
    """Whoever is visited. A chat belongs to them too unless it booked for somebody else."""
    theirs = or_(col(Visit.id).in_(visits), col(Visit.resident_id).in_(residents))
    rows = (await unit.session.execute(select(Visit).where(theirs))).scalars().all()
    chats = {row.chat_id for row in rows if row.chat_id is not None and not _for_other(unit, row)}
    talked = await of_chats(unit, sorted(chats)) if chats else Person()
    return joined(Person((), tuple(row.id for row in rows), tuple(residents)), talked)


async def references(unit: Unit, person: Person) -> Sequence[str]:
    """What their visits are called."""
    statement = select(col(Visit.reference)).where(col(Visit.id).in_(person.visits)).order_by(col(Visit.id))
    return (await unit.session.execute(statement)).scalars().all()


def _for_other(unit: Unit, visit: Visit) -> bool:
    said = json.loads(unit.vault.open("visit.needs", visit.needs)) if visit.needs else {}
    return bool(said.get("for_other"))


async def _asked_to_be_rung(unit: Unit, phone: str) -> list[int]:
    """A ticket's number has no index: they are few, and each is opened."""
    statement = select(Handover).where(col(Handover.phone).is_not(None))
    rows = (await unit.session.execute(statement)).scalars()
    return sorted({row.chat_id for row in rows if row.phone and unit.vault.open(PHONE, row.phone) == phone})


async def _whole(unit: Unit, chats: Sequence[int], theirs: ColumnElement[bool], residents: Sequence[int]) -> Person:
    visits = await _numbers(unit, Visit, theirs)
    visited = select(col(Visit.resident_id)).where(col(Visit.id).in_(visits), col(Visit.resident_id).is_not(None))
    also = (await unit.session.execute(visited)).scalars()
    return Person(tuple(chats), tuple(visits), tuple(sorted({*residents, *also})))


async def _numbers(unit: Unit, table: type[Visit | Resident], which: ColumnElement[bool]) -> list[int]:
    return list((await unit.session.execute(select(col(table.id)).where(which).order_by(col(table.id)))).scalars())


def _both(some: Sequence[int], others: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted({*some, *others}))
