"""When: the step that shows free times, reads wishes, and keeps a time for some minutes, or moves a visit to it."""

from __future__ import annotations

import datetime as dt

from handlers import handover
from handlers.contacts import fallback_numbers
from handlers.ports import Booked
from handlers.turn import Button, Outcome, Reply
from handlers.visits import times
from handlers.visits.booked import cannot_move, moved
from handlers.visits.form import Answered, Asked, Form, Heard, Step, answer_button, booking, kept, question
from handlers.visits.saying import slot_words, time_words
from knowledge.prose import Block

NAME = "when"
RING, ANY, LATER = "ring", "any", "later-"


async def ask(form: Form) -> Asked:
    """Some free times."""
    free = await form.bookings.free(form.draft.moving)
    found = times.shown(form.ports, free, form.draft.wish, form.draft.after)
    fits = found.text_id in ("visit.when.ask", "visit.when.unsure")
    form = form if fits else form.having(wish=None, after=None)
    blocks = form.ports.texts.blocks(found.text_id)
    return question(form, NAME, blocks, times.choices(form.ports, found.slots), _others(form, found))


def _others(form: Form, found: times.Shown) -> list[Button | None]:
    ring = answer_button(form, "visit.button.ring", NAME, RING)
    if not found.slots:
        return [ring]
    wishes = [answer_button(form, f"visit.button.{wish}", NAME, wish) for wish in times.WISHES]
    after = f"{LATER}{times.value_of(found.slots[-1].starts)}"
    any_time = answer_button(form, "visit.button.any", NAME, ANY) if form.draft.wish or form.draft.after else None
    return [*wishes, answer_button(form, "visit.button.later", NAME, after), any_time, ring]


async def heard(form: Form) -> Heard:
    """A wish: the one time it can mean, or those that fit it."""
    wish = times.wished(form.ports, form.turn.text)
    if wish is None:
        return None
    slot = times.only(form.ports, await form.bookings.free(form.draft.moving), wish)
    if slot is not None:
        return await _chosen(form, slot.starts)
    return Answered(form.having(wish=wish, after=None), stay=True)


async def tapped(form: Form, value: str) -> Heard:
    """A time, or other times."""
    if value == RING:
        return await _ring(form)
    if value == ANY:
        return Answered(form.having(wish=None, after=None), stay=True)
    if value in times.WISHES:
        return Answered(form.having(wish=times.WISHES[value], after=None), stay=True)
    starts = times.start_of(value.removeprefix(LATER))
    if starts is None:
        return None
    if value.startswith(LATER):
        return Answered(form.having(after=starts), stay=True)
    return await _chosen(form, starts)


async def _chosen(form: Form, starts: dt.datetime) -> Heard:
    return await (_move(form, starts) if form.draft.moving is not None else _hold(form, starts))


async def _hold(form: Form, starts: dt.datetime) -> Heard:
    taken = await form.bookings.hold(starts)
    if taken.visit is None or taken.until is None:
        gone = form.having(starts=None, visit=None, held_until=None)
        return Answered(gone, form.ports.texts.blocks("visit.when.gone"), stay=True)
    held = form.having(starts=starts, visit=taken.visit, held_until=taken.until)
    return Answered(held, _kept_for_you(held, starts, taken.until))


def _kept_for_you(form: Form, starts: dt.datetime, until: dt.datetime) -> tuple[Block, ...]:
    when, clock = slot_words(form.ports, starts), time_words(form.ports, until)
    return form.ports.texts.blocks("visit.when.held", when=when, until=clock)


async def _move(form: Form, starts: dt.datetime) -> Heard:
    got: Booked = await form.bookings.move(form.draft.moving or 0, starts)
    if got.visit is not None:
        return moved(form.turn, form.session, form.ports, got.visit)
    if got.why == "taken":
        return Answered(form, form.ports.texts.blocks("visit.when.gone"), stay=True)
    return cannot_move(form.session, form.ports, got.why)


async def _ring(form: Form) -> Outcome:
    """A person rings; what was said so far waits."""
    if form.ports.library.place.people is None:
        blocks = (*form.ports.texts.blocks("handover.nobody"), *fallback_numbers(form.ports))
        return booking(kept(form), Reply(blocks=blocks))
    return await handover.choose(kept(form), form.ports, "callback.visit")


STEP = Step(NAME, 4, ask, heard, tapped)
