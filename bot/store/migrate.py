"""Bring a database to the newest schema, or back; and a throw-away one at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from bot.errors import StoreUnavailable
from bot.store import staff_tables, tables, visit_tables  # noqa: F401  the tables register themselves
from bot.store.unit import Store

SCRIPTS = Path(__file__).parent / "migrations"
HEAD = "head"


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
    """Upgrade to a revision. Blocks: run it in a thread, before serving. Raises StoreUnavailable."""
    _run(url, revision, command.upgrade)


def downgrade(url: str, revision: str) -> None:
    """Back to a revision, "base" for an empty database."""
    _run(url, revision, command.downgrade)


def _run(url: str, revision: str, direction: Callable[[Config, str], None]) -> None:
    bound = engine(url)
    try:
        with bound.connect() as connection:
            config = configuration()
            config.attributes["connection"] = connection
            direction(config, revision)
            connection.commit()
    except OperationalError as error:
        raise StoreUnavailable(reason=type(error.orig).__name__) from error
    finally:
        bound.dispose()


async def create_at_once(store: Store) -> None:
    """All tables as the code describes them; for throw-away stores. A test holds the migrations to the same."""
    async with store.writing.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
