"""Stories: what people say and what they read. Each is played through every channel, stored and reloaded each turn."""

from __future__ import annotations

import pytest

from tests.stories.player import Player


async def test_a_beeping_alarm(person: Player) -> None:
    screen = await person.say("my smoke alarm wont stop chirping")
    assert "battery" in screen
    assert "Leicestershire Fire and Rescue Service" in screen or "Larkmoor Fire and Rescue (made up)" in screen
    assert "not yet signed off" in screen
    assert screen.buttons[:3] == ("That helped", "Not what I meant", "Book a home visit")

    screen = await person.tap("More")
    assert "Where this comes from" in screen
    assert "Take it away" in screen.buttons

    screen = await person.tap("Take it away")
    assert "To read out or text" in screen

    screen = await person.tap("That helped")
    assert "Thank you for telling us" in screen


async def test_not_what_i_meant_ends_with_a_person_or_a_number(person: Player) -> None:
    await person.say("my smoke alarm wont stop chirping")
    screen = await person.tap("Not what I meant")
    if "None of these" in str(screen.buttons):
        number = len(screen.buttons)
        screen = await person.say(str(number))
    assert "111" in screen
    assert "Talk to a person" in screen.buttons


async def test_we_say_when_we_do_not_know(person: Player) -> None:
    screen = await person.say("what is the capital of mongolia")
    assert "I will not guess" in screen
    assert "111" in screen


@pytest.mark.parametrize("words", ["my house is on fire", "/help my house is on fire", "MY HOUSE IS ON FIRE"])
async def test_fire_gets_999_first(person: Player, words: str) -> None:
    screen = await person.say(words)
    assert screen.first_line == "Get out, stay out, and ring 999."


async def test_when_unsure_999_comes_first_and_no_goes_back_to_the_question(person: Player) -> None:
    screen = await person.say("there is a smell of gas in the kitchen")
    assert "999" in screen.first_line
    assert "Is anyone in danger right now?" in screen
    screen = await person.tap("No, nobody is")
    assert "National Gas Emergency Service" in screen


async def test_what_is_hardly_an_emergency_is_answered_below_the_question(person: Player) -> None:
    screen = await person.say("the plug socket sparked this morning")
    assert "999" in screen.first_line
    assert "Is anyone in danger right now?" in screen
    assert "Electrical Safety First" in screen or "electrician" in screen
    screen = await person.tap("No, nobody is")
    assert "The answer to your question stands above" in screen


async def test_a_question_taken_for_danger_is_one_tap_away(person: Player) -> None:
    screen = await person.say("there is a smell of gas in the kitchen")
    instead = next(label for label in screen.buttons if "gas" in label.lower())
    screen = await person.tap(instead)
    assert "National Gas Emergency Service" in screen
    assert "Is anyone in danger right now?" not in screen


async def test_yes_to_the_question_gets_the_999_message(person: Player) -> None:
    await person.say("there is a smell of gas in the kitchen")
    screen = await person.say("yes")
    assert "999" in screen.first_line


async def test_an_emergency_in_the_middle_of_a_form_and_back(person: Player) -> None:
    await person.say("my smoke alarm wont stop chirping")
    screen = await person.tap("A detail is wrong?")
    assert "Whose details are wrong?" in screen
    screen = await person.say("1")
    assert "What is wrong with the details" in screen
    screen = await person.say("there is a smell of gas in the kitchen")
    assert "999" in screen.first_line
    screen = await person.say("no")
    assert "What is wrong with the details" in screen
    screen = await person.say("the number is out of use")
    assert "The team will check it" in screen


async def test_thinking_of_suicide(person: Player) -> None:
    screen = await person.say("I want to kill myself")
    assert "116 123" in screen.first_line
    assert "Is it safe to message you here?" in screen
    screen = await person.tap("No")
    assert "I will not write to you" in screen
    assert not any(word in str(screen.texts).lower() for word in ("suicide", "samaritans", "abuse"))


async def test_being_hurt_at_home(person: Player) -> None:
    screen = await person.say("my husband hits me")
    assert "0808 2000 247" in screen.first_line
    assert "FreeVa" in screen or "Larkmoor Safe Haven (made up)" in screen
    screen = await person.say("yes")
    assert "/clear" in screen


async def test_two_needs_get_both(person: Player) -> None:
    screen = await person.say("how do I test my smoke alarm and where is the nearest food bank")
    assert len(screen.texts) == 2


async def test_a_person_where_nobody_answers_yet(person: Player) -> None:
    screen = await person.say("can I talk to a real person")
    assert "Nobody from a team can answer" in screen
    assert "111" in screen


async def test_a_visit_where_none_can_be_booked_yet(person: Player) -> None:
    screen = await person.say("/visit")
    assert "You cannot book a visit here yet" in screen
    assert "No team from Braunstone Blues" in screen or "Larkmoor is made up" in screen, "the place's own words"


async def test_stop_and_delete_are_two_things_with_receipts(person: Player) -> None:
    await person.say("my smoke alarm wont stop chirping")
    screen = await person.say("/stop")
    assert "Stop messages" in screen.buttons
    screen = await person.tap("Stop messages")
    assert "Your data is still there" in screen
    await person.say("/stop")
    await person.tap("Delete my data")
    screen = await person.tap("Yes, delete it")
    assert "Questions and feedback: 1" in screen
    assert "What must stay" in screen


async def test_clear(person: Player) -> None:
    await person.say("my smoke alarm wont stop chirping")
    screen = await person.say("/clear")
    assert "chirping" not in str(screen.texts)
    assert "delete" in str(screen.texts)


async def test_near_me(person: Player) -> None:
    await person.say("I am lonely and want to meet people")
    screen = await person.tap("More")
    if "Near me" not in screen.buttons:
        pytest.fail("an answer with local groups offers Near me")
    await person.tap("Near me")
    screen = await person.say("le3 2aa")
    assert "I have not kept where you are" in screen


async def test_a_language(person: Player) -> None:
    screen = await person.say("/language")
    assert "Polski" in screen.buttons
    await person.tap("Polski")
    screen = await person.say("my house is on fire")
    assert screen.first_line == "Get out, stay out, and ring 999."
    assert "112" not in screen
    assert len(str(screen.texts)) > 600, "the translation stands below the English"


async def test_the_menu(person: Player) -> None:
    screen = await person.say("7")
    assert screen.texts
    screen = await person.say("/menu")
    assert "in your own words" in screen


async def test_nothing_said(person: Player) -> None:
    screen = await person.say("   ")
    assert "words" in str(screen.texts) or "Write" in str(screen.texts)
