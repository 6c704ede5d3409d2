"""kill -9 while 20 reminders are swept and sent: none lost, none queued twice, repeats counted and bounded."""

from __future__ import annotations

import asyncio
import datetime as dt
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot import serving, wiring
from bot.clock import FixedClock, SystemClock
from bot.logs import configure
from bot.settings import Settings
from bot.store.tables import Outbox
from bot.store.unit import Unit
from bot.store.visit_tables import VisitTask
from bot.visits import tasks
from bot.wiring import house
from tests.bot.visits.later import Later, later
from tests.databases import SqliteFiles
from tests.fake_telegram import TOKEN, FakeTelegram, Person, Slow
from tests.fake_telegram.faults import Dropped
from tests.house import Scripted

REMINDERS = 20
SWEPT = 7
"""Reminders queued when the first process dies; the eighth is queued in the transaction that is lost with it."""
FIRST_VISITS = dt.datetime(2026, 12, 7, 8, 0, tzinfo=dt.UTC)
DUE = dt.datetime(2026, 12, 1, 18, 0, tzinfo=dt.UTC)
"""Every visit is less than a week away, and it is not night yet."""
PATIENCE = 20.0
"""Seconds; less than a lease, which a dead process must not keep."""
PROCESSES = multiprocessing.get_context("forkserver")

mark = tasks.mark


@dataclass(frozen=True)
class Shifted:
    """The machine's clock, set to another day; it runs on from one process to the next."""

    by: dt.timedelta

    def now(self) -> dt.datetime:
        return SystemClock().now() + self.by


@dataclass(frozen=True)
class Mortal:
    """Marks so many tasks; at the next one, whose message is queued and not committed, it kills its own process."""

    lives: int
    marked: count[int] = field(default_factory=count)

    async def mark(self, unit: Unit, task_id: int, state: str) -> None:
        if next(self.marked) == self.lives:
            os.kill(os.getpid(), signal.SIGKILL)
        await mark(unit, task_id, state)


class Unapplied(Slow):
    """The call has arrived, and is held for good: nobody ever reads its message."""

    async def before(self, given: dict[str, Any]) -> None:
        await self.after()
        raise Dropped


def run(settings: Settings, clock: Shifted, lives: int) -> None:
    """All that `bot serve` runs, in a process of its own, until a signal; it marks at most so many tasks."""
    configure()
    at_that_time = patch.object(serving, "house", partial(house, clock=clock))
    nobody_asks = patch.object(wiring, "snapshot", lambda library, *_: Scripted(holding=library))
    with at_that_time, nobody_asks, patch.object(tasks, "mark", Mortal(lives).mark):
        asyncio.run(serving.serve(settings, lambda _line: None))


@dataclass(frozen=True)
class Bots:
    """Starts the bot again and again on one database."""

    settings: Settings
    clock: Shifted

    @contextmanager
    def running(self, lives: int = REMINDERS) -> Iterator[ForkServerProcess]:
        child = PROCESSES.Process(target=run, args=(self.settings, self.clock, lives), daemon=True)
        child.start()
        try:
            yield child
        finally:
            child.kill()

    async def die_in_the_sweep(self, fake: FakeTelegram) -> None:
        """While Telegram does not answer, so that nothing is sent yet."""
        away = Slow()
        fake.fail(away, "getMe")
        with self.running(SWEPT) as child:
            assert await end(child) == -signal.SIGKILL
        away.release()

    async def die_in_a_send(self, fake: FakeTelegram, person: Person, held: Slow) -> None:
        """While the message to this person is under way, held by the fake."""
        fake.fail(held, "sendMessage", person)
        with self.running() as child:
            async with asyncio.timeout(PATIENCE):
                await held.arrived.wait()
            child.kill()
            assert await end(child) == -signal.SIGKILL
        held.release()

    async def live(self, fake: FakeTelegram, done: Callable[[], bool]) -> None:
        """Until it is done, and what is being sent is recorded."""
        with self.running() as child:
            await fake.wait_until(done, PATIENCE)
            child.terminate()
            assert await end(child) == 0


def warm_up() -> None:
    """Let one process import the bot, from which each run is forked: quicker, and nothing else outlives a kill."""
    PROCESSES.set_forkserver_preload([__name__])
    forkserver.ensure_running()


async def end(child: ForkServerProcess) -> int | None:
    """How a process ended; the fake goes on answering meanwhile."""
    await asyncio.to_thread(child.join, PATIENCE)
    return child.exitcode


async def book(team: Later, people: list[Person]) -> list[str]:
    """A visit for each, an hour apart on two days; their references."""
    chats = [await team.chat(external_id=str(person.id)) for person in people]
    days_and_hours = [dt.timedelta(days=day, hours=hour) for day in range(2) for hour in range(REMINDERS // 2)]
    visits = [
        await team.book(chat, FIRST_VISITS + later_by, consents="")
        for chat, later_by in zip(chats, days_and_hours, strict=True)
    ]
    return [(await team.visit(visit)).reference for visit in visits]


def copies(person: Person, reference: str) -> int:
    """How often somebody got the reminder of their visit, and nothing else."""
    got = [message.text for message in person.chat.from_bot()]
    assert all(reference in text for text in got), got
    return len(got)


async def states(team: Later) -> Counter[tuple[str, str]]:
    return Counter((task.kind, task.state) for task in await team.rows(VisitTask))


async def test_killed_again_and_again(
    sqlite_files: SqliteFiles, tmp_path: Path, clock: FixedClock, free_port: int
) -> None:
    warm_up()
    database = sqlite_files.fresh()
    async with FakeTelegram() as fake, later(database, clock) as team:
        people = [fake.person(f"Person {number}") for number in range(REMINDERS)]
        references = await book(team, people)
        bots = Bots(settings_of(database, tmp_path, fake, free_port), Shifted(DUE - SystemClock().now()))

        await bots.die_in_the_sweep(fake)
        planned = Counter({("day-before", "waiting"): REMINDERS})
        swept = {("week-before", "sent"): SWEPT, ("week-before", "waiting"): REMINDERS - SWEPT}
        assert await states(team) == planned | Counter(swept)
        assert len(await team.rows(Outbox)) == SWEPT, "what was queued and not marked is not queued"

        sends = ((people[5], Slow()), (people[12], Unapplied()))
        for person, held in sends:
            await bots.die_in_a_send(fake, person, held)
        await bots.live(fake, lambda: all(map(copies, people, references)))

        got = list(map(copies, people, references))
        extra, kills = sum(got) - REMINDERS, 1 + len(sends)
        print(f"{kills} kills, {REMINDERS} reminders: {extra} duplicates sent")  # noqa: T201  the count is the point
        hit = Counter(person.id for person, _ in sends)
        for person, times in zip(people, got, strict=True):
            assert 1 <= times <= 1 + hit[person.id], "one repeat at most for each kill while it was under way"
        assert extra <= kills
        assert await states(team) == planned | Counter({("week-before", "sent"): REMINDERS})
        assert [row.state for row in await team.rows(Outbox)] == ["sent"] * REMINDERS


def settings_of(database: str, folder: Path, fake: FakeTelegram, port: int) -> Settings:
    return Settings(
        database_url=database,
        keys_file=folder / "keys",
        telegram_token=TOKEN,
        telegram_api=fake.url,
        port=port,
        _env_file=None,
    )
