"""Who gets this turn, as one readable table. The first rule that fits decides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import NamedTuple

from handlers import (
    advice,
    arriving,
    commands,
    forms,
    home_check,
    nearby,
    other,
    pace,
    safety,
    staff,
    taps,
    topics,
    visits,
)
from handlers.catalogue import Texts
from handlers.ports import Ports, Understood
from handlers.turn import CountCheck, KeepQuestion, Outcome, Session, Turn

Handler = Callable[[Turn, Understood, Session, Ports], Awaitable[Outcome]]
Fits = Callable[[Turn, Understood, Session, Ports], bool]


class Rule(NamedTuple):
    """A handler, and when a turn is its."""

    name: str
    fits: Fits
    handler: Handler


async def _located(turn: Turn, _understood: Understood, session: Session, ports: Ports) -> Outcome:
    waiting = session.waiting
    if waiting is not None and waiting.form == nearby.FORM:
        done = await nearby.answered(turn, session, ports, waiting)
        if done is not None:
            return done
    return await nearby.located(turn, session, ports)


def _is_note(turn: Turn, understood: Understood, session: Session, ports: Ports) -> bool:
    words = turn.command is None and bool(understood.text.strip()) and not turn.group
    return words and staff.awaited(session, ports.now)


async def _staff_note(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome:
    """A note tells of other people's danger. From anybody but a colleague the same words go down the table."""
    done = await staff.noted(turn, understood, session, ports)
    if done is not None:
        return done
    return await _decided(turn, understood, session.model_copy(update={"waiting": None}), ports)


async def _reference(turn: Turn, _understood: Understood, session: Session, ports: Ports) -> Outcome:
    return await visits.find(turn.text, session, ports)


TABLE: tuple[Rule, ...] = (
    Rule("came or went", lambda t, u, s, p: t.kind in ("blocked", "unblocked"), other.came_or_went),
    Rule("staff note", _is_note, _staff_note),
    Rule("danger", lambda t, u, s, p: u.verdict.route is not None, safety.danger),
    Rule("too fast", pace.too_fast, pace.slow_down),
    Rule("group", lambda t, u, s, p: t.group, other.group),
    Rule("switched off", lambda t, u, s, p: p.switched_off is not None and not pace.always(t, s), other.switched_off),
    Rule("command", lambda t, u, s, p: t.command is not None, commands.run),
    Rule("button", lambda t, u, s, p: t.tap is not None, taps.run),
    Rule("location", lambda t, u, s, p: t.location is not None, _located),
    Rule("attachment", lambda t, u, s, p: t.attachment is not None and not u.text, other.attachment),
    Rule("nothing said", lambda t, u, s, p: not u.text.strip(), other.nothing_said),
    Rule("number", lambda t, u, s, p: taps.chosen_number(t, s) is not None, taps.typed_number),
    Rule("open form", lambda t, u, s, p: s.waiting is not None, forms.go_on),
    Rule("reference", lambda t, u, s, p: visits.is_reference(t.text, p), _reference),
    Rule("home check", home_check.asks, home_check.asked_for),
    Rule("topics", topics.asks, topics.asked),
    Rule("question", lambda t, u, s, p: True, advice.question),
)


async def handle(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome:
    """One turn in, what it leads to out. Pure but for the reads that the ports offer."""
    if understood.heard.language:  # they are answered in the language they write in, from now on
        session = session.model_copy(update={"language": understood.heard.language})
    if session.language != ports.texts.language:
        ports = replace(ports, texts=Texts(session.language, ports.library.place.visit))
    done = arriving.came_by(await _decided(turn, understood, session, ports), arriving.source_of(turn.source))
    return _keep_nothing(done) if done.session.quiet else done


async def _decided(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome:
    rule = next(rule for rule in TABLE if rule.fits(turn, understood, session, ports))
    return await rule.handler(turn, understood, session, ports)


def _keep_nothing(done: Outcome) -> Outcome:
    """After a crisis or abuse message no words are kept, whichever handler asked for it."""
    kept = tuple(effect for effect in done.effects if not isinstance(effect, KeepQuestion | CountCheck))
    return done.model_copy(update={"effects": kept})
