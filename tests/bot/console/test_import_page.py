"""Import in the console: a plan first, then all of it or nothing; templates and the present sheets to download."""

from __future__ import annotations

import asyncio
import html
import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func
from sqlmodel import col, select

from bot.console import import_page
from bot.console.app import create_console
from bot.console.site import Console
from bot.knowing import Knowing
from bot.staff import audit, feeds, sheets, versions
from bot.staff.outcomes import Refusal, Rehearsal
from bot.store import content
from bot.store.tables import EntryVersion, OrganisationVersion
from handlers.catalogue import Texts
from knowledge.sheets import Row, Table
from tests.bot.console.answering import PATIENT
from tests.bot.console.desk import Browser, Desk, library
from tests.bot.staff.test_import_trial import Blocking
from tests.house import BRAUNSTONE, Scripted

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
CHANGES = Table(("id", "phone", "cost"), (Row(2, {"id": "the-bridge", "phone": "01632 960123", "cost": "Free"}),))
WRONG = b"id,phone\nthe-bridge,none\nThe Bridge,01632 960123\n"


@pytest.fixture
async def stocked(place: Desk) -> Desk:
    """The console over the content that ships."""
    async with place.store.write() as unit:
        await content.seed(unit, BRAUNSTONE)
    return place


async def hand_in(browser: Browser, name: str, data: bytes) -> httpx.Response:
    return await browser.client.post(
        "/staff/import/plan", data={"csrf": await browser.token()}, files={"file": (name, data)}
    )


def trying_with(place: Desk, rehearsals: Blocking) -> None:
    """The same console, which tries out what is handed in."""
    again = Console(
        place.store, Knowing(Scripted(holding=library())), place.clock, folder=BRAUNSTONE,
        rehearsals=rehearsals,  # type: ignore[arg-type]
    )  # fmt: skip
    place.app.router.routes.pop()
    place.app.mount("/staff", create_console(again))


async def live(place: Desk) -> str:
    async with place.store.read() as unit:
        row = await versions.live(unit, "organisation", "the-bridge")
    assert row
    return row.text


async def how_many(place: Desk) -> int:
    """Versions of anything."""
    async with place.store.read() as unit:
        counts = [select(func.count(col(table.id))) for table in (EntryVersion, OrganisationVersion)]
        return sum([(await unit.session.execute(count)).scalar_one() for count in counts])


def held(answer: httpx.Response) -> dict[str, str]:
    """What the page holds for the second post."""
    return {name: html.unescape(value) for name, value in HIDDEN.findall(answer.text)}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_a_sheet_is_a_plan_before_it_is_done(stocked: Desk, ending: sheets.Format) -> None:
    editor, before = await stocked.signed_in("editor"), await how_many(stocked)
    plan = await hand_in(editor, f"changes.{ending}", sheets.written("organisation", CHANGES, ending, Texts()))
    assert plan.status_code == 200
    said = " ".join(re.sub(r"<[^>]+>", " ", plan.text).split())
    assert "Rows that change something: 1. Rows that change nothing: 0. Organisations are live at once." in said
    assert "2 the-bridge phone: becomes 01632 960123" in said
    assert "cost:" not in said
    assert await how_many(stocked) == before

    answer = await editor.client.post("/staff/import/done", data=held(plan))
    assert answer.headers["location"] == "/staff/import"
    assert "Organisations that changed: 1." in (await editor.see("/import")).text
    assert "01632 960123" in await live(stocked)
    async with stocked.store.read() as unit:
        assert (await audit.entries(unit))[0].action == "import"
    again = await editor.client.post("/staff/import/done", data=held(plan))
    assert "the content is not what it was" in again.text
    assert await how_many(stocked) == before + 1


async def test_faults_are_told_by_row_and_column_and_nothing_is_done(stocked: Desk) -> None:
    editor, before = await stocked.signed_in("editor"), await how_many(stocked)
    plan = await hand_in(editor, "<wrong>.csv", WRONG)
    assert plan.status_code == 422
    assert "Row 2, phone: none is not a phone number." in plan.text
    assert "Row 3, id: The Bridge is not an id" in plan.text
    assert "&lt;wrong&gt;.csv" in plan.text
    assert "/import/done" not in plan.text
    assert await how_many(stocked) == before


async def test_a_name_that_would_hide_a_danger_is_refused_by_its_row(stocked: Desk) -> None:
    editor, before = await stocked.signed_in("editor"), await how_many(stocked)
    names = b"id,aliases\nchildline,The Listeners\ncarers-uk,is water ok for a telly thats burning\n"
    assert "could not be tried out just now" in (await hand_in(editor, "names.csv", names)).text
    tried = Blocking(frozenset({"carers-uk"}))
    trying_with(stocked, tried)
    plan = await hand_in(editor, "names.csv", names)
    assert plan.status_code == 422
    assert "Row 3: with its names, 1 messages about danger would be met in another way" in plan.text
    assert "/import/done" not in plan.text
    tried.culprits = frozenset()
    plan = await hand_in(editor, "names.csv", names)
    tried.culprits = frozenset({"carers-uk"})  # somebody else changed something meanwhile
    answer = await editor.client.post("/staff/import/done", data=held(plan))
    assert "Row 3: with its names" in answer.text
    assert await how_many(stocked) == before
    tried.culprits = frozenset()
    assert (await editor.client.post("/staff/import/done", data=held(plan))).status_code == 303
    assert await how_many(stocked) == before + 2


class Slow(Blocking):
    """A trial that goes on until it is told to end."""

    def __init__(self) -> None:
        super().__init__(frozenset())
        self.go_on = asyncio.Event()

    async def rehearse_files(self, kind: str, texts: Mapping[str, str | None]) -> Rehearsal | Refusal:
        await self.go_on.wait()
        return await super().rehearse_files(kind, texts)


async def test_a_trial_that_takes_long_goes_on_without_the_page(stocked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_page, "PATIENCE", 0.01)
    editor, slow = await stocked.signed_in("editor"), Slow()
    trying_with(stocked, slow)
    names = b"id,aliases\nchildline,The Listeners\n"
    for _ in range(2):
        plan = await asyncio.wait_for(hand_in(editor, "names.csv", names), PATIENT)
        assert "could not be tried out just now. Please try again" in plan.text
        assert "/import/done" not in plan.text
    slow.go_on.set()
    await asyncio.sleep(0)
    plan = await hand_in(editor, "names.csv", names)
    assert plan.status_code == 200
    assert slow.tries == [1]
    assert (await editor.client.post("/staff/import/done", data=held(plan))).status_code == 303


FEED = json.dumps(
    [
        {"id": "1", "name": "Chair Yoga", "status": "active", "description": "Help."},
        {"id": "2", "name": "Samaritans", "status": "active", "description": "Help."},
        {"id": "3", "name": "Shut", "status": "defunct", "description": "Help."},
    ]
).encode()


async def test_another_directorys_feed_is_a_plan_then_drafts(stocked: Desk) -> None:
    editor, before = await stocked.signed_in("editor"), await how_many(stocked)
    sent = {"csrf": await editor.token(), "publisher": "Loamshire Council"}
    plan = await editor.client.post("/staff/import/plan", data=sent, files={"file": ("feed.json", FEED)})
    said = " ".join(re.sub(r"<[^>]+>", " ", plan.text).split())
    assert "From Loamshire Council. New to us: 1. Each becomes a draft" in said
    assert "Chair Yoga New: a draft called chair-yoga. Its kind is a guess. Its area is a guess." in said
    assert "Samaritans We have it: samaritans (the same name)." in said
    assert "Shut Left out: its status is defunct." in said
    assert await how_many(stocked) == before
    tampered = await editor.client.post("/staff/import/done", data=held(plan) | {"mark": "0"})
    assert "the content is not what it was" in tampered.text
    await editor.client.post("/staff/import/done", data=held(plan))
    assert "Drafts of organisations: 1." in (await editor.see("/import")).text
    async with stocked.store.read() as unit:
        (draft,) = await versions.unpublished(unit, "organisation")
    assert (draft.slug, draft.state, draft.staff_id, draft.note) == ("chair-yoga", "draft", 1, "feed.json")
    assert "Loamshire Council" in draft.text
    again = await editor.client.post("/staff/import/done", data=held(plan))
    assert again.status_code == 422
    assert await how_many(stocked) == before + 1


async def test_what_was_put_away_or_taken_away_does_not_stand_in_the_way_of_a_feed(stocked: Desk) -> None:
    """An id that nothing stands under any more is used again; one that was retired, or cannot be read, is left."""
    editor = await stocked.signed_in("editor")
    for values, again in (
        ({}, "chair-yoga"),
        ({"state": "withdrawn"}, "chair-yoga"),
        ({"state": "retired"}, "chair-yoga-2"),
        ({"text": "name: ["}, "chair-yoga-3"),
    ):
        async with stocked.store.write() as unit:
            for draft in (await versions.unpublished(unit, "organisation"))[-1:]:
                await versions.change(unit, "organisation", draft, **values)
        plan = await hand_in(editor, "feed.json", FEED)
        assert (await editor.client.post("/staff/import/done", data=held(plan))).status_code == 303
        async with stocked.store.read() as unit:
            assert (await versions.unpublished(unit, "organisation"))[-1].slug == again


async def test_an_id_that_a_colleague_took_meanwhile_is_asked_about_again(stocked: Desk) -> None:
    documents = {"feed.json": FEED}
    async with stocked.store.write() as unit:
        found = await feeds.plan(unit, documents, BRAUNSTONE, "Loamshire")
        for state, taken in (("withdrawn", False), ("replaced", False), ("retired", True), ("waiting", True)):
            number = await versions.put(unit, "organisation", "chair-yoga", True, {"text": "", "state": state})
            assert await feeds.taken(unit, found) is taken
            row = await versions.one(unit, "organisation", number)
            assert row is not None
            await versions.change(unit, "organisation", row, state="withdrawn")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "this is not JSON"),
        (b"[]", "Nothing was changed"),
        (b" " * (sheets.MOST_BYTES + 1), "too large: at most 5 MB"),
        (b"[" * 100_000, "this is not JSON"),
    ],
)
async def test_a_feed_that_cannot_be_read_is_said_so(stocked: Desk, data: bytes, why: str) -> None:
    answer = await hand_in(await stocked.signed_in("editor"), "feed.json", data)
    assert answer.status_code == 422
    assert why in answer.text


def below(folder: Path) -> dict[str, bytes]:
    """All files of a folder, by their paths in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_the_folder_goes_out_as_it_would_be_exported(stocked: Desk, tmp_path: Path) -> None:
    answer = await (await stocked.signed_in("editor")).see("/import/folder.zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="braunstone.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sent = {name: book.read(name) for name in book.namelist()}
    async with stocked.store.read() as unit:
        await content.export(unit, tmp_path / "places" / "braunstone", tmp_path / "national")
    assert sent == below(tmp_path)
    assert len(sent) > 200


async def test_what_was_not_seen_is_not_done(stocked: Desk) -> None:
    """Somebody else changed the same thing meanwhile, or the form was tampered with."""
    editor, before = await stocked.signed_in("editor"), await live(stocked)
    plan = await hand_in(editor, "changes.csv", sheets.written("organisation", CHANGES, "csv", Texts()))
    for changed in ({"mark": "0"}, {"name": "changes.pdf"}, {"sheet": "AAAA"}, {"sheet": "ä"}, {"sheet": ""}):
        answer = await editor.client.post("/staff/import/done", data=held(plan) | changed)
        assert answer.status_code == 422
    assert await live(stocked) == before


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("notes.pdf", b"%PDF", "is not a sheet"),
        ("book.xlsx", b"PK no book", "not an XLSX file that can be opened"),
        ("old.csv", "naïve".encode("latin-1"), "not in UTF-8"),
        ("big.csv", b"id\n" + b"x" * sheets.MOST_BYTES, "too large: at most 5 MB"),
        ("other.csv", b"name\nx\n", "must name a column id"),
    ],
)
async def test_what_is_no_sheet_is_said_so(place: Desk, name: str, data: bytes, why: str) -> None:
    answer = await hand_in(await place.signed_in("editor"), name, data)
    assert answer.status_code == 422
    assert why in answer.text


async def test_without_a_file_one_is_asked_for(place: Desk) -> None:
    editor = await place.signed_in("editor")
    assert "Choose a file first." in (await editor.send("/import/plan")).text
    assert "Choose a file first." in (await editor.send("/import/plan", file="not a file")).text


async def test_answers_become_drafts_of_whoever_handed_them_in(stocked: Desk) -> None:
    editor = await stocked.signed_in("editor")
    sheet = Table(("slug", "title"), (Row(2, {"slug": "fire-safety/candles", "title": "Candles and tea lights"}),))
    plan = await hand_in(editor, "answers.csv", sheets.written("entry", sheet, "csv", Texts()))
    await editor.client.post("/staff/import/done", data=held(plan))
    assert "Drafts of answers: 1." in (await editor.see("/import")).text
    async with stocked.store.read() as unit:
        (draft,) = await versions.unpublished(unit, "entry")
    assert (draft.slug, draft.state, draft.staff_id, draft.note) == ("fire-safety/candles", "draft", 1, "answers.csv")


async def test_what_is_downloaded_can_be_handed_in_again(stocked: Desk) -> None:
    editor = await stocked.signed_in("editor")
    for name in ("organisations.csv", "entries.xlsx"):
        answer = await editor.see(f"/import/sheets/{name}")
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        again = await hand_in(editor, name, answer.content)
        assert "Rows that change something: 0." in again.text
        template = await editor.see(f"/import/templates/{name}")
        assert template.headers["content-disposition"] == f'attachment; filename="template-{name}"'
        assert "this is the example" in (await hand_in(editor, name, template.content)).text
    for path in ("/import/sheets/people.csv", "/import/templates/organisations.pdf"):
        assert "There is no such sheet." in (await editor.see(path)).text


async def test_an_officer_imports_nothing(place: Desk) -> None:
    officer = await place.signed_in("officer")
    assert (await hand_in(officer, "wrong.csv", WRONG)).status_code == 404
    files = ("folder.zip", "sheets/organisations.csv", "templates/organisations.csv")
    for path in ("/import", *(f"/import/{file}" for file in files)):
        assert (await officer.see(path)).status_code == 404
    assert (await officer.send("/import/done")).status_code == 404
