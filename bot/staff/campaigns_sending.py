"""Sending campaigns: queued a little ahead, far apart, behind every reply; looked at again when one is about to go.

Telegram's Bots FAQ ("My bot is hitting limits, how do I avoid this?", core.telegram.org/bots/faq) asks for no more than
one message a second to one chat, and for no more than about 30 a second to all of them. Campaigns take 25 of those at
most, so that replies always have room. Each message has its own moment in the outbox, whichever machine sends it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import exists, func, insert, select, update
from sqlmodel import col

from bot.delivery.loop import Guard
from bot.staff import campaigns
from bot.staff.campaigns import SENDING, SOURCE, take_back
from bot.staff.campaigns_audience import welcome
from bot.staff.campaigns_going import may_hear
from bot.staff.campaigns_rules import GOING, areas_of, evening, in_hours
from bot.store import chats, outbox, switch
from bot.store.inbox import insert_of
from bot.store.outbox import COLUMN
from bot.store.reach_tables import Campaign, CampaignRecipient, Subscription
from bot.store.tables import Chat, Outbox
from bot.store.unit import Store, Unit, alone
from handlers.campaigns import Letter, letter
from handlers.catalogue import Texts
from knowledge.library import Library

PRIORITY = 10
"""Replies, reminders and staff's words have 0, and go first."""
GAP = dt.timedelta(seconds=1) / 25
AT_ONCE = 100
"""Chats that one transaction queues at most; on SQLite nothing else is written meanwhile."""
AHEAD = dt.timedelta(seconds=60)
"""No further than this is anything queued, so that little has to be taken back when somebody stops it."""
REST = dt.timedelta(hours=20)
"""Between two campaigns to one chat: never more than one a day."""
COUNTED_FOR = dt.timedelta(days=90)
"""After its end a campaign's figures may still grow for so long; then who got it is forgotten."""


@dataclass(frozen=True)
class Post:
    """All that sending needs: the store, the content in use, and the catalogue of a language."""

    store: Store
    library: Library
    texts: Callable[[str], Texts]


async def send_due(post: Post, guard: Guard) -> None:
    """One round: begin and end what is due, queue what may go in the next minute, count what came of it. `guard` runs a
    step and may swallow what it raises, so that the next one still comes."""
    async with post.store.read() as unit:
        going, counting = await _numbers(unit, GOING), await _to_count(unit)
    if going:
        await guard(partial(begin_and_end, post.store))
    for number in going:
        await guard(partial(queue_all, post, number))
    for number in counting:
        await guard(partial(count, post.store, number))


async def begin_and_end(store: Store) -> None:
    """Campaigns whose time has come are sent from now on; those whose time is over are not, and nothing of them is."""
    async with store.write() as unit:
        await alone(unit, SENDING)
        over = (col(Campaign.state).in_(GOING), col(Campaign.ends) <= unit.now)
        ended = await _set(unit, over, state="done", ended_at=unit.now)
        for number in ended:
            await take_back(unit, number)
        begun = (col(Campaign.state) == "planned", func.coalesce(col(Campaign.starts), unit.now) <= unit.now)
        await _set(unit, begun, state="sending", starts=func.coalesce(col(Campaign.starts), unit.now))


async def queue_all(post: Post, number: int) -> None:
    """Batch after batch, the oldest chats first, until everybody has it or the next minute is full."""
    after: int | None = 0
    while after is not None:
        async with post.store.write() as unit:
            after = await queue_batch(unit, post, number, after)


async def queue_batch(unit: Unit, post: Post, number: int, after: int) -> int | None:
    """Queue a campaign for chats beyond the number `after`; the last one that was looked at, or None for the end. One
    machine at a time, so that all of them together keep the pace; and a row for each chat, so that nobody is ever
    queued twice."""
    await alone(unit, SENDING)
    row = await campaigns.one(unit, number)
    if row is None or row.state != "sending" or not in_hours(unit.now) or await switch.message(unit) is not None:
        return None
    first = await _first_moment(unit)
    found = await _candidates(unit, row, after, _room(unit, row, first))
    welcome_ = [chat.id for chat in found if may_hear(chats.read_session(unit, chat.session), unit.now)]
    await _queue(unit, post, row, await _claim(unit, number, welcome_), first)
    return found[-1].id if found else None


async def count(store: Store, number: int) -> None:
    """Bring the figures that are kept with a campaign up to date."""
    async with store.read() as unit:
        row = await campaigns.one(unit, number)
        counted = await campaigns.figures(unit, row) if row is not None else campaigns.Figures()
        same = row is None or all(getattr(row, name) == getattr(counted, name) for name in counted.__slots__)
    if not same:
        async with store.write() as unit:
            await campaigns.keep_figures(unit, number, counted)


async def _first_moment(unit: Unit) -> dt.datetime:
    """When the next campaign message may go: now, or after the last one that is queued."""
    waiting = (col(Outbox.state) == "waiting", col(Outbox.priority) == PRIORITY)
    last = (await unit.session.execute(select(func.max(col(Outbox.not_before))).where(*waiting))).scalar_one()
    return max(unit.now, last + GAP) if last is not None else unit.now


def _room(unit: Unit, row: Campaign, first: dt.datetime) -> int:
    """For how many there is room before the minute, the day or the campaign is over."""
    until = min(unit.now + AHEAD, evening(unit.now), row.ends or unit.now)
    return max(0, min(AT_ONCE, (until - first) // GAP))


async def _candidates(unit: Unit, row: Campaign, after: int, most: int) -> Sequence[Any]:
    got = CampaignRecipient
    mine = exists().where(col(got.campaign_id) == row.id, col(got.chat_id) == col(Chat.id))
    lately = exists().where(col(got.chat_id) == col(Chat.id), col(got.at) > unit.now - REST)
    statement = (
        select(col(Chat.id), col(Chat.session))
        .join(Subscription, col(Subscription.chat_id) == col(Chat.id))
        .where(*welcome(row.topic, areas_of(row.areas)), col(Chat.id) > after, ~mine, ~lately)
        .order_by(col(Chat.id))
        .limit(most)
    )
    return (await unit.session.execute(statement)).all()


async def _claim(unit: Unit, number: int, wanted: Sequence[int]) -> Sequence[Any]:
    """The chats that nobody else has queued it for, each with its next place and its session, in order."""
    if not wanted:
        return ()
    rows = [{"campaign_id": number, "chat_id": chat, "at": unit.now} for chat in wanted]
    statement = insert_of(unit)(CampaignRecipient).values(rows).on_conflict_do_nothing()
    claimed = (await unit.session.execute(statement.returning(col(CampaignRecipient.chat_id)))).scalars().all()
    places = (
        update(Chat)
        .where(col(Chat.id).in_(claimed))
        .values(next_seq=col(Chat.next_seq) + 1)
        .returning(col(Chat.id), col(Chat.next_seq), col(Chat.session))
        .execution_options(synchronize_session=False)
    )
    return sorted((await unit.session.execute(places)).all(), key=lambda chat: int(chat.id))


async def _queue(unit: Unit, post: Post, row: Campaign, chosen: Sequence[Any], first: dt.datetime) -> None:
    """A message for each, a moment after the one before. Nobody is woken: it is found when its moment has come."""
    campaign = Letter(id=row.id, topic=row.topic, text=row.text, entry=row.entry)
    rows = []
    for place, chat in enumerate(chosen):
        texts = post.texts(chats.read_session(unit, chat.session).language)
        words = letter(texts, post.library, campaign).model_dump_json(exclude_defaults=True)
        rows.append(
            {
                "key": f"{SOURCE}:{row.id}:{chat.id}:0",
                "chat_id": chat.id,
                "seq": chat.next_seq - 1,
                "kind": "reply",
                "priority": PRIORITY,
                "payload": unit.vault.seal(COLUMN, words),
                "state": "waiting",
                "attempts": 0,
                "created_at": unit.now,
                "not_before": first + place * GAP,
                "maybe_sent": False,
            }
        )
    if rows:
        await unit.run(insert(outbox.OUTBOX), rows)


async def _numbers(unit: Unit, states: Sequence[str]) -> list[int]:
    statement = select(col(Campaign.id)).where(col(Campaign.state).in_(states))
    return list((await unit.session.execute(statement.order_by(col(Campaign.starts), col(Campaign.id)))).scalars())


async def _to_count(unit: Unit) -> list[int]:
    lately = col(Campaign.ended_at) > unit.now - COUNTED_FOR
    statement = select(col(Campaign.id)).where(col(Campaign.state).in_(GOING) | lately)
    return list((await unit.session.execute(statement)).scalars())


async def _set(unit: Unit, which: Sequence[Any], **values: Any) -> list[int]:
    statement = update(Campaign).where(*which).values(values).returning(col(Campaign.id))
    return list((await unit.session.execute(statement.execution_options(synchronize_session=False))).scalars())
