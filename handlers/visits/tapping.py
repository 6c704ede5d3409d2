"""Buttons about visits: of the form, of a booked visit, and of the messages that come later."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers.buttons import Verb
from handlers.ports import Ports
from handlers.replies import button, fresh, rows, say
from handlers.turn import Outcome, Session, Turn
from handlers.visits import after, booked, flow
from handlers.visits.asking import begin, change, form_of, go, start, taken
from handlers.visits.form import Form, booking

Tap = Callable[[Turn, Session, Ports, str], Awaitable[Outcome]]


async def tapped(turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome:
    """A button about visits: WHAT, WHAT.VISIT, or STEP.ANSWER."""
    what, _, rest = argument.partition(".")
    if what in TAPS:
        return await TAPS[what](turn, session, ports, rest)
    form = form_of(turn, session, ports, session.visit)
    if form is None or form.draft.step != what:
        return await _old(turn, session, ports, form)
    if rest in (flow.BACK, flow.SKIP):
        return await go(form, rest)
    done = await taken(form, await flow.current(form).tapped(form, rest))
    return done if done is not None else await _old(turn, session, ports, form)


async def _old(turn: Turn, session: Session, ports: Ports, form: Form | None) -> Outcome:
    """A button of an earlier question, or of a form that is over."""
    if form is not None:
        return await flow.ask(form, ports.texts.blocks("visit.old-button"))
    if ports.bookings is not None and await ports.bookings.mine() is not None:
        return await booked.show(turn, session, ports)
    again = rows(button(ports, "button.visit", Verb.VISIT, "start"), button(ports, "button.menu", Verb.MENU))
    return booking(fresh(session), say(ports, "visit.old-form", again))


async def _start(turn: Turn, session: Session, ports: Ports, _rest: str) -> Outcome:
    return await start(turn, session, ports)


async def _anew(turn: Turn, session: Session, ports: Ports, _rest: str) -> Outcome:
    if ports.bookings is not None:
        await ports.bookings.release()
    return await begin(turn, session.model_copy(update={"visit": None}), ports)


async def _carry_on(turn: Turn, session: Session, ports: Ports, _rest: str) -> Outcome:
    form = form_of(turn, session, ports, session.visit)
    return await flow.ask(form) if form else await start(turn, session, ports)


async def _mine(turn: Turn, session: Session, ports: Ports, _rest: str) -> Outcome:
    return await booked.show(turn, session, ports)


async def _move(turn: Turn, session: Session, ports: Ports, _visit: str) -> Outcome:
    return await change(turn, session, ports)


async def _cancel(_turn: Turn, session: Session, ports: Ports, _visit: str) -> Outcome:
    return await booked.ask_cancel(session, ports)


async def _cancel_sure(_turn: Turn, session: Session, ports: Ports, visit: str) -> Outcome:
    return await booked.cancel(session, ports, number(visit))


async def _earlier(_turn: Turn, session: Session, ports: Ports, visit: str) -> Outcome:
    return await booked.wait(session, ports, number(visit), wanted=True)


async def _not_earlier(_turn: Turn, session: Session, ports: Ports, visit: str) -> Outcome:
    return await booked.wait(session, ports, number(visit), wanted=False)


async def _accept(turn: Turn, session: Session, ports: Ports, _visit: str) -> Outcome:
    return await booked.take_earlier(turn, session, ports, accepted=True)


async def _decline(turn: Turn, session: Session, ports: Ports, _visit: str) -> Outcome:
    return await booked.take_earlier(turn, session, ports, accepted=False)


async def _in(_turn: Turn, session: Session, ports: Ports, visit: str) -> Outcome:
    return await booked.will_be_in(session, ports, number(visit))


def number(said: str) -> int:
    """A visit's number; 0, which no visit has, for anything else."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0


TAPS: dict[str, Tap] = {
    "": _start,
    "start": _start,
    "go": _carry_on,
    "anew": _anew,
    "mine": _mine,
    "move": _move,
    "cancel": _cancel,
    "cancel-sure": _cancel_sure,
    "earlier": _earlier,
    "later": _not_earlier,
    "accept": _accept,
    "decline": _decline,
    "in": _in,
    "after": after.tapped,
}
"""What a button does whose argument begins so. All others answer a question of the form."""
