"""Who: the name, how to get in touch and whether that is safe, the address, and what helps us to visit."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from handlers.handover import possible_phone
from handlers.turn import Reply
from handlers.visits.form import Answered, Asked, Choice, Form, Heard, Step, booking, kept, question
from handlers.visits.home import typed

PART = 5
MOST_NAME, MOST_ADDRESS, MOST_WORDS = 60, 120, 400
LETTER = re.compile(r"[^\W\d_]")
SAFE, NO_MESSAGE, NOT_SAFE = "any-time", "no-message", "not-safe"

Ask = Callable[[Form], Awaitable[Asked]]
Take = Callable[[Form], Awaitable[Heard]]


async def nothing_to_tap(form: Form, value: str) -> Heard:
    """A step that is answered in words alone."""
    return None


def tidy(text: str) -> str:
    """One line, its spaces single."""
    return " ".join(text.split())


def refused(form: Form, text_id: str) -> Heard:
    """One sentence about what does not fit. What was said before stays."""
    return booking(kept(form, form.session.choices), Reply(blocks=form.blocks(text_id)))


def _in_words(name: str) -> Ask:
    async def ask(form: Form) -> Asked:
        return question(form, name, form.blocks(f"visit.{name}.ask"))

    return ask


async def _name(form: Form) -> Heard:
    said = tidy(form.turn.text)
    if len(said) > MOST_NAME or not LETTER.search(said):
        return refused(form, "visit.name.bad")
    return Answered(form.having(name=said))


async def _address(form: Form) -> Heard:
    said = tidy(form.turn.text)
    if not 1 <= len(said) <= MOST_ADDRESS or not any(char.isalnum() for char in said):
        return refused(form, "visit.address.bad")
    return Answered(form.having(address=said))


async def _needs(form: Form) -> Heard:
    said = tidy(form.turn.text)
    return Answered(form.having(needs=said)) if len(said) <= MOST_WORDS else refused(form, "visit.needs.bad")


async def _phone(form: Form) -> Heard:
    number = possible_phone(form.turn.text)
    return Answered(form.having(phone=number)) if number else refused(form, "visit.phone.bad")


def chosen(name: str, choices: Callable[[Form], list[Choice]], take: Callable[[Form, str], Answered | None]) -> Step:
    """A step with a few answers to tap or to type."""

    async def ask(form: Form) -> Asked:
        return question(form, name, form.blocks(f"visit.{name}.ask"), choices(form))

    async def tapped(form: Form, value: str) -> Heard:
        return take(form, value) if value in {v for _, v in choices(form)} else None

    async def heard(form: Form) -> Heard:
        value = typed(form.turn.text, choices(form))
        return await tapped(form, value) if value else None

    return Step(name, PART, ask, heard, tapped)


def labelled(form: Form, *values: str) -> list[Choice]:
    """Choices whose labels are in the catalogue."""
    return [(form.ports.texts.say(f"visit.button.{value}"), value) for value in values]


def _reaches(form: Form) -> list[Choice]:
    return labelled(form, *(["message"] if form.may_write else []), "ring-me", "text-me")


def _reach(form: Form, value: str) -> Answered | None:
    return Answered(form.having(reach=value.removesuffix("-me")))


def _safe(form: Form, value: str) -> Answered | None:
    if value == NOT_SAFE:
        before = form.ports.texts.blocks("visit.safe.not")
        return Answered(form.having(safe=value, phone="", reach=None), before)
    return Answered(form.having(safe="" if value == SAFE else value))


def by_phone(form: Form) -> bool:
    """Do they want to be rung or texted?"""
    return form.draft.reach in ("ring", "text")


def _phone_given(form: Form) -> bool:
    return bool(form.draft.phone) or form.draft.safe == NOT_SAFE


def _safe_choices(form: Form) -> list[Choice]:
    return labelled(form, SAFE, NO_MESSAGE, NOT_SAFE)


STEPS = (
    Step("name", PART, _in_words("name"), _name, nothing_to_tap),
    chosen("reach", _reaches, _reach),
    Step("phone", PART, _in_words("phone"), _phone, nothing_to_tap, wanted=by_phone),
    chosen("safe", _safe_choices, _safe)._replace(wanted=_phone_given),
    Step("address", PART, _in_words("address"), _address, nothing_to_tap),
    Step("needs", PART, _in_words("needs"), _needs, nothing_to_tap, optional=True),
)
