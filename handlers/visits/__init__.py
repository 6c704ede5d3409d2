"""Home visits: what one is, and how to ask for one. Booking a time comes with the visits themselves."""

from __future__ import annotations

from handlers.answer import body, standing
from handlers.buttons import Verb
from handlers.ports import Ports
from handlers.replies import action, button, fresh, rows, say
from handlers.turn import Outcome, Reply, Session

ABOUT = "home-visits/about-home-visits"


async def act(session: Session, ports: Ports, name: str) -> Outcome:
    """What somebody asked about visits: book, change, cancel, or when."""
    if name == "visit.book":
        return about(session, ports)
    people = ports.library.place.people
    buttons = rows(button(ports, "button.person", Verb.PERSON), button(ports, "button.visit", Verb.VISIT, "start"))
    return action(fresh(session), name, say(ports, "visit.none-here" if people else "visit.none-yet", buttons))


def about(session: Session, ports: Ports) -> Outcome:
    """What a visit is, and the way to one where somebody does them."""
    entry = ports.library.entries.get(ABOUT)
    shown = (*body(ports, entry), *standing(ports, entry)) if entry else ()
    if ports.library.place.people is None:
        reply = Reply(blocks=(*shown, *ports.texts.blocks("visit.not-live")))
        return action(fresh(session), "visit.book", reply)
    ask = ports.texts.blocks("visit.ask")
    buttons = rows(
        button(ports, "button.ring-me", Verb.HANDOVER, "callback.visit"), button(ports, "button.never-mind", Verb.MENU)
    )
    return action(fresh(session), "visit.book", Reply(blocks=(*shown, *ask), buttons=buttons))


async def tapped(session: Session, ports: Ports) -> Outcome:
    """The button under an answer."""
    return about(session, ports)
