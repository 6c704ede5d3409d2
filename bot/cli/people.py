"""`bot handovers` and `bot reports`: who asked for a person, and whose details are wrong. The console has the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from bot.clock import SystemClock
from bot.errors import CommandFault
from bot.settings import Settings
from bot.staff import audit
from bot.store import handovers as tickets
from bot.store import records
from bot.store.unit import Store
from bot.wiring import open_store, place_folder
from handlers.catalogue import Texts
from handlers.turn import Reply
from knowledge.library import load

handovers = typer.Typer(help="People who asked for a person.", no_args_is_help=True)
reports = typer.Typer(help="Details that residents say are wrong.", no_args_is_help=True)

Result = TypeVar("Result")


def with_store(work: Callable[[Store], Awaitable[Result]]) -> Result:
    """Run something on the deployment's store."""

    async def run() -> Result:
        store = open_store(Settings(), SystemClock())
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())


@handovers.command("list")
def list_handovers() -> None:
    """The open tickets, oldest first, with what was said. That each was read is recorded.

    Example: bot handovers list
    """

    async def work(store: Store) -> list[tickets.Ticket]:
        async with store.write() as unit:
            found = [await tickets.find(unit, ticket.id) for ticket in await tickets.open_tickets(unit)]
            for ticket in (waiting := [ticket for ticket in found if ticket]):
                await audit.record(unit, None, "read ticket", f"ticket {ticket.id}")
        return waiting

    open_now = with_store(work)
    for ticket in open_now:
        typer.echo(_ticket(ticket))
    if not open_now:
        typer.echo("Nobody is waiting.")


def _ticket(ticket: tickets.Ticket) -> str:
    ring = f", ring {ticket.phone}" if ticket.phone else ""
    about = f", about {ticket.about}" if ticket.about else ""
    lines = [
        f"{ticket.id}: {ticket.wish}{ring}{about}, on {ticket.channel} since {ticket.opened_at:%d %b %Y %H:%M} UTC"
    ]
    return "\n".join([*lines, *(f"   {said.by}: {said.text}" for said in ticket.said)])


@handovers.command()
def reply(
    ticket: Annotated[int, typer.Argument(help="the ticket's number")],
    text: Annotated[list[str], typer.Argument(help="what to say")],
) -> None:
    """Answer one ticket; the words go to that person's chat and nowhere else.

    Example: bot handovers reply 12 "Yes, we can help. When suits you?"
    """
    words = " ".join(text)
    message = Reply(blocks=Texts().blocks("handover.from-team", text=words))

    async def work(store: Store) -> bool:
        async with store.write() as unit:
            if await tickets.find(unit, ticket) is None:
                raise CommandFault(why=f"There is no ticket {ticket}: bot handovers list shows the open ones.")
            await audit.record(unit, None, "reply to ticket", f"ticket {ticket}")
            return await tickets.reply(unit, ticket, words, message)

    if not with_store(work):
        raise CommandFault(
            why="Kept, but not sent: this person does not want to be written to. Ring them if they left a number."
        )
    typer.echo(f"Sent to ticket {ticket}.")


@handovers.command()
def close(ticket: Annotated[int, typer.Argument(help="the ticket's number")]) -> None:
    """Close a ticket.

    Example: bot handovers close 12
    """

    async def work(store: Store) -> bool:
        async with store.write() as unit:
            closed = await tickets.close(unit, ticket)
            if closed:
                await audit.record(unit, None, "close ticket", f"ticket {ticket}")
        return closed

    if not with_store(work):
        raise CommandFault(why=f"Ticket {ticket} is not open.")
    typer.echo(f"Ticket {ticket} is closed.")


@reports.command("list")
def list_reports() -> None:
    """Wrong details that nobody has put right yet. That they were read is recorded.

    Example: bot reports list
    """

    async def work(store: Store) -> list[records.Report]:
        async with store.write() as unit:
            found = await records.open_reports(unit)
            for slug in {report.organisation: None for report in found}:
                await audit.record(unit, None, "read reports", f"organisation {slug}")
        return found

    waiting = with_store(work)
    for report in waiting:
        typer.echo(f"{report.id}: {report.organisation}, {report.at:%d %b %Y}: {report.words}")
    if not waiting:
        typer.echo("Nothing is waiting.")


@reports.command()
def mended(report: Annotated[int, typer.Argument(help="the report's number")]) -> None:
    """Mark a detail as put right, and thank whoever told us.

    Example: bot reports mended 3
    """
    known = load(place_folder(Settings())).organisations

    async def work(store: Store) -> tuple[bool, bool]:
        async with store.write() as unit:
            found = next((r for r in await records.open_reports(unit) if r.id == report), None)
            name = known[found.organisation].name if found and found.organisation in known else "that organisation"
            if found:
                await audit.record(unit, None, "put right", f"report {report} {found.organisation}")
            return await records.mend(unit, report, Reply(blocks=Texts().blocks("wrong.mended", name=name)))

    was_open, thanked = with_store(work)
    if not was_open:
        raise CommandFault(why=f"Report {report} is not open.")
    typer.echo(f"Report {report} is closed{' and they are thanked' if thanked else ''}.")
