"""Answers at the console: found, written, tried out, agreed to, published, compared and brought back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from bot.clock import FixedClock
from bot.console import publish_page
from bot.staff import audit
from bot.staff.outcomes import Rehearsal
from bot.staff.replay import Rehearsals
from bot.store.tables import Question
from knowledge.replay import Replay, Say
from tests.bot.console.answering import (
    ALARM,
    BURNING,
    LOCKS,
    PATIENT,
    STRANGE,
    answering,
    asked,
    asked_for_as,
    decide,
    draft,
    field,
    file_of,
    states,
    words,
)
from tests.bot.console.desk import Desk
from tests.databases import SqliteFiles

TAUGHT = asked_for_as(LOCKS, STRANGE)


@pytest.fixture
async def place(sqlite_files: SqliteFiles, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(publish_page, "AT_ONCE", PATIENT)
    monkeypatch.setattr(publish_page, "PATIENCE", PATIENT)
    async with answering(sqlite_files.fresh(), clock) as built:
        yield built


async def test_an_editor_writes_tries_out_and_publishes(place: Desk) -> None:
    await asked(place, STRANGE)
    editor = await place.signed_in("editor")
    page = await draft(place, editor, LOCKS, TAUGHT, "a new word")
    seen = words((await editor.see(page)).text)
    assert "2 known messages and past questions were tried. 1 would be met in another way." in seen
    assert "Better: 1" in seen
    assert f"{STRANGE} (a resident asked this)" in seen
    assert 'Added: - "my flurb is bust"' in seen or "Added: - my flurb is bust" in seen
    assert await states(place, LOCKS) == [("live", file_of(LOCKS)), ("draft", TAUGHT)]

    done = await decide(place, editor, page, "publish", starts="", ends="")
    assert done.headers["location"] == f"/staff/answers/{LOCKS}/versions"
    history = words((await editor.see(f"/answers/{LOCKS}/versions")).text)
    assert "It is published, and answers within a second." in history
    assert "Robin Made-Up a new word" in history
    assert await states(place, LOCKS) == [("replaced", file_of(LOCKS)), ("live", TAUGHT)]
    async with place.store.read() as unit:
        done_by = [entry.action for entry in await audit.entries(unit)]
    assert done_by[:2] == ["publish", "draft"]


async def test_a_change_that_would_miss_a_danger_cannot_be_published(place: Desk) -> None:
    editor = await place.signed_in("editor")
    page = await draft(place, editor, LOCKS, asked_for_as(LOCKS, BURNING))
    seen = (await editor.see(page)).text
    assert "Danger, crisis or abuse would be missed: 1" in seen
    assert BURNING in seen
    assert f"{page}/publish" not in seen
    refused = await decide(place, editor, page, "publish")
    assert refused.status_code == 422
    assert "It cannot be published." in refused.text
    assert [state for state, _ in await states(place, LOCKS)] == ["live", "draft"]


async def test_where_lives_hang_on_it_a_second_person_agrees(place: Desk) -> None:
    text = asked_for_as(ALARM, STRANGE)
    approver, other = await place.signed_in("approver"), await place.signed_in("coordinator")
    page = await draft(place, approver, ALARM, text)
    assert f"{page}/publish" not in (await approver.see(page)).text
    assert "A second person must agree" in (await decide(place, approver, page, "publish")).text
    assert (await approver.send(f"{page}/submit")).status_code == 303
    assert f"{page}/approve" not in (await approver.see(page)).text
    assert "somebody else must agree" in (await decide(place, approver, page, "approve")).text

    await other.send(f"{page}/sending-back", note="Say it shorter")
    assert "Say it shorter" in (await approver.see(page)).text
    await approver.send(f"{page}/submit")
    assert f"{page}/approve" in (await other.see(page)).text
    await decide(place, other, page, "approve")
    assert await states(place, ALARM) == [("replaced", file_of(ALARM)), ("live", text)]


async def test_words_that_were_sent_again_while_somebody_read_are_shown_and_not_published(place: Desk) -> None:
    officer, approver = await place.signed_in("officer"), await place.signed_in("approver")
    page = await draft(place, officer, ALARM, asked_for_as(ALARM, STRANGE))
    await officer.send(f"{page}/submit")
    seen = field(await approver.see(page), "seen")
    other = asked_for_as(ALARM, "who mends a flurb")
    await officer.send(f"/answers/{ALARM}", act="save", text=other)
    await officer.send(f"{page}/submit")
    for said in (seen, "", "no mark"):
        refused = await approver.send(f"{page}/approve", seen=said)
        assert refused.status_code == 422
        assert "It was changed since you read it" in refused.text
        assert "who mends a flurb" in refused.text
    assert await states(place, ALARM) == [("live", file_of(ALARM)), ("waiting", other)]
    await approver.send(f"{page}/approve", seen=field(refused, "seen"))
    assert await states(place, ALARM) == [("replaced", file_of(ALARM)), ("live", other)]


async def test_an_officer_writes_and_sends_on_but_does_not_publish(place: Desk) -> None:
    officer, editor = await place.signed_in("officer"), await place.signed_in("editor")
    page = await draft(place, officer, LOCKS, TAUGHT)
    for act in ("publish", "approve", "sending-back"):
        assert (await officer.send(f"{page}/{act}")).status_code == 404
        assert f"{page}/{act}" not in (await officer.see(page)).text
    await officer.send(f"{page}/submit")
    assert (await decide(place, editor, page, "approve")).status_code == 404
    assert "Waiting for a second person" in words((await editor.see("/answers?state=waiting")).text)
    await decide(place, editor, page, "publish")
    assert ("live", TAUGHT) in await states(place, LOCKS)


@pytest.mark.parametrize(
    ("written", "said"),
    [("no file at all", "This cannot be read yet"), ("---\ntitle: [\n---\n", "This cannot be read yet")],
)
async def test_what_cannot_be_read_is_said_and_kept(place: Desk, written: str, said: str) -> None:
    editor = await place.signed_in("editor")
    looked = await editor.send(f"/answers/{LOCKS}", act="preview", text=written)
    assert said in looked.text
    assert len(await states(place, LOCKS)) == 1
    page = await draft(place, editor, LOCKS, written)
    assert (await states(place, LOCKS))[1] == ("draft", written)
    assert "Put this right first" in (await editor.see(page)).text
    assert (await decide(place, editor, page, "publish")).status_code == 422


async def test_the_preview_shows_each_channel_and_counts(place: Desk) -> None:
    editor = await place.signed_in("editor")
    text = file_of(LOCKS).replace("\n1. ", f"\n1. <script>alert(1)</script> {'word ' * 130}", 1)
    seen = (await editor.send(f"/answers/{LOCKS}", act="preview", text=text.replace("\n", "\r\n"))).text
    assert "<script>alert" not in seen
    assert seen.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 4, "in the textarea and on three channels"
    assert "at most 110." in seen
    assert "words are shown at first; at most 110" in words(seen)
    assert "1. &lt;script" in seen, "the terminal's own numbers"


async def test_what_the_bot_would_say_with_the_draft(place: Desk) -> None:
    editor = await place.signed_in("editor")
    for text, said in ((file_of(LOCKS), "would say that it does not know"), (TAUGHT, "Answered with: ")):
        page = await editor.send(f"/answers/{LOCKS}", act="ask", text=text, question=STRANGE)
        assert said in page.text
        assert STRANGE in page.text
    danger = await editor.send(f"/answers/{LOCKS}", act="ask", text=TAUGHT, question="my house is on fire")
    assert "Danger to life" in danger.text
    unread = await editor.send(f"/answers/{LOCKS}", act="ask", text="x", question=STRANGE)
    assert "nothing can be asked" in unread.text
    async with place.store.read() as unit:
        assert (await unit.session.execute(select(func.count()).select_from(Question))).scalar_one() == 0


async def test_whoever_was_slower_sees_both_and_then_saves_theirs(place: Desk) -> None:
    quick, slow = await place.signed_in("editor"), await place.signed_in("editor")
    late = asked_for_as(LOCKS, "who mends a flurb")
    page = await draft(place, slow, LOCKS, late)
    await decide(place, quick, await draft(place, quick, LOCKS, TAUGHT), "publish")
    assert "published version 3 of this while you were writing" in (await decide(place, slow, page, "publish")).text
    form = await slow.see(f"/answers/{LOCKS}")
    assert "Somebody published this answer while you were writing" in form.text
    assert f"Removed: - {STRANGE}" in words(form.text).replace('"', "")
    await slow.send(f"/answers/{LOCKS}", act="save", text=late, base=field(form, "base"))
    await decide(place, slow, page, "publish")
    assert ("live", late) in await states(place, LOCKS)


async def test_an_older_version_comes_back_as_a_draft(place: Desk) -> None:
    editor = await place.signed_in("editor")
    await decide(place, editor, await draft(place, editor, LOCKS, TAUGHT), "publish")
    versions = (await editor.see(f"/answers/{LOCKS}/versions")).text
    first = versions.split(f"/answers/{LOCKS}/versions/")[-1].split('"')[0]
    compared = words((await editor.see(f"/answers/{LOCKS}/versions/{first}")).text)
    assert "Beside version 2 (Live)" in compared
    assert f"Removed: - {STRANGE}" in compared.replace('"', "")
    await editor.send(f"/answers/{LOCKS}/versions/{first}")
    assert (await states(place, LOCKS))[2] == ("draft", file_of(LOCKS))
    again = await editor.send(f"/answers/{LOCKS}/versions/{first}")
    assert "You have a draft" in again.text, "a draft is never written over"


async def test_a_new_answer_begins_as_a_draft(place: Desk) -> None:
    officer = await place.signed_in("officer")
    assert (await officer.send("/answers/new", topic="home-security", title="Doors and locks")).status_code == 422
    assert (await officer.send("/answers/new", topic="no-such-topic", title="Flurbs")).status_code == 422
    begun = await officer.send("/answers/new", topic="home-security", title="Flurbs & fobs!")
    assert begun.headers["location"] == "/staff/answers/home-security/flurbs-fobs"
    assert (await officer.see("/answers/home-security/flurbs-fobs")).status_code == 200
    assert "home-security/flurbs-fobs" in (await officer.see("/answers?state=draft")).text


async def test_the_list_has_filters_in_its_address(place: Desk) -> None:
    officer = await place.signed_in("officer")
    pages = [await officer.see(f"/answers{query}") for query in ("", "?text=lock+door&agency=police")]
    found = [int(page.text.split("Answers found: ")[1].split(".")[0]) for page in pages]
    assert found[0] > 100 > found[1] > 0
    assert "Answers found: 0." in (await officer.see("/answers?state=offered")).text
    assert "Answers found: 0." in (await officer.see("/answers?tier=nonsense")).text


async def test_a_version_belongs_to_its_own_answer(place: Desk) -> None:
    editor = await place.signed_in("editor")
    page = await draft(place, editor, LOCKS, TAUGHT)
    number = page.rpartition("/")[2]
    for path in (f"/answers/{ALARM}/drafts/{number}", f"/answers/{ALARM}/versions/{number}", "/answers/no/such"):
        assert (await editor.see(path)).status_code == 404
        assert (await editor.send(path)).status_code in (404, 405)
    await editor.send(f"/answers/{ALARM}/drafts/{number}/discard")
    assert [state for state, _ in await states(place, LOCKS)] == ["live", "draft"]
    await editor.send(f"{page}/discard")
    assert [state for state, _ in await states(place, LOCKS)] == ["live", "withdrawn"]


async def test_a_trial_that_takes_long_says_how_far_it_is(place: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = asyncio.Event()

    async def slowly(_self: Rehearsals, _kind: str, _slug: str, text: str, say: Say) -> Rehearsal:
        say(40, 100)
        await go_on.wait()
        return Rehearsal(text, "1", Replay((), 100))

    monkeypatch.setattr(Rehearsals, "rehearse", slowly)
    monkeypatch.setattr(publish_page, "AT_ONCE", 0.01)
    monkeypatch.setattr(publish_page, "PATIENCE", 0.01)
    editor = await place.signed_in("editor")
    page = await draft(place, editor, LOCKS, TAUGHT)
    seen = (await editor.see(page)).text
    assert '<progress id="trial" value="40" max="100">' in seen
    assert f"{page}/publish" not in seen
    assert (await decide(place, editor, page, "publish")).headers["location"] == f"/staff{page}"
    go_on.set()
    await asyncio.sleep(0)
    assert "100 known messages" in (await editor.see(page)).text
    await decide(place, editor, page, "publish")
    assert ("live", TAUGHT) in await states(place, LOCKS)


async def test_a_change_may_have_its_times(place: Desk) -> None:
    editor = await place.signed_in("editor")
    page = await draft(place, editor, LOCKS, TAUGHT)
    for starts, ends in (("nonsense", ""), ("2026-12-02T09:00", "2026-12-01T09:00")):
        assert (
            "The end must come after the start"
            in (await decide(place, editor, page, "publish", starts=starts, ends=ends)).text
        )
    await decide(place, editor, page, "publish", starts="2026-12-01T09:00", ends="")
    assert "Live from Tue 1 Dec 2026, 09:00." in (await editor.see(f"/answers/{LOCKS}/versions")).text
    assert [state for state, _ in await states(place, LOCKS)] == ["live", "scheduled"]
