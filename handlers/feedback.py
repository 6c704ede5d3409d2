"""What people say about an answer: it helped, it is not what they meant, a detail is wrong."""

from __future__ import annotations

from handlers import advice, buttons, campaigns, proof
from handlers.answer import more_message
from handlers.buttons import Verb
from handlers.ports import Ports
from handlers.replies import action, button, fresh, numbered, outcome, rows, say
from handlers.turn import Effect, MarkHelped, Outcome, ReportDetail, Session, Turn, Waiting

FORM = "wrong-detail"


def helped(turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    """Thank them, and take the buttons off the message so that it is asked once. What is asked besides: `proof`."""
    done = proof.thank(turn, session, ports, slug)
    effects = (*_said(session, slug, helped=True), *done.effects)
    return done.model_copy(update={"replies": (*proof.strip(turn), *done.replies), "effects": effects})


def not_meant(turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    """Note it, and go on to the next best or to a person."""
    done = advice.not_meant(session, ports, slug)
    return done.model_copy(update={"effects": (*_said(session, slug, helped=False), *done.effects)})


def _said(session: Session, slug: str, *, helped: bool) -> tuple[Effect, ...]:
    """After a crisis or abuse message nothing is kept."""
    if session.quiet:
        return ()
    return (MarkHelped(entry=slug, helped=helped), *campaigns.said_of(session, slug, helped=helped))


def more(turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    """What stands behind More; where we can write to them later, also whether we may ask then if it helped."""
    entry = ports.library.entries.get(slug)
    if entry is None:
        return outcome(session, say(ports, "error.gone"))
    rest, later = more_message(ports, entry), proof.later_button(turn, session, ports, slug)
    rest = rest.model_copy(update={"buttons": (*rest.buttons, *later)})
    return outcome(session.model_copy(update={"shown": (slug,)}), rest)


def wrong(session: Session, ports: Ports, slug: str) -> Outcome:
    """A detail is wrong: which organisation's?"""
    entry = ports.library.entries.get(slug)
    helpers = ports.library.helpers(entry) if entry else ()
    if not helpers:
        return outcome(session, say(ports, "error.gone"))
    if len(helpers) == 1:
        return which(session, ports, helpers[0].id)
    choices = [(o.name, buttons.encode(Verb.WRONG_ORGANISATION, o.id)) for o in helpers]
    reply, tokens = numbered(ports, ports.texts.blocks("wrong.which"), choices)
    return outcome(fresh(session, choices=tokens), reply)


def which(session: Session, ports: Ports, organisation: str) -> Outcome:
    """Ask what is wrong with it."""
    known = ports.library.organisations.get(organisation)
    if known is None:
        return outcome(session, say(ports, "error.gone"))
    waiting = Waiting(form=FORM, data={"organisation": organisation})
    cancel = rows(button(ports, "button.never-mind", Verb.MENU))
    return outcome(fresh(session, waiting=waiting), say(ports, "wrong.ask", cancel, name=known.name))


async def answered(turn: Turn, session: Session, ports: Ports, waiting: Waiting) -> Outcome:
    """Keep what they say, sealed: the right number may be in it. Say what happens next."""
    can_thank = turn.channel == "telegram" and not session.quiet
    effect = ReportDetail(organisation=waiting.data["organisation"], words=turn.text, thank=can_thank)
    text_id = "wrong.thanks-later" if can_thank else "wrong.thanks"
    return action(fresh(session), "complaint", say(ports, text_id), effects=[effect])


def take_away(session: Session, ports: Ports, slug: str) -> Outcome:
    """One line to read out or text; the page to print where the bot has an address."""
    entry = ports.library.entries.get(slug)
    if entry is None or not advice.visible(ports, slug):
        return outcome(session, say(ports, "error.gone"))
    helpers = ports.library.helpers(entry)
    first = helpers[0] if helpers and helpers[0].phone else None
    ring = ports.texts.say("take-away.ring", name=first.name, phone=first.phone) if first else ""
    line = f"{entry.one_line} {ring}".strip()
    if ports.public_url is None:
        return outcome(session, say(ports, "take-away.line", line=line))
    address = f"{ports.public_url.rstrip('/')}/answers/{slug}"
    return outcome(session, say(ports, "take-away.line-and-page", line=line, address=address))
