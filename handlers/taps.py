"""Buttons: a verb and an argument, and the capability that each verb belongs to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers import (
    advice,
    buttons,
    campaigns,
    feedback,
    forms,
    handover,
    home_check,
    language,
    menu,
    nearby,
    privacy,
    proof,
    safety,
    staff,
    topics,
    visits,
)
from handlers.buttons import Verb
from handlers.errors import OldButton
from handlers.ports import Ports, Understood
from handlers.replies import fresh, outcome, say
from handlers.turn import Outcome, Session, Turn

Tap = Callable[[Turn, Session, Ports, str], Awaitable[Outcome]]


async def _show(_turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    return advice.tapped(session, ports, slug)


async def _none(_turn: Turn, session: Session, ports: Ports, _argument: str) -> Outcome:
    return advice.unknown(session, ports, "unknown.after-choice")


async def _helped(turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    return feedback.helped(turn, session, ports, slug)


async def _not_meant(turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    return feedback.not_meant(turn, session, ports, slug)


async def _more(turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    return feedback.more(turn, session, ports, slug)


async def _wrong(_turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    return feedback.wrong(session, ports, slug)


async def _wrong_organisation(_turn: Turn, session: Session, ports: Ports, organisation: str) -> Outcome:
    return feedback.which(session, ports, organisation)


async def _take_away(_turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    return feedback.take_away(session, ports, slug)


async def _near(_turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    return nearby.ask(session, ports, slug)


async def _danger(turn: Turn, session: Session, ports: Ports, answer: str) -> Outcome:
    return await forms.danger_answered(turn, session, ports, answer)


async def _instead(_turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    return forms.asked_instead(session, ports, slug)


async def _safe(_turn: Turn, session: Session, ports: Ports, answer: str) -> Outcome:
    return await safety.safe_to_message(session, ports, answer)


async def _clear(turn: Turn, session: Session, ports: Ports, _argument: str) -> Outcome:
    return await privacy.clear(turn, session, ports)


async def _person(_turn: Turn, session: Session, ports: Ports, _argument: str) -> Outcome:
    return await handover.start(session, ports)


async def _handover(_turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome:
    if argument == "done":
        return await handover.done(session, ports)
    return await handover.choose(session, ports, argument)


async def _visit(turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome:
    return await visits.tapped(turn, session, ports, argument)


async def _menu(_turn: Turn, session: Session, ports: Ports, _argument: str) -> Outcome:
    return outcome(fresh(session), menu.menu_message(ports, "menu.say"))


async def _language(_turn: Turn, session: Session, ports: Ports, name: str) -> Outcome:
    return language.chosen(session, ports, name) if name else language.ask(session, ports)


async def _privacy(turn: Turn, session: Session, ports: Ports, choice: str) -> Outcome:
    return await privacy.tapped(turn, session, ports, choice)


async def _check(turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome:
    return await home_check.tapped(turn, session, ports, argument)


async def _staff(_turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome:
    done = await staff.tapped(session, ports, argument)
    return done if done is not None else _old(session, ports)


async def _topic(turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome:
    return await topics.tapped(turn, session, ports, argument)


async def _campaign(turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome:
    return await campaigns.tapped(turn, session, ports, argument)


async def _proof(turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome:
    done = await proof.tapped(turn, session, ports, argument)
    return done if done is not None else _old(session, ports)


async def _ask_later(turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    return proof.ask_later(turn, session, ports, slug)


async def _ask_about(turn: Turn, session: Session, ports: Ports, organisation: str) -> Outcome:
    return proof.ask_about(turn, session, ports, organisation)


async def _do_not_ask(turn: Turn, session: Session, ports: Ports, organisation: str) -> Outcome:
    return proof.do_not_ask(turn, session, ports, organisation)


VERBS: dict[Verb, Tap] = {
    Verb.SHOW: _show,
    Verb.NONE_OF_THESE: _none,
    Verb.HELPED: _helped,
    Verb.NOT_MEANT: _not_meant,
    Verb.MORE: _more,
    Verb.WRONG: _wrong,
    Verb.WRONG_ORGANISATION: _wrong_organisation,
    Verb.TAKE_AWAY: _take_away,
    Verb.NEAR: _near,
    Verb.DANGER: _danger,
    Verb.INSTEAD: _instead,
    Verb.SAFE: _safe,
    Verb.CLEAR: _clear,
    Verb.PERSON: _person,
    Verb.HANDOVER: _handover,
    Verb.VISIT: _visit,
    Verb.MENU: _menu,
    Verb.LANGUAGE: _language,
    Verb.PRIVACY: _privacy,
    Verb.STAFF: _staff,
    Verb.CHECK: _check,
    Verb.PROOF: _proof,
    Verb.ASK_LATER: _ask_later,
    Verb.ASK_ABOUT: _ask_about,
    Verb.DO_NOT_ASK: _do_not_ask,
    Verb.TOPIC: _topic,
    Verb.CAMPAIGN: _campaign,
}


async def run(turn: Turn, _understood: Understood, session: Session, ports: Ports) -> Outcome:
    """Do what a button says; an old or damaged one says so and offers the way on."""
    try:
        tapped = buttons.decode(turn.tap or "")
        verb = VERBS[Verb(tapped.verb)]
    except (OldButton, ValueError):
        return _old(session, ports)
    return await verb(turn, session, ports, tapped.argument)


def _old(session: Session, ports: Ports) -> Outcome:
    return outcome(session, say(ports, "error.old-button", menu.buttons(ports)))


async def typed_number(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome:
    """A choice by its number, typed instead of tapped."""
    number = chosen_number(turn, session)
    if number is None:
        return _old(session, ports)
    tap = turn.model_copy(update={"kind": "tap", "tap": session.choices[number - 1], "message_id": None})
    return await run(tap, understood, session, ports)


def chosen_number(turn: Turn, session: Session) -> int | None:
    """The number of a choice that the last message offered, from 1."""
    words = turn.text.strip().rstrip(".").removeprefix("#")
    if words.isascii() and words.isdigit() and len(words) < 3 and 1 <= int(words) <= len(session.choices):
        return int(words)
    return None
