"""The home check at its edges: nothing to ask, buttons of another time, what nobody has signed off."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.clock import FixedClock
from handlers import home_check
from handlers.catalogue import Texts
from handlers.draft import Draft
from handlers.home_check_result import asked
from handlers.home_check_state import Check
from handlers.ports import Nobody, Ports
from handlers.turn import CountCheck, Outcome, Session, Trace, Turn
from knowledge.library import Library
from knowledge.prose import words_of
from tests.house import Scripted, braunstone

NOW = FixedClock().now()
TURN = Turn(channel="telegram", key="1", chat="1", at=NOW)
OPEN = Session(check=Check(at="cooking", answers={"alarms": "no-alarm", "gone": "by"}))
DONE = Session(check=Check(at="getting-on", answers={"alarms": "no-alarm"}, done=True, finished=True))


def ports(library: Library | None = None) -> Ports:
    known = library or braunstone().holding
    return Ports(known, Scripted(holding=known), Texts(), Nobody(), NOW, frozenset())


def bare() -> Ports:
    return ports(braunstone().holding.model_copy(update={"checks": {}}))


def tapped(session: Session, argument: str, given: Ports | None = None) -> Outcome:
    return asyncio.run(home_check.tapped(TURN, session, given or ports(), argument))


def said(done: Outcome) -> str:
    return "\n".join(words_of(reply.blocks) for reply in done.replies)


@pytest.mark.parametrize("argument", ["go", "anew", "change", "alarms.no-alarm", "alarms.=back", "nonsense"])
def test_where_nothing_is_asked_it_says_so(argument: str) -> None:
    assert "There is no home check here yet." in said(tapped(OPEN, argument, bare()))
    assert "There is no home check here yet." in said(home_check.ask_again(OPEN, bare()))


@pytest.mark.parametrize("argument", ["gone.by", "gone.=skip", "cooking.no-such-answer", "no-such-way"])
def test_a_button_of_another_time_shows_the_question_that_is_open(argument: str) -> None:
    done = tapped(OPEN, argument)
    assert "2 of 9: Cooking" in said(done)
    assert done.effects == ()


def test_an_answer_without_a_check_begins_one() -> None:
    done = tapped(Session(area="Rowley Fields"), "cooking.stays")
    assert done.effects == (
        CountCheck(topic="", answer="begun", area="Rowley Fields"),
        CountCheck(topic="cooking", answer="stays", area="Rowley Fields"),
    )
    assert "3 of 9" in said(done)
    assert "Your home check is done." in said(tapped(Session(), "getting-on.well"))


def test_the_same_answer_again_is_not_counted_again() -> None:
    assert tapped(OPEN, "alarms.no-alarm").effects == ()


def test_from_the_result_an_answer_is_changed_or_all_of_it_anew() -> None:
    assert "1 of 9" in said(tapped(DONE, "change"))
    anew = tapped(DONE, "anew").session.check
    assert anew == Check(at="alarms")
    again = tapped(DONE, "alarms.every-floor")
    assert "That is good." in said(again)
    assert "In what you told me I have found nothing that you need to change now." in said(again)
    assert CountCheck(topic="", answer="finished") not in again.effects


def test_past_the_last_question_comes_the_result() -> None:
    assert "Your home check is done." in said(tapped(OPEN, "getting-on.=skip"))
    assert "1 of 9" in said(tapped(OPEN, "alarms.=back"))


NOTHING = "I have found nothing that you need to change now. Do the check again"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "You skipped every question."),
        ({"alarms": "every-floor"}, "I do not know about the rest of your home."),
        ({"alarms": "no-alarm"}, "Do these first:"),
    ],
)
def test_nobody_is_told_that_all_is_well_where_they_skipped(answers: dict[str, str], words: str) -> None:
    """Each topic that nothing is known of stands there by name, and a button leads to the first of them."""
    skipped = Session(check=Check(at="getting-on", answers=answers))
    done = tapped(skipped, "getting-on.=skip")
    topics = [topic for topic in braunstone().holding.check_topics if topic.id not in answers]
    assert words in said(done)
    assert NOTHING not in said(done)
    assert f"You skipped: {'; '.join(topic.title for topic in topics)}." in said(done)
    assert "Answer what I skipped" in [button.label for row in done.replies[-1].buttons for button in row]
    number = 10 - len(topics)
    assert f"{number} of 9: {topics[0].title}" in said(tapped(done.session, "rest"))


def test_whoever_answered_all_is_told_when_there_is_nothing_to_do() -> None:
    fine = {topic.id: topic.answers[0].id for topic in braunstone().holding.check_topics}
    done = tapped(Session(check=Check(answers=fine, done=True, finished=True)), "go")
    assert NOTHING in said(done)
    assert "You skipped" not in said(done)
    assert "Answer what I skipped" not in [button.label for row in done.replies[-1].buttons for button in row]
    assert "Your home check is done." in said(tapped(done.session, "rest")), "a button of an earlier result"


def test_what_may_be_bad_news_is_not_thanked_for() -> None:
    told = said(tapped(OPEN, "getting-on.fell"))
    assert "Noted: Someone has had a fall." in told
    assert "Thank you" not in told


def test_a_form_of_a_visit_that_waits_is_left_as_it_is() -> None:
    draft = Draft(postcode="LE3 1AA")
    done = tapped(DONE.model_copy(update={"visit": draft}), "visit")
    assert done.session.visit == draft
    assert done.effects == (CountCheck(topic="", answer="visit"),)
    assert tapped(done.session, "visit").effects == (), "once a check"


def test_what_opened_something_else_is_not_talked_over() -> None:
    other = Outcome(session=Session(), trace=Trace(route="action", action="human"))
    assert home_check.carry_on(OPEN, ports(), other) is other


def test_a_topic_with_a_tip_that_nobody_signed_off_is_not_asked_where_that_counts() -> None:
    library = braunstone().holding
    live = library.model_copy(update={"place": library.place.model_copy(update={"live": True})})
    assert asked(ports(live)) == ()
    signed = {"checked_on": NOW.date(), "checked_by": "officer"}
    entries = {slug: entry.model_copy(update=signed) for slug, entry in live.entries.items()}
    assert len(asked(replace(ports(), library=live.model_copy(update={"entries": entries})))) == 9


def test_where_nobody_visits_no_visit_is_offered() -> None:
    nowhere = ports(braunstone().holding.model_copy(update={"visits": None}))
    assert "visit" not in said(tapped(DONE, "go", nowhere))
    told = tapped(DONE, "visit", nowhere)
    assert told.session.visit is None
    assert told.effects == (), "nothing was asked for"
