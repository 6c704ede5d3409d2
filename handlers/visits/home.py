"""About the home, and what the visit is for: questions with answers to tap, each of which may be skipped."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from handlers.replies import bold
from handlers.turn import Button
from handlers.visits.form import Answered, Asked, Choice, Form, Heard, Step, answer_button, question
from knowledge.prose import Block, line
from knowledge.visits.questions import Answer, Question, Reason, Visits

PART, PREFIX = 2, "home-"
WHAT = "what"
NEXT, NONE, SKIP_ALL = "next", "none", "skip-all"
TICK = "✓"
ALIKE = 86.0
"""From here on (rapidfuzz ratio) a typed answer is taken for the label on a button."""


def steps(content: Visits) -> tuple[Step, ...]:
    """One step for each question of the place's visits.yaml, then what the visit is for."""
    return (*(_step(each) for each in content.factors), Step(WHAT, 3, ask_reasons, heard_reason, tapped_reason, True))


def _step(about: Question) -> Step:
    async def ask(form: Form) -> Asked:
        return _asked(form, about)

    async def heard(form: Form) -> Heard:
        value = typed(form.turn.text, [(answer.label, answer.id) for answer in about.answers])
        return await tapped(form, value) if value else None

    async def tapped(form: Form, value: str) -> Heard:
        return _answered(form, about, value)

    def wanted(form: Form) -> bool:
        return form.draft.changing or about.id not in form.draft.known

    return Step(f"{PREFIX}{about.id}", PART, ask, heard, tapped, optional=True, wanted=wanted)


def _asked(form: Form, about: Question) -> Asked:
    step, given = f"{PREFIX}{about.id}", form.draft.answers.get(about.id, ())
    several = form.ports.texts.blocks("visit.several") if about.several else ()
    blocks = (bold(about.question), line(about.why, small=True), *several)
    all_skipped = answer_button(form, "visit.button.skip-all", step, SKIP_ALL)
    return question(form, step, blocks, _ticked(about.answers, given), [_next(form, step, given), all_skipped])


def _ticked(answers: Sequence[Answer | Reason], given: Sequence[str]) -> list[Choice]:
    """Every answer, in the place it always has; those that were chosen with a tick."""
    return [(f"{answer.label} {TICK}" if answer.id in given else answer.label, answer.id) for answer in answers]


def _next(form: Form, step: str, given: Sequence[str]) -> Button | None:
    return answer_button(form, "visit.button.next", step, NEXT) if given else None


def _answered(form: Form, about: Question, value: str) -> Heard:
    given = form.draft.answers.get(about.id, ())
    if value == NEXT:
        return Answered(form)
    if value == SKIP_ALL:
        return Answered(form.having(step=WHAT), stay=True)
    chosen = next((answer for answer in about.answers if answer.id == value), None)
    if chosen is None:
        return None
    stay = about.several and value != NONE
    now = _turned([id_ for id_ in given if id_ != NONE], value) if stay else (value,)
    after = form.having(answers={**form.draft.answers, about.id: now})
    return Answered(after, _tip(form, chosen) if value in now else (), stay=stay)


def _turned(given: Sequence[str], value: str) -> tuple[str, ...]:
    """Chosen, or, where it was chosen before, no longer."""
    return tuple(id_ for id_ in given if id_ != value) if value in given else (*given, value)


def _tip(form: Form, chosen: Answer) -> tuple[Block, ...]:
    return form.ports.texts.blocks("visit.tip", tip=chosen.tip) if chosen.tip else ()


async def ask_reasons(form: Form) -> Asked:
    """What would they like help with?"""
    given = form.draft.reasons
    blocks = (*form.blocks("visit.what.ask"), *form.ports.texts.blocks("visit.several"))
    return question(form, WHAT, blocks, _ticked(form.content.reasons, given), [_next(form, WHAT, given)])


async def heard_reason(form: Form) -> Heard:
    """A reason typed instead of tapped."""
    value = typed(form.turn.text, [(reason.label, reason.id) for reason in form.content.reasons])
    return await tapped_reason(form, value) if value else None


async def tapped_reason(form: Form, value: str) -> Heard:
    """One reason more, or on to the next question."""
    if value == NEXT:
        return Answered(form)
    if value not in [reason.id for reason in form.content.reasons]:
        return None
    return Answered(form.having(reasons=_turned(form.draft.reasons, value)), stay=True)


def typed(text: str, choices: Sequence[Choice]) -> str | None:
    """The value whose label was typed, slips forgiven."""
    labels = {value: label.casefold() for label, value in choices}
    found = process.extractOne(text.strip().casefold(), labels, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return str(found[2]) if found else None
