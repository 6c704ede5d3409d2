"""Who may be sent a campaign, as far as the tables tell, and how many they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from bot.store.reach_tables import Subscription
from bot.store.tables import Chat
from bot.store.unit import Unit


async def audience(unit: Unit, topic: str, areas: Sequence[str]) -> int:
    """How many could be sent it at this moment. Who told us of a crisis or abuse is among them, and is sent nothing:
    that stands in what is sealed."""
    statement = select(func.count()).select_from(Subscription).join(Chat, col(Chat.id) == col(Subscription.chat_id))
    return int((await unit.session.execute(statement.where(*welcome(topic, areas)))).scalar_one())


def welcome(topic: str, areas: Sequence[str]) -> tuple[Any, ...]:
    """Whose chats, joined to their subscriptions, may be sent something about a topic; no areas: everybody's."""
    here = (col(Subscription.area).in_(areas),) if areas else ()
    reached = (col(Chat.channel) == "telegram", col(Chat.contact) == "ok", col(Chat.blocked_at).is_(None))
    return (col(Subscription.topic) == topic, *here, *reached)
