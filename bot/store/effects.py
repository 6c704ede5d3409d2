"""Carry out what a turn decided, inside the turn's own transaction."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import update
from sqlmodel import col

from bot.staff import campaigns_heard
from bot.store import check_counts, evidence, handovers, privacy, records, sources
from bot.store.tables import Chat
from bot.store.unit import Unit
from handlers import turn as words
from handlers.evidence import OfHelp
from handlers.turn import Contact


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
            await _set_contact(unit, chat_id, effect.contact)
        case words.ForgetPerson():
            await privacy.forget_person(unit, chat_id)
        case words.ForgetConversation():
            await privacy.forget_conversation(unit, chat_id)
        case _:
            await _reached(unit, chat_id, channel, effect)


async def _reached(unit: Unit, chat_id: int, channel: str, effect: words.Effect) -> None:
    """What comes of posters, campaigns, the home check and of asking whether it helped."""
    match effect:
        case words.SetSource():
            if await sources.count(unit, channel, effect.code):
                await _set(unit, chat_id, source=effect.code)
        case words.Subscribe():
            await campaigns_heard.subscribe(unit, chat_id, effect)
        case words.SubscriptionArea():
            await campaigns_heard.change_area(unit, chat_id, effect)
        case words.Unsubscribe():
            await campaigns_heard.unsubscribe(unit, chat_id, effect)
        case words.CampaignSaid():
            await campaigns_heard.said(unit, chat_id, effect)
        case words.CountCheck():
            await check_counts.count(unit, effect)
        case OfHelp():
            await evidence.keep(unit, chat_id, channel, effect)


async def _set_contact(unit: Unit, chat_id: int, contact: Contact) -> None:
    """Who may never be written to stays so, whatever else they stop."""
    wider = (col(Chat.contact) == "ok",) if contact == "reply_only" else ()
    await unit.session.execute(update(Chat).where(col(Chat.id) == chat_id, *wider).values(contact=contact))


async def _set(unit: Unit, chat_id: int, **values: str) -> None:
    await unit.session.execute(update(Chat).where(col(Chat.id) == chat_id).values(**values))
