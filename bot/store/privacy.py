"""What is held about one person, and how it is forgotten: in their chat and by the team, by the same code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col

from bot.staff import campaigns_heard
from bot.store import evidence, handovers, inbox, marks, outbox, person_copy
from bot.store import person as persons
from bot.store.person import Person
from bot.store.reach_tables import Evidence
from bot.store.tables import Chat, Feedback, Inbox, Outbox
from bot.store.unit import Unit
from bot.store.visit_tables import Resident, Visit, VisitFeedback, VisitTask, WaitingPlace
from bot.visits import erasing
from handlers.ports import Held
from handlers.privacy import deletions
from knowledge.library import Library

DELETABLE_FOR = dt.timedelta(hours=48)
"""Bot API, deleteMessage: a message can only be deleted if it was sent less than 48 hours ago."""
EMPTIED = (Inbox, Chat, Visit, VisitFeedback)
"""Tables of which a bare row stays: to apply nothing twice, to write to nobody who does not want it, to count."""
NAMELESS = (Feedback, Evidence)
"""Taps that name nobody once their chat is forgotten: a row that went would be seen in what is published of its month
(docs/decisions/0029)."""
WITH_THE_VISIT = (Resident, VisitTask, WaitingPlace)


class ThisPerson:
    """The `Person` port, bound to one chat and one transaction."""

    def __init__(self, unit: Unit, chat_id: int) -> None:
        self._unit = unit
        self._chat = chat_id

    async def held(self) -> Held:
        """Counts of what is stored about this chat."""
        found = await persons.of_chats(self._unit, [self._chat])
        rows = await persons.counted(self._unit, found)
        return Held(
            questions=rows["question"] + rows["feedback"] + rows["evidence"] + rows["follow_up"],
            messages=rows["outbox"] + rows["campaign_recipient"] + rows["subscription"],
            tickets=rows["handover"],
            reports=rows["detail_report"],
            visits=rows["resident"],
        )

    async def copy(self, library: Library) -> str:
        """All of it, but what the team noted for itself, to be read by people: YAML."""
        found = await persons.of_chats(self._unit, [self._chat])
        return person_copy.readable(await person_copy.copy(self._unit, found, library, for_team=False))

    async def deletable_messages(self) -> tuple[Sequence[str], int]:
        """Ids of both sides' messages that can still be deleted, and how many ids were lost."""
        since = self._unit.now - DELETABLE_FOR
        ours, lost = await outbox.sent_message_ids(self._unit, self._chat, since)
        return [*await inbox.message_ids(self._unit, self._chat, since), *ours], lost

    async def latest_ticket(self) -> int | None:
        """The open ticket of this chat."""
        return await handovers.latest_open(self._unit, self._chat)

    async def topics(self) -> Sequence[str]:
        """The topics that this chat wants to hear about."""
        return await campaigns_heard.topics(self._unit, self._chat)


async def forget_person(unit: Unit, chat_id: int) -> None:
    """Delete all that is held about a chat; visits to come are cancelled. What stays: the empty chat row with its wish
    not to be written to, bare rows of visits and of taps to count, and the keys of updates of the last seven days,
    without which a repeat would be applied twice."""
    await _forget(unit, await persons.of_chats(unit, [chat_id]))


async def forget_conversation(unit: Unit, chat_id: int) -> None:
    """Forget the words of what was sent, and drop what waits, also what they are to be asked later."""
    await evidence.ask_nothing(unit, chat_id)
    await outbox.drop_waiting(unit, chat_id)
    await unit.session.execute(
        update(Outbox).where(col(Outbox.chat_id) == chat_id).values(payload=None, message_id=None)
    )
    await unit.session.execute(update(Inbox).where(col(Inbox.chat_id) == chat_id).values(message_id=None))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased, rows by table; visits to come that were cancelled; messages that Telegram was asked to delete,
    and those that it cannot be asked about, because their numbers were lost."""

    erased: Mapping[str, int]
    cancelled: int
    asked_to_delete: int
    lost: int


async def erase(unit: Unit, person: Person) -> Receipt:
    """Forget a person wherever they are, as the team does for somebody who asked. They are not written to again, and
    Telegram is asked to delete what it still lets a bot delete."""
    messages = {chat: await ThisPerson(unit, chat).deletable_messages() for chat in await _on_telegram(unit, person)}
    before = await persons.counted(unit, person)
    cancelled = await _forget(unit, person)
    left = await persons.counted(unit, person)
    for chat, (ids, _) in messages.items():
        await _take_back(unit, chat, ids)
    await _be_quiet(unit, person)
    return Receipt(
        erased={table: count - left[table] for table, count in before.items() if count > left[table]},
        cancelled=cancelled,
        asked_to_delete=sum(len(ids) for ids, _ in messages.values()),
        lost=sum(lost for _, lost in messages.values()),
    )


async def _forget(unit: Unit, person: Person) -> int:
    unit.erased.extend(await marks.of_person(unit, person))
    cancelled = await erasing.forget_visits(unit, col(Visit.id).in_(person.visits))
    await unit.session.execute(delete(Resident).where(col(Resident.id).in_(person.residents)))
    for table, theirs in persons.rows_of(person).items():
        if table in NAMELESS:
            await unit.session.execute(_plainly(update(table).where(theirs).values(chat_id=None)))
        elif table not in (*EMPTIED, *WITH_THE_VISIT):
            await unit.session.execute(_plainly(delete(table).where(theirs)))
    inboxes, chats = col(Inbox.chat_id).in_(person.chats), col(Chat.id).in_(person.chats)
    await unit.session.execute(_plainly(update(Inbox).where(inboxes).values(message_id=None)))
    await unit.session.execute(_plainly(update(Chat).where(chats).values(source=None, session=None)))
    return cancelled


async def _on_telegram(unit: Unit, person: Person) -> list[int]:
    """Where messages can be taken back; the rows are held until the end, as a turn of theirs would."""
    statement = update(Chat).where(col(Chat.id).in_(person.chats)).values(contact=col(Chat.contact))
    rows = (await unit.session.execute(statement.returning(col(Chat.id), col(Chat.channel)))).all()
    return [row.id for row in rows if row.channel == "telegram"]


async def _take_back(unit: Unit, chat: int, ids: Sequence[str]) -> None:
    taken = deletions(ids)
    more = update(Chat).where(col(Chat.id) == chat).values(next_seq=col(Chat.next_seq) + len(taken))
    after = (await unit.session.execute(more.returning(col(Chat.next_seq)))).scalar_one()
    source = f"erase:{chat}:{unit.now:%Y%m%d%H%M%S}"
    await outbox.queue(unit, chat, "telegram", after - len(taken), taken, source)
    unit.queued.add(chat)


async def _be_quiet(unit: Unit, person: Person) -> None:
    """After what was queued: whoever must never be written to stays so."""
    chats = (col(Chat.id).in_(person.chats), col(Chat.contact) == "ok")
    await unit.session.execute(_plainly(update(Chat).where(*chats).values(contact="reply_only")))


def _plainly(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
