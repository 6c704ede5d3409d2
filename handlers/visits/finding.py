"""A visit that was booked elsewhere: its reference and the word for its door bring it into this chat."""

from __future__ import annotations

from handlers.buttons import Verb
from handlers.ports import Ports
from handlers.replies import action, button, fresh, rows, say
from handlers.turn import Outcome, Reply, Session, Turn, Waiting
from handlers.visits.booked import ways
from handlers.visits.saying import card
from knowledge.visits.names import parse_reference

FORM = "visit-find"


def is_reference(text: str, ports: Ports) -> bool:
    """Is it a visit's reference, and nothing else?"""
    return ports.bookings is not None and parse_reference(text) is not None


async def ask(text: str, session: Session, ports: Ports) -> Outcome:
    """Whose visit it is nobody learns from the reference alone: what is the word?"""
    waiting = Waiting(form=FORM, data={"reference": parse_reference(text) or ""})
    never_mind = rows(button(ports, "button.never-mind", Verb.MENU))
    return action(fresh(session, waiting=waiting), "visit.when", say(ports, "visit.find.ask", never_mind))


async def answered(turn: Turn, session: Session, ports: Ports, waiting: Waiting) -> Outcome:
    """The word: with it the visit can be seen, moved and cancelled here."""
    reference = waiting.data["reference"]
    visit = await ports.bookings.claim(reference, turn.text) if ports.bookings else None
    if visit is None:
        person = rows(button(ports, "button.person", Verb.PERSON), button(ports, "button.menu", Verb.MENU))
        return action(fresh(session), "visit.when", say(ports, "visit.find.none", person))
    blocks = (*ports.texts.blocks("visit.find.done"), *card(ports, visit))
    reply = Reply(blocks=blocks, buttons=ways(turn, session, ports, visit))
    return action(fresh(session), "visit.when", reply)
