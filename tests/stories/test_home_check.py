"""Stories of the two-minute home check: in every channel."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.store import chats
from bot.store.reach_tables import CheckCount
from bot.store.tables import Chat
from bot.wiring import House
from handlers.ports import Decision
from handlers.turn import Session
from knowledge.home_check import Answer
from knowledge.home_check_code import written
from tests.databases import SqliteFiles
from tests.house import Scripted, braunstone, house
from tests.stories.player import AtTheTerminal, OnTheWeb, Player, Screen, on_telegram, on_the_web
from tests.team import open_diary

URL = "https://stay-safe.example"
TOPICS = braunstone().holding.check_topics
CANDLES = "fire-safety/candles"


@pytest.fixture
async def built(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    """The bot of a place whose team has working hours; it knows one question besides."""
    search = Scripted({"are candles safe": Decision(route="answer", answered=(CANDLES,))})
    async with house(sqlite_files.fresh(), clock, search, URL) as made:
        await open_diary(made.store)
        yield made


@pytest.fixture(params=["terminal", "web", "telegram"])
async def person(request: pytest.FixtureRequest, built: House) -> AsyncIterator[Player]:
    """Somebody at each channel in turn."""
    if request.param == "terminal":
        yield AtTheTerminal(built)
    elif request.param == "web":
        async with on_the_web(built) as player:
            yield player
    else:
        async with on_telegram(built) as sender:
            yield sender


@pytest.fixture
def alone(built: House) -> AtTheTerminal:
    """Somebody at the terminal, where the channel does not matter."""
    return AtTheTerminal(built)


async def counts(built: House) -> dict[tuple[str, str], int]:
    async with built.store.read() as unit:
        rows = (await unit.session.execute(select(CheckCount))).scalars().all()
    return {(row.topic, row.answer): row.turns for row in rows}


async def session_of(built: House) -> Session:
    async with built.store.read() as unit:
        (sealed,) = (await unit.session.execute(select(col(Chat.session)))).scalars()
        return chats.read_session(unit, sealed)


async def all_of_it(person: Player, **answers: str) -> Screen:
    """From the first question to the result: what is named by its topic (with _ for -), else the first answer."""
    screen = await person.say("/check")
    for topic in TOPICS:
        ids = [answer.id for answer in topic.answers]
        screen = await person.say(str(ids.index(answers.get(topic.id.replace("-", "_"), ids[0])) + 1))
    return screen


async def test_two_minutes_to_a_result_with_a_tip_after_every_answer(person: Player, built: House) -> None:
    screen = await person.say("home check")
    assert "1 of 9: Smoke alarms" in screen
    screen = await person.tap("4. No smoke alarm that works")
    assert "Tip: Have at least one smoke alarm on every floor of your home." in screen
    assert "2 of 9: Cooking" in screen
    assert "Stop for now" in screen.buttons
    for topic in TOPICS[1:]:
        label = topic.answers[0].label
        screen = await person.tap(f"1. {label}")
        assert f"Tip: {topic.answers[0].tip}" in screen
    assert "Your home check is done." in screen
    assert "Cooking: I stay with my cooking" in screen
    assert "Smoke alarms: Get a smoke alarm for every floor of your home." in screen
    assert "A free home visit can help. We say so because you told us: No smoke alarm that works." in screen
    assert {"Smoke alarms: where to fit and how to test", "Ask for a home visit"} <= set(screen.buttons)
    counted = await counts(built)
    assert counted[("alarms", "no-alarm")] == counted[("", "begun")] == counted[("", "finished")] == 1
    assert ("", "visit") not in counted


async def test_who_skips_all_of_it_is_not_told_that_nothing_is_wrong(person: Player) -> None:
    screen = await person.say("/check")
    for _ in TOPICS:
        screen = await person.tap("Skip")
    assert "You skipped every question." in screen
    assert f"You skipped: {'; '.join(topic.title for topic in TOPICS)}." in screen
    assert "I have found nothing" not in screen
    screen = await person.tap("Answer what I skipped")
    assert "1 of 9: Smoke alarms" in screen


async def test_what_was_skipped_is_asked_again_and_nothing_else(person: Player) -> None:
    screen = await person.say("/check")
    for number in range(len(TOPICS)):
        screen = await person.tap("Skip") if number in (0, 4) else await person.say("1")
    assert "You skipped: " in str(screen.texts)
    assert "1 of 9: Smoke alarms" in await person.tap("Answer what I skipped")
    screen = await person.tap("1. Yes, on every floor")
    assert "5 of 9: " in str(screen.texts)
    screen = await person.say("1")
    assert "Your home check is done." in screen
    assert "You skipped" not in str(screen.texts)
    await person.tap("Change an answer")
    assert "2 of 9: Cooking" in await person.say("1")


async def test_they_stop_and_come_back_to_where_they_were(person: Player) -> None:
    await person.say("/check")
    await person.tap("1. Yes, on every floor")
    screen = await person.tap("Stop for now")
    assert "Your home check waits here." in screen
    screen = await person.say("check")
    assert "Welcome back." in screen
    assert "2 of 9: Cooking" in screen


async def test_they_change_their_mind(person: Player) -> None:
    await person.say("check my home please")
    await person.tap("1. Yes, on every floor")
    screen = await person.tap("Back")
    assert "1 of 9: Smoke alarms" in screen
    assert "1. Yes, on every floor ✓" in screen.buttons
    screen = await person.say("no smoke alarm that works")
    assert "2 of 9: Cooking" in screen
    screen = await person.tap("2. On some floors only")  # the button of an earlier question answers that one
    assert "Tip: Fit them at the foot of the stairs" in screen
    assert "2 of 9: Cooking" in screen


async def test_danger_comes_first_and_the_check_waits(person: Player) -> None:
    await person.say("/check")
    await person.tap("1. Yes, on every floor")
    screen = await person.say("my kitchen is on fire")
    assert "999" in screen.first_line
    assert "Cooking" not in screen.texts[0]
    screen = await person.tap("This is not an emergency")
    assert "2 of 9: Cooking" in screen


async def test_another_question_is_answered_and_the_check_goes_on(alone: AtTheTerminal) -> None:
    await alone.say("/check")
    screen = await alone.say("are candles safe")
    assert any("candles" in text for text in screen.texts[:1])
    assert "Now back to your home check." in screen.texts[-1]
    assert "1 of 9: Smoke alarms" in screen.texts[-1]
    screen = await alone.say("colourless green ideas")
    assert "I could not use that as an answer here." in screen
    screen = await alone.say("skip")
    assert "2 of 9: Cooking" in screen
    screen = await alone.say("stop for now")
    assert "Your home check waits here." in screen


async def test_stop_alone_stops_messages_as_everywhere(alone: AtTheTerminal) -> None:
    await alone.say("/check")
    screen = await alone.say("STOP")
    assert "Your home check waits here." not in screen
    assert "Stop messages" in screen.buttons
    screen = await alone.say("/check")
    assert "1 of 9: Smoke alarms" in screen, "it waits all the same"


async def test_the_visit_does_not_ask_again_what_the_check_was_told(alone: AtTheTerminal, built: House) -> None:
    screen = await all_of_it(alone, alarms="no-alarm", getting_on="alone", creams_and_oxygen="cream")
    assert "A free home visit would help you most." in screen
    await alone.tap("Ask for a home visit")
    assert (await counts(built))[("", "visit")] == 1
    screen = await alone.say("LE3 1AA")
    asked = []
    while "What would you like help with" not in screen:
        asked.append(screen.texts[-1])
        if "Who lives in your home?" in screen:
            assert "1. One person, alone ✓" in screen.buttons
        screen = await alone.say("skip" if "Skip" in screen.buttons else "next")
    assert not any("Is there a smoke alarm" in text or "Does anyone smoke" in text for text in asked)
    draft = (await session_of(built)).visit
    assert draft is not None
    assert draft.answers["alarms"] == ("no-alarm",)
    assert draft.answers["equipment"] == ("cream",)


async def test_where_no_visit_can_be_booked_the_places_own_words_stand(
    sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    async with house(sqlite_files.fresh(), clock) as built:
        person = AtTheTerminal(built)
        await all_of_it(person, alarms="no-alarm", getting_on="alone")
        asked, visit = await person.tap("Ask for a home visit"), await person.say("/visit")
        assert asked.texts == visit.texts


async def test_after_a_crisis_the_check_goes_on_and_nothing_is_counted(alone: AtTheTerminal, built: House) -> None:
    await alone.say("i want to kill myself")
    await alone.say("yes")
    screen = await all_of_it(alone)
    assert "Your home check is done." in screen
    assert (await session_of(built)).quiet
    assert await counts(built) == {}


async def test_the_page_holds_the_result_and_its_address_is_all_there_is_of_it(built: House) -> None:
    async with on_the_web(built) as web:
        await all_of_it(web, alarms="no-alarm", getting_on="alone")
        (path,) = set(re.findall(r'href="https://stay-safe.example(/check/[a-z0-9]+)"', await newest(web)))
        page = (await web.client.get(path)).text
        for said in ("Get a smoke alarm for every floor", "Yes, clear path and keys to hand", "would help you most"):
            assert said in page
        assert f"{URL}{path}" in page
        assert "You skipped" not in page
        assert (await web.client.get(f"{path[:-1]}1")).status_code == 404
        assert not any(told in page for told in ("No smoke alarm that works</button>", "Someone may not hear them"))


async def test_the_page_names_what_was_skipped(built: House) -> None:
    async with on_the_web(built) as web:
        for code, words in (
            (written(TOPICS, {}), "You skipped every question."),
            (written(TOPICS, {"alarms": "every-floor"}), "I do not know about the rest of your home."),
        ):
            page = (await web.client.get(f"/check/{code}")).text
            assert words in page
            assert "You skipped:" in page
            assert "Getting on" in page


async def newest(web: OnTheWeb) -> str:
    """The whole page of the chat, as it is now."""
    return (await web.client.post("/chat", data={**web.fields, "text": "check"})).text


async def test_at_the_terminal_the_address_stands_in_words(alone: AtTheTerminal) -> None:
    assert f"A page to print: {URL}/check/" in await all_of_it(alone)


WAYS = ("Back", "Skip", "Stop for now", "Carry on", "Answer what I skipped")


def by_label(topics: dict[str, Answer], label: str) -> Answer | None:
    return topics.get(label.split(". ", 1)[-1].removesuffix(" ✓"))


@pytest.mark.parametrize("seed", range(2))
async def test_any_way_through_ends_in_a_result_or_a_stop(
    seed: int, sqlite_files: SqliteFiles, clock: FixedClock
) -> None:
    """Each answer got its own tip, and never that of another."""
    chance, ended = random.Random(seed), 0
    known = {answer.label: answer for topic in TOPICS for answer in topic.answers}
    tips = {answer.tip for answer in known.values()}
    async with house(sqlite_files.fresh(), clock, Scripted()) as built:
        person = AtTheTerminal(built)
        screen = await person.say("/check")
        for _ in range(40):
            mine = [label for label in screen.buttons if label in person.tokens]
            label = chance.choice(mine if chance.random() < 0.8 else [*person.tokens])
            if by_label(known, label) is None and label not in WAYS:
                label = "Stop for now"
            screen = await person.tap(label)
            answer, words = by_label(known, label), "\n".join(screen.texts)
            assert {tip for tip in tips if f"Tip: {tip}" in words} == ({answer.tip} if answer else set())
            stopped, done = "waits here" in words, "is done." in words
            assert stopped or done or " of 9: " in words
            ended += stopped or done
            screen = await person.say("/check") if stopped or done else screen
        assert ended
