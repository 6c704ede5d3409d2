"""The last look at a campaign's message before it goes, and the note that it went. Asked by whoever delivers.

Between queueing and sending somebody may have stopped the campaign, or the person may have stopped its topic.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, exists, func, select, update
from sqlmodel import col

from bot.staff.campaigns import SOURCE
from bot.staff.campaigns_rules import in_hours, next_morning
from bot.store import chats, outbox, switch
from bot.store.outbox import Queued
from bot.store.reach_tables import Campaign, CampaignRecipient, Subscription
from bot.store.tables import Chat, Outbox
from bot.store.unit import Unit
from handlers.sparing import spared_until
from handlers.turn import Session

LATER = dt.timedelta(minutes=5)
"""Until a message whose campaign is paused is looked at again."""
A_SECOND = dt.timedelta(seconds=1)
"""Telegram takes one message a second to one chat (Bots FAQ); a reply that has just gone counts."""


def concerns(queued: Queued) -> bool:
    """Is it a campaign's message?"""
    return queued.source == SOURCE


async def let_go(unit: Unit, queued: Queued) -> bool:
    """May it go now? If not, it is dropped, or put off to a moment at which it is looked at again."""
    campaign = await unit.session.get(Campaign, _number(queued), populate_existing=True)
    session = await _wanted(unit, queued.chat_id, campaign.topic) if campaign else None
    if campaign is None or not _stands(campaign, unit.now) or session is None or session.quiet:
        await outbox.mark(unit, queued.id, "dropped")
        return False
    if not may_hear(session, unit.now):
        await _give_back(unit, queued)
        return False
    later = await _not_yet(unit, queued, campaign)
    if later is not None:
        await outbox.mark(unit, queued.id, "waiting", not_before=later)
    return later is None


async def went(unit: Unit, queued: Queued) -> None:
    """It was sent."""
    got, number = CampaignRecipient, _number(queued)
    theirs = (col(got.campaign_id) == number, col(got.chat_id) == queued.chat_id, col(got.delivered_at).is_(None))
    statement = update(got).where(*theirs).values(delivered_at=unit.now)
    await unit.session.execute(statement.execution_options(synchronize_session=False))


def _stands(campaign: Campaign, now: dt.datetime) -> bool:
    """Is it still to be sent, now or after a pause?"""
    return campaign.state in ("sending", "paused", "planned") and campaign.ends is not None and now < campaign.ends


def may_hear(session: Session, now: dt.datetime) -> bool:
    """Is it no bad moment for a campaign? It is one after a crisis or abuse, while they are asked whether anybody is in
    danger, and for days after an emergency."""
    return not session.quiet and spared_until(session, now) is None


async def _give_back(unit: Unit, queued: Queued) -> None:
    """As if it had never been queued: it is queued again once they may hear it. Left waiting with a later moment it
    would hold up whoever comes behind it, for no two go at once."""
    got = CampaignRecipient
    theirs = (col(got.campaign_id) == _number(queued), col(got.chat_id) == queued.chat_id)
    for gone in (delete(Outbox).where(col(Outbox.id) == queued.id), delete(got).where(*theirs)):
        await unit.session.execute(gone.execution_options(synchronize_session=False))


async def _wanted(unit: Unit, chat_id: int, topic: str) -> Session | None:
    """The session of who still wants to hear about it and may be written to; else None."""
    asked = exists().where(col(Subscription.chat_id) == col(Chat.id), col(Subscription.topic) == topic)
    statement = select(col(Chat.session)).where(col(Chat.id) == chat_id, col(Chat.contact) == "ok", asked)
    row = (await unit.session.execute(statement)).one_or_none()
    return chats.read_session(unit, row.session) if row is not None else None


async def _not_yet(unit: Unit, queued: Queued, campaign: Campaign) -> dt.datetime | None:
    """Until when it has to wait; None where it may go at once."""
    if campaign.state != "sending" or await switch.message(unit) is not None:
        return unit.now + LATER
    if not in_hours(unit.now):
        return next_morning(unit.now)
    sent = select(func.max(col(Outbox.sent_at))).where(col(Outbox.chat_id) == queued.chat_id)
    last: dt.datetime | None = (await unit.session.execute(sent)).scalar_one()
    return last + A_SECOND if last is not None and last + A_SECOND > unit.now else None


def _number(queued: Queued) -> int:
    """The campaign's number, from the message's key: `campaign:3:CHAT:0`."""
    return int(queued.key.split(":")[1])
