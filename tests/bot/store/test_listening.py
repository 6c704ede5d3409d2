"""A change of the content is heard at once by every process that shares a PostgreSQL, also after a lost connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import psycopg
import pytest

from bot.clock import FixedClock
from bot.knowing import ContentWatch, Knowing
from bot.staff import versions
from bot.store import content, listening
from bot.store.listening import CONTENT, Waking, address, listen, tell
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from knowledge.library import NATIONAL
from tests.databases import PostgresServer, SqliteFiles
from tests.house import BRAUNSTONE, braunstone

ALARM = "fire-safety/smoke-alarm-beeping"
NEVER = 3600.0
PATIENCE = 10.0


@asynccontextmanager
async def opened(url: str, clock: FixedClock) -> AsyncIterator[Store]:
    store = Store(url, throwaway_vault(), clock)
    yield store
    await store.close()


@pytest.fixture
async def store(postgres_server: PostgresServer, clock: FixedClock) -> AsyncIterator[Store]:
    async with opened(postgres_server.fresh(), clock) as made:
        yield made


async def publish(store: Store, lead: str) -> None:
    """As staff do, by another connection than the watch has."""
    head, _, rest = (NATIONAL / "entries" / f"{ALARM}.md").read_text(encoding="utf-8").rpartition("---\n**")
    async with store.write() as unit:
        text = f"{head}---\n**{lead}**{rest.partition('**')[2]}"
        number = await versions.put(unit, "entry", ALARM, False, {"text": text, "state": "draft", "by": "staff"})
        row = await versions.one(unit, "entry", number)
        assert row is not None
        await versions.go_live(unit, "entry", row)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110  another connection's news
            await asyncio.sleep(0.01)


def listeners(store: Store) -> list[int]:
    """The connections that wait for news, by the number of their process."""
    wanted = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    with psycopg.connect(address(store.url)) as connection:
        return [pid for (pid,) in connection.execute(wanted)]


def cut_off(store: Store, pid: int) -> None:
    with psycopg.connect(address(store.url)) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", [pid])


async def test_a_process_that_never_looks_hears_of_a_change_and_again_after_its_line_was_cut(
    store: Store, clock: FixedClock
) -> None:
    async with store.write() as unit:
        await content.seed(unit, BRAUNSTONE)
    knowing = Knowing(braunstone())

    def lead() -> str:
        return knowing.library().entry(ALARM).lead[0].text

    async with opened(store.url, clock) as elsewhere:
        watch = asyncio.ensure_future(
            ContentWatch(elsewhere, BRAUNSTONE, knowing, "1", every=NEVER).run()
        )  # fmt: skip
        await until(lambda: bool(listeners(store)))
        await publish(store, "Change the battery today.")
        await until(lambda: lead() == "Change the battery today.")
        (lost,) = listeners(store)
        cut_off(store, lost)
        await until(lambda: bool(set(listeners(store)) - {lost}))
        await publish(store, "Change the battery now.")
        await until(lambda: lead() == "Change the battery now.")
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
    assert listeners(store) == []


async def test_what_is_told_is_heard_when_it_is_committed_and_not_if_it_never_is(store: Store) -> None:
    async with aclosing(listen(store.url, CONTENT)) as heard:
        assert await anext(heard) == ""
        with pytest.raises(LookupError):
            async with store.write() as unit:
                await tell(unit, CONTENT, "taken back")
                raise LookupError
        async with store.write() as unit:
            await tell(unit, CONTENT, "said")
        assert await anext(heard) == "said"


async def test_a_database_that_is_away_is_tried_again_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []

    async def pause(seconds: float) -> None:
        paused.append(seconds)
        if len(paused) == 12:
            raise asyncio.CancelledError

    monkeypatch.setattr(asyncio, "sleep", pause)
    with pytest.raises(asyncio.CancelledError):
        await anext(listen("postgresql://nobody@/nothing?host=/nowhere", CONTENT))
    assert paused[:3] == [0.1, 0.2, 0.4]
    assert max(paused) == paused[-1] == listening.LONGEST_PAUSE


async def test_sqlite_has_nothing_to_hear_and_the_clock_goes_on(sqlite_files: SqliteFiles, clock: FixedClock) -> None:
    async with opened(sqlite_files.fresh(), clock) as store:
        assert [said async for said in listen(store.url, CONTENT)] == []
        async with store.write() as unit:
            await tell(unit, CONTENT)
        async with Waking(store.url, CONTENT).open() as waking:
            await waking.wait(0.001)
