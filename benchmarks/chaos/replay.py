"""The same messages once more, in a quiet house: the same answers, the same questions kept, the same session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from benchmarks.chaos.evidence import Evidence, Rows
from benchmarks.chaos.people import Phone, Said
from bot.channels.telegram.parse import read
from bot.clock import FixedClock
from bot.conversation import Conversation
from bot.knowing import Knowing, snapshot
from bot.store import chats, content
from bot.store.engine import IN_MEMORY
from bot.store.migrate import create_at_once
from bot.store.tables import Chat, Inbox, Question
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from tests.fake_telegram.world import BOT
from tests.house import BRAUNSTONE, INDEXES


@dataclass(frozen=True)
class Quiet:
    """A house in which nothing is broken."""

    store: Store
    clock: FixedClock
    conversation: Conversation


async def replayed(evidence: Evidence, found: Rows) -> list[str]:
    """How the chats of those who only ask differ from what they should be."""
    async with evidence.store.read() as unit:
        library = await content.library(unit, BRAUNSTONE)
    clock = FixedClock()
    store = Store(IN_MEMORY, throwaway_vault(), clock)
    try:
        await create_at_once(store)
        knowing = Knowing(snapshot(library, INDEXES, "static"))
        knowing.reached_on_telegram(BOT.username)
        quiet = Quiet(store, clock, Conversation(store, knowing))
        asking = [phone for phone in evidence.phones if phone.sort == "asker"]
        return [fault for phone in asking for fault in await _one(quiet, phone, found, evidence.store)]
    finally:
        await store.close()


async def _one(quiet: Quiet, phone: Phone, found: Rows, real: Store) -> list[str]:
    inbox = {int(row.external_id): row for row in found.inbox}
    told = [said for said in phone.said if said.number in inbox and found.by_update.get(said.number)]
    faults = []
    for said in in_order(told, found):
        faults += await _turn(quiet, said, inbox[said.number], found)
    chat = found.chat_of.get(phone.person.id)
    return faults + (await _after(quiet, phone, chat, found, real) if chat else [])


def in_order(told: Sequence[Said], found: Rows) -> list[Said]:
    """As they were applied: a chat's messages are numbered under its lock."""
    return sorted(told, key=lambda said: found.by_update[said.number][0].seq)


async def _turn(quiet: Quiet, said: Said, row: Inbox, found: Rows) -> list[str]:
    quiet.clock.at = row.received_at
    turn = read(said.update, BOT.username, row.received_at)
    if turn is None:
        return [f"{said.number}: no turn"]
    taken = await quiet.conversation.take(turn)
    expected = [reply.model_dump_json() for reply in taken.outcome.replies] if taken.outcome else []
    given = [found.replies[each.id].model_dump_json() for each in found.by_update[said.number]]
    return [] if expected == given else [f"{said.number}: answered otherwise than in a quiet house"]


async def _after(quiet: Quiet, phone: Phone, chat: Chat, found: Rows, real: Store) -> list[str]:
    async with quiet.store.read() as unit:
        number = await chats.find(unit, "telegram", str(phone.person.id), BOT.username)
        own = select(Question).where(col(Question.chat_id) == number).order_by(col(Question.id))
        expected = [_kept(each) for each in (await unit.session.execute(own)).scalars()]
        sealed = (
            await unit.session.execute(select(col(Chat.session)).where(col(Chat.id) == number))
        ).scalar_one_or_none()
        session = chats.read_session(unit, sealed)
    kept = [_kept(each) for each in found.questions if each.chat_id == chat.id]
    async with real.read() as unit:
        same = chats.read_session(unit, chat.session) == session
    faults = [] if kept == expected else [f"{phone.person.id}: {len(kept)} questions kept, not {len(expected)}"]
    return faults + ([] if same else [f"{phone.person.id}: another session"])


def _kept(row: Question) -> tuple[object, ...]:
    return row.text, row.route, row.shown, row.helped, row.at
