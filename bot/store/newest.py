"""Bring a database to the newest schema, without loading what migrates it where there is nothing to do."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.store.unit import Store
from bot.store.vitals import newest_schema

if TYPE_CHECKING:
    from bot.store import migrate  # noqa: F401  loaded late; the arrow is shown to whoever checks arrows


def upgrade(url: str) -> None:
    """Upgrade to the newest revision. Blocks: run it in a thread, before serving. Raises StoreUnavailable."""
    if not _is_newest(url):
        _migrate().upgrade(url)


async def create_at_once(store: Store) -> None:
    """All tables as the code describes them; for throw-away stores."""
    await _migrate().create_at_once(store)


def _is_newest(url: str) -> bool:
    """False also where nobody can tell: whoever migrates finds out why."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or not Path(parsed.database).exists():
        return False
    bound = create_engine(parsed.set(drivername="sqlite"))
    try:
        with bound.connect() as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except DBAPIError:
        return False
    finally:
        bound.dispose()
    return found == newest_schema()


def _migrate() -> ModuleType:
    return importlib.import_module("bot.store.migrate")
