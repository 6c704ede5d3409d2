"""What is held about one chat, and how it is forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlmodel import SQLModel, col

from bot.store import handovers, inbox, outbox
from bot.store.tables import Chat, DetailReport, Feedback, Handover, Inbox, Outbox, Question
from bot.store.unit import Unit
from bot.store.visit_tables import Visit
from bot.visits import erasing
from handlers.ports import Held

DELETABLE_FOR = dt.timedelta(hours=48)
"""Bot API, deleteMessage: a message can only be deleted if it was sent less than 48 hours ago."""


class ThisPerson:
    """The `Person` port, bound to one chat and one transaction."""

    def __init__(self, unit: Unit, chat_id: int) -> None:
        self._unit = unit
        self._chat = chat_id

    async def held(self) -> Held:
        """Counts of what is stored about this chat."""
        return Held(
            questions=await self._count(Question) + await self._count(Feedback),
            messages=await self._count(Outbox),
            tickets=await self._count(Handover),
            reports=await self._count(DetailReport),
            visits=await self._count(Visit, col(Visit.resident_id).is_not(None)),
        )

    async def deletable_messages(self) -> tuple[Sequence[str], int]:
        """Ids of both sides' messages that can still be deleted, and how many ids were lost."""
        since = self._unit.now - DELETABLE_FOR
        ours, lost = await outbox.sent_message_ids(self._unit, self._chat, since)
        return [*await inbox.message_ids(self._unit, self._chat, since), *ours], lost

    async def latest_ticket(self) -> int | None:
        """The open ticket of this chat."""
        return await handovers.latest_open(self._unit, self._chat)

    async def _count(
        self, table: type[Question | Feedback | Outbox | Handover | DetailReport | Visit], *that: ColumnElement[bool]
    ) -> int:
        statement = select(func.count()).select_from(table).where(col(table.chat_id) == self._chat, *that)
        return int((await self._unit.session.execute(statement)).scalar_one())


async def forget_person(unit: Unit, chat_id: int) -> None:
    """Delete all that is held about a chat; visits to come are cancelled. What stays: the empty chat row with its wish
    not to be written to, bare rows of visits to count, and the keys of updates of the last seven days, without which a
    repeat would be applied twice."""
    await erasing.forget(unit, chat_id)
    tables: tuple[type[SQLModel], ...] = (Handover, Outbox, Question, Feedback, DetailReport)
    for table in tables:
        await unit.session.execute(delete(table).where(table.chat_id == chat_id))  # type: ignore[attr-defined]
    await unit.session.execute(update(Inbox).where(col(Inbox.chat_id) == chat_id).values(message_id=None))
    await unit.session.execute(update(Chat).where(col(Chat.id) == chat_id).values(source=None, session=None))


async def forget_conversation(unit: Unit, chat_id: int) -> None:
    """Forget the words of what was sent, and drop what waits."""
    await outbox.drop_waiting(unit, chat_id)
    await unit.session.execute(
        update(Outbox).where(col(Outbox.chat_id) == chat_id).values(payload=None, message_id=None)
    )
    await unit.session.execute(update(Inbox).where(col(Inbox.chat_id) == chat_id).values(message_id=None))
