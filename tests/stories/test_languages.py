"""Stories of people who write in another language than English, at every channel."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest

from bot.channels import terminal
from bot.cli.ask import show
from bot.clock import FixedClock
from bot.wiring import House
from handlers.catalogue import Texts
from handlers.ports import Decision
from handlers.turn import Trace
from tests.databases import SqliteFiles
from tests.house import Scripted, house
from tests.stories.player import AtTheTerminal, Player

FIRE = "Get out, stay out, and ring 999."
KNOWN = "mujhe interpreter chahiye"
SEARCH = Scripted(
    {
        KNOWN: Decision(route="answer", answered=("right-service/interpreter-and-language-help",), score=0.9),
        "mój dziecka rower": Decision(route="answer", answered=("vehicle-security/bicycles",), score=0.36),
        "visit book karna hai": Decision(route="action", action="visit.book", score=0.8),
        "dziękuję bardzo": Decision(route="smalltalk", action="thanks", score=0.9),
    }
)


@pytest.fixture
async def scripted(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    """A bot whose search knows four messages."""
    async with house(sqlite_files.fresh(), clock, SEARCH) as built:
        yield built


@pytest.fixture
async def away(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    """A bot whose database is gone."""
    url = sqlite_files.fresh()
    path = url.removeprefix("sqlite:///")
    async with house(url, clock) as built:
        os.rename(path, f"{path}.away")
        os.mkdir(path)
        yield built


async def trace(built: House, text: str) -> Trace:
    """What a fresh conversation makes of a message."""
    taken = await built.conversation.take(terminal.parse(text, text, f"{text}:0", built.clock.now()))
    assert taken.outcome is not None
    return taken.outcome.trace


async def test_a_fire_told_in_polish(person: Player) -> None:
    screen = await person.say("mój dom się pali")
    assert screen.first_line == FIRE
    assert "Proszę wyjść na zewnątrz, nie wracać i zadzwonić pod 999." in screen
    assert Texts("pl").say("language.unchecked") in screen
    assert "To nie jest nagły wypadek" in screen.buttons


async def test_when_unsure_the_question_and_its_answer_are_polish_too(person: Player) -> None:
    screen = await person.say("pozar")
    assert "999" in screen.first_line
    assert "Czy komuś grozi teraz niebezpieczeństwo?" in screen
    screen = await person.say("tak")
    assert screen.first_line == FIRE


async def test_no_in_polish_leads_to_the_polish_menu(person: Player) -> None:
    await person.say("pozar")
    screen = await person.say("nie, nikomu")
    assert Texts("pl").say("menu.say") in screen
    assert "English" in screen.buttons


async def test_a_danger_without_its_own_translation_gets_the_general_one(person: Player) -> None:
    screen = await person.say("dziecko tonie")
    assert "999" in screen.first_line
    assert "Proszę natychmiast zadzwonić pod 999." in screen


async def test_thinking_of_suicide_in_urdu(person: Player) -> None:
    screen = await person.say("میں مرنا چاہتا ہوں")
    assert "116 123" in screen.first_line
    assert "آپ ابھی کسی سے بات کر سکتے ہیں" in screen
    assert "جی ہاں، محفوظ ہے" in screen.buttons


@pytest.mark.parametrize("words", ["કેમ છો", "kem cho"])
async def test_a_gujarati_greeting_and_back_to_english(person: Player, words: str) -> None:
    screen = await person.say(words)
    assert screen.first_line.startswith("કેમ છો?")
    assert Texts("gu").say("language.answers") in screen
    assert Texts("gu").say("language.unchecked") in screen
    screen = await person.tap("English")
    assert "English it is." in screen
    screen = await person.say("/start")
    assert screen.first_line.startswith("Hello.")
    assert "English" not in screen.buttons


async def test_a_call_for_help_in_somali_is_remembered(person: Player) -> None:
    screen = await person.say("caawimaad baan u baahanahay")
    assert Texts("so").say("menu.say").split(".")[0] in screen
    assert "999" in screen
    screen = await person.say("/help")
    assert "/visit: booqasho" in screen, "the chat stays in Somali"


async def test_english_with_loan_words_stays_english(person: Player) -> None:
    screen = await person.say("salaam brother, my smoke alarm wont stop chirping")
    assert "battery" in screen
    assert "English" not in screen.buttons


async def test_an_open_form_hears_their_words(person: Player) -> None:
    await person.say("my smoke alarm wont stop chirping")
    await person.tap("A detail is wrong?")
    await person.say("1")
    screen = await person.say("ten numer nie działa, proszę sprawdzić")
    assert "The team will check it" in screen


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("cześć", "greet"),
        ("dzień dobry, potrzebuję pomocy", "menu"),
        ("gdzie jest lekarz rodzinny", "language"),
        ("madad", "language"),
        ("mój dziecka rower", "language"),
    ],
)
async def test_what_is_done_is_named(scripted: House, text: str, action: str) -> None:
    done = await trace(scripted, text)
    assert (done.route, done.action) == ("action", action)


async def test_what_could_be_several_languages_gets_the_list_of_them(scripted: House) -> None:
    screen = await AtTheTerminal(scripted).say("madad")
    assert {"ગુજરાતી", "ਪੰਜਾਬੀ", "اردو", "English"} <= set(screen.buttons)


async def test_what_the_search_is_sure_of_is_done(scripted: House) -> None:
    assert (await trace(scripted, KNOWN)).answered == ("right-service/interpreter-and-language-help",)
    assert (await trace(scripted, "visit book karna hai")).action == "visit.book"
    assert (await trace(scripted, "dziękuję bardzo")).action == "thanks"


async def test_with_the_database_away_the_translation_still_comes(
    away: House, capsys: pytest.CaptureFixture[str]
) -> None:
    await show(away, "1", "mój dom się pali", ())
    printed = capsys.readouterr().out
    assert printed.strip().startswith(FIRE)
    assert "zadzwonić pod 999" in printed
