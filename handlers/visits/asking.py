"""Who asks for what about visits: in words, or as the answer to a question of the form."""

from __future__ import annotations

from handlers.answer import body, standing
from handlers.buttons import Verb
from handlers.draft import Draft
from handlers.ports import Ports
from handlers.replies import action, button, fresh, rows, say
from handlers.turn import Outcome, Reply, Session, Turn
from handlers.visits import booked, flow, times
from handlers.visits.form import Answered, Form, Heard, booking
from handlers.visits.saying import card

ABOUT = "home-visits/about-home-visits"


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
    return await begin(turn, session, ports)


async def begin(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """A new form; a wish in the words that asked for it is remembered."""
    wish = times.wished(ports, turn.text) if turn.kind == "text" else None
    form = form_of(turn, session, ports, Draft(wish=wish))
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
    form = form_of(turn, session, ports, Draft(moving=mine.id, wish=wish, step="when"))
    if form is None:
        return booked.none(session, ports, "visit.change")
    asked = await flow.ask(form, (*ports.texts.blocks("visit.move.ask"), *card(ports, mine)[:1]))
    return asked.model_copy(update={"trace": asked.trace.model_copy(update={"action": "visit.change"})})


async def answered(turn: Turn, session: Session, ports: Ports) -> Outcome | None:
    """Words while the form waits; None where they are no answer to it but something else."""
    form = form_of(turn, session, ports, session.visit)
    if form is None:
        return None
    way = flow.way_typed(turn.text)
    if way is not None:
        return await go(form, way)
    if turn.text.rstrip().endswith("?") and not times.wished(ports, turn.text):
        return None
    return await taken(form, await flow.current(form).heard(form))


async def ask_again(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """The open question once more, after something else came in between."""
    form = form_of(turn, session, ports, session.visit)
    return await flow.ask(form) if form else about(session, ports)


async def not_understood(turn: Turn, session: Session, ports: Ports) -> Outcome:
    """Words that fit neither the question nor anything we know: one sentence, and the question again."""
    form = form_of(turn, session, ports, session.visit)
    return await flow.ask(form, ports.texts.blocks("visit.not-understood")) if form else about(session, ports)


async def carry_on(turn: Turn, session: Session, ports: Ports, done: Outcome) -> Outcome:
    """Something else was answered in between: below it the open question is asked once more."""
    form = form_of(turn, session, ports, session.visit)
    if form is None or done.session.waiting is not None or (done.trace.action or "").startswith("visit."):
        return done
    asked = await flow.ask(form, ports.texts.blocks("visit.waits-short"))
    shown = {"shown": done.session.shown, "others": done.session.others}
    return done.model_copy(
        update={"replies": (*done.replies, *asked.replies), "session": asked.session.model_copy(update=shown)}
    )


async def taken(form: Form, heard: Heard) -> Outcome | None:
    """What an answer leads to; None where it was none."""
    return await flow.go_on(form, heard) if isinstance(heard, Answered) else heard


async def go(form: Form, way: str) -> Outcome:
    """Back, on without an answer, or away."""
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


def form_of(turn: Turn, session: Session, ports: Ports, draft: Draft | None) -> Form | None:
    """A draft as the form of this turn; None where there is none, or no diary."""
    if ports.bookings is None or draft is None:
        return None
    return Form(turn, session, ports, ports.bookings, draft)
