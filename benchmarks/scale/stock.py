"""A year of an estate that writes much: chats, questions, opinions, visits. Made from one seed, put in past the bot."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import psycopg

from knowledge.library import Library

FIRST = dt.datetime(2025, 12, 1, tzinfo=dt.UTC)
DAYS, BATCH = 365, 20_000
VECTOR = random.Random(1).randbytes(1536)  # noqa: S311  as long as a stored reading, and as hard to press together
ROUTES = (("answer", 70), ("choose", 12), ("action", 8), ("unknown", 10))
AREAS = (("", 60), ("Braunstone", 30), ("Leicester", 8), ("Leicestershire", 2))
CHANNELS = (("telegram", 55), ("web", 45))
BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 10, 9, 9, 10, 11, 12, 12, 12, 11, 9, 6, 4)
CODES = tuple(f"code{number:02}" for number in range(30))
WITH_CODE, HELPFUL, SAID, VISITED = 0.25, 0.1, 0.02, 0.05
"""Shares: of chats that come by a poster, of questions that are marked, of questions of which more is said, of chats
that are visited."""
WAYS = (("999", 5), ("101", 10), ("111", 25), ("nothing", 60))
Row = tuple[Any, ...]


@dataclass
class Year:
    """The rows, table by table."""

    library: Library
    chats: int
    questions: int
    dice: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311  not a secret

    def tables(self) -> Iterator[tuple[str, Sequence[str], Iterable[Row], int]]:
        """Name, columns, rows, and how many."""
        opinions, said = int(self.questions * HELPFUL), int(self.questions * SAID)
        yield "source_code", ("code", "label", "area", "made_at"), ((c, c, "", FIRST) for c in CODES), len(CODES)
        yield "chat", CHAT, self._chats(), self.chats
        yield "question", QUESTION, self._questions(), self.questions
        yield "feedback", ("entry", "helped", "at"), (self._opinion() for _ in range(opinions)), opinions
        yield "evidence", EVIDENCE, (self._evidence() for _ in range(said)), said
        visits = int(self.chats * VISITED)
        yield "visit", VISIT, (self._visit(number) for number in range(visits)), visits

    def _chats(self) -> Iterator[Row]:
        for number in range(1, self.chats + 1):
            source = self.dice.choice(CODES) if self.dice.random() < WITH_CODE else None
            at = self._moment()
            yield number, self._one_of(CHANNELS), "bench", f"{number}", 0, "ok", source, 3, at, at

    def _questions(self) -> Iterator[Row]:
        """Some topics are asked for far more than others, and so are some chats' answers."""
        entries = self._entries()
        for number in range(self.questions):
            route = self._one_of(ROUTES)
            shown = "" if route in ("unknown", "action") else entries[self._rank(len(entries))]
            chat, area = self.dice.randint(1, self.chats), self._one_of(AREAS)
            words = f"question number {number} as somebody asked it, {shown}"
            state = "open" if route == "unknown" and self.dice.random() < WITH_CODE else "done"
            yield chat, words, route, shown, 0.9, self._moment(), VECTOR, "none", state, area, False

    def _opinion(self) -> Row:
        entries = self._entries()
        return entries[self._rank(len(entries))], self.dice.random() < 0.8, self._moment()

    def _evidence(self) -> Row:
        entries = self._entries()
        return (
            "answer",
            entries[self._rank(len(entries))],
            "",
            self._one_of(WAYS),
            "web",
            self._one_of(AREAS),
            self._moment(),
        )

    def _visit(self, number: int) -> Row:
        starts = self._moment()
        state = self._one_of((("done", 75), ("cancelled", 10), ("not_in", 10), ("refused", 5)))
        wait = dt.timedelta(days=self.dice.randint(2, 40))
        ends = starts + dt.timedelta(minutes=30)
        return (f"REF{number}", f"uid{number}", 0, state, starts, ends, 1, 0, "fire-safety", 9,
                "medium", "", "", "message", False, False, 0, starts - wait)  # fmt: skip

    def _entries(self) -> tuple[str, ...]:
        return tuple(self.library.entries)

    def _rank(self, many: int) -> int:
        """The first few far more often than the last."""
        return min(int(self.dice.paretovariate(0.7)) - 1, many - 1)

    def _moment(self) -> dt.datetime:
        hour = self.dice.choices(range(24), BY_HOUR)[0]
        return FIRST + dt.timedelta(days=self.dice.randrange(DAYS), hours=hour, seconds=self.dice.randrange(3600))

    def _one_of(self, choices: Sequence[tuple[str, int]]) -> str:
        return self.dice.choices([name for name, _ in choices], [share for _, share in choices])[0]


CHAT = ("id", "channel", "bot", "external_id", "session_version", "contact", "source", "next_seq", "created_at",
        "last_turn_at")  # fmt: skip
QUESTION = ("chat_id", "text", "route", "shown", "score", "at", "vector", "verdict", "state", "area", "summed")
EVIDENCE = ("about", "entry", "organisation", "instead", "channel", "area", "at")
VISIT = ("reference", "uid", "sequence", "state", "starts", "ends", "visitors_needed", "moves", "reasons", "points",
         "priority", "consents", "source", "remind_by", "follow_up", "safeguarding", "wrong_words",
         "created_at")  # fmt: skip


NEXT = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
"""The database counts on from where we stopped."""


def fill(url: str, year: Year) -> None:
    """Put all of it into an empty database, with a line of progress for each table."""
    put = _sqlite if url.startswith("sqlite") else _postgres
    for table, columns, rows, many in year.tables():
        put(url, table, columns, _told(rows, table, many))


def _told(rows: Iterable[Row], table: str, many: int) -> Iterator[Row]:
    for done, row in enumerate(rows, start=1):
        if done % BATCH == 0 or done == many:
            print(f"\r{table}: {done:,} of {many:,}", end="\n" if done == many else "", file=sys.stderr)
        yield row


def _sqlite(url: str, table: str, columns: Sequence[str], rows: Iterator[Row]) -> None:
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  our own names
    with sqlite3.connect(url.partition("///")[2]) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        while batch := [tuple(map(_plain, row)) for row in islice(rows, BATCH)]:
            connection.executemany(statement, batch)
            connection.commit()


def _plain(value: object) -> object:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, dt.datetime) else value


def _postgres(url: str, table: str, columns: Sequence[str], rows: Iterator[Row]) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)
        if "id" in columns:
            cursor.execute(NEXT.format(table=table).encode())
