"""Fixtures for every test: a wiped environment, a fixed clock, fresh databases of both kinds."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest
from hypothesis import settings

from bot.clock import FixedClock
from bot.logs import configure
from tests.databases import Databases, PostgresServer, SqliteFiles, postgres
from tests.house import INDEXES

OURS = ("BOT_", "TELEGRAM_")

# Enough to find what breaks easily in every run; HYPOTHESIS_PROFILE=long looks harder.
settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile("long", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(autouse=True)
def _wiped_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting of the machine or of an .env file reaches a test."""
    for name in os.environ:
        if name.startswith(OURS):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # as `bot.channels.telegram.account` sets it
    monkeypatch.setenv("BOT_INDEX_FOLDER", str(INDEXES))
    monkeypatch.setenv("BOT_DATABASE_URL", f"sqlite:///{tmp_path_factory.getbasetemp()}/unused.sqlite3")


@pytest.fixture(autouse=True, scope="session")
def _logs_to_standard_error() -> None:
    """As every command of ours has it."""
    configure()


@pytest.fixture
def clock() -> FixedClock:
    """Wednesday 25 November 2026, 10:00 in London."""
    return FixedClock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole run."""
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """Fresh SQLite files."""
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Both kinds of database: a test that asks for this runs on each."""
    name = "sqlite_files" if request.param == "sqlite" else "postgres_server"
    found: Databases = request.getfixturevalue(name)
    return found


@pytest.fixture
def database_url(databases: Databases) -> str:
    """A fresh database at the newest schema."""
    return databases.fresh()


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
