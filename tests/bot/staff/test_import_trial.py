"""An import is no way round the rehearsal: names of organisations lead to answers, so a sheet is tried out whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from math import ceil, log2
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tests.bot.test_commands as commands
from bot.cli import content_import
from bot.clock import FixedClock
from bot.knowing import Knowing
from bot.staff import importing
from bot.staff.import_trial import Trial, to_try, try_out
from bot.staff.outcomes import Refusal, Rehearsal
from bot.staff.replay import Rehearsals
from bot.staff.sheets import said
from bot.store import content
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from handlers.catalogue import Texts
from knowledge.evaluating.questions import Met
from knowledge.golden import Golden
from knowledge.replay import Asked, Difference, Replay
from knowledge.search.remembered import recall, remember
from knowledge.sheets import Plan, Planned, Row, Table
from tests.bot.console.answering import BURNING, kit
from tests.bot.staff.crew import Heard
from tests.bot.staff.test_importing import MINE, database, shipped
from tests.bot.test_commands import Bot
from tests.databases import SqliteFiles
from tests.house import BRAUNSTONE, braunstone

bot = commands.bot
__all__ = ["database"]
COLUMNS = ("id", "phone", "aliases")
HARMLESS = {"id": "the-bridge", "phone": "01632 960123"}
HIDING = {"id": "carers-uk", "aliases": BURNING}
NAMED = {"id": "childline", "aliases": "The Listeners of Leicester"}


def sheet(*rows: Mapping[str, str]) -> Table:
    """A sheet whose rows say nothing in the columns that they leave out."""
    return Table(COLUMNS, tuple(Row(number, row) for number, row in enumerate(rows, start=2)))


def blocked() -> Replay:
    """One golden message that would be met without an alarm."""
    index = braunstone().index
    message = recall(index, BURNING, remember(index, index.read(BURNING)))
    assert message is not None
    was, would = Met("emergency", "maybe", ()), Met("choose", None, ())
    return Replay((Difference(Asked(message, danger="emergency"), was, would, "worse"),), 1)


@dataclass
class Blocking:
    """Finds a danger that would be missed wherever these ids are among what changes."""

    culprits: frozenset[str]
    tries: list[int] = field(default_factory=list)
    wanted: asyncio.Event = field(default_factory=asyncio.Event)

    async def rehearse_files(self, _kind: str, texts: Mapping[str, str | None]) -> Rehearsal | Refusal:
        self.tries.append(len(texts))
        return Rehearsal("", "1", blocked() if self.culprits & texts.keys() else Replay((), 1))


@pytest.fixture
async def store(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Store]:
    made = Store(sqlite_files.fresh(), throwaway_vault(), clock)
    async with made.write() as unit:
        await content.seed(unit, BRAUNSTONE)
    yield made
    await made.close()


async def tried(store: Store, table: Table) -> Trial | None:
    """A sheet tried out on the real index, with one message of danger."""
    rehearsals = Rehearsals(store, BRAUNSTONE, Knowing(braunstone()))
    rehearsals.golden, rehearsals.phrasings = (Golden(BURNING, "emergency"),), False
    rehearsals._kit = kit()
    async with store.read() as unit:
        plan, library = await importing.plan(unit, table, BRAUNSTONE), await importing.library(unit, BRAUNSTONE)
    return await try_out(plan, library, partial(rehearsals.rehearse_files, "organisation"))


async def done(store: Store, table: Table, trial: Trial | None) -> list[str]:
    """What kept a sheet from being done, in words; nothing where it is done."""
    async with store.write() as unit:
        found = await importing.apply(unit, table, BRAUNSTONE, MINE, Heard(), trial)
    return [said(fault, Texts()) for fault in found.faults]


async def revision(store: Store) -> str | None:
    async with store.read() as unit:
        return await content.revision(unit)


async def test_a_row_that_would_hide_a_danger_keeps_the_whole_sheet_out(store: Store) -> None:
    table = sheet(HARMLESS, NAMED, HIDING)
    [why] = await done(store, table, await tried(store, table))
    assert why.startswith("Row 4: with its names, 1 messages about danger would be met in another way, such as “is")
    assert await revision(store) == "1"


async def test_a_sheet_that_hides_nothing_is_done_once_it_was_tried_out(store: Store) -> None:
    table = sheet({"id": "childline", "aliases": "The Listeners of Leicester"})
    [why] = await done(store, table, None)
    assert "could not be tried out" in why
    trial = await tried(store, table)
    other = sheet({"id": "childline", "aliases": "The Listeners of Loamshire"})
    assert len(await done(store, other, trial)) == 1  # other words than were tried out
    assert await done(store, table, trial) == []
    assert await revision(store) == "2"
    assert len(await done(store, other, await tried(store, table))) == 1  # nothing of it is new any more


async def test_where_the_search_notices_nothing_nothing_is_tried_out(store: Store) -> None:
    table = sheet(HARMLESS)
    assert await tried(store, table) is None
    assert await done(store, table, None) == []


async def test_without_anybody_to_try_it_out_a_new_name_stays_out(store: Store) -> None:
    async with store.read() as unit:
        plan = await importing.plan(unit, sheet(NAMED), BRAUNSTONE)
    trial = await try_out(plan, shipped(), None)
    assert trial is not None
    assert trial.fault is not None
    assert to_try(plan, shipped())


@settings(max_examples=10)
@given(st.integers(1, 40), st.data())
async def test_the_row_is_found_in_few_trials(many: int, data: st.DataObject) -> None:
    culprit = data.draw(st.integers(0, many - 1))
    rows = tuple(Planned(n + 2, f"club-{n}", "new", (), f"name: Club {n}\n{BODY}") for n in range(many))
    fake = Blocking(frozenset({rows[culprit].slug}))
    trial = await try_out(Plan("organisation", rows), shipped(), partial(fake.rehearse_files, "organisation"))
    assert trial is not None
    assert trial.fault is not None
    assert trial.fault.row == rows[culprit].row
    assert len(fake.tries) <= 1 + ceil(log2(many))


BODY = "kind: charity\narea: national\nwhat_for: Help.\n"


def test_the_command_tries_a_sheet_out_too(bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.wiring.upgrade", lambda _url: None)
    monkeypatch.setattr(content_import, "_rehearsals", lambda _store, _library: Blocking(frozenset({HIDING["id"]})))
    file = tmp_path / "names.csv"
    file.write_text(f"id,aliases\n{HIDING['id']},{BURNING}\n")
    for way in (("--dry-run",), ()):
        code, out, why = bot("content", "import", str(file), *way)
        assert (code, out) == (1, "")
        assert why.startswith("Row 2: with its names")
        assert why.endswith("Nothing was changed.\n")
    file.write_text("id,aliases\nchildline,The Listeners of Leicester\n")
    assert bot("content", "import", str(file)).out.endswith("Done.\n")
