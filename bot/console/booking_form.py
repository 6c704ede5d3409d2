"""The form of a visit that the team books for a resident: what was typed in, a draft or the first fault out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from starlette.datastructures import FormData

from bot.console.visiting import words
from handlers.draft import Draft
from handlers.handover import possible_phone
from knowledge.library import Library
from knowledge.visits.names import clean_word
from knowledge.visits.postcodes import read_postcode, serves
from knowledge.visits.questions import Visits

SOURCES = ("phone", "doorstep", "referral")
"""How somebody came to us."""
ANSWER = "answer-"
"""What a question's field is called: this, and the question's id."""
LONGEST = {"needs": 500}


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that is whole."""

    draft: Draft
    source: str


def read(form: FormData, library: Library, visits: Visits) -> Filled | str:
    """A form in; what it says out, or the text id of the first thing that is wrong with it."""
    fault = next(_faults(form, library), None)
    return fault or Filled(_draft(form, visits), words(form, "source"))


def typed(form: FormData) -> dict[str, list[str]]:
    """What stands in each field, so that nobody types a form twice."""
    return {name: [one for one in form.getlist(name) if isinstance(one, str)] for name in form}


def _faults(form: FormData, library: Library) -> Iterator[str]:
    postcode = read_postcode(words(form, "postcode"))
    if postcode is None:
        yield "console.book.no-postcode"
    elif not serves(library.place.postcodes_served, postcode):
        yield "console.book.outside"
    yield from (f"console.book.no-{name}" for name in ("name", "address") if not _says(form, name))
    yield from (f"console.book.wrong-{name}" for name, read in READ.items() if _wrong(form, name, read))
    if words(form, "source") not in SOURCES:
        yield "console.book.no-source"


def _draft(form: FormData, visits: Visits) -> Draft:
    phone = possible_phone(words(form, "phone")) or ""
    reasons = tuple(reason.id for reason in visits.reasons if reason.id in form.getlist("reason"))
    return Draft(
        postcode=str(read_postcode(words(form, "postcode"))), name=words(form, "name"), address=words(form, "address"),
        phone=phone, reach="ring" if phone else None, remind_by="ring" if phone else None, reasons=reasons,
        answers=_answers(form, visits), needs=words(form, "needs", LONGEST["needs"]),
        word=clean_word(words(form, "word")) or "", for_other=bool(form.get("for-other")),
        partners=bool(form.get("partners")),
    )  # fmt: skip


def _answers(form: FormData, visits: Visits) -> dict[str, tuple[str, ...]]:
    tapped = {
        asked.id: tuple(one.id for one in asked.answers if one.id in form.getlist(ANSWER + asked.id))
        for asked in visits.factors
    }
    return {question: answers for question, answers in tapped.items() if answers}


READ: dict[str, Callable[[str], str | None]] = {"phone": possible_phone, "word": clean_word}
"""Fields that may stay empty, and what can make sense of them."""


def _wrong(form: FormData, name: str, read: Callable[[str], str | None]) -> bool:
    said = words(form, name)
    return bool(said) and read(said) is None


def _says(form: FormData, name: str) -> bool:
    return any(char.isalnum() for char in words(form, name))
