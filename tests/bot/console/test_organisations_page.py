"""Organisations in the console: their details, notices, what residents say is wrong, and what colleagues suggest."""

from __future__ import annotations

import asyncio
import re

import pytest
from sqlmodel import col, select

from bot.clock import FixedClock
from bot.console import organisation_form as form_of
from bot.console.app import create_console
from bot.console.site import Console
from bot.knowing import Knowing
from bot.staff import audit, notices, versions
from bot.staff.outcomes import Rehearsal
from bot.store import chats, content, outbox, records
from bot.store.tables import Chat, OrganisationVersion, Outbox
from handlers.turn import ReportDetail, Turn
from knowledge.evaluating.questions import Met
from knowledge.replay import Asked, Difference, Replay
from tests.bot.console.answering import PATIENT, field
from tests.bot.console.desk import Browser, Desk, library
from tests.house import BRAUNSTONE, Scripted

SLUG = "the-bridge"
PATH = f"/organisations/{SLUG}"
FIELD = re.compile(r'<(?:input|textarea)[^>]* name="(\w+)"(?:[^>]* value="([^"]*)")?[^>]*>(?:\n([^<]*)</textarea>)?')


@pytest.fixture
async def stocked(place: Desk) -> Desk:
    """The console over the content that ships."""
    async with place.store.write() as unit:
        await content.seed(unit, BRAUNSTONE)
    return place


async def base_of(browser: Browser) -> str:
    found = re.search(r'name="base" value="(\d+)"', (await browser.see(PATH)).text)
    assert found
    return found[1]


async def live(place: Desk, slug: str = SLUG) -> str:
    async with place.store.read() as unit:
        row = await versions.live(unit, "organisation", slug)
    assert row
    return row.text


async def report(place: Desk, words: str, channel: str = "telegram") -> int:
    """A resident says that something is wrong, and wants to hear of it."""
    async with place.store.write() as unit:
        chat = await chats.lock(unit, Turn(channel=channel, key="1", chat="5", at=unit.now, text="hello"))
        await records.report_detail(unit, chat.id, ReportDetail(organisation=SLUG, words=words, thank=True))
        return (await records.open_reports(unit))[-1].id


async def test_an_editor_puts_details_right_and_no_other_line_changes(stocked: Desk) -> None:
    before, editor = await live(stocked), await stocked.signed_in("editor")
    hours = {"hours": "mon-fri 09:00-16:30", "exceptions": "2026-12-24 09:00-12:00 (Christmas Eve)"}
    form = {"phone": "01632 960123", "bank_holidays": "closed", **hours}
    answer = await editor.send(PATH, base=await base_of(editor), **form)
    assert answer.headers["location"] == f"/staff{PATH}"

    after = await live(stocked)
    assert set(before.splitlines()) < set(after.splitlines())
    page = (await editor.see(PATH)).text
    assert "The details are live." in page
    assert 'value="01632 960123"' in page
    assert "mon-fri 09:00-16:30" in page
    async with stocked.store.read() as unit:
        organisation = (await content.library(unit, BRAUNSTONE)).organisations[SLUG]
        assert await content.revision(unit) == "2"
        assert "publish" in [entry.action for entry in await audit.entries(unit)]
    assert (organisation.phone, organisation.hours.bank_holidays) == ("01632 960123", "closed")
    assert [str(one.date) for one in organisation.hours.exceptions] == ["2026-12-24"]


async def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(stocked: Desk) -> None:
    before, editor = await live(stocked), await stocked.signed_in("editor")
    form = {"name": "", "phone": "ring <b>Kim</b>", "hours": "mornings", "cost": "-£2 & up"}
    answer = await editor.send(PATH, base=await base_of(editor), **form)
    assert answer.status_code == 422
    for words in ("This may not be empty", "There is HTML", "mornings is not a time we can read"):
        assert words.casefold() in answer.text.casefold()
    for kept in ("ring &lt;b&gt;Kim&lt;/b&gt;", ">\nmornings</textarea>", "-£2 &amp; up"):
        assert kept in answer.text
    assert answer.text.count('aria-invalid="true"') == 3
    assert await live(stocked) == before
    assert "live already" in await saved(editor, base=await base_of(editor), cost="Free")


async def saved(browser: Browser, **form: str) -> str:
    """What the next page says."""
    await browser.send(PATH, **form)
    return (await browser.see(PATH)).text


async def test_who_was_slower_sees_both_and_loses_nothing(stocked: Desk) -> None:
    first, second = await stocked.signed_in("editor"), await stocked.signed_in("coordinator")
    base = await base_of(first)
    await first.send(PATH, base=base, phone="01632 960001", cost="Two pounds")
    form = {"phone": "01632 960002", "address": "2 Made-Up Road", "cost": "Free"}
    answer = await second.send(PATH, base=base, **form)
    assert answer.status_code == 422
    assert "Robin Made-Up published version 2" in answer.text
    assert "Live now: 01632 960001" in " ".join(answer.text.split())
    again = {name: value or text for name, value, text in FIELD.findall(answer.text) if name != "csrf"}
    assert (again["phone"], again["address"], again["cost"]) == ("01632 960002", "2 Made-Up Road", "Two pounds")
    assert "The details are live." in await saved(second, **{name: again[name] for name in ("base", *form)})
    assert "960002" in await live(stocked)
    assert "Two pounds" in await live(stocked)


async def test_an_officer_suggests_and_an_editor_publishes(stocked: Desk) -> None:
    officer, editor = await stocked.signed_in("officer"), await stocked.signed_in("editor")
    said = await saved(officer, base=await base_of(officer), phone="01632 960123")
    assert "Somebody who may publish will look at it." in said
    assert "960123" not in await live(stocked)
    assert "Suggested changes: 1." in (await editor.see("/organisations?state=suggestions")).text
    number = re.search(rf"/staff{PATH}/suggestions/(\d+)", (await editor.see(PATH)).text)
    assert number
    assert (await officer.send(f"{PATH}/suggestions/{number[1]}", decision="publish")).status_code == 404
    assert (await editor.send(f"/organisations/age-uk/suggestions/{number[1]}", decision="publish")).status_code == 422
    assert 'value="01632 960123"' in (await editor.see(f"{PATH}?take={number[1]}")).text
    seen = field(await editor.see(PATH), "seen")
    await saved(officer, base=await base_of(officer), phone="01632 960124")
    changed = await editor.send(f"{PATH}/suggestions/{number[1]}", decision="publish", seen=seen)
    assert "It was changed since you read it" in changed.text
    assert "96012" not in await live(stocked)
    await editor.send(f"{PATH}/suggestions/{number[1]}", decision="publish", seen=field(changed, "seen"))
    assert "960124" in await live(stocked)
    assert (await editor.send(f"{PATH}/suggestions/{number[1]}", decision="put-away")).status_code == 422


async def test_a_suggestion_that_nobody_can_read_is_put_away(stocked: Desk) -> None:
    editor = await stocked.signed_in("editor")
    async with stocked.store.write() as unit:
        values = {"text": "name: [", "state": "draft", "by": "import"}
        number = await versions.put(unit, "organisation", "new-one", True, values)
    assert "new-one" in (await editor.see("/organisations")).text
    path = "/organisations/new-one"
    assert "This version cannot be read." in (await editor.see(path)).text
    assert (await editor.send(f"{path}/suggestions/{number}", decision="publish")).status_code == 422
    answer = await editor.send(f"{path}/suggestions/{number}", decision="put-away")
    assert answer.headers["location"] == "/staff/organisations"
    assert (await editor.see(path)).status_code == 404


class Blocking:
    """Rehearsals in which a message of danger would be met in another way."""

    async def rehearse(self, _kind: str, _slug: str, text: str | None) -> Rehearsal:
        before, after = Met("emergency", "certain", ()), Met("unknown", None, ())
        asked = Asked(None, danger="emergency")  # type: ignore[arg-type]
        return Rehearsal(text or "", "1", Replay((Difference(asked, before, after, "worse"),), 1))


async def test_a_name_that_the_search_would_notice_is_tried_out_first(stocked: Desk) -> None:
    before, editor = await live(stocked), await stocked.signed_in("editor")
    answer = await editor.send(PATH, base=await base_of(editor), name="Smoke and Fire")
    assert "This cannot be tried out here now" in answer.text
    knowing = Knowing(Scripted(holding=library()))
    console = Console(stocked.store, knowing, stocked.clock, rehearsals=Blocking())  # type: ignore[arg-type]
    stocked.app.router.routes.pop()
    stocked.app.mount("/staff", create_console(console))
    answer = await editor.send(PATH, base=await base_of(editor), name="Smoke and Fire")
    assert "With this change, 1 messages about danger" in answer.text
    assert 'value="Smoke and Fire"' in answer.text
    assert await live(stocked) == before


class Slow:
    """A trial that goes on until it is told to end, and then finds nothing."""

    def __init__(self) -> None:
        self.go_on, self.tries = asyncio.Event(), 0

    async def rehearse(self, _kind: str, _slug: str, text: str | None) -> Rehearsal:
        self.tries += 1
        await self.go_on.wait()
        return Rehearsal(text or "", "1", Replay())


async def test_a_trial_that_takes_long_goes_on_without_the_page(stocked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form_of, "PATIENCE", 0.01)
    editor, slow, knowing = await stocked.signed_in("editor"), Slow(), Knowing(Scripted(holding=library()))
    console = Console(stocked.store, knowing, stocked.clock, rehearsals=slow)  # type: ignore[arg-type]
    stocked.app.router.routes.pop()
    stocked.app.mount("/staff", create_console(console))
    base = await base_of(editor)
    for _ in range(2):
        answer = await asyncio.wait_for(editor.send(PATH, base=base, name="Smoke and Fire"), PATIENT)
        assert "This is still being tried out" in answer.text
        assert 'value="Smoke and Fire"' in answer.text
    slow.go_on.set()
    await asyncio.sleep(0)
    await editor.send(PATH, base=base, name="Smoke and Fire")
    assert slow.tries == 1
    assert "Smoke and Fire" in await live(stocked)


async def test_a_notice_holds_through_its_last_day(stocked: Desk, clock: FixedClock) -> None:
    officer = await stocked.signed_in("officer")
    refused = await officer.send(f"{PATH}/notices", words="Closed on <b>Friday</b>.", until="2026-11-27")
    assert "Leave out &lt; and &gt;." in refused.text
    assert 'value="Closed on &lt;b&gt;Friday&lt;/b&gt;."' in refused.text
    assert "Say until when" in (await officer.send(f"{PATH}/notices", words="Closed.", until="soon")).text
    await officer.send(f"{PATH}/notices", words="Closed on Friday.", until="2026-11-27")
    async with stocked.store.read() as unit:
        (notice,) = await notices.current(unit)
    assert f"{notice.until:%Y-%m-%d %H:%M}" == "2026-11-28 00:00"
    assert "Closed on Friday." in (await officer.see(PATH)).text
    assert "Notices: 1." in (await officer.see("/organisations?state=notices")).text
    await officer.send(f"{PATH}/notices/{notice.id}")
    assert "The notice is taken down." in (page := (await officer.see(PATH)).text)
    assert "Closed on Friday." not in page


async def test_a_report_is_read_put_right_and_thanked_for(stocked: Desk) -> None:
    number = await report(stocked, "They moved to <Mill Street>.")
    officer = await stocked.signed_in("officer")
    assert "Reports: 1." in (listed := (await officer.see("/organisations?state=reports")).text)
    assert "Mill" not in listed
    assert "They moved to &lt;Mill Street&gt;." in (await officer.see(PATH)).text
    await officer.send(f"/organisations/age-uk/reports/{number}")
    assert "They moved" in (await officer.see(PATH)).text
    await officer.send(f"{PATH}/reports/{number}")
    assert "whoever sent it is thanked" in (page := (await officer.see(PATH)).text)
    assert "They moved" not in page
    async with stocked.store.read() as unit:
        queued = (await unit.session.execute(select(Outbox).join(Chat))).scalars().all()
        words = [unit.vault.open(outbox.COLUMN, row.payload) for row in queued if row.payload]
        done = [(entry.action, entry.about) for entry in await audit.entries(unit)]
    assert len(words) == 1
    assert library().organisations[SLUG].name in words[0]
    assert done[:2] == [("put right", f"report {number} {SLUG}"), ("read reports", f"organisation {SLUG}")]


async def test_the_list_is_narrowed_by_words_and_area(stocked: Desk) -> None:
    browser = await stocked.signed_in()
    found = (await browser.see("/organisations?q=BRIDGE&area=Leicester")).text
    assert "Organisations here: 1." in found
    assert SLUG in found
    assert "Organisations here: 0." in (await browser.see("/organisations?q=bridge&area=Braunstone")).text
    for path in ("/organisations/no-such", "/organisations/NO%20SUCH"):
        assert "There is no such organisation." in (await browser.see(path)).text


async def test_every_organisation_that_ships_fills_its_form(stocked: Desk) -> None:
    async with stocked.store.read() as unit:
        rows = await unit.session.execute(select(OrganisationVersion).where(col(OrganisationVersion.state) == "live"))
        texts = {row.slug: row.text for row in rows.scalars()}
    changed = []
    for slug, text in texts.items():
        cells = form_of.cells_of(slug, text)
        plan = form_of.planned(
            slug, text, {name: cell.replace("\n", "\r\n") for name, cell in cells.items()}, library()
        )
        changed += [slug] if plan.faults or plan.news else []
    assert len(texts) > 50
    assert changed == []
