"""`bot ask` and `bot chat`: the whole conversation in a terminal, on a store that is thrown away."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from typing import Annotated

import typer

from bot.channels import terminal
from bot.conversation import Taken
from bot.errors import NotStored
from bot.logs import configure
from bot.settings import Settings
from bot.wiring import House, throwaway
from handlers.turn import Reply

TRAILING_SPACE = "\n\r"


def ask(
    text: Annotated[list[str] | None, typer.Argument(help="one message; without it one message a line is read")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
    live: Annotated[bool, typer.Option(help="answer with the database's content, not the folder's")] = False,
) -> None:
    """Ask one question, or one a line from standard input. Each line is a fresh conversation.

    Example: printf 'my smoke alarm wont stop chirping\\n' | bot ask --json
    """
    configure()
    lines: Iterator[str] = iter([" ".join(text)]) if text else (line.rstrip(TRAILING_SPACE) for line in sys.stdin)
    asyncio.run(_ask(lines, as_json, live))


async def _ask(lines: Iterator[str], as_json: bool, live: bool) -> None:
    async with throwaway(Settings(), live=live) as house:
        for number, line in enumerate(lines):
            answer = await answer_to(house, line, f"ask-{number}")
            typer.echo(json.dumps(answer, ensure_ascii=False) if as_json else f"{answer['reply']}\n")


async def answer_to(house: House, text: str, chat: str) -> dict[str, object]:
    """One message as a fresh conversation; the object that docs/commands.md describes."""
    turn = terminal.parse(text, chat, f"{chat}:0", house.clock.now())
    began = time.perf_counter()
    taken = await house.conversation.take(turn)
    spent = time.perf_counter() - began
    if taken.outcome is None:
        raise AssertionError("a fresh conversation cannot be a repeat")
    trace = taken.outcome.trace
    return {
        "text": text,
        "route": trace.route,
        "tier": trace.tier,
        "answered": list(trace.answered),
        "offered": list(trace.offered),
        "action": trace.action,
        "reply": terminal.words(taken.outcome.replies),
        "ms": round(spent * 1000, 2),
    }


def chat(live: Annotated[bool, typer.Option(help="answer with the database's content")] = False) -> None:
    """Talk to the bot here. Type words, a number of a list, the letter of a button, or a command such as /help.

    Example: bot chat
    """
    configure()
    asyncio.run(_chat(live))


async def _chat(live: bool) -> None:
    async with throwaway(Settings(), live=live) as house:
        last = await show(house, terminal.parse("/start", "chat", "0", house.clock.now()).key, "/start", ())
        number = 0
        while (line := await asyncio.to_thread(_read)) is not None:
            number += 1
            last = await show(house, str(number), line, last)


def _read() -> str | None:
    typer.echo("> ", nl=False)
    line = sys.stdin.readline()
    return line.rstrip(TRAILING_SPACE) if line else None


async def show(house: House, key: str, line: str, last: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """Take one typed line and print what comes back; the messages printed, for their buttons."""
    turn = terminal.parse(line, "chat", key, house.clock.now(), last)
    try:
        taken: Taken = await house.conversation.take(turn)
    except NotStored as error:
        replies: tuple[Reply, ...] = (error.urgent,) if error.urgent else ()
    else:
        replies = taken.outcome.replies if taken.outcome else ()
    shown = tuple(reply for reply in replies if reply.blocks)
    for reply in shown:
        typer.echo(f"\n{terminal.render(reply)}\n")
    return shown
