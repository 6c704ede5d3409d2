"""Everything that was said, once more: to change, or to book."""

from __future__ import annotations

from handlers.contacts import as_dialled
from handlers.replies import fresh, say
from handlers.visits.booked import confirmed
from handlers.visits.form import Answered, Asked, Choice, Form, Heard, Step, answer_button, booking, question
from handlers.visits.home import NONE, PREFIX, typed
from handlers.visits.saying import safely, slot_words
from handlers.visits.who import labelled
from knowledge.prose import Span, Steps

NAME = "summary"
BOOK, CHANGE = "book", "change"


async def ask(form: Form) -> Asked:
    """Is all of this right?"""
    listed = tuple((Span(text=f"{label}: ", strong=True), Span(text=said)) for label, said in _lines(form))
    blocks = (
        *form.blocks("visit.summary.ask"),
        Steps(items=listed, ordered=False),
        *form.blocks("visit.summary.consent"),
    )
    more = [answer_button(form, f"visit.button.{value}", NAME, value) for value in (BOOK, CHANGE)]
    return question(form, NAME, blocks, more=more)


def _lines(form: Form) -> list[tuple[str, str]]:
    """Label and words of each thing that was said; what was left out is not listed."""
    texts, draft = form.ports.texts, form.draft
    said = (
        ("when", slot_words(form.ports, draft.starts) if draft.starts else ""),
        ("where", ", ".join(filter(None, (draft.address, draft.postcode)))),
        ("name", draft.name),
        ("reach", _reach(form)),
        ("what", "; ".join(r.label for r in form.content.reasons if r.id in draft.reasons)),
        ("home", _home(form)),
        ("needs", draft.needs),
        ("remind", texts.say(f"visit.remind-by.{draft.remind_by or 'message'}")),
        ("partners", _yes_or_no(form, draft.partners)),
        ("feedback", _yes_or_no(form, draft.feedback)),
        ("word", draft.word),
    )
    return [(texts.say(f"visit.label.{name}"), words) for name, words in said if words]


def _reach(form: Form) -> str:
    texts, draft = form.ports.texts, form.draft
    how = texts.say(f"visit.reach-by.{draft.reach}", phone=as_dialled(draft.phone)) if draft.reach else ""
    return "; ".join(filter(None, (how, safely(texts, draft.safe))))


def _home(form: Form) -> str:
    given = form.draft.answers
    labels = [a.label for q in form.content.factors for a in q.answers if a.id in given.get(q.id, ()) and a.id != NONE]
    return "; ".join(labels)


def _yes_or_no(form: Form, agreed: bool | None) -> str:
    return "" if agreed is None else form.ports.texts.say("visit.button.yes" if agreed else "visit.button.no")


async def heard(form: Form) -> Heard:
    """'Book it', typed."""
    value = typed(form.turn.text, labelled(form, BOOK, CHANGE))
    return await tapped(form, value) if value else None


async def tapped(form: Form, value: str) -> Heard:
    """Book, or change one thing."""
    if value == BOOK:
        return await _book(form)
    if value == CHANGE:
        return Answered(form.having(step=WHICH), stay=True)
    return None


async def _book(form: Form) -> Heard:
    got = await form.bookings.book(form.draft)
    if got.visit is not None:
        return confirmed(form, got.visit)
    if got.why == "household-has-one":
        return booking(fresh(form.session, visit=None), say(form.ports, "visit.household-has-one"))
    gone = form.having(starts=None, visit=None, held_until=None, step="when", changing=True)
    return Answered(gone, form.ports.texts.blocks("visit.when.gone"), stay=True)


WHICH = "which"
CHANGEABLE = ("when", "where", "what", "home", "name", "reach", "address", "needs", "partners", "word")
"""What stands on the buttons of "change". "home" begins its questions anew."""


async def _ask_which(form: Form) -> Asked:
    choices: list[Choice] = [(form.ports.texts.say(f"visit.label.{name}"), name) for name in CHANGEABLE]
    return question(form, WHICH, form.blocks("visit.change.ask"), choices)


async def _which_tapped(form: Form, value: str) -> Heard:
    if value not in CHANGEABLE:
        return None
    if value == "home":
        first = f"{PREFIX}{form.content.factors[0].id}"
        return Answered(form.having(step=first, answers={}, changing=False), stay=True)
    return Answered(form.having(step=value, changing=True), stay=True)


async def _which_heard(form: Form) -> Heard:
    value = typed(form.turn.text, [(form.ports.texts.say(f"visit.label.{name}"), name) for name in CHANGEABLE])
    return await _which_tapped(form, value) if value else None


STEP = Step(NAME, 5, ask, heard, tapped)
CHANGE_STEP = Step(WHICH, 5, _ask_which, _which_heard, _which_tapped, wanted=lambda form: form.draft.step == WHICH)
