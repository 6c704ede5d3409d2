"""Stories of asking for a home visit, moving it, and calling it off: in every channel."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.clock import FixedClock
from bot.delivery.loop import tidy_once
from bot.store.visit_tables import Visit
from bot.wiring import House
from tests.databases import SqliteFiles
from tests.house import house
from tests.stories.player import AtTheTerminal, Player, Screen, on_telegram, on_the_web
from tests.team import open_diary

POSTCODE = "LE3 1AA"
REFERENCE = re.compile(r"[0-9A-Z]{3}-[0-9A-Z]{3}")


@pytest.fixture
async def built(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    """The bot of a place whose team has working hours."""
    async with house(sqlite_files.fresh(), clock) as made:
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


async def skip_the_home(person: Player) -> Screen:
    """Past the questions about the home, none of which has to be answered."""
    return await person.tap("Skip all of these")


async def fill_in(
    person: Player, ask: str = "/visit", street: str = "12 Example Street", postcode: str = POSTCODE
) -> Screen:
    """The shortest way through the form, up to the summary."""
    await person.say(ask)
    await person.say(postcode)
    screen = await skip_the_home(person)
    screen = await person.tap("1. Fire safety")
    screen = await person.tap("Next")
    assert "Step 4 of 5" in screen
    await person.say("1")
    await person.say("Sam")
    if person.name == "telegram":
        await person.tap("1. Write to me here")
    else:
        await person.say("by phone")
        await person.say("07700 900123")
        await person.say("1")
    await person.say(street)
    screen = await person.tap("Skip")
    if person.name != "telegram":
        await person.say("my own calendar")
    screen = await person.say("no")
    if person.name == "telegram":
        screen = await person.say("yes")
    assert "a word that only you and we know" in screen
    return await person.say("blue kettle")


async def book(person: Player) -> Screen:
    """All the way."""
    await fill_in(person)
    return await person.tap("Book it")


async def test_a_visit_is_booked_in_five_short_steps(person: Player) -> None:
    summary = await fill_in(person)
    assert "Is all of this right?" in summary
    for said in ("Sam", "12 Example Street, LE3 1AA", "Fire safety", "blue kettle"):
        assert said in summary
    screen = await person.tap("Book it")
    assert "Your visit is booked." in screen
    assert "Friday 27 November, 10am to 10.30am" in screen
    assert "they say your word: blue kettle" in screen or "we say your word: blue kettle" in screen
    again = await person.say("when is my visit?")
    assert "Friday 27 November, 10am to 10.30am" in again


async def test_a_second_tap_on_book_books_no_second_visit(person: Player) -> None:
    await book(person)
    screen = await person.tap("Book it")
    assert "Friday 27 November, 10am" in screen


async def test_it_is_moved_in_words(person: Player) -> None:
    await book(person)
    screen = await person.say("can i move my visit to next thursday 2pm")
    assert "It stays so until you choose another." in screen
    screen = await person.tap("1. Thursday 3 December, 2pm")
    assert "Your visit has a new time." in screen
    assert "Thursday 3 December, 2pm" in await person.say("when is my visit?")


async def test_it_is_called_off_and_only_then_does_it_say_so(person: Player) -> None:
    await book(person)
    screen = await person.say("cancel my visit please")
    assert "It is not cancelled yet." in screen
    assert "Friday 27 November" in await person.tap("No, keep it")
    await person.say("cancel my visit please")
    screen = await person.tap("Yes, cancel it")
    assert "Your visit on Friday 27 November, 10am to 10.30am is cancelled." in screen
    assert "I cannot see a visit booked" in await person.tap("Yes, cancel it")
    assert "I cannot see a visit booked" in await person.say("when is my visit?")


async def test_outside_the_area_they_hear_whom_to_ask(person: Player) -> None:
    await person.say("/visit")
    screen = await person.say("ng1 5dt")
    assert "We do not visit that postcode." in screen
    assert "Leicestershire Fire and Rescue" in screen


async def test_a_slip_costs_nothing(person: Player) -> None:
    await person.say("/visit")
    assert "all of the postcode" in await person.say("le3")
    assert "Who lives in your home?" in await person.say("le31aa")
    assert "I could not use that as an answer" in await person.say("qwertz uiop")
    assert "What is your postcode?" in await person.say("back")


async def test_a_risky_answer_brings_a_tip_and_the_next_question(person: Player) -> None:
    await person.say("/visit")
    await person.say(POSTCODE)
    screen = await person.tap("1. One person, alone")
    assert "Tip: Keep your phone and glasses by the bed." in screen
    assert "1. One person, alone ✓" in screen.buttons
    assert "1. One person, alone" in (await person.say("1")).buttons
    await person.say("1")
    assert "How well can everyone in the home get about?" in await person.tap("Next")


async def test_a_fire_in_the_middle_comes_first_and_the_form_waits(person: Player) -> None:
    await person.say("/visit")
    await person.say(POSTCODE)
    screen = await person.say("the kitchen is on fire")
    assert "999" in screen.first_line
    screen = await person.say("/visit")
    assert "You had begun to ask for a visit." in screen
    assert "Who lives in your home?" in await person.tap("Carry on")


async def test_a_question_in_the_middle_is_answered_and_the_form_waits(person: Player) -> None:
    await person.say("/visit")
    await person.say(POSTCODE)
    screen = await person.say("how often should I test my smoke alarm?")
    assert "Now back to your visit." in screen
    assert "Who lives in your home?" in screen
    assert "How well can everyone" in await person.say("5")


async def test_days_later_the_form_is_still_there(person: Player, clock: FixedClock) -> None:
    await fill_in(person)
    clock.move(days=5)
    screen = await person.tap("Book it")
    assert "That time is no longer free." in screen
    assert "When would suit you?" in screen
    await person.say("1")
    assert "Your visit is booked." in await person.tap("Book it")


async def test_one_thing_is_changed_on_the_summary(person: Player) -> None:
    await fill_in(person)
    await person.tap("Change something")
    await person.tap("7. Address")
    screen = await person.say("14 Example Street")
    assert "14 Example Street, LE3 1AA" in screen
    assert "Sam" in screen


async def test_an_old_button_says_so_and_goes_on(person: Player) -> None:
    await person.say("/visit")
    await person.say(POSTCODE)
    await person.tap("Skip")
    screen = await person.tap("1. One person, alone")
    assert "That button is from an earlier question." in screen
    assert "How well can everyone in the home get about?" in screen


async def test_for_somebody_else_with_their_consent(person: Player) -> None:
    await person.say("/visit")
    assert "Have they said yes to a visit?" in await person.tap("It is for somebody else")
    assert "What is their postcode?" in await person.tap("Yes, they want a visit")


async def test_their_own_words_choose_the_times(person: Player) -> None:
    await person.say("can somebody come and look at my alarms tuesday after school run")
    await person.say(POSTCODE)
    await skip_the_home(person)
    screen = await person.tap("Skip")
    assert any("Tuesday 1 December" in label for label in screen.buttons)
    assert not any("Monday" in label for label in screen.buttons)


async def test_two_people_one_time(built: House) -> None:
    ann, bob = AtTheTerminal(built, "ann"), AtTheTerminal(built, "bob", numbers=itertools.count(1000))
    await fill_in(ann)
    await fill_in(bob, street="99 Example Street")
    assert "Friday 27 November, 10am" in await ann.tap("Book it")
    screen = await bob.tap("Book it")
    assert "Your visit is booked." in screen
    assert "Friday 27 November, 10am" not in screen


async def test_leaving_the_form_keeps_it_and_says_what_is_true(person: Player) -> None:
    await fill_in(person)
    assert "Nothing is booked." in await person.say("never mind")
    screen = await person.tap("Carry on")
    assert "When would suit you?" in screen
    screen = await person.say("1")
    assert "Is all of this right?" in screen
    assert "Sam" in screen


async def test_booked_in_one_chat_and_found_in_another(built: House, person: Player) -> None:
    elsewhere = AtTheTerminal(built, "elsewhere", numbers=itertools.count(1000))
    booked = await book(elsewhere)
    reference = next(found[0] for text in booked.texts if (found := REFERENCE.search(text)))
    assert "What is the word for the door?" in await person.say(reference.lower().replace("-", " "))
    assert "I cannot find a visit" in await person.say("red kettle")
    await person.say(reference)
    screen = await person.say("Blue  Kettle")
    assert "I have found your visit." in screen
    assert "Friday 27 November, 10am to 10.30am" in screen
    await person.tap("Cancel it")
    assert "is cancelled." in await person.tap("Yes, cancel it")


async def test_after_many_wrong_words_only_the_team_can_help(built: House, person: Player) -> None:
    booked = await book(AtTheTerminal(built, "elsewhere", numbers=itertools.count(1000)))
    reference = next(found[0] for text in booked.texts if (found := REFERENCE.search(text)))
    for number in range(10):
        await person.say(reference)
        await person.say(f"word {number}")
    await person.say(reference)
    assert "I cannot find a visit" in await person.say("blue kettle")


async def test_from_the_web_page_to_telegram_for_the_reminders(built: House) -> None:
    built.knowing.reached_on_telegram("braunstone_bot")
    async with on_the_web(built) as page, on_telegram(built) as phone:
        await page.say("/visit")
        await page.say(POSTCODE)
        await skip_the_home(page)
        for said in ("skip", "1", "Sam", "by phone", "07700 900123", "1", "12 Example Street", "skip"):
            await page.say(said)
        for said in ("write to me on telegram", "no", "blue kettle"):
            await page.say(said)
        screen = await page.tap("Book it")
        assert "Until you do, I cannot remind you." in screen
        (reference,) = (found[0] for text in screen.texts if (found := REFERENCE.search(text)))
        assert "What is the word for the door?" in await phone.say(f"/start {reference}")
        assert "I have found your visit." in await phone.say("blue kettle")
    async with built.store.read() as unit:
        assert (await unit.session.execute(select(col(Visit.remind_by)))).scalars().all() == ["message"]


async def test_after_abuse_no_call_is_offered_as_a_reminder(built: House) -> None:
    async with on_telegram(built) as person:
        await person.say("my husband hits me")
        await person.say("yes")
        await person.say("/visit")
        await person.say(POSTCODE)
        await skip_the_home(person)
        for said in ("skip", "1", "Sam", "by phone", "07700 900123", "1", "12 Example Street"):
            await person.say(said)
        screen = await person.say("skip")
        assert "How will you remember the day?" in screen
        assert not any("ring me" in label for label in screen.buttons)


async def test_a_form_that_was_left_is_forgotten_after_a_month(person: Player, built: House, clock: FixedClock) -> None:
    await fill_in(person)
    clock.move(days=31)
    await tidy_once(built.store)
    screen = await person.say("/visit")
    assert "What is your postcode?" in screen
    assert "Sam" not in screen
