"""Inbox, chats, outbox: every test on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import delete, func, select
from sqlmodel import col

from bot.clock import FixedClock
from bot.errors import KeyReused
from bot.store import chats, effects, inbox, outbox, switch
from bot.store.outbox import Queued
from bot.store.tables import Chat, Inbox, Outbox
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from handlers.turn import Contact, Reply, Session, SetContact, Turn
from knowledge.prose import line


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    made = Store(database_url, throwaway_vault(), clock)
    yield made
    await made.close()


def turn(clock: FixedClock, key: str = "1", chat: str = "42") -> Turn:
    return Turn(channel="telegram", bot="bot", key=key, chat=chat, at=clock.now(), text="hello", message_id="7")


def reply(text: str) -> Reply:
    return Reply(blocks=(line(text),))


async def taken(store: Store, turn_: Turn, *texts: str) -> int:
    """A turn as the conversation stores it; the chat's id."""
    async with store.write() as unit:
        chat = await chats.lock(unit, turn_)
        assert await inbox.claim(unit, turn_, chat_id=chat.id) is not None
        source = f"telegram:bot:{turn_.key}"
        await outbox.queue(unit, chat.id, "telegram", chat.next_seq, [reply(t) for t in texts], source)
        await chats.save(unit, chat, Session(shown=("a/b",)), chat.next_seq + len(texts))
    return chat.id


async def claimed(unit: Unit, chat: int) -> Queued | None:
    """The next message of a chat, marked as whoever sends it does."""
    queued = await outbox.next_for(unit, chat)
    if queued is not None:
        await outbox.tried(unit, queued.id)
    return queued


async def test_the_same_update_is_claimed_once(store: Store, clock: FixedClock) -> None:
    async with store.write() as unit:
        assert await inbox.claim(unit, turn(clock)) is not None
    async with store.write() as unit:
        assert await inbox.claim(unit, turn(clock)) is None


async def test_another_message_under_the_same_key_is_refused(store: Store, clock: FixedClock) -> None:
    async with store.write() as unit:
        await inbox.claim(unit, turn(clock), "one")
    with pytest.raises(KeyReused):
        async with store.write() as unit:
            await inbox.claim(unit, turn(clock), "two")


async def test_fifty_deliveries_at_once_apply_one(store: Store, clock: FixedClock) -> None:
    async def deliver() -> bool:
        async with store.write() as unit:
            return await inbox.claim(unit, turn(clock)) is not None

    applied = await asyncio.gather(*(deliver() for _ in range(50)))
    assert sum(applied) == 1


async def test_turns_of_one_chat_wait_for_each_other(store: Store, clock: FixedClock) -> None:
    await asyncio.gather(*(taken(store, turn(clock, str(n)), f"answer {n}") for n in range(20)))
    async with store.read() as unit:
        seqs = (await unit.session.execute(select(col(Outbox.seq)).order_by(col(Outbox.seq)))).scalars().all()
        chats_made = (await unit.session.execute(select(func.count()).select_from(Chat))).scalar_one()
    assert list(seqs) == list(range(1, 21))
    assert chats_made == 1


async def test_a_session_comes_back_as_it_was_saved(store: Store, clock: FixedClock) -> None:
    await taken(store, turn(clock))
    async with store.write() as unit:
        assert (await chats.lock(unit, turn(clock))).session == Session(shown=("a/b",))


async def test_what_fails_is_rolled_back_whole(store: Store, clock: FixedClock) -> None:
    with pytest.raises(RuntimeError):
        async with store.write() as unit:
            await inbox.claim(unit, turn(clock))
            raise RuntimeError
    async with store.read() as unit:
        assert (await unit.session.execute(select(func.count()).select_from(Inbox))).scalar_one() == 0


async def test_words_are_not_readable_in_the_tables(store: Store, clock: FixedClock) -> None:
    await taken(store, turn(clock), "a private answer")
    async with store.read() as unit:
        payload = (await unit.session.execute(select(col(Outbox.payload)))).scalar_one()
        session = (await unit.session.execute(select(col(Chat.session)))).scalar_one()
    assert b"private" not in (payload or b"")
    assert b"a/b" not in (session or b"")


async def test_messages_are_claimed_in_order_and_only_by_the_lease_holder(store: Store, clock: FixedClock) -> None:
    chat = await taken(store, turn(clock), "one", "two")
    async with store.write() as unit:
        assert await chats.take_lease(unit, chat, "me")
        assert not await chats.take_lease(unit, chat, "you")
        first = await claimed(unit, chat)
        assert first is not None
        await outbox.mark(unit, first.id, "sent", "100")
        second = await claimed(unit, chat)
    assert second is not None
    assert (first.reply, second.reply) == (reply("one"), reply("two"))


async def test_a_later_message_waits_behind_one_that_is_retried(store: Store, clock: FixedClock) -> None:
    chat = await taken(store, turn(clock), "one", "two")
    async with store.write() as unit:
        first = await claimed(unit, chat)
        assert first is not None
        await outbox.mark(unit, first.id, "waiting", not_before=clock.now() + dt.timedelta(seconds=5))
        assert await claimed(unit, chat) is None
    clock.move(seconds=6)
    async with store.write() as unit:
        again = await claimed(unit, chat)
    assert again is not None
    assert again.reply == reply("one")


async def test_a_lease_that_nobody_gave_back_runs_out(store: Store, clock: FixedClock) -> None:
    chat = await taken(store, turn(clock), "one")
    async with store.write() as unit:
        assert await chats.take_lease(unit, chat, "a process that was killed")
    async with store.read() as unit:
        assert await outbox.due_chats(unit) == []
    clock.move(seconds=31)
    async with store.read() as unit:
        assert await outbox.due_chats(unit) == [chat]
    async with store.write() as unit:
        assert await chats.take_lease(unit, chat, "another")


async def test_nobody_is_written_to_who_said_no(store: Store, clock: FixedClock) -> None:
    chat = await taken(store, turn(clock))
    async with store.write() as unit:
        row = await unit.session.get_one(Chat, chat)
        row.contact = "reply_only"
    async with store.write() as unit:
        assert not await outbox.queue_for(unit, chat, reply("news"), "campaign:1:1")


async def test_who_may_never_be_written_to_stays_so_whatever_else_they_stop(store: Store, clock: FixedClock) -> None:
    chat = await taken(store, turn(clock))
    contacts: list[str] = []
    wishes: tuple[Contact, ...] = ("never", "reply_only", "ok", "reply_only")
    for wish in wishes:
        async with store.write() as unit:
            await effects.apply(unit, chat, "telegram", [SetContact(contact=wish)])
            contacts.append((await unit.session.execute(select(col(Chat.contact)))).scalar_one())
    assert contacts == ["never", "never", "ok", "reply_only"]


async def test_what_is_taken_back_as_it_is_about_to_be_sent_is_not_tried(store: Store, clock: FixedClock) -> None:
    chat = await taken(store, turn(clock), "one")
    async with store.write() as unit:
        queued = await outbox.next_for(unit, chat)
        assert queued is not None
        await unit.session.execute(delete(Outbox))
        assert not await outbox.tried(unit, queued.id)


async def test_words_are_emptied_after_two_days_and_keys_after_seven(store: Store, clock: FixedClock) -> None:
    chat = await taken(store, turn(clock), "one")
    async with store.write() as unit:
        row = await claimed(unit, chat)
        assert row is not None
        await outbox.mark(unit, row.id, "sent", "100")
    clock.move(hours=49)
    async with store.write() as unit:
        await inbox.tidy(unit)
        await outbox.tidy(unit)
    async with store.read() as unit:
        assert (await unit.session.execute(select(col(Outbox.payload)))).scalar_one() is None
        assert (await unit.session.execute(select(col(Inbox.message_id)))).scalar_one() is None
    clock.move(days=6)
    async with store.write() as unit:
        await inbox.tidy(unit)
    async with store.read() as unit:
        assert (await unit.session.execute(select(func.count()).select_from(Inbox))).scalar_one() == 0


async def test_a_datetime_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="without a zone"):
        async with store.write() as unit:
            unit.session.add(
                Chat(
                    channel="web",
                    external_id="x",
                    created_at=dt.datetime(2026, 1, 1),  # noqa: DTZ001  the point of the test
                    last_turn_at=unit.now,
                )
            )
            await unit.session.flush()


async def test_the_off_switch_keeps_its_message(store: Store) -> None:
    async with store.write() as unit:
        assert await switch.message(unit) is None
        await switch.turn_off(unit, "Back tomorrow.")
        assert await switch.message(unit) == "Back tomorrow."
        await switch.turn_on(unit)
        assert await switch.message(unit) is None
