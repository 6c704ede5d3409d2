"""Missed questions at the console: put together, ranked, and each fixed in one or two taps."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.console import missed_page
from bot.staff.outcomes import Rehearsal
from bot.staff.replay import Rehearsals
from bot.store.tables import Question
from knowledge.evaluating.questions import Met
from knowledge.replay import Asked, Difference, Replay, Say
from knowledge.search.remembered import recall, remember
from tests.bot.console.answering import (
    ALARM,
    BURNING,
    LOCKS,
    PATIENT,
    STRANGE,
    STRANGER,
    answering,
    asked,
    asked_for_as,
    decide,
    draft,
    states,
    words,
)
from tests.bot.console.desk import Desk
from tests.databases import SqliteFiles
from tests.house import braunstone

HAMSTER = "my hamster escaped"


@pytest.fixture
async def place(sqlite_files: SqliteFiles, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(missed_page, "PATIENCE", PATIENT)
    async with answering(sqlite_files.fresh(), clock) as built:
        await asked(built, HAMSTER, STRANGE, STRANGE)
        yield built


async def questions(place: Desk) -> dict[str, str]:
    async with place.store.read() as unit:
        rows = (await unit.session.execute(select(Question).order_by(col(Question.id)))).scalars()
        return {row.text: row.state for row in rows}


async def number_of(place: Desk, text: str) -> str:
    async with place.store.read() as unit:
        statement = select(col(Question.id)).where(col(Question.text) == text).order_by(col(Question.id)).limit(1)
        return str((await unit.session.execute(statement)).scalar_one())


async def test_what_is_asked_most_stands_first(place: Desk) -> None:
    page = (await (await place.signed_in("officer")).see("/missed")).text
    assert re.findall(r'<h2 id="g\d+">(.*?)</h2>', page) == [STRANGE, HAMSTER]
    assert "Asked 2 times." in page
    assert "Asked once." in page


async def test_a_tap_adds_a_phrasing_and_says_what_it_settled(place: Desk) -> None:
    editor = await place.signed_in("editor")
    path = f"/missed/{await number_of(place, STRANGE)}/phrasing"
    assert (await editor.send(path, slug=LOCKS)).headers["location"] == "/staff/missed"
    page = words((await editor.see("/missed")).text)
    assert "It settled 2 of the questions; 1 of the 1 different wordings are answered by it now." in page
    assert await states(place, LOCKS) == [
        ("replaced", (await states(place, LOCKS))[0][1]),
        ("live", asked_for_as(LOCKS, STRANGE)),
    ]
    assert await questions(place) == {HAMSTER: "open", STRANGE: "done"}
    again = await editor.send(path, slug=LOCKS)
    assert again.status_code == 422
    assert "Somebody else has dealt with these questions already." in again.text


@pytest.mark.parametrize(("role", "slug"), [("officer", LOCKS), ("editor", ALARM)])
async def test_where_somebody_must_agree_it_is_sent_to_them(place: Desk, role: str, slug: str) -> None:
    browser = await place.signed_in(role)  # type: ignore[arg-type]
    await browser.send(f"/missed/{await number_of(place, STRANGE)}/phrasing", slug=slug)
    page = words((await browser.see("/missed")).text)
    assert "Sent to a second person" in page
    assert "Questions that wait for it until then: " in page
    assert "questions that wait: 2" in page
    assert [state for state, _ in await states(place, slug)] == ["live", "waiting"]
    assert not (await questions(place))[STRANGE].startswith(("open", "done"))


@pytest.mark.parametrize("act", ["approve", "sending-back"])
async def test_what_waits_is_done_once_it_is_live_and_open_again_where_it_is_sent_back(place: Desk, act: str) -> None:
    editor, approver = await place.signed_in("editor"), await place.signed_in("approver")
    await editor.send(f"/missed/{await number_of(place, STRANGE)}/phrasing", slug=ALARM)
    found = re.search(r"/answers/[a-z/-]+/drafts/\d+", (await approver.see("/missed")).text)
    assert found
    await decide(place, approver, found[0], act)
    assert await questions(place) == {HAMSTER: "open", STRANGE: "done" if act == "approve" else "open"}
    assert "questions that wait" not in (await approver.see("/missed")).text


async def test_ones_own_draft_is_not_written_over(place: Desk) -> None:
    editor = await place.signed_in("editor")
    text = asked_for_as(LOCKS, STRANGER)
    await draft(place, editor, LOCKS, text)
    answer = await editor.send(f"/missed/{await number_of(place, STRANGE)}/phrasing", slug=LOCKS)
    assert "You have a draft of this answer" in answer.text
    assert (await states(place, LOCKS))[1] == ("draft", text)
    assert (await questions(place))[STRANGE] == "open"


async def test_a_phrasing_that_would_hide_a_danger_is_refused(place: Desk) -> None:
    await asked(place, BURNING)
    editor = await place.signed_in("editor")
    answer = await editor.send(f"/missed/{await number_of(place, BURNING)}/phrasing", slug=LOCKS, anyway="yes")
    assert "It cannot be published." in answer.text
    assert len(await states(place, LOCKS)) == 1
    assert (await questions(place))[BURNING] == "open"


async def test_a_phrasing_that_makes_others_worse_is_asked_about_once_more(
    place: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = braunstone().index
    message = recall(index, STRANGER, remember(index, index.read(STRANGER)))
    assert message is not None
    worse = Difference(Asked(message), Met("answer", None), Met("unknown", None), "worse")

    async def rehearsed(_self: Rehearsals, _kind: str, _slug: str, text: str, _say: Say) -> Rehearsal:
        return Rehearsal(text, "1", Replay((worse,), 9))

    monkeypatch.setattr(Rehearsals, "rehearse", rehearsed)
    editor = await place.signed_in("editor")
    path = f"/missed/{await number_of(place, STRANGE)}/phrasing"
    page = (await editor.send(path, slug=LOCKS)).text
    assert "1 messages would be answered worse" in page
    assert STRANGER in page
    assert len(await states(place, LOCKS)) == 1
    assert (await editor.send(path, slug=LOCKS, anyway="yes")).status_code == 303
    assert [state for state, _ in await states(place, LOCKS)] == ["replaced", "live"]


async def test_a_new_answer_begins_with_what_was_asked(place: Desk) -> None:
    officer = await place.signed_in("officer")
    path = f"/missed/{await number_of(place, HAMSTER)}/new"
    assert (
        "an answer of that name already"
        in (await officer.send(path, topic="home-security", title="doors and locks")).text
    )
    assert (await questions(place))[HAMSTER] == "open"
    begun = await officer.send(path, topic="fire-safety", title=HAMSTER)
    assert begun.headers["location"] == "/staff/answers/fire-safety/my-hamster-escaped"
    assert HAMSTER in (await officer.see("/answers/fire-safety/my-hamster-escaped")).text
    assert (await questions(place))[HAMSTER].startswith("waiting")
    page = (await officer.see("/missed")).text
    found = re.search(r"/answers/fire-safety/my-hamster-escaped/drafts/\d+", page)
    assert found
    await officer.send(f"{found[0]}/discard")
    assert (await questions(place))[HAMSTER] == "open"


async def test_not_for_us_takes_a_group_off_the_list(place: Desk) -> None:
    officer = await place.signed_in("officer")
    path = f"/missed/{await number_of(place, STRANGE)}/not-ours"
    await officer.send(path)
    page = words((await officer.see("/missed")).text)
    assert "2 questions are put aside as not for us." in page
    assert STRANGE not in page
    await officer.send(path)
    assert "Nothing was changed" in (await officer.see("/missed")).text
    assert await questions(place) == {HAMSTER: "open", STRANGE: "not-ours"}
