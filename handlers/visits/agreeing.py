"""What they agree to, each apart: a reminder, passing details on, a question afterwards; and the word at the door."""

from __future__ import annotations

from handlers.visits.form import Answered, Asked, Choice, Form, Heard, Step, answer_button, question
from handlers.visits.who import NOT_SAFE, PART, chosen, labelled, refused
from knowledge.visits.names import clean_word

YES, NO = "yes", "no"
PARTNERS = ("fire-service", "police", "ambulance")
"""The roles of place.toml whose holders work together on a visit."""
WORD, KEEP, ANOTHER = "word", "keep", "another"


def _reminders(form: Form) -> list[Choice]:
    """A call is only offered where nothing tells us to keep quiet: what is offered here is done."""
    quiet = form.session.quiet or form.ports.contact != "ok"
    by_phone = ["remind-ring"] if form.draft.phone and form.draft.safe != NOT_SAFE and not quiet else []
    linked = ["remind-telegram"] if form.ports.telegram and form.turn.channel != "telegram" else []
    return labelled(form, *by_phone, "remind-calendar", *linked)


def _remind(form: Form, value: str) -> Answered | None:
    return Answered(form.having(remind_by=value.removeprefix("remind-")))


def _asked_how(form: Form) -> bool:
    """Where the bot may write to them later it reminds them itself; elsewhere nothing can reach them."""
    return not form.may_write


def _yes_no(form: Form) -> list[Choice]:
    return labelled(form, YES, NO)


def _partners(form: Form, value: str) -> Answered | None:
    return Answered(form.having(partners=value == YES))


def _feedback(form: Form, value: str) -> Answered | None:
    return Answered(form.having(feedback=value == YES))


async def _ask_partners(form: Form) -> Asked:
    return question(form, "partners", form.blocks("visit.partners.ask", partners=partners(form)), _yes_no(form))


def partners(form: Form) -> str:
    """The organisations that work together here, by name."""
    library = form.ports.library
    known = [library.organisations.get(library.place.roles.get(role, "")) for role in PARTNERS]
    return ", ".join(organisation.name for organisation in known if organisation)


async def _ask_word(form: Form) -> Asked:
    form = form if form.draft.word else form.having(word=form.bookings.new_word())
    more = [answer_button(form, f"visit.button.word-{value}", WORD, value) for value in (KEEP, ANOTHER)]
    return question(form, WORD, form.blocks("visit.word.ask", word=form.draft.word), more=more)


async def _word_heard(form: Form) -> Heard:
    word = clean_word(form.turn.text)
    return Answered(form.having(word=word)) if word else refused(form, "visit.word.bad")


async def _word_tapped(form: Form, value: str) -> Heard:
    if value == ANOTHER:
        return Answered(form.having(word=form.bookings.new_word()), stay=True)
    return Answered(form) if value == KEEP else None


STEPS = (
    chosen("remind", _reminders, _remind)._replace(wanted=_asked_how),
    chosen("partners", _yes_no, _partners)._replace(ask=_ask_partners),
    chosen("feedback", _yes_no, _feedback)._replace(wanted=lambda form: form.may_write),
    Step(WORD, PART, _ask_word, _word_heard, _word_tapped),
)
