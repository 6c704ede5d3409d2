"""What somebody wants to hear about: chosen by taps, topic by topic, and stopped by one. Nobody is asked unasked."""

from __future__ import annotations

import re

from handlers.buttons import Verb, encode
from handlers.marks import mark_of, marked
from handlers.ports import Ports, Understood
from handlers.replies import action, button, fresh, rows, say
from handlers.turn import (
    Button,
    Effect,
    Outcome,
    Reply,
    Session,
    Subscribe,
    SubscriptionArea,
    Turn,
    Unsubscribe,
)
from knowledge.prose import Block, Span, Steps

ACTION = "topics"
NO_AREA = "none"
ASKED = re.compile(
    r"^\W*(?:please |can you |could you |i want to |i would like to |i'd like to )*"
    r"(?:sign me up|subscribe|keep me (?:posted|updated)|get (?:news|updates|alerts)"
    r"|(?:send|give|text) me (?:safety )?(?:news|updates|alerts|tips)|what (?:topics|news) can i get"
    r"|choose topics|my topics|topics)\b",
    re.IGNORECASE,
)
"""Only asking to be written to. "Tell me about fireworks" is a question, and gets its answer."""


def asks(turn: Turn, understood: Understood, _session: Session, ports: Ports) -> bool:
    """Does somebody ask, in their own words, to be written to?"""
    return turn.kind == "text" and bool(ports.library.topics) and ASKED.match(understood.text) is not None


async def asked(turn: Turn, _understood: Understood, session: Session, ports: Ports) -> Outcome:
    """The same as /topics."""
    return await start(turn, session, ports)


async def start(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """The topics of the place, each with a button; or kindly why not, where nobody could be written to."""
    if (no := _not_here(turn, session, ports)) is not None:
        return no
    topics = tuple(
        (Span(text=f"{topic.label}: ", strong=True), Span(text=topic.one_line)) for topic in ports.library.topics
    )
    blocks = (*ports.texts.blocks("topics.ask"), Steps(items=topics, ordered=False), *ports.texts.blocks("topics.how"))
    return action(fresh(session), ACTION, _choices(ports, blocks, await _wanted(ports)))


async def tapped(turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome:
    """A button: `on.TOPIC`, `off.TOPIC`, `done`, `area.MARK`; any other shows the topics."""
    what, _, rest = argument.partition(".")
    if what == "off":  # to leave is always possible, also where nobody could join
        return await _off(turn, session, ports, rest)
    if what in ("on", "area") and (no := _not_here(turn, session, ports)) is not None:
        return no
    match what:
        case "on":
            return await _on(turn, session, ports, rest)
        case "done":
            return await _done(turn, session, ports)
        case "area":
            return _area(turn, session, ports, rest)
        case _:
            return await start(turn, session, ports)


def label_of(ports: Ports, topic: str) -> str:
    """What a topic is called; its id where the place has it no more."""
    known = ports.library.topic(topic)
    return known.label if known else topic


async def _on(turn: Turn, session: Session, ports: Ports, topic: str) -> Outcome:
    if ports.library.topic(topic) is None:
        return action(fresh(session), ACTION, say(ports, "topics.gone"))
    blocks = ports.texts.blocks("topics.on", label=label_of(ports, topic))
    shown = _choices(ports, blocks, {*await _wanted(ports), topic})
    effect = Subscribe(topic=topic, area=session.area)
    return action(fresh(session), ACTION, *_strip(turn), shown, effects=[effect])


async def _off(turn: Turn, session: Session, ports: Ports, topic: str) -> Outcome:
    blocks = ports.texts.blocks("topics.off", label=label_of(ports, topic))
    shown = _choices(ports, blocks, set(await _wanted(ports)) - {topic})
    return action(fresh(session), ACTION, *_strip(turn), shown, effects=[Unsubscribe(topic=topic)])


async def _done(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """What they hear about now; whoever has named no area is asked for one, once, and need not say."""
    wanted = await _wanted(ports)
    if not wanted:
        return action(fresh(session), ACTION, *_strip(turn), say(ports, "topics.none"))
    if session.area or not ports.library.place.areas:
        return action(fresh(session), ACTION, *_strip(turn), _kept(ports, wanted))
    areas = (Button(label=area.name, token=_token(f"area.{mark_of(area.name)}")) for area in ports.library.place.areas)
    rather_not = button(ports, "topics.rather-not", Verb.TOPIC, f"area.{NO_AREA}")
    return action(fresh(session), ACTION, *_strip(turn), say(ports, "topics.area", rows(*areas, rather_not)))


def _area(turn: Turn, session: Session, ports: Ports, mark: str) -> Outcome:
    area = marked(mark, (area.name for area in ports.library.place.areas)) or ""
    effects: list[Effect] = [SubscriptionArea(area=area)]
    said = say(ports, "topics.area-kept", area=area) if area else say(ports, "topics.no-area")
    return action(fresh(session, area=area), ACTION, *_strip(turn), said, effects=effects)


def _not_here(turn: Turn, session: Session, ports: Ports) -> Outcome | None:
    """Why this conversation is not written to later; None where it may be."""
    reply = None
    if turn.channel != "telegram":
        reply = say(ports, "topics.on-telegram", at=ports.telegram) if ports.telegram else say(ports, "topics.not-here")
    elif session.quiet or ports.contact == "never":
        reply = say(ports, "topics.only-answers")
    elif ports.contact == "reply_only":
        reply = say(ports, "topics.stopped", rows(button(ports, "button.start-again", Verb.PRIVACY, "back-on")))
    elif not ports.library.topics:
        reply = say(ports, "topics.nothing")
    return action(fresh(session), ACTION, reply) if reply else None


def _choices(ports: Ports, blocks: tuple[Block, ...], wanted: set[str]) -> Reply:
    """Words, and below them a button for each topic that turns it on or off."""
    every = (_toggle(ports, topic.id, topic.label, on=topic.id in wanted) for topic in ports.library.topics)
    done = button(ports, "topics.done", Verb.TOPIC, "done")
    return Reply(blocks=blocks, buttons=rows(*every, done, wide=1))


def _toggle(ports: Ports, topic: str, label: str, *, on: bool) -> Button:
    text_id, act = ("topics.stop-one", "off") if on else ("topics.choose-one", "on")
    return Button(label=ports.texts.say(text_id, label=label), token=_token(f"{act}.{topic}"))


def _kept(ports: Ports, wanted: set[str]) -> Reply:
    labels = ", ".join(label_of(ports, topic) for topic in sorted(wanted))
    return say(ports, "topics.kept", labels=labels)


async def _wanted(ports: Ports) -> set[str]:
    return set(await ports.person.topics())


def _strip(turn: Turn) -> tuple[Reply, ...]:
    """Take the buttons off the message that was tapped: they say what was true before."""
    return (Reply(strip_buttons_of=turn.message_id),) if turn.message_id and turn.channel == "telegram" else ()


def _token(argument: str) -> str:
    return encode(Verb.TOPIC, argument)
