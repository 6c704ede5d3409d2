"""The details of an organisation as a form, and the form back as its file, with no other line of the file changed.

The fields are the columns of a sheet of organisations: what may stand in them is said in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from bot.console.publish_page import PATIENCE
from bot.console.site import Site
from bot.staff import audit, versions
from bot.staff.edits import PUBLISHERS, Editing
from bot.staff.outcomes import Conflict, Done, Refusal, Rehearsal
from bot.store.content import Row as Version
from bot.store.unit import Unit
from handlers.office import Colleague
from knowledge.check_one import Kind, with_one
from knowledge.errors import UnreadableFile
from knowledge.library import Library
from knowledge.replay import Replay
from knowledge.search.noticed import noticed
from knowledge.sheets import Change, Fault, Plan, Row, Table, guarded, plan, table_of

KIND: Kind = "organisation"
FIELDS = (
    "name", "what_for", "who_for", "phone", "text", "website", "email", "address", "cost", "access", "hours_words",
    "hours", "bank_holidays", "bank_holiday_hours", "exceptions",
)  # fmt: skip
LONG = frozenset({"what_for", "who_for", "access", "hours", "exceptions"})
"""Fields with room for several lines."""
CHOICES: Mapping[str, tuple[str, ...]] = {"bank_holidays": ("", "as usual", "closed")}
"""Fields of which one of a few is chosen."""
Cells = Mapping[str, str]
TAKEN = "console.new-organisation.taken"
STILL_TRYING = Refusal("console.organisations.still-trying")


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the page shows it. `live` is what is published now, where somebody else changed it meanwhile."""

    name: str
    value: str
    fault: str = ""
    live: str | None = None


def cells_of(slug: str, text: str) -> dict[str, str]:
    """What the fields say of a file."""
    (row,) = table_of(KIND, {slug: text}).rows
    return {name: row.cells[name] for name in FIELDS}


def said_in(form: Mapping[str, object]) -> dict[str, str]:
    """What was typed into the fields. One that was not sent stays as it is."""
    return {name: str(form[name]).replace("\r\n", "\n").strip() for name in FIELDS if name in form}


def planned(slug: str, text: str, said: Cells, library: Library) -> Plan:
    """A file and what was typed in; the file as it would be, or what is wrong with which field, out."""
    cells = {"id": slug, **{name: guarded(value) for name, value in said.items()}}
    return plan(KIND, Table(tuple(cells), (Row(1, cells),)), {slug: text}, library)


def fields(said: Cells, faults: Mapping[str, str], base: Cells, live: Cells) -> tuple[Field, ...]:
    """The form again. Where somebody else changed a field that this person left alone, theirs stands; where both did,
    this person's stands, beside what is live."""
    made = []
    for name in FIELDS:
        mine, untouched = said.get(name, base[name]), said.get(name, base[name]) == base[name].strip()
        theirs = live[name] if live[name] != base[name] else None
        clash = theirs if not untouched and mine != theirs else None
        made.append(Field(name, live[name] if untouched else mine, faults.get(name, ""), clash))
    return tuple(made)


def differences(slug: str, before: str | None, after: str) -> tuple[Change, ...]:
    """Which fields two versions of a file differ in; all that say something, for a new one."""
    old, new = cells_of(slug, before) if before else dict.fromkeys(FIELDS, ""), cells_of(slug, after)
    return tuple(Change(name, old[name], new[name]) for name in FIELDS if old[name] != new[name])


def fault_words(site: Site, found: Fault) -> str:
    """What is wrong, in one sentence, without the place."""
    return site.texts.say("staff.sheet.whole", why=site.texts.say(f"staff.sheet.fault.{found.name}", **found.facts))


async def rehearsed(site: Site, slug: str, text: str | None, revision: str | None) -> Rehearsal | Refusal:
    """Try a change out; None: it is retired. Where the search would notice nothing, as with a phone number or hours,
    nothing can change. A Refusal where it takes too long; it goes on, so that the next try finds it done."""
    before = site.library()
    try:
        after = with_one(before, KIND, slug, text)
    except UnreadableFile as error:
        return Refusal("staff.edit.unreadable", {"why": error.facts["why"]})
    if noticed(before) == noticed(after):
        return Rehearsal(text or "", revision, Replay())
    if site.console.rehearsals is None:
        return Refusal("console.organisations.not-tried")
    trying = partial(site.console.rehearsals.rehearse, KIND, slug, text)
    try:
        return await site.underway.result((KIND, slug, text, revision), trying, PATIENCE)
    except TimeoutError:
        return STILL_TRYING


async def put_live(
    site: Site, who: Colleague, slug: str, text: str, base: Version | None, revision: str | None
) -> Done | Refusal | Conflict:
    """Publish a text, or send it to somebody who may; without `base` one of an organisation that is new. It is kept as
    a draft whatever stands in the way."""
    tried = await rehearsed(site, slug, text, revision) if who.role in PUBLISHERS else None
    async with site.unit() as unit:
        editing = editing_of(site, unit, who)
        if base is None and await versions.stands(unit, KIND, slug) is not None:
            return Refusal(TAKEN)
        draft = await editing.draft(KIND, slug, text, base=base.version if base else None)
        if isinstance(draft, Refusal):
            return draft
        if tried is None:
            return await editing.submit(KIND, draft.version_id)
        return tried if isinstance(tried, Refusal) else await editing.publish(KIND, draft.version_id, tried)


def editing_of(site: Site, unit: Unit, who: Colleague) -> Editing:
    """What this person does to the files, written down in their name."""
    return Editing(unit, site.library(), who, partial(audit.record, unit, who.id))


def words_of(site: Site, outcome: Refusal | Conflict) -> str:
    """Why something was not done, in a sentence."""
    facts = {"who": outcome.who, "version": outcome.version} if isinstance(outcome, Conflict) else outcome.facts
    return site.texts.say(outcome.text_id, **facts)
