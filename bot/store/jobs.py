"""The tables of the library that wakes workers: made, and brought up to date, from the scripts it ships with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from bot.errors import StoreUnavailable
from bot.store.listening import address

UPGRADING = 0x626F7432
"""By which processes that do this at once know each other."""
TABLE = "procrastinate_jobs"
KEPT: Mapping[str, str] = {
    TABLE: "it was carried out, or its worker died: the row goes",
    "procrastinate_events": "goes with its job",
    "procrastinate_periodic_defers": "the next round of the same duty is due: the row goes",
    "procrastinate_workers": "it stopped, or gave no sign of life: the row goes",
}
"""How long each table of the library keeps a row, as docs/privacy.md tells it. They are made on PostgreSQL alone."""


def bring_up_to_date(url: str, schema: str, folder: Path) -> None:
    """Make the tables, or apply those steps of the library's folder that are newer than the last one applied here.

    The table itself remembers which that was, in its comment. Blocks. Raises StoreUnavailable.
    """
    try:
        with psycopg.connect(address(url)) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [UPGRADING])
            steps = sorted(folder.glob("*.sql"))
            for script in _left(connection, schema, steps):
                connection.execute(script.encode())
            _remember(connection, steps[-1].stem)
    except psycopg.OperationalError as error:
        raise StoreUnavailable(reason=type(error).__name__) from error


def _left(connection: psycopg.Connection, schema: str, steps: Sequence[Path]) -> list[str]:
    row = connection.execute(
        "SELECT to_regclass(%(table)s) IS NOT NULL, obj_description(to_regclass(%(table)s), 'pg_class')",
        {"table": TABLE},
    ).fetchone()
    there, last = row or (False, None)
    if not there:
        return [schema]
    return [step.read_text(encoding="utf-8") for step in steps if last is not None and step.stem > last]


def _remember(connection: psycopg.Connection, last: str) -> None:
    comment = sql.SQL("COMMENT ON TABLE {} IS {}").format(sql.Identifier(TABLE), sql.Literal(last))
    connection.execute(comment)
