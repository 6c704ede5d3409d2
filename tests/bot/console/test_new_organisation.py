"""A new organisation at the console: its short name, what is wrong with it, and who publishes it."""

from __future__ import annotations

import pytest

from bot.console import organisation_form as form_of
from bot.console.organisation_new import ALL, slug_of
from bot.console.site import Site
from bot.staff import audit
from bot.staff.outcomes import Rehearsal
from bot.store import content
from knowledge.entry import Organisation
from knowledge.replay import Replay
from tests.bot.console.answering import field
from tests.bot.console.desk import Desk
from tests.house import BRAUNSTONE

NEW = "/organisations/new"
FORM = {
    "name": "The Brité Centre's Kitchen", "kind": "community", "area": "Braunstone",
    "what_for": "A hot meal & company.",
    "phone": "0116 496 0123", "hours": "mon-fri 12:00-14:00", "cost": "Free",
}  # fmt: skip
SLUG = "the-brite-centres-kitchen"


@pytest.fixture
async def stocked(place: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The content that ships; nothing is met in another way."""

    async def rehearsed(_site: Site, _slug: str, text: str | None, revision: str | None) -> Rehearsal:
        return Rehearsal(text or "", revision, Replay())

    monkeypatch.setattr(form_of, "rehearsed", rehearsed)
    async with place.store.write() as unit:
        await content.seed(unit, BRAUNSTONE)
    return place


async def known(place: Desk, slug: str = SLUG) -> Organisation | None:
    async with place.store.read() as unit:
        return (await content.library(unit, BRAUNSTONE)).organisations.get(slug)


async def test_an_editor_adds_one_and_it_is_live(stocked: Desk) -> None:
    editor = await stocked.signed_in("editor")
    assert f'href="/staff{NEW}"' in (await editor.see("/organisations")).text
    form = (await editor.see(NEW)).text
    assert all(f'name="{name}"' in form for name in (*ALL, *form_of.FIELDS))
    answer = await editor.send(NEW, **FORM)
    assert answer.headers["location"] == f"/staff/organisations/{SLUG}"
    made = await known(stocked)
    assert made is not None
    assert (made.name, made.kind, made.area, made.phone) == (
        FORM["name"], "community", "Braunstone", "0116 496 0123",
    )  # fmt: skip
    assert made.hours.known
    async with stocked.store.read() as unit:
        assert ("publish", f"organisation {SLUG} 1") in [(one.action, one.about) for one in await audit.entries(unit)]


async def test_whatever_is_wrong_is_said_and_nothing_is_lost(stocked: Desk) -> None:
    editor = await stocked.signed_in("editor")
    wrong = {"kind": "", "area": "", "hours": "mornings", "phone": "ring <b>Kim</b>"}
    answer = await editor.send(NEW, **(FORM | wrong))
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 4
    for kept in (
        f'value="{SLUG}"',
        "ring &lt;b&gt;Kim&lt;/b&gt;",
        ">\nmornings</textarea>",
        "A hot meal &amp; company.",
    ):
        assert kept in answer.text
    nameless = await editor.send(NEW, **(FORM | {"name": "", "id": "Not a name!"}))
    assert "small letters, figures and hyphens" in nameless.text
    assert 'value="Not a name!"' in nameless.text
    assert await known(stocked) is None


@pytest.mark.parametrize("slug", ["the-bridge", "new"])
async def test_a_short_name_that_is_taken_is_said_kindly(stocked: Desk, slug: str) -> None:
    before, editor = await known(stocked, slug), await stocked.signed_in("editor")
    answer = await editor.send(NEW, **(FORM | {"id": slug}))
    assert answer.status_code == 422
    assert "Another organisation has this short name." in answer.text
    assert (f'href="/staff/organisations/{slug}"' in answer.text) is (slug != "new")
    assert 'value="0116 496 0123"' in answer.text
    assert await known(stocked, slug) == before
    assert (await editor.send(NEW, **(FORM | {"id": "kitchen-2"}))).status_code == 303
    assert await known(stocked, "kitchen-2") is not None


async def test_an_officer_suggests_one_and_nobody_takes_its_name(stocked: Desk) -> None:
    officer, editor = await stocked.signed_in("officer"), await stocked.signed_in("editor")
    await officer.send(NEW, **FORM)
    assert await known(stocked) is None
    assert SLUG in (await editor.see("/organisations")).text
    assert "A colleague has suggested" in (await editor.send(NEW, **FORM)).text
    page = await editor.see(f"/organisations/{SLUG}")
    number, seen = page.text.split(f"{SLUG}/suggestions/")[1].split('"')[0], field(page, "seen")
    await editor.send(f"/organisations/{SLUG}/suggestions/{number}", decision="publish", seen=seen)
    assert await known(stocked) is not None


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Age UK", "age-uk"), ("  St. Mary's  Fête ", "st-marys-fete"), ("日本", ""), ("a" * 70, "a" * 55)],
)
def test_a_short_name_is_made_of_the_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug
