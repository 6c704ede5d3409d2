"""`bot person`: a copy of all that is held about somebody, and forgetting them, with a receipt."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import typer

from bot.cli.diary import writing
from bot.errors import CommandFault
from bot.settings import Settings
from bot.staff import audit
from bot.store import person as persons
from bot.store import person_copy, privacy
from bot.store.person import Person
from bot.store.privacy import Receipt
from bot.store.unit import Unit
from bot.visits import team
from bot.wiring import place_folder
from handlers.handover import possible_phone
from handlers.office import COORDINATORS
from knowledge.library import load
from knowledge.visits.names import parse_reference

app = typer.Typer(help="What is held about one person.", no_args_is_help=True)

Reason = Literal["asked", "on-behalf", "law", "mistake"]
Result = TypeVar("Result")
Visit = Annotated[str | None, typer.Option(metavar="REF", help="a visit of theirs, with --word")]
Word = Annotated[str | None, typer.Option(help="the word for the door of that visit")]
Chat = Annotated[str | None, typer.Option(metavar="CHANNEL:NUMBER", help="their conversation, like telegram:12345")]
Phone = Annotated[str | None, typer.Option(help="the number they gave for a visit or a call")]
Staff = Annotated[int, typer.Option(metavar="ID", help="who of the team does this: a coordinator or an admin")]
Why = Annotated[Reason, typer.Option(help="they asked; somebody who may asked for them; the law; it came by mistake")]

NAMES = {
    "question": "questions",
    "feedback": "answers to 'did it help?'",
    "evidence": "what they would have done without help, and what became of it",
    "follow_up": "organisations that they agreed to be asked about",
    "detail_report": "reports of wrong details",
    "handover": "requests for a person",
    "handover_message": "messages in those requests",
    "outbox": "messages that the bot sent or was about to send",
    "subscription": "topics that they asked to hear about",
    "campaign_recipient": "campaigns that were queued for them",
    "inbox": "numbers of their own messages",
    "visit_task": "reminders, calls and other tasks",
    "waiting_place": "places on the waiting list",
    "visit_feedback": "words said after a visit",
    "visit": "visits with details",
    "resident": "names and addresses",
    "chat": "conversations with something in mind",
}
KEPT = """What stays, and why:
  the empty row of a conversation, so that nobody writes to them
  visits without any detail, and counts by day, so that the work can be counted
  numbers of messages of the last seven days, so that none is answered twice
  the record that this was done, with references and no details
  backups, until they are 35 days old
  a line of keyed hashes for 36 days, so that a backup that is put back does not bring them back"""


@app.command()
def export(
    staff: Staff, reason: Why, visit: Visit = None, word: Word = None, chat: Chat = None, phone: Phone = None,
    out: Annotated[Path | None, typer.Option(help="a new file that only you can read")] = None,
) -> None:  # fmt: skip
    """Everything that is held about one person as JSON, times by the place's clocks, and who has seen it.

    Example: bot person export --visit J7M-4Q3 --word "cosy kettle" --staff 1 --reason asked
    """
    library = load(place_folder(Settings()))

    async def work(unit: Unit, found: Person) -> str:
        copied = await person_copy.copy(unit, found, library, for_team=True)
        await audit.record(unit, staff, "export person", await _about(unit, found, reason))
        return json.dumps(copied, ensure_ascii=False, indent=2)

    text = _for(staff, _wanted(visit, word, chat, phone), work)
    if out is None:
        typer.echo(text)
    else:
        _write(out, text)
        typer.echo(f"Written to {out}. Read it before you hand it on: it may name other people.")


@app.command()
def erase(
    staff: Staff, reason: Why, visit: Visit = None, word: Word = None, chat: Chat = None, phone: Phone = None,
    yes: Annotated[bool, typer.Option("--yes", help="do it; without this it is only shown")] = False,
) -> None:  # fmt: skip
    """Forget one person, with a receipt. Without --yes it only shows what would go.

    Example: bot person erase --chat telegram:12345 --staff 1 --reason asked --yes
    """

    async def work(unit: Unit, found: Person) -> Receipt:
        about = await _about(unit, found, reason)
        receipt = await privacy.erase(unit, found)
        if yes:
            await audit.record(unit, staff, "erase person", about)
        else:
            await unit.session.rollback()
            unit.erased.clear()
        return receipt

    receipt = _for(staff, _wanted(visit, word, chat, phone), work)
    typer.echo("Erased:" if yes else "This would be erased:")
    for each in _lines(receipt):
        typer.echo(f"  {each}")
    typer.echo(KEPT)
    if not yes:
        typer.echo("Nothing is erased yet. Add --yes to do it.")


Find = Callable[[Unit], Awaitable[Person]]


def _wanted(visit: str | None, word: str | None, chat: str | None, phone: str | None) -> Find:
    """How they are to be found. Raises CommandFault for none or several ways, and for half of one."""
    if sum(each is not None for each in (visit, chat, phone)) != 1 or (visit is None) != (word is None):
        raise CommandFault(why="Say who it is in one way: --visit with --word, or --chat, or --phone.")
    if visit is not None:
        reference = parse_reference(visit) or visit
        return lambda unit: persons.by_visit(unit, reference, word or "")
    if chat is not None:
        channel, _, number = chat.partition(":")
        return lambda unit: persons.by_account(unit, channel, number)
    dialled = possible_phone(phone or "")
    if dialled is None:
        raise CommandFault(why="That is no phone number that could be rung.")
    return lambda unit: persons.by_phone(unit, dialled)


def _for(staff: int, find: Find, work: Callable[[Unit, Person], Awaitable[Result]]) -> Result:
    """Do something about a person in one transaction, for a colleague who may."""

    async def allowed(unit: Unit) -> Result:
        who = await team.member(unit, staff)
        if who is None or who.role not in COORDINATORS:
            raise CommandFault(why=f"Number {staff} is no coordinator or admin: bot staff list.")
        found = await find(unit)
        if not found:
            raise CommandFault(why="Nothing is held about anybody like that, or the word is wrong.")
        return await work(unit, found)

    return writing(allowed)


async def _about(unit: Unit, found: Person, reason: str) -> str:
    """What the record says: numbers and references, nothing personal."""
    chats = [f"chat {number};" for number in found.chats]
    return " ".join([f"{reason}:", *chats, *await persons.references(unit, found)])


def _lines(receipt: Receipt) -> Iterable[str]:
    yield from (f"{NAMES[table]}: {count}" for table, count in receipt.erased.items())
    if not receipt.erased:
        yield "nothing: it was erased before"
    if receipt.cancelled:
        yield f"visits to come that are cancelled, so nobody will knock: {receipt.cancelled}"
    if receipt.asked_to_delete:
        yield f"messages that Telegram is asked to delete: {receipt.asked_to_delete}"
    if receipt.lost:
        yield f"messages whose number was lost, so that Telegram cannot be asked: {receipt.lost}"
    yield "Telegram lets no bot delete what is older than 48 hours: they can delete the chat themselves"


def _write(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandFault(why=f"{path} cannot be written: {error.strerror}.") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
