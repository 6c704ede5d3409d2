"""The open form: whose turn it is to hear the next words."""

from __future__ import annotations

from handlers import advice, feedback, handover, home_check, nearby, safety, staff, visits
from handlers.ports import Ports, Understood
from handlers.replies import outcome, say
from handlers.turn import Outcome, Reply, Session, Turn, Waiting


async def go_on(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome:
    """Hand the words to the form that waits for them; words that do not fit it are a new question."""
    waiting = session.waiting
    match waiting.form if waiting else "":
        case safety.FORM | safety.SAFE_FORM if waiting:
            return await _yes_or_no(turn, understood, session, ports, waiting)
        case handover.FORM if waiting:
            return await handover.answered(turn, session, ports, waiting)
        case feedback.FORM if waiting:
            return await feedback.answered(turn, session, ports, waiting)
        case nearby.FORM if waiting:
            done = await nearby.answered(turn, session, ports, waiting)
            if done is not None:
                return done
        case staff.FORM:
            done = await staff.noted(turn, understood, session, ports)
            if done is not None:
                return done
        case visits.FIND if waiting:
            return await visits.found(turn, session, ports, waiting)
        case home_check.FORM:
            done = await home_check.answered(turn, session, ports)
            return done if done is not None else await _beside_check(turn, understood, session, ports)
        case visits.FORM:
            done = await visits.answered(turn, session, ports)
            return done if done is not None else await _aside(turn, understood, session, ports)
    return await advice.question(turn, understood, session.model_copy(update={"waiting": None}), ports)


async def _aside(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome:
    """Words in the middle of a visit's form that are no answer to it: a question of another kind, or a slip."""
    decision = ports.search.decide(understood, session.shown)
    if decision.route == "unknown":
        return await visits.not_understood(turn, session, ports)
    done = await advice.decided(turn, understood, session.model_copy(update={"waiting": None}), ports, decision)
    return await visits.carry_on(turn, session, ports, done)


async def _beside_check(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome:
    """Words in the middle of the home check that are no answer to it."""
    decision = ports.search.decide(understood, session.shown)
    if decision.route == "unknown":
        return home_check.not_understood(session, ports)
    done = await advice.decided(turn, understood, session.model_copy(update={"waiting": None}), ports, decision)
    return home_check.carry_on(session, ports, done)


async def _yes_or_no(turn: Turn, understood: Understood, session: Session, ports: Ports, waiting: Waiting) -> Outcome:
    answer = safety.answer_of(turn.text, session.language)
    if answer is None or len(turn.text.split()) > 6:  # a new message rather than an answer
        return await after_safety(turn, understood, safety.resume(session), ports)
    if waiting.form == safety.SAFE_FORM:
        return await safety.safe_to_message(session, ports, answer)
    return await danger_answered(turn, session, ports, answer)


async def after_safety(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome:
    """The same words, where they would have gone without the question."""
    if session.waiting is not None:
        return await go_on(turn, understood, session, ports)
    return await advice.question(turn, understood, session, ports)


async def danger_answered(turn: Turn, session: Session, ports: Ports, answer: str) -> Outcome:
    """Yes: the certain message. No: back to exactly where they were."""
    waiting = session.waiting
    if waiting is None or waiting.form not in (safety.FORM, safety.SAFE_FORM):
        return outcome(session, say(ports, "danger.no-longer-asked"))
    if waiting.form == safety.SAFE_FORM:
        return await safety.safe_to_message(session, ports, answer)
    if answer == "yes":
        return safety.confirmed(session, ports, waiting)
    return await _where_they_were(turn, safety.denied(session, waiting), ports, waiting)


def asked_instead(session: Session, ports: Ports, slug: str) -> Outcome:
    """It was no danger but a question: its answer. A form that the alarm had interrupted waits on."""
    waiting = session.waiting
    if waiting is not None and waiting.form == safety.FORM:
        session = safety.denied(session, waiting)
    shown = advice.tapped(session, ports, slug)
    return shown.model_copy(update={"session": shown.session.model_copy(update={"waiting": session.waiting})})


async def _where_they_were(turn: Turn, session: Session, ports: Ports, asked: Waiting) -> Outcome:
    if session.waiting is not None and session.waiting.form == visits.FORM:
        return await visits.ask_again(turn, session, ports)
    if session.waiting is not None and session.waiting.form == home_check.FORM:
        return home_check.ask_again(session, ports)
    if session.waiting is not None:
        return outcome(session, prompt(ports, session.waiting))
    if asked.data.get("told"):
        return outcome(session, say(ports, "danger.answer-above"))
    return await advice.go_on(turn, session, ports, safety.guessed(asked))


def prompt(ports: Ports, waiting: Waiting) -> Reply:
    """The question of an open form, asked again after an interruption."""
    if waiting.form == feedback.FORM:
        known = ports.library.organisations.get(waiting.data["organisation"])
        return say(ports, "wrong.ask", name=known.name if known else "")
    if waiting.form == nearby.FORM:
        return say(ports, "near.ask")
    if waiting.form == staff.FORM:
        return staff.ask_again(ports, waiting)
    if waiting.form == visits.FIND:
        return say(ports, "visit.find.ask")
    return say(ports, f"handover.ask-{waiting.step or 'words'}")
