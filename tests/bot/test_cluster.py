"""What wakes workers: jobs that name a chat, may be lost or come twice, and are never the truth."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from procrastinate.periodic import PeriodicDeferrer, PeriodicTask

from bot.cli import main
from bot.clock import FixedClock
from bot.delivery.cluster import DELIVERY, DUTIES, Cluster, cron_of
from bot.delivery.deliver import Delivery
from bot.delivery.loop import Duty, Guard, caught
from bot.errors import TooMany, Unreached
from bot.store.jobs import bring_up_to_date
from bot.store.outbox import queue_for
from bot.wiring import House
from handlers.turn import Reply, Turn
from knowledge.prose import line
from tests.databases import PostgresServer
from tests.house import Scripted, house

LATER = dt.timedelta(seconds=90)
PATIENCE = 20.0
ROOT = Path(__file__).parents[2]
IMPORTS = re.compile(r"\s*(from|import) (procrastinate|psycopg_pool|bot\.delivery\.cluster)\b")


@pytest.fixture
def database(postgres_server: PostgresServer) -> str:
    return postgres_server.fresh()


@pytest.fixture
async def cluster(database: str) -> AsyncIterator[Cluster]:
    made = Cluster(database)
    await made.make_tables()
    async with made.open():
        yield made


def rows(database: str, query: str, *values: int) -> list[Any]:
    with psycopg.connect(database, autocommit=True) as connection:
        found = connection.execute(query.encode(), values)
        return found.fetchall() if found.description else []


def waiting(database: str) -> list[tuple[str, dict[str, Any], bool]]:
    """Each job: its task, what it is told, and whether it is for later."""
    query = "SELECT task_name, args, scheduled_at IS NOT NULL FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
    return rows(database, query)


async def test_a_chat_has_one_job_at_most_and_one_for_later(cluster: Cluster, database: str) -> None:
    for _time in range(3):
        await cluster.wake(7)
        await cluster.wake(7, LATER)
    await cluster.wake(8)
    job = {"chat_id": 7}
    assert waiting(database) == [(DELIVERY, job, False), (DELIVERY, job, True), (DELIVERY, {"chat_id": 8}, False)]


async def test_without_its_tables_it_is_not_in_the_way(database: str) -> None:
    async with Cluster(database).open() as cluster:
        await cluster.wake(7)


def test_tables_are_made_once_and_only_newer_steps_are_applied(database: str, tmp_path: Path) -> None:
    table = "CREATE TABLE procrastinate_jobs (n int)"
    (tmp_path / "01.sql").write_text("this is in the table already")
    for _time in range(2):
        bring_up_to_date(database, table, tmp_path)
    (tmp_path / "02.sql").write_text(
        "INSERT INTO procrastinate_jobs VALUES (2); INSERT INTO procrastinate_jobs VALUES (2)"
    )
    for _time in range(2):
        bring_up_to_date(database, table, tmp_path)
    assert rows(database, "SELECT n FROM procrastinate_jobs") == [(2,), (2,)]


async def test_many_that_start_at_once_make_the_tables_once(database: str) -> None:
    await asyncio.gather(*(Cluster(database).make_tables() for _ in range(4)))
    assert waiting(database) == []


async def test_what_happens_by_itself_happens_once_in_the_deployment(cluster: Cluster, database: str) -> None:
    ran: list[str] = []
    done = asyncio.Event()

    async def once(guard: Guard) -> None:
        ran.append("a round")
        done.set()

    other = Cluster(database)
    async with other.open():
        for each in (cluster, other):
            each.undertake([Duty("reviews", 3600.0, once)])
            task = each._app.tasks["reviews"]
            due: Any = PeriodicTask(task=task, cron=cron_of(3600.0), periodic_id="", configure_kwargs={})
            await PeriodicDeferrer(each._app.periodic_registry).defer_jobs([(due, 1_795_600_800)])
        assert [task for task, _, _ in waiting(database)] == ["reviews"]
        async with asyncio.timeout(PATIENCE), working(cluster, DUTIES), working(other, DUTIES):
            await done.wait()
    assert ran == ["a round"]


@pytest.mark.parametrize(
    ("seconds", "cron"),
    [(1.0, "* * * * * */1"), (30.0, "* * * * * */30"), (60.0, "*/1 * * * *"), (3600.0, "0 */1 * * *")],
)
def test_a_period_as_cron_writes_it(seconds: float, cron: str) -> None:
    assert cron_of(seconds) == cron


class working:
    """A worker of one queue, while the block runs."""

    def __init__(self, cluster: Cluster, queue: str) -> None:
        self._work = cluster.work(queue)

    async def __aenter__(self) -> None:
        self._task = asyncio.ensure_future(self._work)

    async def __aexit__(self, *_failed: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class Sender:
    """Fails as it is told to, then sends."""

    def __init__(self, *failures: Exception) -> None:
        self._failures = list(failures)
        self.sent = asyncio.Event()

    async def send(self, chat: str, reply: Reply) -> str | None:
        if self._failures:
            raise self._failures.pop(0)
        self.sent.set()
        return "1"


@pytest.fixture
async def built(database: str, clock: FixedClock) -> AsyncIterator[House]:
    async with house(database, clock, Scripted()) as made:
        yield made


async def asked(built: House) -> int:
    """Somebody has written on Telegram, and their answer waits; their chat."""
    turn = Turn(channel="telegram", key="1", chat="5", at=built.clock.now(), text="hello")
    taken = await built.conversation.take(turn)
    assert taken.chat_id is not None
    return taken.chat_id


@pytest.mark.parametrize("failure", [TooMany(3.0), Unreached()])
async def test_what_is_put_off_wakes_a_worker_later(
    cluster: Cluster, built: House, database: str, failure: Exception
) -> None:
    chat = await asked(built)
    await Delivery(built.store, Sender(failure), cluster).deliver(chat)
    assert waiting(database) == [(DELIVERY, {"chat_id": chat}, True)]


async def test_a_message_that_no_turn_asked_for_wakes_a_worker_once_it_is_committed(
    cluster: Cluster, built: House, database: str
) -> None:
    chat, sender = await asked(built), Sender()
    await Delivery(built.store, sender).deliver(chat)
    sender.sent.clear()
    built.store.on_queued = cluster.wake_soon
    cluster.deliver_by(Delivery(built.store, sender, cluster))
    with pytest.raises(ZeroDivisionError):
        async with built.store.write() as unit:
            await queue_for(unit, chat, Reply(blocks=(line("Lost."),)), "staff:1")
            raise ZeroDivisionError
    assert waiting(database) == []
    async with built.store.write() as unit:
        await queue_for(unit, chat, Reply(blocks=(line("From the team."),)), "staff:2")
    async with asyncio.timeout(PATIENCE), working(cluster, DELIVERY):
        await sender.sent.wait()


async def test_the_reconciler_finds_what_nobody_was_woken_for(cluster: Cluster, built: House, database: str) -> None:
    chat = await asked(built)
    for _time in range(2):
        await cluster.reconciling(built.store).once(caught)
    assert waiting(database) == [(DELIVERY, {"chat_id": chat}, False)]


async def test_the_job_of_a_dead_worker_does_not_hold_up_its_chat(
    cluster: Cluster, built: House, database: str
) -> None:
    chat = await asked(built)
    await cluster.wake(chat)
    manager = cluster._app.job_manager
    dead, alive = await manager.register_worker(), await manager.register_worker()
    assert await manager.fetch_job([DELIVERY], dead)
    await cluster.wake(chat)
    assert await manager.fetch_job([DELIVERY], alive) is None, "it waits for the other job of its chat"
    assert await cluster.forget_lost_jobs() == 0
    rows(database, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id = %s", dead)
    rows(database, "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = %s", alive)
    await cluster.reconciling(built.store).once(caught)
    assert await manager.fetch_job([DELIVERY], alive)
    assert await manager.fetch_job([DELIVERY], alive) is None, "there is one job, not two"


@contextmanager
def bot(monkeypatch: pytest.MonkeyPatch, *arguments: str, **environment: str) -> Iterator[None]:
    """A command that ends with 2."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["bot", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    yield


POSTGRES = {"BOT_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}


@pytest.mark.parametrize("arguments", [("worker",), ("run", "--role", "web")])
def test_sqlite_is_one_machine(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with bot(monkeypatch, *arguments):
        (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith("This needs PostgreSQL")


def test_the_web_alone_does_not_poll(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with bot(monkeypatch, "run", "--role", "web", **POSTGRES, TELEGRAM_BOT_TOKEN="1:test"):
        assert "webhook" in capsys.readouterr().err


def test_without_the_library_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = ModuleNotFoundError("No module named 'procrastinate'", name="procrastinate")
    with (
        patch("bot.delivery.engine.importlib.import_module", side_effect=missing),
        bot(monkeypatch, "worker", **POSTGRES),
    ):
        assert "braunstone-blues[cluster]" in capsys.readouterr().err


def test_one_machine_does_not_load_it() -> None:
    """Whoever imports it does so for the types alone, which costs nothing when it runs."""
    importing = {
        str(path.relative_to(ROOT)): [
            line for line in path.read_text(encoding="utf-8").splitlines() if IMPORTS.match(line)
        ]
        for path in (ROOT / "bot").rglob("*.py")
    }
    found = {name: lines for name, lines in importing.items() if any(not line.startswith("    ") for line in lines)}
    assert list(found) == ["bot/delivery/cluster.py"]
    assert importing["bot/delivery/engine.py"] == ["    from bot.delivery.cluster import Cluster"]
