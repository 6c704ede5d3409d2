"""A place is a folder: what holds of any place, in Braunstone and in Larkmoor, which is made up.

The stories that are played at each channel are played in Larkmoor too (conftest.py here).
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import httpx
import pytest

from bot.channels import terminal
from bot.channels.terminal import words
from bot.channels.web.app import create_app
from bot.clock import FixedClock
from bot.knowing import Knowing, Snapshot
from bot.serving import web_of
from bot.staff.campaigns_rules import Written, faults
from bot.wiring import House
from handlers import answer, contacts, router, safety
from handlers.answer import first_message, more_message
from handlers.campaigns import Letter, letter
from handlers.catalogue import Texts
from handlers.ports import Nobody, Ports
from handlers.turn import Outcome, Session
from knowledge.check import check
from knowledge.golden import golden_dangers, golden_phrasings
from knowledge.library import NATIONAL, Library, entry_files, entry_id, organisation_files
from knowledge.new_place import TEMPLATE, make
from knowledge.prose import words_of
from knowledge.safety import KINDS, Verdict
from tests.databases import SqliteFiles
from tests.house import LARKMOOR, braunstone, house, larkmoor
from tests.stories.player import AtTheTerminal
from tests.stories.test_visits import fill_in
from tests.team import open_diary

PLACES = {"braunstone": braunstone, "larkmoor": larkmoor}
ELSEWHERE = re.compile(
    r"leicester|braunstone|\bLE\d|0116|0300 123 0|leics|hinckley|loughborough|rutland|narborough|freeva|brite", re.I
)
"""What nobody in Norfolk should read."""
DRAMA = re.compile(r"01632 960\d{3}|0808 157 0\d{3}|020 7946 0\d{3}|999|101|111")
PHRASINGS, DANGERS = 160, 50


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Snapshot:
    """Each place in turn."""
    found: Snapshot = PLACES[request.param]()
    return found


def ports_of(snapshot: Snapshot) -> Ports:
    return Knowing(snapshot, "https://ask.example").ports(Nobody(), FixedClock().now(), "en", None)


async def said(snapshot: Snapshot, text: str) -> Outcome:
    """What comes of a message in a fresh conversation."""
    turn = terminal.parse(text, "a-person", "1", FixedClock().now())
    return await router.handle(turn, snapshot.understand(turn), Session(), ports_of(snapshot))


def spread(found: list[str], count: int) -> list[str]:
    """So many of them, from all over the list."""
    return found[:: max(1, len(found) // count)][:count]


def nations(library: Library) -> frozenset[str]:
    """The answers that are the nation's in this place."""
    own = {entry_id(path) for folder in (LARKMOOR, LARKMOOR.parent / "braunstone") for path in entry_files(folder)}
    return frozenset(library.entries) - own


async def test_the_same_question_gets_the_same_answer_and_nothing_of_another_county() -> None:
    there = larkmoor()
    known = nations(there.holding)
    asked = [(one.text, one.expected) for one in golden_phrasings(there.holding) if one.expected <= known]
    wrong, met = [], 0
    for text in spread([text for text, _ in asked], PHRASINGS):
        done = await said(there, text)
        shown = {*done.trace.answered, *done.trace.offered}
        met += bool(dict(asked)[text] & shown) or done.trace.route in ("emergency", "crisis", "abuse")
        wrong += [f"{text}: {found[0]}" for found in [ELSEWHERE.search(words(done.replies))] if found]
    assert wrong == []
    assert met >= PHRASINGS * 0.98


async def test_danger_is_met_alike_wherever_one_lives() -> None:
    told = spread([one.text for one in golden_dangers()], DANGERS)
    wrong: list[str] = []
    for text in told:
        here, there = await said(braunstone(), text), await said(larkmoor(), text)
        first = [words(done.replies).partition("\n")[0] for done in (here, there)]
        if here.trace.route != there.trace.route or first[0] != first[1] or ELSEWHERE.search(words(there.replies)):
            wrong.append(text)
    assert wrong == []


def everything_said(ports: Ports) -> Iterator[str]:
    """Every answer, with all that stands behind More but where the facts were read, and every message of danger."""
    for entry in ports.library.entries.values():
        read_where = answer.sources(ports, entry)
        yield words((first_message(ports, entry),))
        yield words_of(tuple(block for block in more_message(ports, entry).blocks if block not in read_where))
    for route, kind in itertools.product(("emergency", "crisis", "abuse"), KINDS):
        verdict = Verdict.model_validate({"route": route, "tier": "certain", "kind": kind})
        yield words_of(safety.blocks(Texts(), verdict, ports.library))
    for organisation in ports.library.organisations.values():
        yield words_of(contacts.full_contact(ports, organisation))
    yield words_of(contacts.fallback_numbers(ports))


def test_no_page_of_larkmoor_tells_of_another_county() -> None:
    texts = list(everything_said(ports_of(larkmoor())))
    assert len(texts) > 300
    assert [found[0] for text in texts if (found := ELSEWHERE.search(text))] == []
    here = "\n".join(everything_said(ports_of(braunstone())))
    assert len(ELSEWHERE.findall(here)) > 100, "else the pattern finds nothing anywhere"


def test_national_numbers_are_the_same_everywhere() -> None:
    here, there = braunstone().holding.organisations, larkmoor().holding.organisations
    nations = [path.stem for path in organisation_files(NATIONAL)]
    assert {"nhs-111", "samaritans", "childline"} <= set(nations)
    assert [id_ for id_ in nations if here[id_] != there[id_]] == []


def test_who_is_made_up_says_so_and_has_a_number_that_reaches_nobody() -> None:
    library = larkmoor().holding
    own = [library.organisations[path.stem] for path in organisation_files(LARKMOOR)]
    assert len(own) >= 12
    assert [one.id for one in own if "(made up)" not in one.name] == []
    assert [one.id for one in own if one.phone and not DRAMA.fullmatch(one.phone)] == []
    assert [one.id for one in own if not (one.website or "").endswith(".example.org")] == []


def test_every_role_that_national_advice_names_is_held(place: Snapshot) -> None:
    assert len(roles_used()) > 20
    assert roles_used() <= set(place.holding.place.roles)


@cache
def roles_used() -> frozenset[str]:
    heads = (path.read_text(encoding="utf-8").split("---\n")[1] for path in entry_files(NATIONAL))
    return frozenset(role for head in heads for role in re.findall(r'"@([a-z-]+)"', head))


def test_the_folder_has_no_fault_and_not_even_a_warning() -> None:
    assert [str(fault) for fault in check(LARKMOOR)] == []


@pytest.fixture
async def built(place: Snapshot, sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    async with house(sqlite_files.fresh(), clock, place, "https://ask.example") as found:
        yield found


async def test_pages_chat_and_feed_are_those_of_the_place(built: House) -> None:
    place = built.knowing.library().place
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(web_of(built))), base_url="http://testserver"
    ) as client:
        pages = [(await client.get(path)).text for path in ("/", "/answers/fire-safety/smoke-alarm-beeping")]
        feed = (await client.get("/open-referral/services?per_page=5")).json()
    assert all(place.partnership in page for page in pages)
    assert [("is a made-up place" in page) for page in pages] == [place.made_up] * 2
    assert feed["contents"]
    if place.made_up:
        assert not any(ELSEWHERE.search(page) for page in pages[:1])


async def test_a_greeting_says_that_a_place_is_made_up(built: House) -> None:
    place = built.knowing.library().place
    screen = await AtTheTerminal(built).say("hello")
    assert place.name in screen
    assert ("is a made-up place" in screen) is place.made_up


async def test_a_visit_is_booked_in_any_place(built: House) -> None:
    await open_diary(built.store)
    served = built.knowing.library().place.postcodes_served[0]
    screen = await fill_in(AtTheTerminal(built), postcode=f"{served} 1AA")
    assert f"{served} 1AA" in screen
    assert "Is all of this right?" in screen


async def test_the_home_check_is_asked_in_any_place(built: House) -> None:
    """To its end, with the tips and the scoring of that place, and what was skipped is named."""
    person, topics = AtTheTerminal(built), built.knowing.library().check_topics
    screen = await person.say("/check")
    assert f"1 of {len(topics)}: {topics[0].title}" in screen
    screen = await person.tap("4. No smoke alarm that works")
    for _ in topics[2:]:
        screen = await person.say("skip")
    screen = await person.tap(f"1. {topics[-1].answers[0].label}")
    assert "Smoke alarms: Get a smoke alarm for every floor of your home." in screen
    assert f"You skipped: {'; '.join(topic.title for topic in topics[1:-1])}." in screen
    assert not built.knowing.library().place.made_up or not ELSEWHERE.search("\n".join(screen.texts))


async def test_whoever_was_helped_is_asked_what_else_they_would_have_done_in_any_place(built: House) -> None:
    person = AtTheTerminal(built)
    await person.say("my smoke alarm keeps beeping")
    screen = await person.tap("That helped")
    assert "What would you have done without this?" in screen
    assert "Thank you." in await person.tap("Rung 101")


def test_a_campaign_may_be_sent_in_any_place(place: Snapshot) -> None:
    """About a topic and for an area of the place, with an answer of its own behind the button."""
    library, now = place.holding, FixedClock().now()
    areas, entry = (library.place.areas[0].name,), "fire-safety/bonfires-and-fireworks"
    written = Written("Bonfire night", "fireworks", areas, "Keep pets in.", entry, None, now + dt.timedelta(days=3))
    assert faults(written, library, now) == ()
    assert [one.text_id for one in faults(replace(written, areas=("Atlantis",)), library, now)] == [
        "staff.campaign.area"
    ]
    sent = letter(Texts(), library, Letter(id=1, topic="fireworks", text=written.text, entry=entry))
    assert library.entry(entry).title in [button.label for row in sent.buttons for button in row]
    assert not library.place.made_up or not ELSEWHERE.search(words((sent,)))


def test_a_fresh_place_has_no_fault_and_a_line_for_every_role(tmp_path: Path) -> None:
    folder = tmp_path / "castle-ward"
    make(folder, "Castle Ward")
    assert [str(fault) for fault in check(folder) if not fault.warning] == []
    template = (TEMPLATE / "place.toml.in").read_text(encoding="utf-8")
    assert sorted(role for role in roles_used() if not re.search(rf"^(# )?{role} = ", template, re.M)) == []
