"""Who asks for what about visits: in words, with a button, or as the answer to a question of the form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers.answer import body, standing
from handlers.buttons import Verb
from handlers.draft import Draft
from handlers.ports import Ports
from handlers.replies import action, button, fresh, rows, say
from handlers.turn import Outcome, Reply, Session, Turn
from handlers.visits import after, booked, flow, times
from handlers.visits.form import Answered, Form, Heard, booking
from handlers.visits.saying import card

ABOUT = "home-visits/about-home-visits"

Tap = Callable[[Turn, Session, Ports, str], Awaitable[Outcome]]


async def act(turn: Turn, session: Session, ports: Ports, name: str) -> Outcome:
    """What somebody asked about visits: book, change, cancel, or when."""
    match name:
        case "visit.book":
            return await start(turn, session, ports)
        case "visit.change":
            return await change(turn, session, ports)
        case "visit.cancel":
            return await booked.ask_cancel(session, ports)
    return await booked.show(turn, session, ports)


async def start(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """Ask for a visit: a new form, one that waits, the visit they already have, or whom to ask where nobody comes."""
    if ports.bookings is None or not await ports.bookings.open():
        return about(session, ports)
    if await ports.bookings.mine() is not None:
        return await booked.show(turn, session, ports, "visit.book")
    if session.visit is not None and session.visit.moving is None:
        return _waits(session, ports)
    return await _begin(turn, session, ports)


async def _begin(turn: Turn, session: Session, ports: Ports) -> Outcome:
    wish = times.wished(ports, turn.text) if turn.kind == "text" else None
    form = _form(turn, session, ports, Draft(wish=wish))
    if form is None:
        return about(session, ports)
    return await flow.ask(form, ports.texts.blocks("visit.begin"))


def _waits(session: Session, ports: Ports) -> Outcome:
    """A form that was begun: on with it, or anew."""
    go, anew = (button(ports, f"visit.button.{way}", Verb.VISIT, way) for way in ("go", "anew"))
    return booking(fresh(session), say(ports, "visit.waits", rows(go, anew)))


def about(session: Session, ports: Ports) -> Outcome:
    """What a visit is, and the way to one where somebody does them but nobody's diary is open."""
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


async def change(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """Another time for the visit they have; the wish in their words is read at once."""
    mine = await ports.bookings.mine() if ports.bookings else None
    if mine is None:
        return booked.none(session, ports, "visit.change")
    if not mine.moves_left:
        return booked.cannot_move(session, ports, "moved-too-often")
    wish = times.wished(ports, turn.text) if turn.kind == "text" else None
    form = _form(turn, session, ports, Draft(moving=mine.id, wish=wish, step="when"))
    if form is None:
        return booked.none(session, ports, "visit.change")
    asked = await flow.ask(form, (*ports.texts.blocks("visit.move.ask"), *card(ports, mine)[:1]))
    return asked.model_copy(update={"trace": asked.trace.model_copy(update={"action": "visit.change"})})


async def answered(turn: Turn, session: Session, ports: Ports) -> Outcome | None:
    """Words while the form waits; None where they are no answer to it but something else."""
    form = _form(turn, session, ports, session.visit)
    if form is None:
        return None
    way = flow.way_typed(turn.text)
    if way is not None:
        return await _go(form, way)
    if turn.text.rstrip().endswith("?") and not times.wished(ports, turn.text):
        return None
    return await _taken(form, await flow.current(form).heard(form))


async def ask_again(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """The open question once more, after something else came in between."""
    form = _form(turn, session, ports, session.visit)
    return await flow.ask(form) if form else about(session, ports)


async def not_understood(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """Words that fit neither the question nor anything we know: one sentence, and the question again."""
    form = _form(turn, session, ports, session.visit)
    return await flow.ask(form, ports.texts.blocks("visit.not-understood")) if form else about(session, ports)


async def carry_on(turn: Turn, session: Session, ports: Ports, done: Outcome) -> Outcome:
    """Something else was answered in between: below it the open question is asked once more."""
    form = _form(turn, session, ports, session.visit)
    if form is None or done.session.waiting is not None or (done.trace.action or "").startswith("visit."):
        return done
    asked = await flow.ask(form, ports.texts.blocks("visit.waits-short"))
    shown = {"shown": done.session.shown, "others": done.session.others}
    return done.model_copy(
        update={"replies": (*done.replies, *asked.replies), "session": asked.session.model_copy(update=shown)}
    )


async def _taken(form: Form, heard: Heard) -> Outcome | None:
    return await flow.go_on(form, heard) if isinstance(heard, Answered) else heard


async def _go(form: Form, way: str) -> Outcome:
    if way == flow.LEAVE:
        return await _left(form)
    if way == flow.BACK:
        return await flow.turn_back(form)
    if flow.current(form).optional:
        return await flow.go_on(form, Answered(form))
    return await flow.ask(form, form.ports.texts.blocks("visit.cannot-skip"))


async def _left(form: Form) -> Outcome:
    """They want to stop. The time goes back at once; what they said waits, and the words say what is true."""
    await form.bookings.release()
    if form.draft.moving is not None:
        return await booked.show(form.turn, form.session.model_copy(update={"visit": None}), form.ports)
    go, menu = button(form.ports, "visit.button.go", Verb.VISIT, "go"), button(form.ports, "button.menu", Verb.MENU)
    draft = form.having(starts=None, visit=None, held_until=None).draft
    return booking(fresh(form.session, visit=draft), say(form.ports, "visit.left", rows(go, menu)))


async def tapped(turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome:
    """A button about visits: WHAT, WHAT.VISIT, or STEP.ANSWER."""
    what, _, rest = argument.partition(".")
    if what in TAPS:
        return await TAPS[what](turn, session, ports, rest)
    form = _form(turn, session, ports, session.visit)
    if form is None or form.draft.step != what:
        return await _old(turn, session, ports, form)
    if rest in (flow.BACK, flow.SKIP):
        return await _go(form, rest)
    done = await _taken(form, await flow.current(form).tapped(form, rest))
    return done if done is not None else await _old(turn, session, ports, form)


async def _old(turn: Turn, session: Session, ports: Ports, form: Form | None) -> Outcome:
    """A button of an earlier question, or of a form that is over."""
    if form is not None:
        return await flow.ask(form, ports.texts.blocks("visit.old-button"))
    if ports.bookings is not None and await ports.bookings.mine() is not None:
        return await booked.show(turn, session, ports)
    again = rows(button(ports, "button.visit", Verb.VISIT, "start"), button(ports, "button.menu", Verb.MENU))
    return booking(fresh(session), say(ports, "visit.old-form", again))


def _form(turn: Turn, session: Session, ports: Ports, draft: Draft | None) -> Form | None:
    if ports.bookings is None or draft is None:
        return None
    return Form(turn, session, ports, ports.bookings, draft)


async def _start(turn: Turn, session: Session, ports: Ports, _rest: str) -> Outcome:
    return await start(turn, session, ports)


async def _anew(turn: Turn, session: Session, ports: Ports, _rest: str) -> Outcome:
    if ports.bookings is not None:
        await ports.bookings.release()
    return await _begin(turn, session.model_copy(update={"visit": None}), ports)


async def _carry_on(turn: Turn, session: Session, ports: Ports, _rest: str) -> Outcome:
    form = _form(turn, session, ports, session.visit)
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
