"""The form of a visit: its five parts, the questions in them, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from handlers import buttons
from handlers.buttons import Verb
from handlers.draft import Draft
from handlers.ports import Bookings, Ports
from handlers.replies import button, fresh, numbered, outcome, rows
from handlers.turn import Button, Outcome, Reply, Session, Trace, Turn, Waiting
from knowledge.prose import Block
from knowledge.visits.questions import Visits

FORM = "visit"
PARTS = 5
Choice = tuple[str, str]
"""A label, and the value that its button carries."""


@dataclass(frozen=True)
class Form:
    """One turn of a form: who asks, what they have said so far, and what may be asked of the diary."""

    turn: Turn
    session: Session
    ports: Ports
    bookings: Bookings
    draft: Draft

    @property
    def content(self) -> Visits:
        """What the place says about visits."""
        return self.bookings.content

    @property
    def may_write(self) -> bool:
        """Can the bot write to them later, and did nothing tell us not to?"""
        return self.turn.channel == "telegram" and self.ports.contact == "ok" and not self.session.quiet

    def having(self, **changes: object) -> Form:
        """The same form with changes in what was said."""
        return replace(self, draft=self.draft.model_copy(update=changes))

    def blocks(self, text_id: str, **facts: object) -> tuple[Block, ...]:
        """A text, in the words for somebody else's visit where it is one."""
        other = f"{text_id}-other"
        chosen = other if self.draft.for_other and self.ports.texts.has_english(other) else text_id
        return self.ports.texts.blocks(chosen, **facts)


class Asked(NamedTuple):
    """A question: its message, the tokens that may be typed as numbers, and the form with what was looked up for it."""

    reply: Reply
    choices: tuple[str, ...]
    form: Form


class Answered(NamedTuple):
    """An answer that was understood. `stay` asks the same question again: more than one answer may be given."""

    form: Form
    before: tuple[Block, ...] = ()
    stay: bool = False


Heard = Answered | Outcome | None
"""None: the words or the button are no answer to the question."""


class Step(NamedTuple):
    """One question, and what its answers do."""

    name: str
    part: int
    ask: Callable[[Form], Awaitable[Asked]]
    heard: Callable[[Form], Awaitable[Heard]]
    tapped: Callable[[Form, str], Awaitable[Heard]]
    optional: bool = False
    wanted: Callable[[Form], bool] = lambda form: True
    """Is it asked at all? Not the phone number of somebody who wants to be written to here."""


def question(
    form: Form, step: str, blocks: Sequence[Block], choices: Sequence[Choice] = (), more: Sequence[Button | None] = ()
) -> Asked:
    """A question with its choices, numbered, and further buttons under them."""
    if not choices:
        return Asked(Reply(blocks=tuple(blocks), buttons=rows(*more)), (), form)
    reply, tokens = numbered(form.ports, blocks, [(label, token(step, value)) for label, value in choices])
    return Asked(reply.model_copy(update={"buttons": (*reply.buttons, *rows(*more))}), tokens, form)


def token(step: str, value: str) -> str:
    """The token of an answer. It names its step, so that a button of an earlier question is known as one."""
    return buttons.encode(Verb.VISIT, f"{step}.{value}")


def answer_button(form: Form, label_id: str, step: str, value: str, **facts: object) -> Button:
    """A button with a label of the catalogue that answers a step."""
    return button(form.ports, label_id, Verb.VISIT, f"{step}.{value}", **facts)


def kept(form: Form, choices: tuple[str, ...] = ()) -> Session:
    """The session with the form in it, whose next words are awaited."""
    return fresh(form.session, visit=form.draft, waiting=Waiting(form=FORM), choices=choices)


def booking(session: Session, *replies: Reply) -> Outcome:
    """What every turn of the form leads to."""
    return outcome(session, *replies, trace=Trace(route="action", action="visit.book"))
