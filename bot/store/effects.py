"""Carry out what a turn decided, inside the turn's own transaction."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import update
from sqlmodel import col

from bot.store import handovers, privacy, records
from bot.store.tables import Chat
from bot.store.unit import Unit
from handlers import turn as words


async def apply(unit: Unit, chat_id: int, channel: str, effects: Iterable[words.Effect]) -> None:
    """Apply effects in order. `ForgetPerson` comes last in an outcome, so that nothing is written after it."""
    for effect in effects:
        await _apply(unit, chat_id, channel, effect)


async def _apply(unit: Unit, chat_id: int, channel: str, effect: words.Effect) -> None:
    match effect:
        case words.KeepQuestion():
            await records.keep_question(unit, chat_id, effect)
        case words.CountRoute():
            await records.count_route(unit, channel, effect.route)
        case words.MarkHelped():
            await records.mark_helped(unit, chat_id, effect)
        case words.Chose():
            await records.mark_chosen(unit, chat_id, effect)
        case words.OpenHandover():
            await handovers.open_ticket(unit, chat_id, effect)
        case words.HandoverSaid():
            await handovers.add_words(unit, chat_id, effect)
        case words.ReportDetail():
            await records.report_detail(unit, chat_id, effect)
        case words.SetContact():
            await _set(unit, chat_id, contact=effect.contact)
        case words.SetSource():
            await _set(unit, chat_id, source=effect.code)
        case words.ForgetPerson():
            await privacy.forget_person(unit, chat_id)
        case words.ForgetConversation():
            await privacy.forget_conversation(unit, chat_id)


async def _set(unit: Unit, chat_id: int, **values: str) -> None:
    await unit.session.execute(update(Chat).where(col(Chat.id) == chat_id).values(**values))
