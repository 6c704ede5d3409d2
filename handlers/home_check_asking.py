"""The questions of the home check: one message each, with its answers as buttons."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.buttons import Verb, encode
from handlers.home_check_result import asked
from handlers.home_check_state import Check
from handlers.ports import Ports
from handlers.replies import action, bold, button, fresh, numbered, rows, say
from handlers.turn import Button, CountCheck, Outcome, Session, Waiting
from handlers.visits.flow import BACK, SKIP
from handlers.visits.home import TICK
from knowledge.home_check import Answer, CheckTopic
from knowledge.prose import Block, line

FORM = ACTION = "check"


def current(ports: Ports, check: Check) -> CheckTopic | None:
    """The topic that is open; the first one where that is no longer asked. None: nothing is asked at all."""
    topics = asked(ports)
    return next((topic for topic in topics if topic.id == check.at), topics[0] if topics else None)


def question(session: Session, ports: Ports, check: Check, before: Sequence[Block] = ()) -> Outcome:
    """The open question, with words before it."""
    topics, topic = asked(ports), current(ports, check)
    if topic is None:
        return action(fresh(session), ACTION, say(ports, "check.none"))
    number = topics.index(topic) + 1
    where = ports.texts.blocks("check.progress", number=number, of=len(topics), title=topic.title)
    blocks = (*before, *where, bold(topic.question), line(topic.why, small=True))
    given = check.answers.get(topic.id)
    choices = [(ticked(answer, given), encode(Verb.CHECK, f"{topic.id}.{answer.id}")) for answer in topic.answers]
    reply, tokens = numbered(ports, blocks, choices)
    reply = reply.model_copy(update={"buttons": (*reply.buttons, *_ways(ports, topic, first=number == 1))})
    kept = fresh(session, check=check.model_copy(update={"at": topic.id}), waiting=Waiting(form=FORM), choices=tokens)
    return action(kept, ACTION, reply)


def ticked(answer: Answer, given: str | None) -> str:
    """An answer's label; with a tick where it was chosen before."""
    return f"{answer.label} {TICK}" if answer.id == given else answer.label


def _ways(ports: Ports, topic: CheckTopic, *, first: bool) -> tuple[tuple[Button, ...], ...]:
    back = None if first else button(ports, "check.button.back", Verb.CHECK, f"{topic.id}.={BACK}")
    skip = button(ports, "check.button.skip", Verb.CHECK, f"{topic.id}.={SKIP}")
    return rows(back, skip, button(ports, "check.button.stop", Verb.CHECK, "stop"))


def count(session: Session, topic: str, answer: str) -> CountCheck:
    """One more answer; with an empty topic that a check was begun or finished, or led to a visit."""
    return CountCheck(topic=topic, answer=answer, area=session.area)
