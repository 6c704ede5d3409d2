"""`bot visits book`, `move` and `cancel`: for a resident who rings, whom we meet, or whom a partner sends."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from bot.cli.diary import Moment, Place, Reference, find, here, holidays, writing
from bot.errors import CommandFault
from bot.staff import audit
from bot.store.unit import Unit
from bot.visits import acts, on_behalf, rounds, telling
from bot.visits.booking import BOOKED, Claim
from handlers.draft import Draft
from handlers.handover import possible_phone
from handlers.office import StaffVisit
from knowledge.visits.names import clean_word
from knowledge.visits.postcodes import read_postcode, serves
from knowledge.visits.slots import Slot

WHY_NOT = {
    "taken": "Somebody was quicker: that time is gone.",
    "hold-over": "Somebody was quicker: that time is gone.",
    "household-has-one": "This home has a visit already: bot visits list.",
    "not-booked": "Only a visit that is booked can be moved.",
}
WHEN = typer.Option(formats=["%Y-%m-%d %H:%M"], help="local, like '2026-12-01 10:00'")


def book(
    postcode: Annotated[str, typer.Option(help="of the home")],
    name: Annotated[str, typer.Option(help="whom we visit")],
    address: Annotated[str, typer.Option(help="house and street")],
    when: Annotated[dt.datetime, WHEN],
    source: Annotated[Literal["phone", "doorstep", "referral"], typer.Option(help="how they came to us")],
    phone: Annotated[str, typer.Option(help="where we can ring them")] = "",
    reason: Annotated[list[str], typer.Option(help="what for, by its id in visits.yaml; may be repeated")] = [],  # noqa: B006 (typer copies it)
    answer: Annotated[list[str], typer.Option(help="QUESTION=ANSWER, by ids in visits.yaml; may be repeated")] = [],  # noqa: B006
    needs: Annotated[str, typer.Option(help="steps, an interpreter, a dog")] = "",
    word: Annotated[str, typer.Option(help="what the visitors say at the door; else one is given")] = "",
    for_other: Annotated[bool, typer.Option("--for-other", help="somebody else asked, with their consent")] = False,
    partners: Annotated[bool, typer.Option("--partners", help="they agreed that details go to partners")] = False,
) -> None:  # fmt: skip
    """Book a visit for a resident; print the reference and the word for the door.

    Example: bot visits book --postcode "LE3 1AB" --name "Ann Example" --address "1 Made Up Road"
    --phone "07700 900123" --reason fire-safety --when "2026-12-01 10:00" --source phone
    """
    place = here()
    draft = Draft(
        postcode=_served(place, postcode), name=_said(name, "name"), address=_said(address, "address"),
        phone=_dialled(phone), reach="ring" if phone else None, remind_by="ring" if phone else None,
        reasons=_reasons(place, reason), answers=_answers(place, answer), needs=needs.strip(), word=_word(word),
        for_other=for_other, partners=partners,
    )  # fmt: skip
    visit = writing(lambda unit: _booked(unit, place, draft, when, source))
    typer.echo(f"Booked: {visit.reference}, {place.words(visit.starts)}.")
    typer.echo(f'At the door the visitors say "{visit.word}".')


async def _booked(unit: Unit, place: Place, draft: Draft, when: dt.datetime, source: str) -> StaffVisit:
    slot = await _slot(unit, place, when)
    claim = await on_behalf.book(unit, draft, slot, place.library, place.visits, source, secrets.token_bytes)
    visit = await _got(unit, place, claim)
    await audit.record(unit, None, "book visit", visit.reference)
    return visit


def move(ref: Reference, when: Moment) -> None:
    """Another time for a visit; the resident is told where a message reaches them.

    Example: bot visits move J7M-4Q3 "2026-12-01 10:00"
    """
    place = here()

    async def work(unit: Unit) -> tuple[StaffVisit, bool]:
        before = await find(unit, ref, place.visits)
        chat = await telling.reachable(unit, before.id)
        slot = await _slot(unit, place, when, moving=before.id)
        claim = await on_behalf.move(unit, before.id, slot, place.library, place.visits)
        after = await _got(unit, place, claim)
        await audit.record(unit, None, "move visit", after.reference)
        return after, await telling.changed(unit, chat, after.id, place.texts, place.library.place)

    visit, told = writing(work)
    typer.echo(f"{visit.reference} is now on {place.words(visit.starts)}. {_told(visit, told)}")


def cancel(ref: Reference) -> None:
    """Cancel a visit; the resident is told where a message reaches them.

    Example: bot visits cancel J7M-4Q3
    """
    place = here()

    async def work(unit: Unit) -> tuple[StaffVisit, bool]:
        visit = await find(unit, ref, place.visits)
        chat = await telling.reachable(unit, visit.id)
        if not await acts.cancel(unit, visit.id, place.visits):
            raise CommandFault(why=f"Visit {visit.reference} is {visit.state} or over: there is nothing to cancel.")
        await audit.record(unit, None, "cancel visit", visit.reference)
        return visit, await telling.changed(unit, chat, visit.id, place.texts, place.library.place)

    visit, told = writing(work)
    typer.echo(f"{visit.reference} is cancelled. {_told(visit, told)}")


async def _slot(unit: Unit, place: Place, when: dt.datetime, moving: int | None = None) -> Slot:
    """The free slot that begins then. Raises CommandFault, naming what is free that day."""
    starts = place.utc(when)
    free = await on_behalf.free(unit, place.library, place.visits, holidays(unit.now), moving)
    found = next((slot for slot in free if slot.starts == starts), None)
    if found is None:
        that_day = (place.local(slot.starts) for slot in free)
        times = " ".join(f"{local:%H:%M}" for local in that_day if local.date() == when.date()) or "nothing"
        raise CommandFault(why=f"{when:%a %d %b %Y %H:%M} is not free. Free that day: {times}.")
    return found


async def _got(unit: Unit, place: Place, claim: Claim) -> StaffVisit:
    visit = None if claim.visit_id is None else await rounds.one(unit, claim.visit_id, place.visits)
    if visit is None or visit.state != BOOKED:
        raise CommandFault(why=WHY_NOT.get(claim.why or "taken", WHY_NOT["taken"]))
    return visit


def _told(visit: StaffVisit, told: bool) -> str:
    if told:
        return "They are told in their chat."
    return f"They are NOT told yet: ring {visit.phone}." if visit.phone else "They are NOT told: no number is known."


def _served(place: Place, text: str) -> str:
    postcode = read_postcode(text)
    if postcode is None:
        raise CommandFault(why=f"{text} is not a whole postcode.")
    if not serves(place.library.place.postcodes_served, postcode):
        raise CommandFault(why=f"{postcode} is outside the area: {', '.join(place.library.place.postcodes_served)}.")
    return str(postcode)


def _said(text: str, what: str) -> str:
    said = " ".join(text.split())
    if not any(char.isalnum() for char in said):
        raise CommandFault(why=f"A visit needs {'an' if what[0] in 'aeiou' else 'a'} {what}.")
    return said


def _dialled(text: str) -> str:
    number = possible_phone(text) if text else ""
    if number is None:
        raise CommandFault(why=f"{text} is not a phone number that can be dialled.")
    return number


def _word(text: str) -> str:
    word = clean_word(text) if text else ""
    if word is None:
        raise CommandFault(why="A word for the door has 2 to 24 letters.")
    return word


def _reasons(place: Place, given: Sequence[str]) -> tuple[str, ...]:
    known = [reason.id for reason in place.visits.reasons]
    if unknown := [reason for reason in given if reason not in known]:
        raise CommandFault(why=f"{unknown[0]} is no reason for a visit. The reasons are: {', '.join(known)}.")
    return tuple(given)


def _answers(place: Place, given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    known = {f"{question.id}={answer.id}" for question in place.visits.factors for answer in question.answers}
    if unknown := [one for one in given if one not in known]:
        raise CommandFault(why=f"{unknown[0]} is no answer of the form. The answers are: {', '.join(sorted(known))}.")
    answers: dict[str, tuple[str, ...]] = {}
    for question, _, answer in (one.partition("=") for one in given):
        answers[question] = (*answers.get(question, ()), answer)
    return answers
