"""`bot staff`: who belongs to the team, and the codes that link their Telegram accounts."""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

import typer

from bot.cli.diary import Staff, here, reading, say_conflicts, writing
from bot.errors import CommandFault
from bot.settings import Settings
from bot.staff import audit, codes, sessions
from bot.store.unit import Unit
from bot.visits import conflicts, team
from bot.visits.conflicts import Conflict
from handlers.office import Role

app = typer.Typer(help="The team: who they are, and their accounts.", no_args_is_help=True)


@app.command()
def invite(
    name: Annotated[list[str], typer.Argument(help="their name; residents are told the first of it")],
    role: Annotated[Role, typer.Option(help="what they may do: docs/officers.md")],
    agency: Annotated[Literal["fire", "police", "ambulance"] | None, typer.Option(help="whose uniform")] = None,
) -> None:
    """Add somebody to the team and print their one-time code.

    Example: bot staff invite Ann Example --role officer --agency fire
    """
    words = " ".join(name).strip()
    if not words:
        raise CommandFault(why="A colleague needs a name.")

    async def work(unit: Unit) -> tuple[int, str, str | None]:
        number, made = await team.invite(unit, words, role, agency or "", secrets.token_bytes)
        return number, made, await codes.open_the_console(unit, number, codes.INVITATION_LASTS, secrets.token_bytes)

    number, made, console = writing(work)
    typer.echo(f"{words} is number {number}, {role}.")
    _say_codes(made, console)


@app.command()
def code(staff: Staff) -> None:
    """Print other codes for somebody who lost theirs or has another account; earlier codes are void.

    Example: bot staff code 3
    """

    async def work(unit: Unit) -> tuple[str | None, str | None]:
        made = await team.renew(unit, staff, secrets.token_bytes)
        return made, await codes.open_the_console(unit, staff, codes.INVITATION_LASTS, secrets.token_bytes)

    made, console = writing(work)
    if made is None:
        raise CommandFault(why=f"Nobody in the team has the number {staff}: bot staff list.")
    _say_codes(made, console)


@app.command()
def link(staff: Staff) -> None:
    """Print a link that signs somebody in to the console once, within 30 minutes.

    Example: bot staff link 3
    """

    async def work(unit: Unit) -> str | None:
        made = await codes.open_the_console(unit, staff, codes.LINK_LASTS, secrets.token_bytes)
        if made is not None:
            await audit.record(unit, None, "make sign-in link", f"staff {staff}")
        return made

    made = writing(work)
    if made is None:
        raise CommandFault(why=f"Nobody in the team has the number {staff}: bot staff list.")
    typer.echo(f"{_address()}/staff/link/{made}")
    typer.echo("It works once, within 30 minutes. Give it to nobody but them.")


@app.command()
def sign_out(staff: Staff) -> None:
    """Sign somebody out of the console everywhere; they stay in the team.

    Example: bot staff sign-out 3
    """

    async def work(unit: Unit) -> int | None:
        if await team.member(unit, staff) is None:
            return None
        await audit.record(unit, None, "sign out colleague", f"staff {staff}")
        return await sessions.end_all(unit, staff)

    ended = writing(work)
    if ended is None:
        raise CommandFault(why=f"Nobody in the team has the number {staff}: bot staff list.")
    typer.echo(f"Number {staff} is signed out of the console, on {ended} device{'' if ended == 1 else 's'}.")


@app.command("list")
def list_() -> None:
    """The team, by name.

    Example: bot staff list
    """
    found = reading(team.everybody)
    for one in found:
        agency = f", {one.agency}" if one.agency else ""
        typer.echo(f"{one.id}: {one.name}, {one.role}{agency}")
    if not found:
        typer.echo("There is nobody yet: bot staff invite.")


@app.command()
def leave(staff: Staff) -> None:
    """Somebody leaves: their account is unlinked at once. The visits they were to go to are listed.

    Example: bot staff leave 3
    """
    place = here()

    async def work(unit: Unit) -> tuple[Conflict, ...] | None:
        return await conflicts.of_visitor(unit, staff) if await team.leave(unit, staff) else None

    found = writing(work)
    if found is None:
        raise CommandFault(why=f"Nobody in the team has the number {staff}: bot staff list.")
    typer.echo(f"Number {staff} has left.")
    say_conflicts(place, found, "though one visitor has left")


def _say_codes(made: str, console: str | None) -> None:
    typer.echo(f"Their code: {made}. It works once, within 48 hours.")
    typer.echo(f"They send this to the bot on Telegram: /staff {made}")
    typer.echo(f"Their code for the console: {console}. It opens {_address()}/staff once, within 48 hours.")


def _address() -> str:
    settings = Settings()
    return (settings.public_url or f"http://localhost:{settings.port}").rstrip("/")
