"""Commands: what stands in Telegram's menu, and what may be typed anywhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers import advice, language, menu, privacy, visits
from handlers.ports import Ports, Understood
from handlers.replies import action, fresh
from handlers.turn import Outcome, Session, Turn

Command = Callable[[Turn, Session, Ports], Awaitable[Outcome]]


async def _help(_turn: Turn, session: Session, ports: Ports) -> Outcome:
    return action(fresh(session), "menu", menu.menu_message(ports, "menu.help"))


async def _visit(_turn: Turn, session: Session, ports: Ports) -> Outcome:
    return await visits.act(session, ports, "visit.book")


async def _stop(_turn: Turn, session: Session, ports: Ports) -> Outcome:
    return await privacy.start(session, ports)


async def _language(_turn: Turn, session: Session, ports: Ports) -> Outcome:
    return language.ask(session, ports)


COMMANDS: dict[str, Command] = {
    "start": menu.start,
    "help": _help,
    "visit": _visit,
    "language": _language,
    "stop": _stop,
    "clear": privacy.clear,
}
"""In the order of the menu. Each has a line `command.NAME` in the catalogue."""


async def run(turn: Turn, understood: Understood, session: Session, ports: Ports) -> Outcome:
    """Do a command; an unknown one with words is a question, without words it gets the menu."""
    command = COMMANDS.get(turn.command or "")
    if command is not None:
        return await command(turn, session, ports)
    if understood.text:
        return await advice.question(turn, understood, session, ports)
    return await _help(turn, session, ports)
