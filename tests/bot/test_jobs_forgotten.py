"""Jobs that wake workers hold the number of a chat: of one that is forgotten they do no harm, and none stays."""

from __future__ import annotations

import asyncio

from sqlalchemy import delete
from sqlmodel import col

from bot.delivery.cluster import DELIVERY, Cluster
from bot.delivery.deliver import Delivery
from bot.store import person as persons
from bot.store import privacy
from bot.store.jobs import KEPT
from bot.store.tables import Chat, Inbox
from bot.wiring import House
from tests.bot.test_cluster import PATIENCE, Sender, asked, built, cluster, database, rows, waiting

__all__ = ["built", "cluster", "database"]


async def test_a_job_of_somebody_who_was_erased_sends_nothing_and_goes(
    cluster: Cluster, built: House, database: str
) -> None:
    """First everything but the bare row of their chat is gone, then the row too, as its timer does."""
    chat, sender = await asked(built), Sender()
    cluster.deliver_by(Delivery(built.store, sender, cluster))
    await cluster.wake(chat)
    assert waiting(database) == [(DELIVERY, {"chat_id": chat}, False)], "a number and nothing else"
    async with built.store.write() as unit:
        await privacy.forget_person(unit, chat)
    await carry_out(cluster)
    await cluster.wake(chat)
    async with built.store.write() as unit:
        assert not any((await persons.counted(unit, await persons.of_chats(unit, [chat]))).values())
        await unit.session.execute(delete(Inbox).where(col(Inbox.chat_id) == chat))
        await unit.session.execute(delete(Chat).where(col(Chat.id) == chat))
    await carry_out(cluster)
    assert not sender.sent.is_set()
    tables = {name for (name,) in rows(database, "SELECT tablename FROM pg_tables WHERE tablename LIKE 'procrast%%'")}
    assert tables == set(KEPT), "each stands in docs/privacy.md"
    assert [name for name in tables if rows(database, f"SELECT 1 FROM {name}")] == []  # noqa: S608


async def carry_out(cluster: Cluster) -> None:
    """All jobs that wait."""
    async with asyncio.timeout(PATIENCE):
        await cluster._app.run_worker_async(queues=[DELIVERY], wait=False)
