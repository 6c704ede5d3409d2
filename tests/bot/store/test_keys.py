"""A new key for everything that is sealed: killed in the middle, beside a bot that runs, on both databases."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.errors import CommandFault, KeyMissing
from bot.ops import seals
from bot.store import keys, resealing
from bot.store.tables import Chat, DetailReport
from bot.store.unit import Store
from bot.store.vault import FiledVault, vault_from

ROOT = Path(__file__).parents[3]
MANY = resealing.AT_ONCE + 5


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.keys"


@pytest.fixture
async def store(database_url: str, clock: FixedClock, path: Path) -> AsyncIterator[Store]:
    built = Store(database_url, vault_from(path), clock)
    async with built.write() as unit:
        unit.session.add_all(
            DetailReport(organisation="x", words=unit.vault.seal("detail_report.words", f"words {n}"), at=unit.now)
            for n in range(MANY)
        )
        chat = Chat(channel="web", external_id="1", created_at=unit.now, last_turn_at=unit.now)
        chat.session = unit.vault.seal("chat.session", "{}")
        unit.session.add(chat)
    yield built
    await built.close()


async def words(store: Store) -> set[str]:
    """All reports, opened with the keys that this store has."""
    async with store.read() as unit:
        rows = (await unit.session.execute(select(col(DetailReport.words)))).scalars()
        return {unit.vault.open("detail_report.words", row or b"") for row in rows}


async def used(store: Store) -> dict[int, int]:
    async with store.read() as unit:
        return dict(await resealing.under(unit))


class Killed(Exception):
    """The process ends here."""


async def test_killed_in_the_middle_it_goes_on_where_it_was(store: Store, path: Path, clock: FixedClock) -> None:
    everything, seen = await words(store), []

    def stop(count: int) -> None:
        seen.append(count)
        if count == resealing.AT_ONCE:
            raise Killed

    assert keys.add(path, clock.now()) == 2
    with pytest.raises(Killed):
        await resealing.reseal(store, stop)
    half = await used(store)
    assert half[1] > 0
    assert half[2] >= resealing.AT_ONCE
    assert await words(store) == everything, "both keys open meanwhile"

    again: list[int] = []
    assert await resealing.reseal(store, again.append) == 0
    assert sum(again) == half[1], "what was done before is not done again"
    assert await used(store) == {2: MANY + 1}
    assert await words(store) == everything


async def test_a_bot_that_runs_meanwhile_reads_and_seals_with_the_new_key(
    store: Store, database_url: str, path: Path, clock: FixedClock
) -> None:
    running = Store(database_url, vault_from(path), clock)
    everything = await words(running)
    keys.add(path, clock.now())
    await resealing.reseal(store, lambda _count: None)
    assert await words(running) == everything
    async with running.write() as unit:
        sealed = unit.vault.seal("detail_report.words", "later")
    assert sealed[0] == 2
    await running.close()


async def test_an_old_key_goes_once_nothing_is_under_it_and_backups_are_over(
    store: Store, path: Path, clock: FixedClock
) -> None:
    keys.add(path, clock.now())
    clock.move(days=36)
    assert await resealing.drop_unused(store, path, at_once=True) == [], "values are left under it"
    await resealing.reseal(store, lambda _count: None)
    clock.at -= dt.timedelta(days=2)
    assert await resealing.drop_unused(store, path) == [], "a backup of that time may be opened yet"
    clock.move(days=2)
    assert await resealing.drop_unused(store, path) == [1]
    assert [key.id for key in keys.listed(path)] == [2]
    assert len(await words(store)) == MANY


def test_no_column_of_bytes_is_forgotten_and_each_is_sealed_under_its_own_name() -> None:
    marked = {f"{table.name}.{column.name}" for table, column in resealing.sealed_columns()}
    code = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "bot").rglob("*.py"))
    assert marked == {seals.name_of(column) for column in seals.sealed_columns()}
    assert [name for name in marked if f'"{name}"' not in code] == []


def test_ids_go_round_and_a_key_in_use_is_not_made_again(path: Path, clock: FixedClock) -> None:
    vault_from(path)
    held = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**held, "keys": {"1": held["keys"]["1"], "255": "11" * 32}}), encoding="utf-8")
    assert keys.add(path, clock.now()) == 2
    assert FiledVault(path).current == 2
    assert [(key.id, key.current) for key in keys.listed(path)] == [(1, False), (2, True), (255, False)]
    keys.drop(path, [1, 2, 255])
    assert [key.id for key in keys.listed(path)] == [2], "the current key stays"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_gone_opens_nothing_and_two_cannot_change_them(path: Path, clock: FixedClock) -> None:
    vault = vault_from(path)
    sealed = vault.seal("a.b", "words")
    keys.add(path, clock.now())
    keys.drop(path, [1])
    with pytest.raises(KeyMissing):
        vault_from(path).open("a.b", sealed)
    with keys.alone(path), pytest.raises(CommandFault), keys.alone(path):
        pytest.fail("somebody else is at it")
