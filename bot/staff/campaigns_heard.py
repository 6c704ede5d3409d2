"""What residents ask for and do: which topics they want to hear about, and what they did with a campaign.

Each is one small statement of their own turn. Nobody's turn touches the campaign's row: many would wait for it at once,
and its figures are counted from here by the sweep.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, delete, select, update

from bot.store.inbox import Insert, insert_of
from bot.store.reach_tables import CampaignRecipient, Subscription
from bot.store.tables import table_of
from bot.store.unit import Unit
from handlers.turn import CampaignSaid, Subscribe, SubscriptionArea, Unsubscribe

WANTED, GOT = table_of(Subscription), table_of(CampaignRecipient)
TOPICS = select(WANTED.c.topic).where(WANTED.c.chat_id == bindparam("chat")).order_by(WANTED.c.topic)
ALL_OFF = delete(WANTED).where(WANTED.c.chat_id == bindparam("chat"))
ONE_OFF = ALL_OFF.where(WANTED.c.topic == bindparam("which"))
AREA = update(WANTED).where(WANTED.c.chat_id == bindparam("chat"))
THEIRS = update(GOT).where(GOT.c.campaign_id == bindparam("campaign"), GOT.c.chat_id == bindparam("chat"))
SAID = {
    "opened": THEIRS.where(GOT.c.opened_at.is_(None)).values(opened_at=bindparam("moment", type_=GOT.c.at.type)),
    "stopped": THEIRS.where(GOT.c.stopped_at.is_(None)).values(stopped_at=bindparam("moment", type_=GOT.c.at.type)),
    "helped": THEIRS.where(GOT.c.helped.is_(None)).values(helped=True),
    "unhelpful": THEIRS.where(GOT.c.helped.is_(None)).values(helped=False),
}
"""The first thing that somebody says counts; whoever was sent nothing has no row, and counts for nothing."""


async def topics(unit: Unit, chat_id: int) -> Sequence[str]:
    """What a chat wants to hear about."""
    return (await unit.run(TOPICS, {"chat": chat_id})).scalars().all()


async def subscribe(unit: Unit, chat_id: int, effect: Subscribe) -> None:
    """A chat wants a topic; twice is as good as once."""
    values = {"chat_id": chat_id, "topic": effect.topic, "area": effect.area, "since": unit.now}
    await unit.run(_once(insert_of(unit)), values)


async def change_area(unit: Unit, chat_id: int, effect: SubscriptionArea) -> None:
    """Whose news a chat wants with all its topics."""
    await unit.run(AREA, {"chat": chat_id, "area": effect.area})


async def unsubscribe(unit: Unit, chat_id: int, effect: Unsubscribe) -> None:
    """A chat wants a topic no more, or none."""
    if effect.topic:
        await unit.run(ONE_OFF, {"chat": chat_id, "which": effect.topic})
    else:
        await unit.run(ALL_OFF, {"chat": chat_id})


async def said(unit: Unit, chat_id: int, effect: CampaignSaid) -> None:
    """What somebody did with a campaign; nothing where it was not sent to them."""
    values: dict[str, Any] = {"campaign": effect.campaign, "chat": chat_id}
    if effect.what in ("opened", "stopped"):
        values["moment"] = unit.now
    await unit.run(SAID[effect.what], values)


@cache
def _once(insert: Insert) -> Executable:
    statement: Executable = insert(WANTED).on_conflict_do_nothing()
    return statement
