"""After a visit: did we come, how was it, and what would they have done without us?"""

from __future__ import annotations

from handlers.ports import Ports
from handlers.replies import action, fresh
from handlers.turn import Outcome, Reply, Session, Turn
from handlers.visits import booked, letters

ACTION = "visit.when"


async def tapped(turn: Turn, session: Session, ports: Ports, rest: str) -> Outcome:
    """One answer, VISIT.QUESTION.ANSWER; then the next question. Its buttons go, so that it is asked once."""
    visit, _, said = rest.partition(".")
    question, _, answer = said.partition(".")
    known = answer in letters.ANSWERS.get(question, ()) and visit.isascii() and visit.isdigit()
    if not known or ports.bookings is None or not await ports.bookings.say_after(int(visit), question, answer):
        return booked.none(session, ports, ACTION)
    strip = (Reply(strip_buttons_of=turn.message_id),) if turn.message_id and turn.channel == "telegram" else ()
    follow = letters.follow_on(ports.texts, int(visit), question, answer)
    return action(fresh(session), ACTION, *strip, follow)
