"""What is left of a run: the harness' log, what people read, and every row of the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import SQLModel

from benchmarks.chaos.door import Door
from benchmarks.chaos.nemesis import Nemesis
from benchmarks.chaos.people import Phone, Script
from benchmarks.chaos.plan import Setting
from bot.store.outbox import COLUMN
from bot.store.tables import Chat, Inbox, Outbox, Question
from bot.store.unit import Store
from bot.store.visit_tables import Occupied, Visit, VisitTask
from handlers.turn import Reply
from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.world import BOT

T = TypeVar("T", bound=SQLModel)


@dataclass
class Evidence:
    """From which a run is judged."""

    setting: Setting
    store: Store
    fake: FakeTelegram
    people: Sequence[Script]
    nemesis: Nemesis
    door: Door | None
    calm: bool
    exits: Sequence[int | None]
    folder: Path

    @property
    def phones(self) -> list[Phone]:
        """Of everybody."""
        return [script.phone for script in self.people]

    def errors(self) -> list[str]:
        """What the processes called errors in their log. What a library says of a page that is no JSON is none."""
        lines = (self.folder / "log").read_text("utf-8", errors="replace").splitlines()
        ours = [each for each in lines if '"a library speaks"' not in each]
        return [each for each in ours if '"level": "error"' in each or "Traceback" in each]


@dataclass(frozen=True)
class Rows:
    """Every row that a run is judged by."""

    chats: Sequence[Chat]
    inbox: Sequence[Inbox]
    outbox: Sequence[Outbox]
    questions: Sequence[Question]
    visits: Sequence[Visit]
    cells: Sequence[Occupied]
    tasks: Sequence[VisitTask]
    replies: dict[int, Reply]
    """By the number of the outbox row."""

    @cached_property
    def chat_of(self) -> dict[int, Chat]:
        """By the person's number at Telegram."""
        return {int(chat.external_id): chat for chat in self.chats}

    @cached_property
    def by_chat(self) -> dict[int, list[Outbox]]:
        """What each chat was to hear, in order; by the chat's number in the database."""
        found: dict[int, list[Outbox]] = defaultdict(list)
        for row in sorted(self.outbox, key=lambda row: row.seq):
            found[row.chat_id].append(row)
        return found

    @cached_property
    def by_update(self) -> dict[int, list[Outbox]]:
        """What each update was answered with, in order."""
        found: dict[int, list[Outbox]] = defaultdict(list)
        for row in sorted(self.outbox, key=lambda row: row.seq):
            channel, bot, number, *_ = [*row.key.split(":"), "", ""]
            if (channel, bot) == ("telegram", BOT.username):
                found[int(number)].append(row)
        return found


async def rows(store: Store) -> Rows:
    """All of them, once everything is at rest."""
    outbox = await _all(store, Outbox)
    opened = {row.id: Reply.model_validate_json(store.vault.open(COLUMN, row.payload)) for row in outbox if row.payload}
    return Rows(
        chats=await _all(store, Chat),
        inbox=await _all(store, Inbox),
        outbox=outbox,
        questions=await _all(store, Question),
        visits=await _all(store, Visit),
        cells=await _all(store, Occupied),
        tasks=await _all(store, VisitTask),
        replies=opened,
    )


async def _all(store: Store, table: type[T]) -> list[T]:
    key = table.__table__.primary_key.columns  # type: ignore[attr-defined]
    async with store.read() as unit:
        found = (await unit.session.execute(select(table).order_by(*key))).scalars().all()
        unit.session.expunge_all()
    return list(found)
