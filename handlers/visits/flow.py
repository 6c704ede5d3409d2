"""From one question to the next: forwards, back, past what may be skipped, and to the summary after a change."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.buttons import Verb
from handlers.replies import button, rows
from handlers.turn import Outcome, Reply
from handlers.visits import agreeing, home, summary, when, where, who
from handlers.visits.form import PARTS, Answered, Asked, Form, Step, booking, kept
from knowledge.prose import Block

BACK, SKIP, LEAVE = "back", "skip", "leave"
TYPED = {
    LEAVE: re.compile(r"\W*(?:never ?mind|leave it|forget it|cancel(?: it| this)?|quit|exit)\W*", re.IGNORECASE),
    BACK: re.compile(r"\W*(?:go )?back\W*", re.IGNORECASE),
    SKIP: re.compile(r"\W*(?:skip(?: (?:it|this))?|pass|next)\W*", re.IGNORECASE),
}
TOGETHER = {("reach", "phone"), ("reach", "safe"), ("phone", "safe")}
"""Questions that are changed as one: who wants to be rung is asked for a number."""


def steps(form: Form) -> tuple[Step, ...]:
    """All questions that are asked of this person, in order."""
    if form.draft.moving is not None:
        return (when.STEP,)
    every = (
        where.STEP,
        *home.steps(form.content),
        when.STEP,
        *who.STEPS,
        *agreeing.STEPS,
        summary.STEP,
        summary.CHANGE_STEP,
    )
    return tuple(step for step in every if step.wanted(form))


def current(form: Form) -> Step:
    """The question that was asked last; the first one where that is no longer asked."""
    every = steps(form)
    return next((step for step in every if step.name == form.draft.step), every[0])


async def ask(form: Form, before: tuple[Block, ...] = ()) -> Outcome:
    """Ask the question of the draft's step, with words before it. Without a time there is nothing to sum up."""
    if form.draft.step == summary.NAME and form.draft.starts is None:
        form = form.having(step=when.NAME, changing=True)
    step = current(form)
    asked: Asked = await step.ask(form.having(step=step.name))
    blocks = (*before, *_progress(form, step), *asked.reply.blocks)
    buttons = (*asked.reply.buttons, *_ways(form, step))
    return booking(kept(asked.form, asked.choices), Reply(blocks=blocks, buttons=buttons))


def _progress(form: Form, step: Step) -> tuple[Block, ...]:
    if form.draft.moving is not None or step.name in (summary.NAME, summary.WHICH):
        return ()
    if step.part == home.PART:
        names = [each.name for each in steps(form) if each.part == home.PART]
        place, of = names.index(step.name) + 1, len(names)
        return form.ports.texts.blocks("visit.progress-of", part=step.part, parts=PARTS, number=place, of=of)
    return form.ports.texts.blocks("visit.progress", part=step.part, parts=PARTS)


def _ways(form: Form, step: Step) -> tuple[tuple[object, ...], ...]:
    first = step.name == steps(form)[0].name
    back = None if first else button(form.ports, "visit.button.back", Verb.VISIT, f"{step.name}.{BACK}")
    skips = step.optional and not said_something(form, step)
    skip = button(form.ports, "visit.button.skip", Verb.VISIT, f"{step.name}.{SKIP}") if skips else None
    return rows(back, skip)


def said_something(form: Form, step: Step) -> bool:
    """Was something chosen already, so that "next" goes on and there is nothing to skip?"""
    if step.name == home.WHAT:
        return bool(form.draft.reasons)
    return bool(form.draft.answers.get(step.name.removeprefix(home.PREFIX)))


async def go_on(form: Form, answered: Answered) -> Outcome:
    """After an answer: the same question again, the next one, or the summary after a change."""
    if answered.stay:
        return await ask(answered.form, answered.before)
    return await ask(_moved_on(answered.form), answered.before)


def _moved_on(form: Form) -> Form:
    every, here = steps(form), current(form)
    following = every[min(_place(every, here) + 1, len(every) - 1)]
    if form.draft.changing and not _together(here, following):
        return form.having(step=summary.NAME, changing=False)
    return form.having(step=following.name)


def _together(here: Step, following: Step) -> bool:
    home_too = here.name.startswith(home.PREFIX) and following.name.startswith(home.PREFIX)
    return home_too or (here.name, following.name) in TOGETHER


async def turn_back(form: Form) -> Outcome:
    """The question before this one; from a change, the summary."""
    every = steps(form)
    if form.draft.changing or form.draft.step == summary.WHICH:
        return await ask(form.having(step=summary.NAME, changing=False))
    return await ask(form.having(step=every[max(_place(every, current(form)) - 1, 0)].name))


def _place(every: Sequence[Step], step: Step) -> int:
    return [each.name for each in every].index(step.name)


def way_typed(text: str) -> str | None:
    """'back' or 'skip', typed instead of tapped."""
    return next((way for way, words in TYPED.items() if words.fullmatch(text)), None)
