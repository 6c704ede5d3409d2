"""Answers and organisations are taken away at the console, tried out first, and come back from their history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.clock import FixedClock
from bot.console import publish_page
from bot.staff import audit, versions
from bot.store import content
from bot.store.tables import Question
from bot.store.unit import Unit
from knowledge.library import Library
from knowledge.search.remembered import remember
from tests.bot.console.answering import ALARM, LOCKS, PATIENT, answering, decide, draft, field, file_of, states, words
from tests.bot.console.desk import Desk
from tests.databases import SqliteFiles
from tests.house import BRAUNSTONE, braunstone

BRIDGE, FALLS, NAMED = "the-bridge", "home-safety/falls", "crimestoppers"
WHY = "We no longer advise on this."


@pytest.fixture
async def place(sqlite_files: SqliteFiles, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    for name in ("AT_ONCE", "PATIENCE"):
        monkeypatch.setattr(publish_page, name, PATIENT)
    async with answering(sqlite_files.fresh(), clock) as built:
        yield built


async def library(place: Desk) -> Library:
    async with place.store.read() as unit:
        return await content.library(unit, BRAUNSTONE)


async def done(place: Desk) -> list[tuple[str, str]]:
    async with place.store.read() as unit:
        return [(one.action, one.about) for one in await audit.entries(unit)]


async def test_an_answer_is_retired_and_comes_back(place: Desk, tmp_path: Path) -> None:
    editor = await place.signed_in("editor")
    assert "Say why it is retired" in (await editor.send(f"/answers/{LOCKS}/retirement", reason=" ")).text
    begun = await editor.send(f"/answers/{LOCKS}/retirement", reason=WHY)
    page = begun.headers["location"].removeprefix("/staff")
    seen = words((await editor.see(page)).text)
    assert "This would retire it: residents would not be shown it any more." in seen
    assert WHY in seen
    assert LOCKS in (await library(place)).entries

    await decide(place, editor, page, "publish")
    assert LOCKS not in (await library(place)).entries
    assert [state for state, _ in await states(place, LOCKS)] == ["replaced", "retired"]
    assert ("retire", f"entry {LOCKS} 2") in await done(place)
    assert LOCKS not in (await editor.see("/answers")).text
    assert LOCKS in (await editor.see("/answers?state=retired")).text
    assert (await editor.send("/answers/new", topic="home-security", title="Doors and locks")).status_code == 422

    file = tmp_path / "entries" / f"{LOCKS}.md"
    file.parent.mkdir(parents=True)
    file.write_text("as it was")
    async with place.store.read() as unit:
        await content.export(unit, tmp_path, tmp_path)
    assert not file.exists()
    assert (tmp_path / "entries" / f"{ALARM}.md").read_text(encoding="utf-8") == file_of(ALARM)

    moved = await editor.see(f"/answers/{LOCKS}")
    assert moved.headers["location"] == f"/staff/answers/{LOCKS}/versions"
    history = (await editor.see(f"/answers/{LOCKS}/versions")).text
    assert WHY in history
    first = history.split(f"/answers/{LOCKS}/versions/")[-1].split('"')[0]
    await editor.send(f"/answers/{LOCKS}/versions/{first}")
    number = await _newest(place, LOCKS)
    await decide(place, editor, f"/answers/{LOCKS}/drafts/{number}", "publish")
    assert await states(place, LOCKS) == [("replaced", file_of(LOCKS)), ("replaced", ""), ("live", file_of(LOCKS))]
    assert LOCKS in (await library(place)).entries


async def _newest(place: Desk, slug: str) -> int:
    async with place.store.read() as unit:
        return next(row.id for row in await versions.unpublished(unit, "entry") if row.slug == slug)


async def test_who_asked_for_it_is_tried_out_and_a_missed_danger_stops_it(
    place: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "how do i stop my front door being kicked in"
    async with place.store.write() as unit:
        await _asked(unit, asked)
    editor = await place.signed_in("editor")
    begun = await editor.send(f"/answers/{LOCKS}/retirement", reason=WHY)
    page = begun.headers["location"].removeprefix("/staff")
    assert f"{asked} (a resident asked this)" in words((await editor.see(page)).text)

    monkeypatch.setattr("knowledge.replay.Difference.blocks", True)
    await editor.send(f"{page}/discard")
    begun = await editor.send(f"/answers/{LOCKS}/retirement", reason=WHY)
    await decide(place, editor, begun.headers["location"].removeprefix("/staff"), "publish")
    assert LOCKS in (await library(place)).entries


async def _asked(unit: Unit, text: str) -> None:
    index = braunstone().index
    kept = remember(index, index.read(text))
    row = {"text": text, "route": "answer", "shown": LOCKS, "vector": kept, "verdict": "none", "at": unit.now}
    await unit.session.execute(insert(Question), [row])


async def test_where_lives_hang_on_it_a_second_person_agrees(place: Desk) -> None:
    approver, other = await place.signed_in("approver"), await place.signed_in("approver")
    begun = await approver.send(f"/answers/{ALARM}/retirement", reason=WHY)
    page = begun.headers["location"].removeprefix("/staff")
    assert "A second person must agree" in (await decide(place, approver, page, "publish")).text
    await approver.send(f"{page}/submit")
    assert "Approve and retire" in (await other.see(page)).text
    await decide(place, other, page, "approve")
    assert ALARM not in (await library(place)).entries


async def test_what_is_named_elsewhere_stays_and_the_page_says_where(place: Desk) -> None:
    editor = await place.signed_in("editor")
    for path, named in ((f"/answers/{FALLS}", "visits.yaml"), (f"/organisations/{NAMED}", "/staff/answers/")):
        assert "while it is named here" in (page := (await editor.see(path)).text)
        assert named in page.split("while it is named here")[1]
        assert f"{path}/retirement" not in page
        refused = await editor.send(f"{path}/retirement", reason=WHY)
        assert refused.status_code == 422
        assert "It is still named in: " in refused.text
    assert (await library(place)).organisations.keys() >= {NAMED}


async def test_an_organisation_is_retired_and_comes_back(place: Desk) -> None:
    editor, path = await place.signed_in("editor"), f"/organisations/{BRIDGE}"
    before = (await library(place)).organisations[BRIDGE]
    await editor.send(f"{path}/retirement", reason=WHY)
    assert BRIDGE in (await library(place)).organisations
    page = await editor.see(path)
    number, seen = page.text.split(f"/staff{path}/suggestions/")[1].split('"')[0], field(page, "seen")
    await editor.send(f"{path}/suggestions/{number}", decision="publish", anyway="yes", seen=seen)
    assert BRIDGE not in (await library(place)).organisations
    seen = words((await editor.see(path)).text)
    assert f"Retired by Robin Made-Up, Wed 25 Nov 2026, 10:00. {WHY}" in seen
    assert before.name in seen
    assert "Retired: 1" in (await editor.see("/organisations")).text

    await editor.send(f"{path}/return")
    assert (await library(place)).organisations[BRIDGE] == before
    assert ("retire", f"organisation {BRIDGE} 2") in await done(place)


async def test_an_officer_only_suggests_it(place: Desk) -> None:
    officer, path = await place.signed_in("officer"), f"/organisations/{BRIDGE}"
    await officer.send(f"{path}/retirement", reason=WHY)
    page = (await officer.see(path)).text
    assert "Somebody who may publish will look at it." in page
    assert "This would retire it" in page
    assert BRIDGE in (await library(place)).organisations


async def test_whoever_wrote_meanwhile_does_not_bring_it_back(place: Desk) -> None:
    slow, quick = await place.signed_in("editor"), await place.signed_in("editor")
    page = await draft(place, slow, LOCKS, file_of(LOCKS))
    begun = await quick.send(f"/answers/{LOCKS}/retirement", reason=WHY)
    await decide(place, quick, begun.headers["location"].removeprefix("/staff"), "publish")
    assert "while you were writing" in (await decide(place, slow, page, "publish")).text
    assert LOCKS not in (await library(place)).entries


async def test_a_notice_stands_with_an_answer_through_its_last_day(place: Desk, clock: FixedClock) -> None:
    editor, path = await place.signed_in("editor"), f"/answers/{LOCKS}"
    refused = await editor.send(f"{path}/notices", words="No locks <b>today</b>.", until="2026-11-27")
    assert refused.status_code == 422
    assert 'value="No locks &lt;b&gt;today&lt;/b&gt;."' in refused.text
    await editor.send(f"{path}/notices", words="No locks this week.", until="2026-11-27")
    assert "The notice stands." in (page := (await editor.see(path)).text)
    assert "No locks this week." in page
    (notice,) = (await library(place)).notices
    assert (notice.about, f"{notice.until:%Y-%m-%d %H:%M}") == (LOCKS, "2026-11-28 00:00")
    clock.move(days=3)
    async with place.store.read() as unit:
        assert (await content.library(unit, BRAUNSTONE)).notices == ()


async def test_a_notice_on_an_answer_is_for_those_who_may_publish_it(place: Desk) -> None:
    words = {"words": "Do nothing.", "until": "2026-11-27"}
    officer, editor, approver = [await place.signed_in(role) for role in ("officer", "editor", "approver")]
    for browser, slug, offered, status in (
        (officer, LOCKS, False, 404),
        (officer, ALARM, False, 404),
        (editor, ALARM, False, 422),
        (approver, ALARM, True, 303),
    ):
        path = f"/answers/{slug}/notices"
        assert (f'action="/staff{path}"' in (await browser.see(f"/answers/{slug}")).text) is offered
        assert (await browser.send(path, **words)).status_code == status
    (notice,) = (await library(place)).notices
    assert notice.about == ALARM
    shown = (await officer.see(f"/answers/{ALARM}")).text
    assert "Do nothing." in shown
    assert f"/answers/{ALARM}/notices/1" not in shown
    await officer.send(f"/organisations/{BRIDGE}/notices/1")
    assert len((await library(place)).notices) == 1
    await editor.send(f"/answers/{ALARM}/notices/1")
    assert (await library(place)).notices == ()


async def test_what_did_not_end_is_told_beside_what_did_not_start(place: Desk) -> None:
    coordinator = await place.signed_in("coordinator")
    async with place.store.write() as unit:
        row = await versions.live(unit, "entry", LOCKS)
        assert row is not None
        await versions.change(unit, "entry", row, stopped_at=unit.now, note="Its time was over, but it is still live.")
    today = (await coordinator.see("/")).text
    assert "Its time was over, but it is still live." in today
    assert f'href="/staff/answers/{LOCKS}"' in today
    assert "Its time was over, but it is still live." in (await coordinator.see(f"/answers/{LOCKS}")).text


async def test_the_author_and_the_coordinators_see_what_did_not_go_live(place: Desk) -> None:
    editor, other = await place.signed_in("editor"), await place.signed_in("editor")
    coordinator = await place.signed_in("coordinator")
    page = await draft(place, editor, LOCKS, file_of(LOCKS))
    async with place.store.write() as unit:
        row = await versions.one(unit, "entry", int(page.rpartition("/")[2]))
        assert row is not None
        await versions.change(unit, "entry", row, stopped_at=unit.now, note="It was due, but did not go live.")
    for browser, seen in ((editor, True), (coordinator, True), (other, False)):
        today = (await browser.see("/")).text
        assert ("It was due, but did not go live." in today) is seen
        assert (f'href="/staff{page}"' in today) is seen
    assert "It was due, but did not go live." in (await editor.see(f"/answers/{LOCKS}")).text
