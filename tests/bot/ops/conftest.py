"""One demonstration for every test of a file; each copies it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store.erased import NAME
from tests.bot.ops.kept import demonstration
from tests.databases import SqliteFiles


@pytest.fixture(scope="session")
def demo_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key file of the demonstration; away from its database. Beside it nobody was erased yet."""
    folder = tmp_path_factory.mktemp("keys")
    (folder / NAME).touch()
    return folder / "bot.keys"


@pytest.fixture(scope="session")
def demo(sqlite_files: SqliteFiles, demo_keys: Path) -> Path:
    """Its database, which nobody may change."""
    return demonstration(sqlite_files, demo_keys)
