"""A visit that is booked: its confirmation, "when is it?", another time, cancelled, an earlier time."""

from __future__ import annotations

from handlers.buttons import Verb
from handlers.ports import Appointment, Ports
from handlers.replies import action, button, fresh, rows, say
from handlers.turn import Button, File, Outcome, Reply, Session, Turn
from handlers.visits.form import Form
from handlers.visits.saying import card, span_words
from knowledge.prose import Block

FILE_TYPE = "text/calendar"


def confirmed(form: Form, visit: Appointment) -> Outcome:
    """It is booked: everything they need to know, and how it will be remembered."""
    ports, remind = form.ports, form.draft.remind_by or "message"
    blocks = (
        *ports.texts.blocks("visit.booked"),
        *card(ports, visit),
        *ports.texts.blocks("visit.on-the-day"),
        *ports.texts.blocks(f"visit.reminded.{remind}", address=f"{ports.telegram}?start={visit.reference}"),
        *_calendar(form.turn, ports, visit),
    )
    reply = Reply(blocks=blocks, buttons=ways(form.turn, form.session, ports, visit), file=_file(visit))
    return action(fresh(form.session, visit=None), "visit.book", reply)


def moved(turn: Turn, session: Session, ports: Ports, visit: Appointment) -> Outcome:
    """It has another time."""
    blocks = (*ports.texts.blocks("visit.moved"), *card(ports, visit), *_calendar(turn, ports, visit))
    reply = Reply(blocks=blocks, buttons=ways(turn, session, ports, visit), file=_file(visit))
    return action(fresh(session, visit=None), "visit.change", reply)


def cannot_move(session: Session, ports: Ports, why: str | None) -> Outcome:
    """It was not moved, and why; a person can help."""
    text_id = "visit.move.too-often" if why == "moved-too-often" else "visit.move.not-booked"
    buttons = rows(button(ports, "button.person", Verb.PERSON), button(ports, "button.menu", Verb.MENU))
    return action(fresh(session, visit=None), "visit.change", say(ports, text_id, buttons))


async def show(turn: Turn, session: Session, ports: Ports, name: str = "visit.when") -> Outcome:
    """When is it? The visit of this chat, or the plain truth that there is none."""
    visit = await ports.bookings.mine() if ports.bookings else None
    if visit is None:
        return none(session, ports, name)
    reply = Reply(
        blocks=(*card(ports, visit), *_calendar(turn, ports, visit)), buttons=ways(turn, session, ports, visit)
    )
    return action(fresh(session), name, reply)


def none(session: Session, ports: Ports, name: str) -> Outcome:
    """Nothing is booked in this chat, and nothing was changed."""
    people = ports.library.place.people
    text_id = "visit.none-here" if people or ports.bookings else "visit.none-yet"
    buttons = rows(button(ports, "button.person", Verb.PERSON), button(ports, "button.visit", Verb.VISIT, "start"))
    return action(fresh(session), name, say(ports, text_id, buttons))


async def ask_cancel(session: Session, ports: Ports) -> Outcome:
    """Are they sure? Nothing is cancelled yet, and the words say so."""
    visit = await ports.bookings.mine() if ports.bookings else None
    if visit is None:
        return none(session, ports, "visit.cancel")
    sure = button(ports, "visit.button.cancel-sure", Verb.VISIT, f"cancel-sure.{visit.id}")
    keep = button(ports, "visit.button.keep", Verb.VISIT, "mine")
    move = button(ports, "visit.button.move", Verb.VISIT, f"move.{visit.id}") if visit.moves_left else None
    when = span_words(ports, visit.starts, visit.ends)
    return action(fresh(session), "visit.cancel", say(ports, "visit.cancel.ask", rows(sure, keep, move), when=when))


async def cancel(session: Session, ports: Ports, visit: int) -> Outcome:
    """They are sure. It says cancelled only where it is."""
    gone = await ports.bookings.cancel(visit) if ports.bookings else None
    if gone is None:
        return none(session, ports, "visit.cancel")
    when = span_words(ports, gone.starts, gone.ends)
    again = rows(button(ports, "visit.button.again", Verb.VISIT, "start"))
    reply = say(ports, "visit.cancelled", again, when=when, reference=gone.reference)
    return action(fresh(session), "visit.cancel", reply.model_copy(update={"file": _file(gone)}))


async def wait(session: Session, ports: Ports, visit: int, *, wanted: bool) -> Outcome:
    """Put on the list for an earlier time, or taken off it."""
    mine = await ports.bookings.mine() if ports.bookings else None
    if ports.bookings is None or mine is None or mine.id != visit:
        return none(session, ports, "visit.change")
    await ports.bookings.wait(visit, wanted)
    text_id = "visit.earlier.on" if wanted else "visit.earlier.off"
    return action(fresh(session), "visit.change", say(ports, text_id, when=span_words(ports, mine.starts, mine.ends)))


async def take_earlier(turn: Turn, session: Session, ports: Ports, *, accepted: bool) -> Outcome:
    """The earlier time that was offered: taken, or left to the next person."""
    if ports.bookings is None:
        return none(session, ports, "visit.change")
    if not accepted:
        await ports.bookings.decline()
        return await _unchanged(session, ports, "visit.earlier.declined")
    got = await ports.bookings.accept()
    if got.visit is not None:
        return moved(turn, session, ports, got.visit)
    return await _unchanged(session, ports, "visit.earlier.gone")


async def _unchanged(session: Session, ports: Ports, text_id: str) -> Outcome:
    mine = await ports.bookings.mine() if ports.bookings else None
    if mine is None:
        return none(session, ports, "visit.change")
    return action(fresh(session), "visit.change", say(ports, text_id, when=span_words(ports, mine.starts, mine.ends)))


async def will_be_in(session: Session, ports: Ports, visit: int) -> Outcome:
    """'I'll be in', from a reminder."""
    mine = await ports.bookings.mine() if ports.bookings else None
    if mine is None or mine.id != visit:
        return none(session, ports, "visit.when")
    return action(
        fresh(session), "visit.when", say(ports, "visit.will-be-in", when=span_words(ports, mine.starts, mine.ends))
    )


def ways(turn: Turn, session: Session, ports: Ports, visit: Appointment) -> tuple[tuple[Button, ...], ...]:
    """What can be done with a booked visit."""
    move = button(ports, "visit.button.move", Verb.VISIT, f"move.{visit.id}") if visit.moves_left else None
    cancel_it = button(ports, "visit.button.cancel", Verb.VISIT, f"cancel.{visit.id}")
    reachable = turn.channel == "telegram" and ports.contact == "ok" and not session.quiet
    label, value = ("earlier-off", "later") if visit.waiting else ("earlier", "earlier")
    earlier = button(ports, f"visit.button.{label}", Verb.VISIT, f"{value}.{visit.id}") if reachable else None
    return rows(move, cancel_it, earlier, button(ports, "button.menu", Verb.MENU))


def _calendar(turn: Turn, ports: Ports, visit: Appointment) -> tuple[Block, ...]:
    """The secret address of its calendar file, where there is one that can be followed."""
    if turn.channel == "web":
        return ports.texts.blocks("visit.calendar.link", address=visit.calendar_path)
    if ports.public_url is None:
        return ()
    return ports.texts.blocks("visit.calendar.link", address=f"{ports.public_url.rstrip('/')}{visit.calendar_path}")


def _file(visit: Appointment) -> File:
    return File(name=f"visit-{visit.reference}.ics", media_type=FILE_TYPE, text=visit.calendar)
