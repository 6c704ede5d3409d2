"""The two-minute home check: one tap a topic, a tip after every answer, stopped and gone on with at will.

What was said waits in the session, as ids. A button of an earlier question still answers it: people change their minds.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence

from handlers import home_check_result, menu, privacy, visits
from handlers.buttons import Verb
from handlers.home_check_asking import ACTION, FORM, count, current, question
from handlers.home_check_result import asked
from handlers.home_check_state import Check
from handlers.ports import Ports, Understood
from handlers.replies import action, button, fresh, rows, say
from handlers.turn import Effect, Outcome, Session, Turn
from handlers.visits.flow import BACK, SKIP, way_typed
from handlers.visits.home import typed
from knowledge.home_check import Answer, CheckTopic, counted, found_in, skipped
from knowledge.prose import Block

__all__ = ["FORM", "answered", "ask_again", "asked_for", "asks", "carry_on", "not_understood", "start", "tapped"]
STOPPED = re.compile(r"\W*(?:please )?(?:stop (?:for now|here|it|the check)|later|enough|leave)\W*", re.IGNORECASE)
STOP = re.compile(r"\W*(?:please )?stop(?: please)?\W*", re.IGNORECASE)
"""Alone it is the word for no more messages, and may be the answer to one that came in between."""
ASKED = re.compile(
    r"\W*(?:please |can you |could you |do |start |begin |carry on with |go on with |resume )*"
    r"(?:(?:the |a |my |your )?(?:two[ -]minute |2[ -]minute )?(?:home|house|flat) check"
    r"|check (?:my |our )?(?:home|house|flat)|check)(?: please)?\W*",
    re.IGNORECASE,
)
"""Whole messages only: "can someone come and check my home" asks for a visit."""
Tap = Callable[[Turn, Session, Ports], Awaitable[Outcome]]


def asks(turn: Turn, understood: Understood, _session: Session, ports: Ports) -> bool:
    """Does somebody ask for the check in their own words?"""
    return turn.kind == "text" and bool(ports.library.checks) and ASKED.fullmatch(understood.text) is not None


async def asked_for(turn: Turn, _understood: Understood, session: Session, ports: Ports) -> Outcome:
    """The same as /check."""
    return await start(turn, session, ports)


async def start(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """A check: from its first question, from where they were, or its result."""
    check = session.check
    if not asked(ports):
        return action(fresh(session), ACTION, say(ports, "check.none", menu.buttons(ports)))
    if check is None:
        return _begin(session, ports)
    if check.done:
        return _result(turn, session, ports, check)
    return question(session, ports, check, ports.texts.blocks("check.resume"))


def ask_again(session: Session, ports: Ports, before: tuple[Block, ...] = ()) -> Outcome:
    """The open question once more, after something else came in between."""
    return question(session, ports, session.check or Check(), before)


def not_understood(session: Session, ports: Ports) -> Outcome:
    """Words that fit neither the question nor anything we know."""
    return ask_again(session, ports, ports.texts.blocks("check.not-understood"))


def carry_on(session: Session, ports: Ports, done: Outcome) -> Outcome:
    """Something else was answered in between: below it the open question is asked once more."""
    if done.session.waiting is not None or done.trace.route == "action":
        return done
    again = ask_again(session, ports, ports.texts.blocks("check.back-to-it"))
    shown = {"shown": done.session.shown, "others": done.session.others}
    return done.model_copy(
        update={"replies": (*done.replies, *again.replies), "session": again.session.model_copy(update=shown)}
    )


async def answered(turn: Turn, session: Session, ports: Ports) -> Outcome | None:
    """Words while a question is open; None where they are no answer to it."""
    topic = current(ports, session.check or Check())
    if topic is None or ASKED.fullmatch(turn.text):
        return await start(turn, session, ports)
    if STOP.fullmatch(turn.text):
        return await privacy.start(session, ports)
    way = "leave" if STOPPED.fullmatch(turn.text) else way_typed(turn.text)
    if way is not None:
        return await _go(turn, session, ports, topic, way)
    value = typed(turn.text, [(answer.label, answer.id) for answer in topic.answers])
    answer = topic.answer(value)
    return _take(turn, session, ports, topic, answer) if answer else None


async def tapped(turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome:
    """A button: a way such as `stop`, TOPIC.ANSWER, or TOPIC.=back and TOPIC.=skip."""
    name, _, rest = argument.partition(".")
    if not rest:
        return await TAPS.get(name, start)(turn, session, ports)
    topic = next((each for each in asked(ports) if each.id == name), None)
    if topic is None:
        return await start(turn, session, ports)
    if rest.startswith("="):
        return await _go(turn, session, ports, topic, rest.removeprefix("="))
    answer = topic.answer(rest)
    return _take(turn, session, ports, topic, answer) if answer else await start(turn, session, ports)


def _begin(session: Session, ports: Ports) -> Outcome:
    begun = question(session, ports, Check(), ports.texts.blocks("check.begin"))
    return begun.model_copy(update={"effects": (count(session, "", "begun"),)})


def _take(turn: Turn, session: Session, ports: Ports, topic: CheckTopic, answer: Answer) -> Outcome:
    """Keep an answer, say its tip, and ask on."""
    before = session.check or Check()
    effects: list[Effect] = [] if session.check else [count(session, "", "begun")]
    if before.answers.get(topic.id) != answer.id:
        effects.append(count(session, topic.id, answer.id))
    check = before.model_copy(update={"answers": {**before.answers, topic.id: answer.id}})
    tip = (*_heard(ports, answer), *ports.texts.blocks("check.tip", tip=answer.tip))
    done = _on_from(turn, session, ports, check, topic, tip)
    return done.model_copy(update={"effects": (*effects, *done.effects)})


def _heard(ports: Ports, answer: Answer) -> tuple[Block, ...]:
    return ports.texts.blocks("check.well-done" if answer.good else "check.heard", answer=answer.label)


def _on_from(
    turn: Turn, session: Session, ports: Ports, check: Check, topic: CheckTopic, before: tuple[Block, ...] = ()
) -> Outcome:
    """The question after this one; where an earlier one was answered anew, the one that was open."""
    ids = [each.id for each in asked(ports)]
    open_now = topic.id if check.at not in ids else check.at
    at = _after(ids, check, topic.id) if open_now == topic.id else open_now
    if check.done or at is None:
        return _result(turn, session, ports, check, before)
    return question(session, ports, check.model_copy(update={"at": at}), before)


def _after(ids: Sequence[str], check: Check, topic: str) -> str | None:
    """The topic after one; of those that were skipped, where only they are asked."""
    later = ids[ids.index(topic) + 1 :]
    return next((each for each in later if not (check.rest and each in check.answers)), None)


async def _go(turn: Turn, session: Session, ports: Ports, topic: CheckTopic, way: str) -> Outcome:
    """Back, past a question, or away."""
    check, topics = session.check or Check(), asked(ports)
    if way == BACK:
        earlier = topics[max(topics.index(topic) - 1, 0)]
        return question(session, ports, check.model_copy(update={"at": earlier.id, "done": False}))
    if way == SKIP:
        return _on_from(turn, session, ports, check.model_copy(update={"at": topic.id}), topic)
    return await _stop(turn, session, ports)


async def _stop(_turn: Turn, session: Session, ports: Ports) -> Outcome:
    """What was said waits."""
    go, back = button(ports, "check.button.go", Verb.CHECK, "go"), button(ports, "button.menu", Verb.MENU)
    return action(fresh(session), ACTION, say(ports, "check.stopped", rows(go, back)))


async def _anew(_turn: Turn, session: Session, ports: Ports) -> Outcome:
    return _begin(session, ports) if asked(ports) else await start(_turn, session, ports)


async def _change(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """From the result through the questions again, with what was said."""
    if session.check is None or not asked(ports):
        return await start(turn, session, ports)
    return question(session, ports, session.check.model_copy(update={"at": "", "done": False, "rest": False}))


async def _rest(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """From the result to the questions that were skipped, and to no other."""
    check = session.check
    left = skipped(asked(ports), check.answers) if check else ()
    if check is None or not left:
        return await start(turn, session, ports)
    return question(session, ports, check.model_copy(update={"at": left[0].id, "done": False, "rest": True}))


async def _visit(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """A visit, whose form knows already what was said; where none can be booked, the place's own words."""
    done = await visits.act(turn, session, ports, "visit.book")
    draft, content = done.session.visit, ports.library.visits
    if draft is None or content is None or session.check is None:
        return done
    if session.visit is None:
        said = counted(found_in(asked(ports), session.check.answers), content)
        once = tuple(each.id for each in content.factors if each.id in said and not each.several)
        draft = draft.model_copy(update={"answers": said, "known": once})
        done = done.model_copy(update={"session": done.session.model_copy(update={"visit": draft})})
    return _asked_for_visit(session.check, session, done)


def _asked_for_visit(check: Check, session: Session, done: Outcome) -> Outcome:
    """Counted once for each check, however often it is tapped."""
    if check.visit:
        return done
    counted_now = done.session.model_copy(update={"check": check.model_copy(update={"visit": True})})
    return done.model_copy(update={"session": counted_now, "effects": (*done.effects, count(session, "", "visit"))})


TAPS: dict[str, Tap] = {"go": start, "anew": _anew, "stop": _stop, "change": _change, "rest": _rest, "visit": _visit}


def _result(turn: Turn, session: Session, ports: Ports, check: Check, before: tuple[Block, ...] = ()) -> Outcome:
    """What it comes to. That it was finished is counted once."""
    shown = home_check_result.message(ports, turn.channel, check.answers, before)
    after = fresh(session, check=check.model_copy(update={"done": True, "finished": True}))
    return action(after, ACTION, shown, effects=() if check.finished else (count(session, "", "finished"),))
