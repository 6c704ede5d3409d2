"""A person, on request: a call back, or a reply in this chat. Offered only where the place names who answers."""

from __future__ import annotations

import phonenumbers

from handlers.buttons import Verb
from handlers.contacts import fallback_numbers, open_words
from handlers.ports import Ports
from handlers.replies import action, button, fresh, outcome, rows, say
from handlers.turn import HandoverSaid, OpenHandover, Outcome, Reply, Session, Turn, Waiting
from knowledge import hours
from knowledge.place import People
from knowledge.prose import Block

FORM = "handover"
PHONE, WORDS = "phone", "words"


async def start(session: Session, ports: Ports, name: str = "human", about: str = "") -> Outcome:
    """Offer the ways to a person, with honest words about when somebody answers."""
    people = ports.library.place.people
    if people is None:
        return action(fresh(session), name, _numbers(ports))
    if session.quiet:
        return action(fresh(session), name, _numbers(ports, "handover.quiet"))
    blocks = (*ports.texts.blocks("handover.who", who=people.answered_by), *when(ports, people))
    buttons = rows(
        button(ports, "button.ring-me", Verb.HANDOVER, f"callback.{about}"),
        button(ports, "button.reply-here", Verb.HANDOVER, f"reply.{about}"),
        button(ports, "button.never-mind", Verb.MENU),
    )
    return action(fresh(session), name, Reply(blocks=blocks, buttons=buttons))


def _numbers(ports: Ports, text_id: str = "handover.nobody") -> Reply:
    return Reply(blocks=(*ports.texts.blocks(text_id), *fallback_numbers(ports)))


def when(ports: Ports, people: People) -> tuple[Block, ...]:
    """'They are there now until 5pm' or 'They are back on Monday at 9am', computed from data."""
    words = open_words(ports, people.hours)
    return ports.texts.blocks("handover.when", open=words, within=people.reply_within)


def out_of_hours(ports: Ports) -> tuple[Block, ...]:
    """That nobody is there to read it now, and when somebody is; nothing while somebody is, or nobody can tell."""
    people = ports.library.place.people
    if people is None or hours.state(people.hours, ports.now, ports.bank_holidays).open is not False:
        return ()
    return ports.texts.blocks("handover.out-of-hours", open=open_words(ports, people.hours))


async def choose(session: Session, ports: Ports, argument: str) -> Outcome:
    """They tapped how they want to hear back."""
    if ports.library.place.people is None:
        return action(fresh(session), "human", _numbers(ports))
    wish, _, about = argument.partition(".")
    if wish == "callback":
        waiting = Waiting(form=FORM, step=PHONE, data={"about": about})
        return action(fresh(session, waiting=waiting), "human", say(ports, "handover.ask-phone"))
    effect = OpenHandover(wish="reply", about=about or None)
    waiting = Waiting(form=FORM, step=WORDS)
    return action(fresh(session, waiting=waiting), "human", say(ports, "handover.ask-words"), effects=[effect])


async def answered(turn: Turn, session: Session, ports: Ports, waiting: Waiting) -> Outcome:
    """Words for the open step."""
    return await (_phone if waiting.step == PHONE else _words)(turn, session, ports, waiting)


async def _phone(turn: Turn, session: Session, ports: Ports, waiting: Waiting) -> Outcome:
    number = possible_phone(turn.text)
    if number is None:
        cancel = rows(button(ports, "button.never-mind", Verb.MENU))
        return outcome(session, say(ports, "handover.bad-phone", cancel))
    effect = OpenHandover(wish="callback", phone=number, about=waiting.data.get("about") or None)
    after = fresh(session, waiting=Waiting(form=FORM, step=WORDS))
    people = ports.library.place.people
    said = when(ports, people) if people else ()
    reply = Reply(
        blocks=(*ports.texts.blocks("handover.will-ring"), *said, *ports.texts.blocks("handover.ask-about")),
        buttons=rows(button(ports, "button.thats-all", Verb.HANDOVER, "done")),
    )
    return action(after, "human", reply, effects=[effect])


async def _words(turn: Turn, session: Session, ports: Ports, _waiting: Waiting) -> Outcome:
    ticket = await ports.person.latest_ticket()
    if ticket is None:
        return action(fresh(session), "human", say(ports, "handover.closed"))
    ways = rows(button(ports, "button.thats-all", Verb.HANDOVER, "done"))
    reply = Reply(blocks=(*out_of_hours(ports), *ports.texts.blocks("handover.passed-on")), buttons=ways)
    return action(session, "human", reply, effects=[HandoverSaid(ticket=ticket, text=turn.text)])


async def done(session: Session, ports: Ports) -> Outcome:
    """They have said all they wanted to."""
    people = ports.library.place.people
    said = when(ports, people) if people else ()
    return action(fresh(session), "human", Reply(blocks=(*ports.texts.blocks("handover.done"), *said)))


def possible_phone(text: str) -> str | None:
    """A British number in the words, in international form; None where there is none that could be dialled."""
    for match in phonenumbers.PhoneNumberMatcher(text, "GB", leniency=phonenumbers.Leniency.POSSIBLE):
        return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None
