"""Content in a spreadsheet and back: nothing changes by the way, every fault is named, and nothing is half imported."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy import insert, select, update
from sqlmodel import col

import tests.bot.test_commands as commands
from bot.clock import FixedClock
from bot.staff import feeds, importing, sheets
from bot.staff.edits import Editing
from bot.staff.import_trial import Trial, texts_of
from bot.staff.importing import Who
from bot.staff.sheets import SheetUnreadable, said
from bot.store import content
from bot.store.tables import EntryVersion, OrganisationVersion
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from handlers.catalogue import Texts
from handlers.office import Colleague
from knowledge.check_one import Kind, parse
from knowledge.entry import Hours, Opening
from knowledge.hours import WEEK
from knowledge.library import NATIONAL, Library, entry_files, entry_id, load, organisation_files
from knowledge.sheets import SHAPES, Plan, Row, Table, guarded, plan, table_of
from knowledge.sheets.times import opening, show_opening
from knowledge.sheets.yaml_lines import edited
from knowledge.yaml_text import read_yaml
from tests.bot.staff.crew import Heard
from tests.bot.test_commands import Bot
from tests.databases import SqliteFiles
from tests.house import BRAUNSTONE

bot = commands.bot
KINDS: tuple[Kind, ...] = ("organisation", "entry")
BRITE = "brite-centre"
CANDLES = "fire-safety/candles"
MINE = Who("Zebedee Quillfeather", note="sheet.csv")


@cache
def shipped() -> Library:
    return load(BRAUNSTONE)


@cache
def files(kind: Kind) -> Mapping[str, str]:
    folders = (NATIONAL, BRAUNSTONE)
    if kind == "entry":
        return {entry_id(p): p.read_text(encoding="utf-8") for folder in folders for p in entry_files(folder)}
    return {p.stem: p.read_text(encoding="utf-8") for folder in folders for p in organisation_files(folder)}


def row_of(kind: Kind, slug: str, /, **cells: str) -> Table:
    """A sheet with one row of what ships, some cells of it changed."""
    [row] = table_of(kind, {slug: files(kind)[slug]}).rows
    return Table(SHAPES[kind].names, (replace(row, cells={**row.cells, **cells}),))


def planned(kind: Kind, table: Table) -> Plan:
    return plan(kind, table, files(kind), shipped())


def faults(kind: Kind, table: Table) -> list[str]:
    return [said(fault, Texts()) for fault in planned(kind, table).faults]


# -- what ships goes out and comes back


@pytest.mark.parametrize(("kind", "ending"), [("organisation", "csv"), ("organisation", "xlsx"), ("entry", "csv")])
def test_a_sheet_of_all_that_ships_changes_nothing(kind: Kind, ending: sheets.Format) -> None:
    data = sheets.written(kind, table_of(kind, files(kind)), ending, Texts())
    found = planned(kind, sheets.read(f"sheet.{ending}", data))
    assert (found.faults, found.news, len(found.rows)) == ((), (), len(files(kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_holds_all_that_a_file_says(kind: Kind) -> None:
    table = sheets.read("sheet.csv", sheets.written(kind, table_of(kind, files(kind)), "csv", Texts()))
    made = plan(kind, table, {}, shipped())
    assert made.faults == ()
    for row in made.rows:
        assert row.state == "new"
        assert parse(kind, row.slug, row.text) == parse(kind, row.slug, files(kind)[row.slug])


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_explains_its_columns_and_refuses_its_example(kind: Kind) -> None:
    book = load_workbook(io.BytesIO(sheets.written(kind, sheets.template(kind), "xlsx", Texts())))
    first, second = book.worksheets
    assert [cell.value for cell in second["A"]][1:] == [cell.value for cell in first[1]] == list(SHAPES[kind].names)
    assert faults(kind, sheets.template(kind)) == [f"Row 2, {SHAPES[kind].key}: this is the example: take the row out."]
    [row] = sheets.template(kind).rows
    copy = Row(2, {**row.cells, SHAPES[kind].key: "fire-safety/copied" if kind == "entry" else "copied"})
    found = planned(kind, Table(SHAPES[kind].names, (copy,)))
    assert [(row.state, row.slug) for row in found.rows] == [("new", copy.cells[SHAPES[kind].key])]


# -- what changes, and what stays


def test_only_the_lines_that_change_are_touched() -> None:
    text = 'name: Old  # as on the door\nkind: charity\n# ring before noon\nphone: "0116 496 0123"  # desk\n'
    text += "hours:\n  # as on the door\n  words: Mornings\n\ncost: Free\n"
    wanted = {**read_yaml(text), "phone": "0116 496 0456", "aliases": ["The Old"], "hours": {"words": "Days"}}
    assert edited(text, wanted, ("name", "aliases", "kind", "phone", "hours", "cost")) == text.replace(
        "0123", "0456"
    ).replace("door\nkind", "door\naliases:\n  - The Old\nkind").replace("Mornings", "Days")
    without = {name: value for name, value in read_yaml(text).items() if name != "hours"}
    assert edited(text, without, ()) == text.replace("hours:\n  # as on the door\n  words: Mornings\n", "")


def test_a_file_in_another_layout_still_says_what_it_must() -> None:
    assert (
        edited("{name: Old, cost: Free}", {"name": "New: one", "cost": "Free"}, ()) == 'name: "New: one"\ncost: Free\n'
    )


def test_a_plan_says_which_columns_change_from_what_to_what() -> None:
    table = row_of("organisation", BRITE, phone="0116 496 0123", hours="Mon-Fri 9:00 to 17:00; sat 10.00-12.00")
    [row] = planned("organisation", table).rows
    assert [(c.column, c.old, c.new) for c in row.changes] == [
        ("phone", "", "0116 496 0123"),
        ("hours", "", "mon-fri 09:00-17:00; sat 10:00-12:00"),
    ]
    before = files("organisation")[BRITE].splitlines()
    assert [line for line in row.text.splitlines() if line in before] == before


def test_a_column_that_is_left_out_stays_and_an_empty_cell_takes_out() -> None:
    found = planned("organisation", Table(("id", "address"), (Row(2, {"id": BRITE, "address": ""}),)))
    assert [(row.state, [change.column for change in row.changes]) for row in found.rows] == [("changed", ["address"])]
    assert "address" not in found.rows[0].text
    assert "BRITE" in found.rows[0].text


def test_an_answer_keeps_its_layout_around_the_part_that_changes() -> None:
    [row] = planned("entry", row_of("entry", CANDLES, steps="Blow them out.\nUse battery ones.")).rows
    before, after = files("entry")[CANDLES], row.text
    assert "\n\n1. Blow them out.\n2. Use battery ones.\n\n## More\n" in after
    assert after.partition("\n1. ")[0] == before.partition("\n1. ")[0]
    assert after.partition("## More")[2] == before.partition("## More")[2]


TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0))
OPENINGS = st.builds(
    Opening, days=st.lists(st.sampled_from(WEEK), min_size=1, unique=True).map(tuple), opens=TIMES, closes=TIMES
)


@given(st.lists(OPENINGS, min_size=1, max_size=4))
def test_hours_survive_a_cell(weekly: list[Opening]) -> None:
    cell = show_opening({"weekly": [each.model_dump() for each in weekly]})
    assert Hours.model_validate({"weekly": opening(cell)}).weekly == tuple(weekly)


# -- what is refused


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"phone": "ring us"}, "Row 2, phone: ring us is not a phone number."),
        ({"phone": "=1+1"}, "Row 2, phone: a cell must not begin with = + - or @"),
        ({"what_for": "@SUM(A1)"}, "Row 2, what_for: a cell must not begin with"),
        ({"cost": "-free-"}, "Row 2, cost: a cell must not begin with"),
        ({"cost": "Free <b>now</b>"}, "Row 2, cost: there is HTML in this cell"),
        ({"cost": "Free\x07"}, "Row 2, cost: there are characters in this cell that nobody can see"),
        ({"name": ""}, "Row 2, name: this may not be empty."),
        ({"kind": "club"}, "Row 2, kind: club is not one of: statutory, charity, community."),
        ({"area": "Atlantis"}, "Row 2, area: Atlantis is not one of: national, Braunstone,"),
        ({"website": "brite.example"}, "Row 2, website: brite.example is not a web address"),
        ({"email": "desk"}, "Row 2, email: desk is not an e-mail address."),
        ({"webchat": "perhaps"}, "Row 2, webchat: perhaps is not one of: yes, no."),
        ({"hours": "whenever"}, "Row 2, hours: whenever is not a time we can read"),
        ({"hours": "mon 25:00-26:00"}, "Row 2, hours: 25:00 is not a time we can read"),
        ({"exceptions": "2026-02-30 closed"}, "Row 2, exceptions: 2026-02-30 closed is not a day we can read"),
        ({"id": "Brite Centre"}, "Row 2, id: Brite Centre is not an id"),
    ],
)
def test_a_bad_cell_of_an_organisation_is_named(cells: dict[str, str], fault: str) -> None:
    [found] = faults("organisation", row_of("organisation", BRITE, **cells))
    assert found.startswith(fault)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"tier": "high"}, "Row 2, tier: high is not one of: life-safety, sensitive, general."),
        ({"phrasings": "one\ntwo"}, "Row 2, phrasings: 2 phrasings; between 8 and 15."),
        ({"one_line": "x" * 161}, "Row 2, one_line: 161 characters; at most 160"),
        ({"steps": "Only this."}, "Row 2, steps: show one list of 2 to 5 steps"),
        ({"organisations": "nobody-we-know"}, "Row 2, organisations: unknown organisation 'nobody-we-know'."),
        ({"slug": "candles"}, "Row 2, slug: candles is not an id"),
    ],
)
def test_a_bad_cell_of_an_answer_is_named_in_the_words_of_the_check(cells: dict[str, str], fault: str) -> None:
    [found] = faults("entry", row_of("entry", CANDLES, **cells))
    assert found.startswith(fault)


def test_every_fault_of_a_sheet_is_told_at_once() -> None:
    [row] = row_of("organisation", BRITE, phone="none", cost="=A1").rows
    table = Table(SHAPES["organisation"].names, (row, replace(row, number=3, cells={**row.cells, "id": "other"})))
    assert [(f.row, f.column) for f in planned("organisation", table).faults] == [
        (2, "phone"), (2, "cost"), (3, "phone"), (3, "cost"),
    ]  # fmt: skip


def test_a_phrasing_that_another_answer_has_is_a_fault_of_its_row() -> None:
    taken = shipped().entries["fire-safety/smoke-alarm-beeping"].phrasings[0]
    own = "\n".join((*shipped().entries[CANDLES].phrasings[1:], taken))
    [found] = faults("entry", row_of("entry", CANDLES, phrasings=own))
    assert "is claimed by" in found


def test_unknown_columns_and_rows_that_stand_twice_are_faults() -> None:
    [row] = row_of("organisation", BRITE).rows
    assert faults("organisation", Table(("id", "fax", "name", "name"), (row,))) == [
        "there is no column called fax.", "the column name stands twice.",
    ]  # fmt: skip
    twice = Table(SHAPES["organisation"].names, (row, replace(row, number=3)))
    assert faults("organisation", twice) == [f"Row 3, id: {BRITE} stands in row 2 too."]


@given(st.text(max_size=12).map(lambda text: f"={text}") | st.text("=+-@'\t1a ", max_size=8))
def test_no_cell_that_goes_out_is_run_by_a_spreadsheet(text: str) -> None:
    cell = guarded(text)
    assert cell[:1] not in tuple("=@\t") or not cell
    assert cell[:1] not in ("+", "-") or cell[1:2].isdigit()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.ods", b"", "ending"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"id,name\n\xff,b\n", "encoding"),
        ("a.csv", b'id,name\n"a', "csv"),
        ("a.csv", b"id\na,b\n", "wide"),
        ("a.csv", b"id\n" + b"a\n" * (sheets.MOST_ROWS + 1), "rows"),
        ("a.csv", b"x" * (sheets.MOST_BYTES + 1), "large"),
        ("a.xlsx", b"PK\x03\x04 no zip", "xlsx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_sheet_is_refused(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(SheetUnreadable) as caught:
        sheets.read(name, data)
    assert caught.value.text_id == f"staff.sheet.unreadable.{reason}"
    assert Texts().say(caught.value.text_id, **caught.value.facts)


def test_cells_of_a_spreadsheet_are_read_as_they_are_shown() -> None:
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["id", "phone", "webchat", "facts_as_of", "cost", None])
    book.active.append([BRITE, 999.0, True, dt.datetime(2026, 11, 25), "=1+1"])  # noqa: DTZ001 (as a sheet has it)
    book.save(out)
    [row] = sheets.read("a.xlsx", out.getvalue()).rows
    assert list(row.cells.values()) == [BRITE, "999", "yes", "2026-11-25", "=1+1"]


# -- into the tables, and another directory's feed


@pytest.fixture
async def store(database_url: str, clock: FixedClock) -> AsyncIterator[Store]:
    made = Store(database_url, throwaway_vault(), clock)
    yield made
    await made.close()


async def versions(store: Store, table: type[EntryVersion | OrganisationVersion], slug: str) -> list[tuple[str, ...]]:
    async with store.read() as unit:
        found = select(table).where(col(table.slug) == slug).order_by(col(table.id))
        rows: Any = (await unit.session.execute(found)).scalars()
        return [(str(row.version), row.state, row.by) for row in rows]


async def test_a_sheet_goes_in_whole_or_not_at_all(store: Store) -> None:
    audit = Heard()
    good, bad = row_of("organisation", BRITE, cost="A pound"), row_of("organisation", "frank", phone="none")
    both = Table(good.columns, (*good.rows, replace(bad.rows[0], number=3)))
    async with store.write() as unit:
        assert (await importing.apply(unit, both, BRAUNSTONE, MINE, audit)).faults
    assert await versions(store, OrganisationVersion, BRITE) == [("1", "live", "shipped")]
    assert audit == []
    async with store.write() as unit:
        assert not (await importing.apply(unit, good, BRAUNSTONE, MINE, audit)).faults
        assert await content.revision(unit) == "2"
    assert await versions(store, OrganisationVersion, BRITE) == [("1", "replaced", "shipped"), ("2", "live", MINE.by)]
    assert audit == [("import", "1 organisation")]
    draft = row_of("entry", CANDLES, title="Candles and tea lights")
    for _ in range(2):  # the second time rewrites the same draft
        async with store.write() as unit:
            assert len((await importing.apply(unit, draft, BRAUNSTONE, MINE, audit)).news) == 1
    assert await versions(store, EntryVersion, CANDLES) == [("1", "live", "shipped"), ("2", "draft", MINE.by)]
    async with store.read() as unit:
        assert await content.revision(unit) == "2"
        assert (await importing.files(unit, "organisation", BRAUNSTONE))[BRITE].version == 2


async def put(store: Store, table: type[EntryVersion | OrganisationVersion], slug: str, **values: Any) -> None:
    """A version 2 of what ships."""
    async with store.write() as unit:
        await content.seed(unit, BRAUNSTONE)
        made = {"slug": slug, "version": 2, "local": True, "text": "", "by": "staff", "base": 1, "at": unit.now}
        await unit.session.execute(insert(table).values(**(made | values)))


async def test_what_was_taken_away_comes_back_as_one_organisation(store: Store) -> None:
    await put(store, OrganisationVersion, BRITE, state="retired", retires=True)
    async with store.write() as unit:
        live = (col(OrganisationVersion.slug) == BRITE, col(OrganisationVersion.version) == 1)
        await unit.session.execute(update(OrganisationVersion).where(*live).values(state="replaced"))
        found = await importing.plan(unit, row_of("organisation", BRITE), BRAUNSTONE)
        assert [said(note, Texts()) for note in found.notes if note.name != "why"] == [
            "Row 2: the team took this away, and this row brings it back."
        ]
        trial = Trial(texts_of(found.news), await content.revision(unit))
        await importing.apply(unit, row_of("organisation", BRITE), BRAUNSTONE, MINE, Heard(), trial)
    assert [(number, state) for number, state, _ in await versions(store, OrganisationVersion, BRITE)] == [
        ("1", "replaced"), ("2", "replaced"), ("3", "live"),
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["draft", "waiting"])
async def test_a_draft_written_by_hand_is_not_written_over(store: Store, state: str) -> None:
    await put(store, EntryVersion, CANDLES, state=state, staff_id=7, text="my own words")
    mine, theirs = (Who("staff", number, "sheet.csv") for number in (7, 8))
    table = row_of("entry", CANDLES, title="Candles and tea lights")
    async with store.write() as unit:
        refused = await importing.apply(unit, table, BRAUNSTONE, mine, Heard())
        assert [said(fault, Texts()) for fault in refused.faults] == [
            "Row 2: you have a draft of this answer. Publish it or put it away first."
        ]
        assert (await importing.apply(unit, table, BRAUNSTONE, theirs, Heard())).faults == ()
    assert [state for _, state, _ in await versions(store, EntryVersion, CANDLES)] == ["live", state, "draft"]


async def test_what_an_import_left_is_written_over_until_somebody_edits_it(store: Store) -> None:
    mine, staff = Who("staff", 7, "sheet.csv"), Colleague(id=7, name="Esi", role="editor")
    table = row_of("entry", CANDLES, title="Candles and tea lights")
    for _ in range(2):
        async with store.write() as unit:
            assert (await importing.apply(unit, table, BRAUNSTONE, mine, Heard())).faults == ()
    assert len(await versions(store, EntryVersion, CANDLES)) == 2
    async with store.write() as unit:
        edited = files("entry")[CANDLES].replace("title: ", "title: All about ")
        await Editing(unit, shipped(), staff, Heard()).draft("entry", CANDLES, edited, "sheet.csv")
        assert len((await importing.apply(unit, table, BRAUNSTONE, mine, Heard())).faults) == 1


def service(name: str, **more: object) -> dict[str, object]:
    return {"id": name, "name": name, "status": "active", "description": "Help.", **more}


async def test_a_feed_brings_drafts_and_overwrites_nothing(sqlite_files: SqliteFiles, clock: FixedClock) -> None:
    store = Store(sqlite_files.fresh(), throwaway_vault(), clock)
    brite = shipped().organisations[BRITE]
    page = {"contents": [
        service("Chair Yoga"), service(brite.name), service("Chair Yoga", id="2", url="https://yoga.example"),
        service("Shut", status="inactive"), service("Samaritan"), service("Chess Club"), service("Chess Club", id="3"),
    ]}  # fmt: skip
    documents = {"page.json": json.dumps(page).encode(), "terms.json": b"{}"}
    async with store.write() as unit:
        found = await feeds.plan(unit, documents, BRAUNSTONE, "Loamshire Council")
        assert found.empty == ("terms.json",)
        assert [(each.match.kind, each.slug) for each in found.services] == [
            ("new", "chair-yoga"), ("same", None), ("new", "chair-yoga-2"), ("new", None), ("likely", None),
            ("new", "chess-club"), ("new", "chess-club-2"),
        ]  # fmt: skip
        await feeds.apply(unit, found, BRAUNSTONE, MINE, Heard())
    assert await versions(store, OrganisationVersion, "chair-yoga") == [("1", "draft", MINE.by)]
    async with store.read() as unit:
        library = await content.library(unit, BRAUNSTONE)
        assert library.organisations == shipped().organisations
        more = {**documents, "a.json": b"{", "b.json": b'[{"status": "active"}]'}
        again = await feeds.plan(unit, more, BRAUNSTONE, "Loamshire Council")
    assert again.news == ()
    told = [said(fault, Texts()) for fault in again.faults]
    assert told == ["a.json: this is not JSON.", "b.json, 1: name is missing."]
    await store.close()


# -- at the command line


@pytest.fixture
def database(sqlite_files: SqliteFiles, tmp_path: Path) -> dict[str, str]:
    return {"BOT_DATABASE_URL": sqlite_files.fresh(), "BOT_KEYS_FILE": str(tmp_path / "bot.keys")}


def test_the_commands_write_a_sheet_and_read_it_back(bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.wiring.upgrade", lambda _url: None)
    out = str(tmp_path / "organisations.csv")
    assert bot("content", "sheet", "organisations", out).out == f"{len(files('organisation'))} rows written to {out}\n"
    text = Path(out).read_text(encoding="utf-8-sig")
    Path(out).write_text(text.replace("Braunstone Avenue", "Marzipan Avenue"), encoding="utf-8")
    dry = bot("content", "import", out, "--dry-run").out.splitlines()
    assert "   address: 'Braunstone Avenue, LE3 1LE' becomes 'Marzipan Avenue, LE3 1LE'" in dry
    assert dry[-1] == "Nothing was changed: this was a dry run."
    assert bot("content", "import", out, "--by", "Zebedee").out.splitlines() == [*dry[:-1], "Done."]
    Path(out).write_text(text.replace("charity", "club", 1), encoding="utf-8")
    code, said_nothing, fault = bot("content", "import", out)
    assert (code, said_nothing) == (1, "")
    assert "kind: club is not one of" in fault
    assert fault.endswith("Nothing was changed.\n")


def test_the_command_for_feeds_says_what_becomes_of_each_service(
    bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.wiring.upgrade", lambda _url: None)
    feed = tmp_path / "feed.json"
    feed.write_text(json.dumps([service("Chair Yoga"), service("Samaritans"), service("Shut", status="defunct")]))
    assert bot("content", "import-feed", str(feed), "--name", "Loamshire").out.splitlines() == [
        "new: Chair Yoga as chair-yoga; its kind is a guess; its area is a guess",
        "same: Samaritans is samaritans (the same name)",
        "left out: Shut (defunct)",
        "1 drafts of organisations",
        "Done.",
    ]
