"""What a resident tells us, sealed on its way into the tables, and opened again for those who may read it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.store.unit import Unit
from bot.store.vault import Vault
from bot.store.visit_tables import Resident, Visit
from handlers.draft import Draft, Reach, RemindBy
from knowledge.place import Place
from knowledge.visits.postcodes import read_postcode
from knowledge.visits.questions import Visits, score

TWO_NUMBERS = re.compile(r"(?<=\d)[\W_]+(?=\d)")
NO_LETTER = re.compile(r"[^\w/]|_")


@dataclass(frozen=True, slots=True)
class Details:
    """A visit's personal details, opened. Empty means not said, or erased by now."""

    name: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""
    reach: Reach | None = None
    safe: str = ""
    needs: str = ""
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    word: str = ""
    for_other: bool = False


async def write_resident(unit: Unit, draft: Draft, chat_id: int | None, place: Place) -> int:
    """The person of a form in, sealed into a new row; its number out. Outward postcode and area stay in clear."""
    postcode = read_postcode(draft.postcode)
    outward = postcode.outward if postcode else ""
    resident = Resident(
        chat_id=chat_id,
        name=unit.vault.seal("resident.name", draft.name),
        phone=unit.vault.seal("resident.phone", draft.phone),
        address=unit.vault.seal("resident.address", draft.address),
        postcode=unit.vault.seal("resident.postcode", str(postcode or draft.postcode)),
        phone_index=unit.vault.index("phone", draft.phone) if draft.phone else None,
        outward=outward,
        area=area_of(draft, place),
        created_at=unit.now,
    )
    unit.session.add(resident)
    await unit.session.flush()
    return resident.id


def values_of(unit: Unit, draft: Draft, visits: Visits, *, source: str) -> dict[str, object]:
    """A form in, the columns of its visit out, for `booking.confirm`. `source` is who or what it came through.

    What the place no longer asks is left out, so that a form may be older than the content.
    """
    answers = _still_asked(draft, visits)
    weighed = score(visits, {question: frozenset(tapped) for question, tapped in answers.items()})
    wanted = {reason.id for reason in visits.reasons}
    consents = {"partners": draft.partners, "feedback": draft.feedback}
    return {
        "reasons": ",".join(reason for reason in draft.reasons if reason in wanted),
        "answers": unit.vault.seal("visit.answers", json.dumps(answers)),
        "needs": unit.vault.seal("visit.needs", _needs(draft)),
        "doorstep_word": unit.vault.seal("visit.doorstep_word", draft.word),
        "points": weighed.points,
        "priority": weighed.priority,
        "consents": ",".join(name for name, given in consents.items() if given),
        "source": source,
        "remind_by": draft.remind_by or _usual_reminder(draft, source),
    }


def household_of(vault: Vault, draft: Draft) -> str:
    """A form in, the blind index of its home out: postcode and address line, however they were typed.

    The database lets one household have one active visit (a partial unique index), so two devices, two people of one
    home, or a lost answer cannot book two. It compares these keyed hashes, and so never learns the address. Where no
    address was given the phone stands in for it: a postcode alone is a whole street.
    """
    postcode = read_postcode(draft.postcode) or draft.postcode
    line = _bare(draft.address) or f"{draft.phone}\0{_bare(draft.name)}"
    return vault.index("household", f"{_bare(str(postcode))}\0{line}")


def opened(unit: Unit, visit: Visit, resident: Resident | None) -> Details:
    """A visit and whom it is for in, what they told us out, for staff and letters. Raises KeyMissing."""
    said = _read_json(unit, "visit.needs", visit.needs)
    answers = _read_json(unit, "visit.answers", visit.answers)
    person = resident or Resident(created_at=unit.now)
    return Details(
        name=_open(unit, "resident.name", person.name),
        phone=_open(unit, "resident.phone", person.phone),
        address=_open(unit, "resident.address", person.address),
        postcode=_open(unit, "resident.postcode", person.postcode),
        reach=said.get("reach"),
        safe=said.get("safe", ""),
        needs=said.get("needs", ""),
        answers={question: tuple(tapped) for question, tapped in answers.items()},
        word=_open(unit, "visit.doorstep_word", visit.doorstep_word),
        for_other=said.get("for_other", False),
    )


def area_of(draft: Draft, place: Place) -> str:
    """The first, so the nearest, area that holds the postcode of a form; empty where none does."""
    postcode = read_postcode(draft.postcode)
    outward = postcode.outward if postcode else ""
    return next((area.name for area in place.areas if outward and outward in area.outward_postcodes), "")


def _still_asked(draft: Draft, visits: Visits) -> dict[str, list[str]]:
    known = {question.id: {answer.id for answer in question.answers} for question in visits.factors}
    return {
        question: [answer for answer in tapped if answer in known[question]]
        for question, tapped in draft.answers.items()
        if question in known
    }


def _needs(draft: Draft) -> str:
    said = {"needs": draft.needs, "reach": draft.reach, "safe": draft.safe, "for_other": draft.for_other}
    return json.dumps(said)


def _usual_reminder(draft: Draft, source: str) -> RemindBy:
    """Only Telegram can be written to later."""
    if source == "telegram":
        return "message"
    return "ring" if draft.phone else "calendar"


def _bare(text: str) -> str:
    """Letters and digits alone; a mark stays between two numbers, or flat 1, 23 would be flat 12, 3."""
    same = unicodedata.normalize("NFKC", text).casefold()
    return NO_LETTER.sub("", TWO_NUMBERS.sub("/", same.replace("/", " ")))


def _open(unit: Unit, column: str, sealed: bytes | None) -> str:
    return unit.vault.open(column, sealed) if sealed else ""


def _read_json(unit: Unit, column: str, sealed: bytes | None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_open(unit, column, sealed) or "{}")
    return found
