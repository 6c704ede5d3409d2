"""Did it help? After an answer one more question, at once; after a signpost a few, a week later, for who wants them.

Nothing of it is asked, kept or sent after a crisis or abuse message, nor of whoever told us not to write to them. Why
these questions, and why not to everybody: docs/decisions/0028.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal, get_args

from handlers import buttons, safety
from handlers.buttons import Verb
from handlers.catalogue import Texts
from handlers.evidence import AskedInstead, FollowUpSaid, FollowUpStopped, Instead, SaidInstead, WillAsk, WillNotAsk
from handlers.ports import Ports
from handlers.replies import button, fresh, numbered, outcome, rows, say
from handlers.turn import Button, Outcome, Reply, Session, Turn
from knowledge.entry import Entry, Organisation
from knowledge.library import Library

Question = Literal["went", "helped", "instead"]
INSTEAD: tuple[Instead, ...] = get_args(Instead)
ANSWERS: dict[Question, tuple[str, ...]] = {
    "went": ("yes", "not-yet", "no"),
    "helped": ("yes", "bit", "no"),
    "instead": INSTEAD,
}
"""The questions of a follow-up in their order, and what may be tapped."""
NEXT: dict[tuple[Question, str], Question] = {
    ("went", "yes"): "helped",
    ("helped", "yes"): "instead",
    ("helped", "bit"): "instead",
}
"""What is asked after an answer. What did not help has replaced nothing, so that nothing more is asked then."""
NOT_AGAIN_FOR = dt.timedelta(days=7)
LATER = dt.timedelta(days=7)
STOP = "stop"
ALARMS = frozenset({safety.FORM, safety.SAFE_FORM})
NO_DATABASE_NUMBER = 19
"""Digits."""


def thank(turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    """An answer helped: thanks, and in the same message what they would have done without it, where that may be
    asked."""
    thanks, later = ports.texts.blocks("feedback.thanks"), later_button(turn, session, ports, slug)
    if not may_ask(turn, session, ports, slug):
        return outcome(session, Reply(blocks=thanks, buttons=later))
    asks = Reply(blocks=(*thanks, *ports.texts.blocks("proof.instead")), buttons=(*_instead(ports.texts), *later))
    asked = AskedInstead(entry=slug, area=session.area)
    return outcome(session.model_copy(update={"asked": ports.now}), asks, effects=[asked])


def may_ask(turn: Turn, session: Session, ports: Ports, slug: str) -> bool:
    """Not after danger, nor about anything sensitive, nor twice within a week, nor where we are to keep quiet."""
    entry = ports.library.entries.get(slug)
    if entry is None or entry.tier == "sensitive" or turn.group or not _welcome(session, ports):
        return False
    return session.asked is None or ports.now - session.asked >= NOT_AGAIN_FOR


def _welcome(session: Session, ports: Ports) -> bool:
    alarmed = any(form is not None and form.form in ALARMS for form in (session.waiting, session.paused))
    return ports.contact == "ok" and not session.quiet and not alarmed


def _instead(texts: Texts) -> tuple[tuple[Button, ...], ...]:
    return rows(*(_button(texts, f"proof.instead.{answer}", f"instead.{answer}") for answer in INSTEAD))


def _button(texts: Texts, label_id: str, argument: str) -> Button:
    return Button(label=texts.say(label_id), token=buttons.encode(Verb.PROOF, argument))


def strip(turn: Turn) -> tuple[Reply, ...]:
    """Take the buttons off the message that was tapped, so that it is asked once."""
    return (Reply(strip_buttons_of=turn.message_id),) if turn.message_id else ()


async def tapped(turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome | None:
    """An answer to one of our questions: `instead.ANSWER` or `NUMBER.QUESTION.ANSWER`; None: no such button."""
    about, _, rest = argument.partition(".")
    if about == "instead":
        return _said_instead(turn, session, ports, rest)
    if about.isascii() and about.isdigit() and len(about) < NO_DATABASE_NUMBER:
        return _followed(turn, session, ports, int(about), rest)
    return None


def _said_instead(turn: Turn, session: Session, ports: Ports, said: str) -> Outcome | None:
    instead = next((known for known in INSTEAD if known == said), None)
    if instead is None:
        return None
    effects = [] if session.quiet else [SaidInstead(instead=instead)]
    later = later_button(turn, session, ports, session.shown[0]) if session.shown else ()
    return outcome(session, *strip(turn), say(ports, "proof.thanks", later), effects=effects)


def later_button(turn: Turn, session: Session, ports: Ports, slug: str) -> tuple[tuple[Button, ...], ...]:
    """One button under an answer that names organisations, for whoever can be written to later; else nothing."""
    if not _can_write(turn, session, ports) or not askable(ports.library, ports.library.entries.get(slug)):
        return ()
    return rows(button(ports, "proof.button.later", Verb.ASK_LATER, slug))


def _can_write(turn: Turn, session: Session, ports: Ports) -> bool:
    return turn.channel == "telegram" and not turn.group and _welcome(session, ports)


def askable(library: Library, entry: Entry | None) -> tuple[Organisation, ...]:
    """The organisations of an answer that may be named in a message a week later: none of a sensitive answer, and none
    that any sensitive answer names. Whoever else reads that telephone must not learn that help was sought there."""
    if entry is None or entry.tier == "sensitive":
        return ()
    delicate = {o.id for one in library.entries.values() if one.tier == "sensitive" for o in library.helpers(one)}
    return tuple(organisation for organisation in library.helpers(entry) if organisation.id not in delicate)


def ask_later(turn: Turn, session: Session, ports: Ports, slug: str) -> Outcome:
    """They want to be asked: about which organisation, where there are several."""
    found = askable(ports.library, ports.library.entries.get(slug)) if _can_write(turn, session, ports) else ()
    if not found:
        return outcome(session, say(ports, "proof.cannot"))
    session = session.model_copy(update={"shown": (slug,)})
    if len(found) == 1:
        return ask_about(turn, session, ports, found[0].id)
    choices = [(one.name, buttons.encode(Verb.ASK_ABOUT, one.id)) for one in found]
    reply, tokens = numbered(ports, ports.texts.blocks("proof.which"), choices)
    return outcome(fresh(session, choices=tokens), reply)


def ask_about(turn: Turn, session: Session, ports: Ports, organisation: str) -> Outcome:
    """Agreed: in a week, about this one. The tap is the consent, and the next button takes it back."""
    entry, known = _naming(session, ports.library, organisation), ports.library.organisations.get(organisation)
    if entry is None or known is None or not _can_write(turn, session, ports):
        return outcome(session, say(ports, "proof.cannot"))
    agreed = WillAsk(organisation=organisation, entry=entry.id, due_at=ports.now + LATER)
    back = rows(button(ports, "proof.button.not-later", Verb.DO_NOT_ASK, organisation))
    return outcome(fresh(session), say(ports, "proof.agreed", back, name=known.name), effects=[agreed])


def _naming(session: Session, library: Library, organisation: str) -> Entry | None:
    """The answer on the screen that names an organisation which may be asked about."""
    shown = library.known(session.shown)
    return next((e for e in shown if organisation in [one.id for one in askable(library, e)]), None)


def do_not_ask(turn: Turn, session: Session, ports: Ports, organisation: str) -> Outcome:
    """Not to be asked after all."""
    effects = [WillNotAsk(organisation=organisation)]
    return outcome(session, *strip(turn), say(ports, "proof.not-later"), effects=effects)


def letter(texts: Texts, follow_up: int, name: str) -> Reply:
    """What is sent a week later: neutral at first, for a locked screen shows the beginning; then the first question."""
    said = (*texts.blocks("follow-up.hello"), *texts.blocks("follow-up.went", name=name))
    return Reply(blocks=said, buttons=_choices(texts, follow_up, "went"))


def _choices(texts: Texts, follow_up: int, question: Question) -> tuple[tuple[Button, ...], ...]:
    labels = "proof.instead" if question == "instead" else f"follow-up.{question}"
    every = [_button(texts, f"{labels}.{one}", f"{follow_up}.{question}.{one}") for one in ANSWERS[question]]
    return rows(*every, _button(texts, "follow-up.stop", f"{follow_up}.{STOP}"))


def _followed(turn: Turn, session: Session, ports: Ports, follow_up: int, rest: str) -> Outcome | None:
    """An answer; then the next question, or thanks."""
    said, _, answer = rest.partition(".")
    question = next((known for known in ANSWERS if known == said), None)
    if said == STOP:
        stopped = [FollowUpStopped()]
        return outcome(session, *strip(turn), say(ports, "follow-up.stopped"), effects=stopped)
    if question is None or answer not in ANSWERS[question]:
        return None
    if session.quiet:
        return outcome(session, *strip(turn), say(ports, "follow-up.thanks"))
    kept = FollowUpSaid(follow_up=follow_up, question=question, answer=answer, area=session.area)
    return outcome(session, *strip(turn), _then(ports, follow_up, question, answer), effects=[kept])


def _then(ports: Ports, follow_up: int, question: Question, answer: str) -> Reply:
    after = NEXT.get((question, answer))
    if after is not None:
        return say(ports, f"follow-up.{after}", _choices(ports.texts, follow_up, after))
    if (question, answer) == ("helped", "no"):
        return say(ports, "follow-up.sorry", rows(button(ports, "button.person", Verb.PERSON)))
    return say(ports, "follow-up.thanks")
