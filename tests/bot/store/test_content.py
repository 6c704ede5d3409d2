"""Content in the tables: filled once, written back byte for byte, and swapped whole when it changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.clock import FixedClock
from bot.knowing import ContentWatch
from bot.store import content, switch
from bot.store.migrate import downgrade, upgrade
from bot.store.tables import EntryVersion
from bot.store.unit import Store
from bot.store.vault import Vault, throwaway_vault, vault_from
from bot.wiring import House
from knowledge.library import NATIONAL, load
from tests.databases import PostgresServer
from tests.house import BRAUNSTONE, INDEXES, house

ALARM = "fire-safety/smoke-alarm-beeping"


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    made = Store(database_url, throwaway_vault(), clock)
    async with made.write() as unit:
        assert await content.seed(unit, BRAUNSTONE)
    yield made
    await made.close()


async def test_a_filled_table_is_not_filled_again(store: Store) -> None:
    async with store.write() as unit:
        assert not await content.seed(unit, BRAUNSTONE)


async def test_export_writes_the_same_files_byte_for_byte(store: Store, tmp_path: Path) -> None:
    async with store.read() as unit:
        written = await content.export(unit, tmp_path / "place", tmp_path / "nation")
    assert written == 239
    for folder, source in ((tmp_path / "place", BRAUNSTONE), (tmp_path / "nation", NATIONAL)):
        for path in (p for p in folder.rglob("*") if p.is_file()):
            assert path.read_bytes() == (source / path.relative_to(folder)).read_bytes()


async def test_the_library_of_the_tables_is_that_of_the_folder(store: Store) -> None:
    async with store.read() as unit:
        library = await content.library(unit, BRAUNSTONE)
    assert len(library.entries) == 140
    assert len(library.organisations) == 90
    assert library.checks == load(BRAUNSTONE).checks
    assert library.changed.keys() == library.organisations.keys()


async def test_a_new_version_is_answered_with_at_once(database_url: str, clock: FixedClock) -> None:
    async with house(database_url, clock) as built:
        await seeded(built)
        watch = ContentWatch(built.store, BRAUNSTONE, built.knowing, "1", INDEXES)
        assert not await watch.look()
        await publish(built, "Change the battery today.")
        assert await watch.look()
        assert built.knowing.library().entry(ALARM).lead[0].text == "Change the battery today."


async def seeded(built: House) -> None:
    async with built.store.write() as unit:
        await content.seed(unit, BRAUNSTONE)


async def publish(built: House, lead: str) -> None:
    text = (NATIONAL / "entries" / f"{ALARM}.md").read_text(encoding="utf-8")
    head, _, rest = text.rpartition("---\n**")
    changed = f"{head}---\n**{lead}**{rest.partition('**')[2]}"
    async with built.store.write() as unit:
        values = {"slug": ALARM, "version": 2, "local": False, "text": changed, "state": "live", "by": "editor"}
        await unit.session.execute(insert(EntryVersion), [{**values, "at": unit.now}])
        await switch.put(unit, switch.REVISION, "2")


def test_migrations_go_up_and_down(sqlite_path: Path, postgres_server: PostgresServer) -> None:
    for url in (f"sqlite:///{sqlite_path}", postgres_server.empty()):
        upgrade(url)
        downgrade(url, "base")
        upgrade(url)


def test_the_migrations_make_what_the_code_describes(sqlite_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlmodel import SQLModel

    from bot.store.migrate import engine

    url = f"sqlite:///{sqlite_path}"
    upgrade(url)
    bound = engine(url)
    with bound.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
    bound.dispose()


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    return tmp_path / "fresh.sqlite3"


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    first, second = vault_from(tmp_path / "keys"), vault_from(tmp_path / "keys")
    assert second.open("a.b", first.seal("a.b", "words")) == "words"
    assert first.index("phone", "x") == second.index("phone", "x") != first.index("postcode", "x")


def test_a_value_opens_only_in_its_own_column_and_with_its_own_key() -> None:
    from bot.errors import KeyMissing

    vault = Vault({1: b"1" * 32, 2: b"2" * 32}, b"i" * 32)
    sealed = vault.seal("a.b", "words")
    assert sealed[0] == 2
    with pytest.raises(KeyMissing):
        vault.open("a.c", sealed)
    with pytest.raises(KeyMissing):
        Vault({1: b"1" * 32}, b"i" * 32).open("a.b", sealed)
