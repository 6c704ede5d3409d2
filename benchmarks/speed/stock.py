"""A database that has been in use for years: many chats, many questions. Rows are put in past the bot, in batches."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

FIRST_STOCKED = 10_000_000
"""Chats of the stock have other ids than the people who write in the benchmark."""
BATCH = 20_000
VECTOR = bytes(1536)
"""As long as a stored vector is."""
LONG_AGO = "2026-10-01 10:00:00.000000"
"""So the counts of the insight page have these questions already: they are kept as it goes, every half minute."""

CHAT = (
    "INSERT INTO chat (channel, bot, external_id, session_version, contact, next_seq, created_at, last_turn_at)"
    " VALUES ('telegram', 'bench_bot', ?, 0, 'ok', 3, ?, ?)"
)
QUESTION = (
    "INSERT INTO question (text, route, shown, score, at, vector, verdict, state, summed)"
    " VALUES (?, 'answer', 'fire-safety/smoke-alarm-beeping', 0.9, ?, ?, 'none', 'settled', 1)"
)


def chats(database: Path, upto: int) -> None:
    """Fill up to so many chats."""
    begin = _count(database, "chat")
    rows = ((str(FIRST_STOCKED + n), LONG_AGO, LONG_AGO) for n in range(begin, upto))
    _put(database, CHAT, rows, upto - begin, "chats")


def questions(database: Path, upto: int) -> None:
    """Fill up to so many questions."""
    begin = _count(database, "question")
    rows = ((f"question number {n} of a long time ago", LONG_AGO, VECTOR) for n in range(begin, upto))
    _put(database, QUESTION, rows, upto - begin, "questions")


def _count(database: Path, table: str) -> int:
    with sqlite3.connect(database) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  our own names


def _put(database: Path, statement: str, rows: Iterator[tuple[object, ...]], many: int, what: str) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        for done in range(0, many, BATCH):
            connection.executemany(statement, list(islice(rows, BATCH)))
            connection.commit()
            print(f"\r{what}: {min(done + BATCH, many):,} of {many:,}", end="", file=sys.stderr)
    print(file=sys.stderr)
