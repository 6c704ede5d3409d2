"""Posters: a code is made, somebody starts with it, it is counted; and the sheet that is printed."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import httpx
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.app import create_app
from bot.clock import FixedClock
from bot.posters import pdf
from bot.posters.sheets import MILLIMETRES, QUIET, Card, Kind, NoDoor, Sheet, doors_of, logos_of, qr_svg, sheet
from bot.serving import web_of
from bot.staff import posters
from bot.staff.outcomes import Refusal
from bot.store.reach_tables import Campaign, SourceCode
from bot.store.unit import Unit
from bot.wiring import House
from handlers import catalogue
from knowledge.entry import Hours
from knowledge.library import load
from knowledge.place import People, Place
from knowledge.visits.names import ALPHABET, parse_reference
from tests.bot.channels.web.html import Page
from tests.bot.test_commands import Bot, bot, database  # noqa: F401  fixtures
from tests.house import BRAUNSTONE, LARKMOOR, house
from tests.stories.player import AtTheTerminal, on_telegram, on_the_web

PLACE = load(BRAUNSTONE).place
FIREWORKS = "fire-safety/bonfires-and-fireworks"
DOORS = doors_of("C7M4Q", "https://ask.example/", "https://t.me/a_made_up_bot")
CARD = Card("C7M4Q", "A made-up shop")


@pytest.fixture
async def built(database_url: str, clock: FixedClock) -> AsyncIterator[House]:
    async with house(database_url, clock) as found:
        yield found


async def made(unit: Unit, label: str = "A made-up shop", campaign: int | None = None) -> str:
    code = await posters.make(unit, label, "Braunstone", campaign, Random(label).randbytes)
    assert isinstance(code, SourceCode)
    return code.code


async def a_campaign(unit: Unit, state: str) -> int:
    campaign = Campaign(
        name="Fireworks", topic="fire-safety", text="Keep back.", entry=FIREWORKS, state=state,
        starts=unit.now - dt.timedelta(days=1), ends=unit.now + dt.timedelta(days=1), made_at=unit.now,
        changed_at=unit.now,
    )  # fmt: skip
    unit.session.add(campaign)
    await unit.session.flush()
    return campaign.id


async def counted(built: House) -> dict[str, dict[str, int]]:
    async with built.store.read() as unit:
        return await posters._counts(unit)


async def test_whoever_follows_a_poster_is_greeted_and_counted_on_each_channel(built: House, clock: FixedClock) -> None:
    async with built.store.write() as unit:
        code = await made(unit)
    async with on_telegram(built) as ann, on_the_web(built) as browser:
        assert "Hello." in (await ann.say(f"/start {code}")).first_line
        await ann.say(f"/start {code.lower()}")
        clock.move(days=1)
        await ann.say(f"/start {code}")
        page = await browser.client.get(f"/?from={code}")
        browser.fields = Page(page.text).fields
        await browser.say("my smoke alarm is beeping")
        await browser.say("how do I test it")
    assert await counted(built) == {code: {"telegram": 3, "web": 1}}


async def test_a_code_that_nobody_made_or_that_was_ended_sets_nothing(built: House) -> None:
    async with built.store.write() as unit:
        code = await made(unit)
        assert await posters.end(unit, code) == "A made-up shop"
        assert await posters.end(unit, code) is None
    person = AtTheTerminal(built)
    for said in (code, "leaflet-7", "x' OR 1=1", "x" * 65):
        assert "Hello." in (await person.say(f"/start {said}")).first_line
    assert await counted(built) == {}
    async with built.store.read() as unit:
        assert await posters.find(unit, code) is None


async def test_after_a_crisis_message_nothing_is_counted(built: House) -> None:
    async with built.store.write() as unit:
        code = await made(unit)
    person = AtTheTerminal(built)
    await person.say("I want to kill myself")
    await person.say(f"/start {code}")
    assert await counted(built) == {}


@pytest.mark.parametrize(("state", "greets"), [("sending", True), ("stopped", False), ("draft", False)])
async def test_a_live_campaigns_code_greets_with_its_answer(built: House, state: str, greets: bool) -> None:
    async with built.store.write() as unit:
        code = await made(unit, campaign=await a_campaign(unit, state))
    screen = await AtTheTerminal(built).say(f"/start {code}")
    assert "Hello." in screen.first_line
    assert ("That helped" in screen.buttons) is greets
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(web_of(built))), base_url="http://testserver"
    ) as client:
        title = built.knowing.library().entries[FIREWORKS].title
        assert (title in (await client.get(f"/?from={code}")).text) is greets


async def test_few_are_not_shown_and_cannot_be_found_by_subtracting(built: House) -> None:
    async with built.store.write() as unit:
        code, quiet = await made(unit), await made(unit, "Another made-up shop")
    person = AtTheTerminal(built)
    for said in (*[code] * 6, quiet):
        await person.say(f"/start {said}")
    async with built.store.read() as unit:
        shown = {one.code: (one.opened, one.telegram, one.web) for one in await posters.listed(unit)}
    assert shown == {code: (6, None, None), quiet: (None, None, None)}


async def test_a_code_needs_a_label_and_a_campaign_that_there_is(built: House) -> None:
    async with built.store.write() as unit:
        assert isinstance(await posters.make(unit, "  ", "", None, Random(1).randbytes), Refusal)
        assert isinstance(await posters.make(unit, "A shop", "", 999, Random(1).randbytes), Refusal)


@given(st.binary(min_size=16, max_size=16))
def test_a_code_is_easy_to_read_and_is_never_the_reference_of_a_visit(drawn: bytes) -> None:
    code = posters.new_code(lambda _number: drawn)
    assert len(code) == posters.LENGTH
    assert set(code) <= set(ALPHABET)
    assert not set(code) & set("01OIL")
    assert parse_reference(code) is None


def matrix_in(svg: str) -> list[list[bool]]:
    """The dark modules of a picture, its quiet zone with them."""
    root = ElementTree.fromstring(svg)  # noqa: S314  our own
    wide = int(root.attrib["width"])
    dark = [[False] * wide for _ in range(wide)]
    path = next(element for element in root.iter() if element.tag.endswith("path")).attrib["d"]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        found = [float(number) for number in numbers.split()]
        if command == "h":
            for at in range(int(x), int(x + found[0])):
                dark[int(y)][at] = True
            x += found[0]
        else:
            x, y = (found[0], found[1]) if command == "M" else (x + found[0], y + found[1])
    return dark


@pytest.mark.parametrize(("door", "address"), DOORS)
def test_the_picture_is_the_code_of_the_address_in_white(door: str, address: str) -> None:
    wanted = segno.make(address, error="q", micro=False, boost_error=False)
    assert wanted.error == "Q"
    assert matrix_in(qr_svg(address)) == [[bool(m) for m in row] for row in wanted.matrix_iter(border=QUIET)]
    assert address.endswith("=C7M4Q"), door


@pytest.mark.parametrize("kind", ["poster", "leaflet"])
@pytest.mark.parametrize("count", [1, 2])
def test_a_code_without_its_white_is_at_least_three_centimetres(kind: Kind, count: int) -> None:
    link = sheet(PLACE, kind, CARD, DOORS[:count]).links[0]
    modules = len(matrix_in(link.qr))
    assert link.millimetres in MILLIMETRES[kind]
    assert link.millimetres * (modules - 2 * QUIET) / modules >= 30


def said_on(sheet: Sheet) -> str:
    return " ".join(str(value) for value in sheet.facts().values())


@pytest.mark.parametrize("place", [PLACE, load(LARKMOOR).place], ids=["braunstone", "larkmoor"])
def test_what_stands_on_a_sheet(place: Place) -> None:
    """The code and not where it hangs: that is the team's own note."""
    poster = sheet(place, "poster", CARD, DOORS)
    words = said_on(poster)
    for wanted in ("999", place.partnership, "ask.example/?from=C7M4Q", "who you are. C7M4Q"):
        assert wanted in words
    assert "A made-up shop" not in words
    assert ("made-up place" in poster.made_up) is place.made_up
    assert poster.no_smartphone == "No smartphone? On any computer, go to ask.example"


def test_whoever_has_no_smartphone_finds_the_number_of_the_team_where_there_is_one() -> None:
    team = People(answered_by="the made-up team", hours=Hours(), phone="01632 960001")
    poster = sheet(PLACE.model_copy(update={"people": team}), "poster", CARD, DOORS)
    assert poster.no_smartphone == "No smartphone? Ring the made-up team on 01632 960001."
    assert sheet(PLACE, "poster", CARD, DOORS[1:]).no_smartphone == "", "nothing but Telegram to offer"


def test_no_language_is_promised_that_nobody_has_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The file of a language says who did, in its second line; then it is named, each in the same way."""
    by_somebody = {"pl", "gu"}
    for path in catalogue.FOLDER.glob("*.po"):
        words = path.read_text(encoding="utf-8")
        if path.stem in by_somebody:
            words = re.sub(r"(?m)^# Checked by a speaker: .*$", "# Checked by a speaker: A. Made-Up, 2026", words)
        (tmp_path / path.name).write_text(words, encoding="utf-8")
    assert catalogue.checked_languages() == ()
    assert sheet(PLACE, "poster", CARD, DOORS).languages == ""
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    assert "also come in Gujarati, Polish." in sheet(PLACE, "poster", CARD, DOORS).languages
    monkeypatch.setattr("bot.posters.sheets.checked_languages", lambda: catalogue.languages()[1:])
    assert sheet(PLACE, "poster", CARD, DOORS).languages.isascii(), "each has an English name"


def test_logos_of_partners_are_printed_and_read_aloud(tmp_path: Path) -> None:
    (tmp_path / "logos").mkdir()
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    for name in ("2-made-up-council.svg", "1-made-up-charity.svg", "notes.txt"):
        (tmp_path / "logos" / name).write_text(square, encoding="utf-8")
    logos = logos_of(tmp_path)
    assert [one.alt for one in logos] == ["made up charity", "made up council"]
    assert logos_of(tmp_path / "elsewhere") == logos_of(None) == ()
    made = pdf.printed(sheet(PLACE, "poster", CARD, DOORS, logos))
    assert made != pdf.printed(sheet(PLACE, "poster", CARD, DOORS))
    assert len(re.findall(rb"/S\s*/Figure", made)) == len(DOORS) + len(logos)


def test_what_a_campaign_and_a_made_up_place_say() -> None:
    about = sheet(PLACE, "poster", Card("C7M4Q", "A made-up shop", "Bonfires"), DOORS)
    assert about.headline == "Bonfires"
    made_up = sheet(PLACE.model_copy(update={"made_up": True}), "poster", CARD, DOORS)
    assert "made-up place" in made_up.made_up
    with pytest.raises(NoDoor):
        sheet(PLACE, "poster", CARD, doors_of("C7M4Q", None, None))


@pytest.mark.parametrize("kind", ["poster", "leaflet"])
def test_the_pdf_is_one_tagged_page_and_the_same_each_time(kind: Kind) -> None:
    first = pdf.printed(sheet(PLACE, kind, CARD, DOORS))
    assert first.startswith(b"%PDF-1.")
    assert b"/MarkInfo" in first
    assert re.search(rb"pdfuaid:part(>|=\")1", first)
    assert b"/S/Figure" in first.replace(b" ", b"")
    assert len(re.findall(rb"/Type\s*/Page\b", first)) == 1
    assert pdf.printed(sheet(PLACE, kind, CARD, DOORS)) == first


def test_commands_make_print_and_list(
    bot: Bot,  # noqa: F811
    database: dict[str, str],  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = bot("posters", "make", "A", "made-up", "shop", "--area", "Braunstone")
    code = done.out.partition(".")[0]
    out = tmp_path / "leaflet.pdf"
    assert "BOT_PUBLIC_URL" in bot("posters", "pdf", code, str(out)).err
    written = bot("posters", "pdf", code, str(out), "--leaflet", BOT_PUBLIC_URL="https://ask.example")
    assert (written.code, f"https://ask.example/?from={code}" in written.out) == (0, True)
    assert out.read_bytes().startswith(b"%PDF")
    assert bot("posters", "list").out.strip() == f"{code}: A made-up shop, Braunstone, followed: fewer than 5"
    assert "The areas are" in bot("posters", "make", "A shop", "--area", "Atlantis").err
    assert "no such code" in bot("posters", "pdf", "XXXXX", str(out)).err

    monkeypatch.setitem(sys.modules, "typst", None)
    assert "braunstone-blues[report]" in bot("posters", "pdf", code, str(out)).err
