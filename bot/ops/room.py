"""Where a deployment grows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url

from bot.settings import Settings
from bot.store.engine import is_postgres


def room(settings: Settings) -> Path:
    """The folder that must not fill up: the database's, or where that is on PostgreSQL the index's."""
    if is_postgres(settings.database_url):
        return settings.index_folder
    return Path(make_url(settings.database_url).database or "").parent
