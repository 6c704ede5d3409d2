"""kill -9 in the middle of 200 updates: none lost, none applied twice, order kept, duplicates counted and bounded."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.bot.child_bot import ENTRIES
from tests.databases import SqliteFiles
from tests.fake_telegram import FakeTelegram, Person

ROOT = Path(__file__).parents[2]
CHATS, KILLS = 20, 2
UPDATES = CHATS * ENTRIES
PATIENCE = 90.0


def start(database: str, keys: Path, telegram: str) -> subprocess.Popen[bytes]:
    """A bot as a process of its own."""
    command = [sys.executable, "-m", "tests.bot.child_bot", database, str(keys), telegram]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"})


def read_by(person: Person) -> list[int]:
    """The numbers of the answers that somebody got, in order."""
    return [int(found[1]) for m in person.chat.from_bot() if (found := re.match(r"Answer (\d+)\.", m.text))]


def answered(people: list[Person]) -> int:
    """How many questions have their answer, duplicates left out."""
    return sum(len(set(read_by(person))) for person in people)


def has_answered(people: list[Person], enough: int) -> bool:
    return answered(people) >= enough


async def test_killed_again_and_again(sqlite_files: SqliteFiles, tmp_path: Path) -> None:
    database, keys = sqlite_files.fresh(), tmp_path / "keys"
    when = random.Random(7)
    async with FakeTelegram() as fake:
        people = [fake.person(f"Person {number}") for number in range(CHATS)]
        for number in range(ENTRIES):
            for person in people:
                person.says(f"question {number} of {person.id}")
        child = start(database, keys, fake.url)
        try:
            for kill in range(KILLS):
                enough = (kill + 1) * UPDATES // (KILLS + 1) + when.randrange(10)
                await fake.wait_until(partial(has_answered, people, enough), PATIENCE)
                child.send_signal(signal.SIGKILL)
                child.wait()
                child = start(database, keys, fake.url)
            await fake.wait_until(partial(has_answered, people, UPDATES), PATIENCE)
        finally:
            child.send_signal(signal.SIGTERM)
            assert child.wait() == 0
        got = [read_by(person) for person in people]
    extra = sum(len(numbers) for numbers in got) - UPDATES
    print(f"{KILLS} kills, {UPDATES} updates: {extra} duplicates sent")  # noqa: T201  the count is the point
    for numbers in got:
        assert list(dict.fromkeys(numbers)) == list(range(ENTRIES)), "order is kept in each chat"
        assert len(numbers) <= ENTRIES + KILLS, "one duplicate at most, of the one message in flight, for each kill"
    assert count(database, "inbox") == UPDATES
    assert count(database, "question") == UPDATES
    # what the network made doubtful waits to be sent again; nothing was given up
    assert count(database, "outbox WHERE state IN ('sent', 'waiting')") == UPDATES


def count(database: str, rows: str) -> int:
    engine = create_engine(database)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {rows}")).scalar_one())  # noqa: S608
    finally:
        engine.dispose()
