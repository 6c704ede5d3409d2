"""Where: a postcode that we serve. Outside the area nothing is kept, and they hear whom to ask instead."""

from __future__ import annotations

from dataclasses import replace

from handlers.buttons import Verb
from handlers.contacts import contact
from handlers.nearby import area_in
from handlers.replies import button, fresh, rows
from handlers.turn import Outcome, Reply
from handlers.visits.form import Answered, Asked, Form, Heard, Step, answer_button, booking, kept, question
from knowledge.visits.postcodes import half_a_postcode, read_postcode, serves

NAME = "where"
OTHER, AGREED, NOT_AGREED = "other", "agreed", "not-agreed"


async def ask(form: Form) -> Asked:
    """What is the postcode?"""
    other = None if form.draft.for_other else answer_button(form, "visit.button.other", NAME, OTHER)
    never_mind = button(form.ports, "button.never-mind", Verb.MENU)
    return question(form, NAME, form.blocks("visit.where.ask"), more=(other, never_mind))


async def heard(form: Form) -> Heard:
    """A postcode, or half of one."""
    postcode = read_postcode(form.turn.text)
    if postcode is None:
        half = half_a_postcode(form.turn.text)
        return _again(form, "visit.where.half", half=half) if half else None
    if not serves(form.ports.library.place.postcodes_served, postcode):
        return _outside(form)
    return Answered(_in_area(form.having(postcode=str(postcode))))


async def tapped(form: Form, value: str) -> Heard:
    """It is for somebody else: have they agreed?"""
    match value:
        case "other":
            return _again(form, "visit.where.agreed", AGREED, NOT_AGREED)
        case "agreed":
            return Answered(form.having(for_other=True), stay=True)
        case "not-agreed":
            return _again(form, "visit.where.not-agreed")
    return None


def _in_area(form: Form) -> Form:
    """The area of their own home, where that is the one to be visited."""
    area = None if form.draft.for_other else area_in(form.draft.postcode, form.ports.library.place)
    return replace(form, session=form.session.model_copy(update={"area": area})) if area else form


def _again(form: Form, text_id: str, *answers: str, **facts: object) -> Outcome:
    more = [answer_button(form, f"visit.button.{value}", NAME, value) for value in answers]
    return booking(kept(form), Reply(blocks=form.blocks(text_id, **facts), buttons=rows(*more)))


def _outside(form: Form) -> Outcome:
    library = form.ports.library
    instead = library.organisations.get(library.place.resolve(form.content.outside_area) or "")
    blocks = form.blocks("visit.where.outside", place=library.place.name)
    shown = (*blocks, contact(form.ports, instead)) if instead else blocks
    again = rows(button(form.ports, "visit.button.other-postcode", Verb.VISIT, "start"))
    return booking(fresh(form.session, visit=None), Reply(blocks=shown, buttons=again))


STEP = Step(NAME, 1, ask, heard, tapped)
