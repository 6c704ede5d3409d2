"""Changing an answer: drafts, a second person, conflicts, times, history, what ships; what is SQL on both databases."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlmodel import col, select

from bot.clock import FixedClock
from bot.staff import history, importing, versions
from bot.staff.due import end, start, to_end, to_start
from bot.staff.edits import Editing
from bot.staff.importing import Who
from bot.staff.outcomes import Conflict, Done, Draft, Refusal, Rehearsal
from bot.staff.phrasings import Phrasings, text_with
from bot.staff.seen import mark_of
from bot.staff.shipped import upgrade_content
from bot.store import content, switch
from bot.store.tables import EntryVersion, OrganisationVersion, Question
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from bot.visits import team
from handlers.catalogue import Texts
from handlers.office import Colleague, Role
from knowledge.checked import Check, check_of, with_check
from knowledge.library import NATIONAL, parse_entry
from knowledge.replay import Replay
from knowledge.sheets import guarded, table_of
from tests.bot.staff.crew import Heard, braunstone_alone
from tests.databases import SqliteFiles
from tests.house import BRAUNSTONE

ALARM, CANDLES, RIGHT = "fire-safety/smoke-alarm-beeping", "fire-safety/candles", "home-security/doors-and-locks"
SHIPPED = {slug: (NATIONAL / "entries" / f"{slug}.md").read_text(encoding="utf-8") for slug in (ALARM, CANDLES, RIGHT)}
HELPER = "crimestoppers"
TEXTS = Texts()
HOUR = dt.timedelta(hours=1)
CHECKED = Check(dt.date(2026, 9, 1), "officer, police")


@dataclass
class Desk:
    """The team at work: whoever acts has a transaction of their own."""

    store: Store
    clock: FixedClock
    staff: dict[Role, Colleague]
    heard: Heard

    def editing(self, unit: Unit, role: Role) -> Editing:
        return Editing(unit, braunstone_alone(), self.staff[role], self.heard)

    async def draft(self, role: Role, slug: str, text: str) -> Draft:
        async with self.store.write() as unit:
            found = await self.editing(unit, role).draft("entry", slug, text)
        assert isinstance(found, Draft)
        return found

    async def publish(
        self, role: Role, draft: Draft, starts: dt.datetime | None = None, ends: dt.datetime | None = None
    ) -> Done | Refusal | Conflict:
        async with self.store.write() as unit:
            editing, found = self.editing(unit, role), await tried(unit, draft)
            return await editing.publish("entry", draft.version_id, found, starts, ends)

    async def submit(self, role: Role, draft: Draft, **times: dt.datetime) -> Done | Refusal | Conflict:
        async with self.store.write() as unit:
            return await self.editing(unit, role).submit("entry", draft.version_id, **times)

    async def approve(self, role: Role, draft: Draft, seen: str = "") -> Done | Refusal | Conflict:
        """To what stands there now, or, with `seen`, to what they have read."""
        async with self.store.write() as unit:
            row = await versions.one(unit, "entry", draft.version_id)
            read = seen or (mark_of(row) if row else "")
            return await self.editing(unit, role).approve("entry", draft.version_id, await tried(unit, draft), read)

    async def read(self, draft: Draft) -> str:
        """The mark of what whoever reads a draft now has read."""
        async with self.store.read() as unit:
            row = await versions.one(unit, "entry", draft.version_id)
        assert row is not None
        return mark_of(row)

    async def live(self, slug: str) -> str | None:
        async with self.store.read() as unit:
            row = await versions.live(unit, "entry", slug)
            return row.text if row else None

    async def revision(self) -> str | None:
        async with self.store.read() as unit:
            return await content.revision(unit)


async def due(unit: Unit, heard: Heard) -> int:
    """What the sweep does, where nothing stands in the way of a danger; how many began or ended."""
    done = 0
    for find, act in ((to_end, end), (to_start, start)):
        for each in await find(unit):
            found = Rehearsal(each.then or "", await content.revision(unit), Replay())
            done += bool(await act(unit, each, found, braunstone_alone(), TEXTS, heard))
    return done


async def tried(unit: Unit, draft: Draft) -> Rehearsal:
    """A rehearsal in which nothing changed."""
    row = await versions.one(unit, "entry", draft.version_id)
    return Rehearsal(row.text if row else "", await content.revision(unit), Replay())


@pytest.fixture
async def desk(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[Desk]:
    async with desk_on(sqlite_files.fresh(), clock) as opened:
        yield opened


@pytest.fixture
async def any_desk(database_url: str, clock: FixedClock) -> AsyncIterator[Desk]:
    """On each kind of database."""
    async with desk_on(database_url, clock) as opened:
        yield opened


@asynccontextmanager
async def desk_on(url: str, clock: FixedClock) -> AsyncIterator[Desk]:
    store = Store(url, throwaway_vault(), clock)
    async with store.write() as unit:
        rows = [{"slug": slug, "text": text, "at": unit.now} for slug, text in SHIPPED.items()]
        await unit.session.execute(insert(EntryVersion), rows)
        await switch.put(unit, switch.REVISION, "1")
        roles: tuple[Role, ...] = ("officer", "editor", "approver", "coordinator")
        staff = {role: await joined(unit, role) for role in roles}
    yield Desk(store, clock, staff, Heard())
    await store.close()


async def joined(unit: Unit, role: Role) -> Colleague:
    return Colleague(id=await team.add(unit, f"Ash {role}", role), name=f"Ash {role}", role=role)


def titled(slug: str, title: str) -> str:
    """The shipped text under another title."""
    head, _, rest = SHIPPED[slug].partition("title: ")
    return f"{head}title: {title}{rest[rest.index(chr(10)) :]}"


async def test_a_general_answer_is_published_at_once_and_everybody_hears(desk: Desk) -> None:
    text = titled(RIGHT, "Ring 101")
    done = await desk.publish("editor", await desk.draft("editor", RIGHT, text))
    assert isinstance(done, Done)
    assert (done.state, await desk.live(RIGHT), await desk.revision()) == ("live", text, "2")
    assert desk.heard == [("draft", f"entry {RIGHT}"), ("publish", f"entry {RIGHT} 2")]


async def test_advice_on_danger_to_life_needs_somebody_else(any_desk: Desk) -> None:
    draft = await any_desk.draft("approver", ALARM, titled(ALARM, "Beeping"))
    assert await any_desk.publish("approver", draft) == Refusal("staff.edit.second-person")
    assert await any_desk.submit("approver", draft) == Done(draft.version_id, "waiting")
    assert await any_desk.approve("approver", draft) == Refusal("staff.edit.not-by-yourself")
    assert await any_desk.approve("editor", draft) == Refusal("staff.edit.not-yours")
    assert await any_desk.live(ALARM) == SHIPPED[ALARM]
    assert await any_desk.approve("coordinator", draft) == Done(draft.version_id, "live")
    assert await any_desk.live(ALARM) == titled(ALARM, "Beeping")


async def test_a_tier_cannot_be_lowered_to_get_round_the_second_person(desk: Desk) -> None:
    lowered = SHIPPED[ALARM].replace("tier: life-safety", "tier: general")
    draft = await desk.draft("editor", ALARM, lowered)
    assert await desk.publish("editor", draft) == Refusal("staff.edit.second-person")


async def test_what_was_agreed_to_is_what_was_sent(desk: Desk) -> None:
    draft = await desk.draft("editor", ALARM, titled(ALARM, "Beeping"))
    await desk.submit("editor", draft)
    again = await desk.draft("editor", ALARM, titled(ALARM, "Something else"))
    assert again.version_id == draft.version_id
    assert await desk.approve("coordinator", draft) == Refusal("staff.edit.gone")


async def test_words_that_were_sent_again_meanwhile_are_not_the_words_agreed_to(any_desk: Desk) -> None:
    draft = await any_desk.draft("editor", ALARM, titled(ALARM, "Beeping"))
    await any_desk.submit("editor", draft)
    seen = await any_desk.read(draft)
    for again, times in (("Something else", {}), ("Beeping", {"ends": any_desk.clock.now() + HOUR})):
        await any_desk.draft("editor", ALARM, titled(ALARM, again))
        await any_desk.submit("editor", draft, **times)
        assert await any_desk.approve("coordinator", draft, seen) == Refusal("staff.edit.changed")
        assert await any_desk.live(ALARM) == SHIPPED[ALARM]
    assert isinstance(await any_desk.approve("coordinator", draft, await any_desk.read(draft)), Done)


@pytest.mark.parametrize(
    "typed", ["checked_on: 2099-01-01\nchecked_by: editor", '"checked_on": 2026-11-01\nchecked_by: me']
)
async def test_nobody_types_in_that_an_answer_was_confirmed(desk: Desk, typed: str) -> None:
    forged = titled(RIGHT, "Mine").replace("checked_on:\nchecked_by:", typed)
    assert forged != titled(RIGHT, "Mine")
    await desk.publish("editor", await desk.draft("editor", RIGHT, forged))
    live = parse_entry(RIGHT, await desk.live(RIGHT) or "")
    assert (live.title, live.signed_off) == ("Mine", False)


async def confirm(desk: Desk, check: Check = CHECKED) -> None:
    """The live answer says that it was confirmed."""
    async with desk.store.write() as unit:
        row = await versions.live(unit, "entry", RIGHT)
        assert row is not None
        await versions.change(unit, "entry", row, text=with_check(row.text, check))


async def take_away(desk: Desk) -> None:
    async with desk.store.write() as unit:
        away = await desk.editing(unit, "editor").retire("entry", RIGHT, "why")
    assert isinstance(away, Draft)
    assert isinstance(await desk.publish("editor", away), Done)


async def test_a_slip_put_right_leaves_the_check_where_it_was(any_desk: Desk) -> None:
    await confirm(any_desk)
    await any_desk.publish("editor", await any_desk.draft("editor", RIGHT, titled(RIGHT, "Lock up")))
    assert check_of(await any_desk.live(RIGHT) or "") == CHECKED


async def test_words_that_come_back_are_confirmed_by_nobody(any_desk: Desk) -> None:
    await confirm(any_desk)
    before = await any_desk.live(RIGHT) or ""
    await take_away(any_desk)
    again = await any_desk.draft("editor", RIGHT, before.replace("title: ", "title: All about "))
    assert isinstance(await any_desk.publish("editor", again), Done)
    assert check_of(await any_desk.live(RIGHT) or "") == Check()


async def test_a_sheet_brings_an_answer_back_that_had_been_confirmed(desk: Desk) -> None:
    await confirm(desk)
    await take_away(desk)
    async with desk.store.write() as unit:
        editor = desk.staff["editor"]
        sheet, who = table_of("entry", {RIGHT: SHIPPED[RIGHT]}), Who(versions.STAFF, editor.id)
        cells = {name: guarded(cell) for name, cell in sheet.rows[0].cells.items()}
        sheet = replace(sheet, rows=(replace(sheet.rows[0], cells=cells),))
        found = await importing.apply(unit, sheet, BRAUNSTONE, who, desk.heard)
        assert found.faults == ()
        row = await versions.draft_of(unit, "entry", RIGHT, editor.id)
    assert row is not None
    assert await desk.submit("editor", Draft(row.id, row.base)) == Done(row.id, "waiting")


async def test_what_an_upgrade_offers_keeps_its_own_check_when_it_is_taken_over(any_desk: Desk) -> None:
    await confirm(any_desk)
    newer = Check(dt.date(2026, 11, 20), "officer, fire")
    text = with_check(titled(RIGHT, "Newer"), newer)
    async with any_desk.store.write() as unit:
        values = {"text": text, "state": "offered", "by": versions.SHIPPED}
        number = await versions.put(unit, "entry", RIGHT, False, values)
        taken = await history.restore(any_desk.editing(unit, "editor"), "entry", number, TEXTS)
    assert isinstance(taken, Draft)
    assert isinstance(await any_desk.publish("editor", taken), Done)
    assert await any_desk.live(RIGHT) == text
    for forged in (titled(RIGHT, "Mine"), text.replace("title: ", "title: My ")):  # other words, the same two lines
        await any_desk.publish("editor", await any_desk.draft("editor", RIGHT, with_check(forged, CHECKED)))
        assert check_of(await any_desk.live(RIGHT) or "") == newer


async def test_a_draft_that_came_by_another_way_with_a_check_of_its_own_is_not_published(desk: Desk) -> None:
    draft = await desk.draft("editor", RIGHT, titled(RIGHT, "Mine"))
    async with desk.store.write() as unit:
        row = await versions.one(unit, "entry", draft.version_id)
        assert row is not None
        await versions.change(unit, "entry", row, text=with_check(row.text, CHECKED))
    for refused in (await desk.submit("editor", draft), await desk.publish("editor", draft)):
        assert isinstance(refused, Refusal)
        assert refused.text_id == "staff.edit.sign-off"
        assert "are not those of the live answer" in TEXTS.say(refused.text_id)


async def test_an_officer_writes_and_sends_but_does_not_publish(desk: Desk) -> None:
    draft = await desk.draft("officer", RIGHT, titled(RIGHT, "Ring 101"))
    assert await desk.publish("officer", draft) == Refusal("staff.edit.not-yours")
    assert await desk.submit("officer", draft) == Done(draft.version_id, "waiting")
    assert isinstance(await desk.publish("editor", draft), Done)


async def test_a_text_that_cannot_be_read_is_kept_and_goes_nowhere(desk: Desk) -> None:
    async with desk.store.write() as unit:
        found = await desk.editing(unit, "editor").draft("entry", RIGHT, "no settings\r\nat all")
    assert isinstance(found, Refusal)
    assert found.text_id == "staff.edit.unreadable"
    assert found.version_id is not None
    async with desk.store.read() as unit:
        row = await versions.one(unit, "entry", found.version_id)
    assert row is not None
    assert row.text == "no settings\nat all"
    refused = await desk.publish("editor", Draft(found.version_id, 1))
    assert isinstance(refused, Refusal)
    assert refused.text_id == "staff.edit.unreadable"


async def test_faults_are_named_and_stop_a_version(desk: Desk) -> None:
    draft = await desk.draft("editor", RIGHT, re.sub(r"(?m)^one_line: .*$", "one_line: " + "a" * 161, SHIPPED[RIGHT]))
    assert any("at most 160" in fault for fault in draft.faults)
    refused = await desk.publish("editor", draft)
    assert isinstance(refused, Refusal)
    assert refused.text_id == "staff.edit.faults"


async def test_whoever_is_slower_sees_both(desk: Desk) -> None:
    slow = await desk.draft("editor", RIGHT, titled(RIGHT, "Slow"))
    await desk.publish("coordinator", await desk.draft("coordinator", RIGHT, titled(RIGHT, "Quick")))
    conflict = await desk.publish("editor", slow)
    assert isinstance(conflict, Conflict)
    assert conflict.who == "Ash coordinator"
    async with desk.store.write() as unit:
        again = await desk.editing(unit, "editor").draft("entry", RIGHT, titled(RIGHT, "Both"), base=conflict.version)
    assert isinstance(again, Draft)
    assert again.version_id == slow.version_id
    assert isinstance(await desk.publish("editor", again), Done)


async def test_only_what_was_tried_out_is_published(desk: Desk) -> None:
    draft = await desk.draft("editor", RIGHT, titled(RIGHT, "Ring 101"))
    async with desk.store.write() as unit:
        good = await tried(unit, draft)
        editing = desk.editing(unit, "editor")
        for stale in (replace(good, text="other"), replace(good, revision="0")):
            assert await editing.publish("entry", draft.version_id, stale) == Refusal("staff.edit.replay-first")


async def test_a_version_for_a_while_begins_and_ends_by_itself(any_desk: Desk) -> None:
    now = any_desk.clock.now()
    draft = await any_desk.draft("editor", RIGHT, titled(RIGHT, "This week"))
    scheduled = await any_desk.publish("editor", draft, starts=now + HOUR, ends=now + 3 * HOUR)
    assert scheduled == Done(draft.version_id, "scheduled")
    found = []
    for hours in (0, 1, 2, 3, 3):
        any_desk.clock.at = now + hours * HOUR
        async with any_desk.store.write() as unit:
            done = await due(unit, any_desk.heard)
        found.append((done, await any_desk.live(RIGHT) == SHIPPED[RIGHT], await any_desk.revision()))
    assert found == [(0, True, "1"), (1, False, "2"), (0, False, "2"), (1, True, "3"), (0, True, "3")]


async def test_a_version_whose_place_was_taken_meanwhile_does_not_start(desk: Desk) -> None:
    now = desk.clock.now()
    later = await desk.draft("editor", RIGHT, titled(RIGHT, "Later"))
    await desk.publish("editor", later, starts=now + HOUR)
    await desk.publish("coordinator", await desk.draft("coordinator", RIGHT, titled(RIGHT, "Now")))
    desk.clock.at = now + HOUR
    async with desk.store.write() as unit:
        assert await due(unit, desk.heard) == 0
        row = await versions.one(unit, "entry", later.version_id)
    assert row is not None
    assert row.state == "draft"
    assert await desk.live(RIGHT) == titled(RIGHT, "Now")


async def test_an_end_before_the_start_is_refused(desk: Desk) -> None:
    now = desk.clock.now()
    draft = await desk.draft("editor", RIGHT, titled(RIGHT, "Never"))
    refused = await desk.publish("editor", draft, starts=now + 2 * HOUR, ends=now + HOUR)
    assert isinstance(refused, Refusal)
    assert refused.text_id == "staff.edit.times"


async def test_history_tells_who_and_how_many_saw_it_and_can_go_back(any_desk: Desk) -> None:
    now = any_desk.clock.now()
    for minute, shown in ((0, RIGHT), (30, f"{CANDLES} {RIGHT}"), (90, RIGHT), (91, f"{RIGHT}-2")):
        async with any_desk.store.write() as unit:
            unit.session.add(Question(text="?", route="answer", shown=shown, at=now + dt.timedelta(minutes=minute)))
    any_desk.clock.at = now + HOUR
    await any_desk.publish("editor", await any_desk.draft("editor", RIGHT, titled(RIGHT, "Ring 101")))
    async with any_desk.store.write() as unit:
        newest, oldest = await history.versions_of(unit, "entry", RIGHT)
        assert (newest.who, newest.state, oldest.who, oldest.state) == ("Ash editor", "live", None, "replaced")
        assert [await history.seen(unit, "entry", one.id) for one in (oldest, newest)] == [2, 1]
        back = await history.restore(any_desk.editing(unit, "editor"), "entry", oldest.id, TEXTS)
    assert isinstance(back, Draft)
    await any_desk.publish("editor", back)
    assert await any_desk.live(RIGHT) == SHIPPED[RIGHT]


def test_a_comparison_holds_every_line_of_both() -> None:
    lines = history.diff("a\nb\nc", "a\nx\nc\nd")
    assert [line.text for line in lines if line.side != "added"] == ["a", "b", "c"]
    assert [line.text for line in lines if line.side != "removed"] == ["a", "x", "c", "d"]


async def test_a_discarded_draft_is_gone_for_good(desk: Desk) -> None:
    draft = await desk.draft("editor", RIGHT, titled(RIGHT, "Never mind"))
    async with desk.store.write() as unit:
        assert await desk.editing(unit, "officer").discard("entry", draft.version_id) == Refusal("staff.edit.not-yours")
        assert isinstance(await desk.editing(unit, "editor").discard("entry", draft.version_id), Done)
    assert await desk.publish("editor", draft) == Refusal("staff.edit.gone")


async def test_a_phrasing_is_added_in_one_tap_by_the_same_rules(desk: Desk) -> None:
    for slug, state in ((RIGHT, "live"), (ALARM, "waiting")):
        async with desk.store.write() as unit:
            text = await text_with(unit, slug, 'who do I "ring"')
            assert text is not None
            rehearsal = Rehearsal(text, await content.revision(unit), Replay())
            phrasings = Phrasings(desk.editing(unit, "editor"), rehearsal, TEXTS)
            assert await phrasings.add_phrasing(slug, 'who do I "ring"', desk.staff["editor"].id) is None
            row = await versions.draft_of(unit, "entry", slug, desk.staff["editor"].id)
            assert (row.state if row else "live") == state
    live = await desk.live(RIGHT)
    assert live is not None
    added = [line for line in history.diff(SHIPPED[RIGHT], live) if line.side != "kept"]
    assert [(line.side, line.text) for line in added] == [("added", '  - "who do I \\"ring\\""')]


async def test_an_upgrade_never_overwrites_what_staff_wrote(any_desk: Desk, tmp_path: Path) -> None:
    nation, place = tmp_path / "nation", tmp_path / "place"
    fresh = {RIGHT: titled(RIGHT, "Newer 101"), CANDLES: titled(CANDLES, "Newer candles"), ALARM: SHIPPED[ALARM]}
    for slug, text in fresh.items():
        path = nation / "entries" / f"{slug}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    ours = titled(RIGHT, "Our own")
    await any_desk.publish("editor", await any_desk.draft("editor", RIGHT, ours))
    async with any_desk.store.write() as unit:
        done = await upgrade_content(unit, place, nation)
        again = await upgrade_content(unit, place, nation)
    assert (done.live, done.offered) == ((CANDLES,), (RIGHT,))
    assert (again.live, again.offered) == ((), ())
    assert await any_desk.live(RIGHT) == ours
    assert await any_desk.live(CANDLES) == fresh[CANDLES]
    async with any_desk.store.read() as unit:
        await content.export(unit, tmp_path / "out-place", tmp_path / "out")
    written = {slug: (tmp_path / "out" / "entries" / f"{slug}.md").read_bytes() for slug in fresh}
    assert written == {slug: text.encode() for slug, text in (fresh | {RIGHT: ours}).items()}


async def test_organisations_are_edited_alike(any_desk: Desk) -> None:
    text = (NATIONAL / "organisations" / f"{HELPER}.yaml").read_text(encoding="utf-8")
    async with any_desk.store.write() as unit:
        await unit.session.execute(insert(OrganisationVersion), [{"slug": HELPER, "text": text, "at": unit.now}])
        editing, changed = (
            any_desk.editing(unit, "editor"),
            f"{text}cost: free\n" if "cost:" not in text else text + "\n",
        )
        draft = await editing.draft("organisation", HELPER, changed)
        assert isinstance(draft, Draft)
        done = await editing.publish("organisation", draft.version_id, Rehearsal(changed, "1", Replay()))
        assert isinstance(done, Done)
        table = OrganisationVersion
        states = await unit.session.execute(select(col(table.state), col(table.text)).order_by(col(table.version)))
        assert [tuple(row) for row in states] == [("replaced", text), ("live", changed)]
