"""Bring a database to the newest schema, or back; and a throw-away one at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from bot.errors import StoreUnavailable
from bot.store import reach_tables, staff_tables, tables, visit_tables  # noqa: F401  the tables register themselves
from bot.store.unit import Store

SCRIPTS = Path(__file__).parent / "migrations"
HEAD = "head"
UPGRADING = 0x626F7431
"""By which processes that upgrade one PostgreSQL know each other."""


def configuration() -> Config:
    """Alembic's settings; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def engine(url: str) -> Engine:
    """A plain engine for migrations."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        return create_engine(parsed.set(drivername="sqlite"))
    return create_engine(parsed.set(drivername="postgresql+psycopg"))


def upgrade(url: str, revision: str = HEAD) -> None:
    """Upgrade to a revision. Blocks: run it in a thread, before serving. Raises StoreUnavailable.

    A schema that is newer than this program is left as it is: the version just before can work with it.
    """
    _run(url, revision, command.upgrade)


def downgrade(url: str, revision: str) -> None:
    """Back to a revision, "base" for an empty database."""
    _run(url, revision, command.downgrade)


def _run(url: str, revision: str, direction: Callable[[Config, str], None]) -> None:
    bound = _whole(engine(url))
    try:
        with bound.connect() as connection:
            config = configuration()
            config.attributes["connection"] = connection
            _alone(connection)
            if _known(connection, config):
                direction(config, revision)
            connection.commit()
    except OperationalError as error:
        raise StoreUnavailable(reason=type(error.orig).__name__) from error
    finally:
        bound.dispose()


def _known(connection: Connection, config: Config) -> bool:
    """Is its schema one of ours, or is it empty?"""
    found = MigrationContext.configure(connection).get_current_revision()
    return found is None or found in {
        script.revision for script in ScriptDirectory.from_config(config).walk_revisions()
    }


def _whole(bound: Engine) -> Engine:
    """On SQLite too, all steps are one transaction: done, or not begun. Its driver would commit each by itself."""
    if bound.dialect.name == "sqlite":

        @event.listens_for(bound, "connect")
        def _on_connect(connection: Any, _record: Any) -> None:
            connection.isolation_level = None

        @event.listens_for(bound, "begin")
        def _on_begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return bound


def _alone(connection: Connection) -> None:
    """Several processes may start at once: one upgrades, the others wait until it has, and find nothing left to do."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADING})


async def create_at_once(store: Store) -> None:
    """All tables as the code describes them; for throw-away stores. A test holds the migrations to the same."""
    async with store.writing.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
