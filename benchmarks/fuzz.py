"""Strings of every sort through the whole door, from an update to what is read: each must end in one kind answer.

    python -m benchmarks.fuzz [--strings 100000] [--seed 999] [--encoder static] [--write]

Each is what a new person at a fake Telegram writes, and the answer comes over HTTP. What people type, damaged;
commands; scripts of the world; signs and control characters; markup; very long lines. Ends with 1 and the strings, as
Python writes them, if any is met with no turn or with two, with nothing, with more messages than an answer may have,
or with words of a program. `--write` puts the table into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import random
import re
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import typer

from benchmarks.page import put
from bot.channels.telegram.account import account
from bot.channels.telegram.door import Door
from bot.channels.telegram.send import TelegramSender
from bot.conversation import Conversation, Taken
from bot.delivery.deliver import Delivery, quietly
from bot.logs import configure
from bot.settings import Settings
from bot.wiring import throwaway
from handlers.turn import Turn
from knowledge.search.phrases import CORPUS
from tests.fake_telegram import TOKEN, FakeTelegram

OF_A_PROGRAM = re.compile(r"Traceback|Exception|<[a-z]+ object|\bNone\b(?! of)|\{[a-z_]+\}")
SIGNS = "!?.,;:'\"()[]{}<>@#£$%^&*_+-=|\\/~`\u200b\u202e\ufeff\x00\x07\x1b\n\t🔥😭👍🏽❤️‍🔥"
SCRIPTS = (
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x370, 0x52F),
    (0x600, 0x6FF),
    (0x900, 0xAFF),
    (0x1F300, 0x1FAFF),
    (0, 0x2FFFF),
)
MARKUP = (
    "<b>{}</b>",
    "<script>{}</script>",
    "*{}*",
    "[{}](http://x)",
    "{{{}}}",
    "%s{}",
    "'; DROP TABLE chats; --{}",
    "$({})",
)
COMMANDS = ("start", "help", "visit", "language", "stop", "privacy", "menu", "person", "unknown", "")
PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
LONGEST = 4096
MOST_MESSAGES = 5
"""An answer for two needs, with a question and the words of another language below, in as many messages."""
KEPT = 20

Make = Callable[[random.Random, Sequence[str]], str]


def main() -> None:
    """Run, print what the strings were met with, and end with 1 if any was not met well."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--strings", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=999)
    parser.add_argument("--encoder", choices=("tuned", "general", "static"), default="static")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    configure()
    began = time.perf_counter()
    met, failed = asyncio.run(run(asked.strings, asked.seed, Settings(encoder=asked.encoder)))
    shown = table(met, asked.strings, time.perf_counter() - began)
    print(shown)
    print("\n".join(map(repr, failed[:KEPT])))
    if asked.write:
        put(PAGE, "whole door", "make fuzz", shown)
    sys.exit(1 if failed else 0)


def table(met: Counter[str], strings: int, seconds: float) -> str:
    """What a reader sees: how the strings were met."""
    head = "| met as | strings |\n| --- | --: |"
    rows = [f"| {route} | {often:,} |" for route, often in met.most_common() if route != "failed"]
    last = f"| not with one kind answer | {met['failed']:,} |\n| all, {strings / seconds:,.0f} a second | {strings:,} |"
    return "\n".join((head, *rows, last))


async def run(strings: int, seed: int, settings: Settings) -> tuple[Counter[str], list[str]]:
    """So many strings in; how often each route was taken, and those that were not met well, out."""
    met: Counter[str] = Counter()
    failed = []
    async with resident(settings) as says:
        with typer.progressbar(texts(strings, seed), length=strings, file=sys.stderr) as bar:
            for text in bar:
                route = await says(text)
                met[route or "failed"] += 1
                if not route:
                    failed.append(text)
    return met, failed


@asynccontextmanager
async def resident(settings: Settings) -> AsyncIterator[Callable[[str], Awaitable[str]]]:
    """Somebody new at Telegram for each string: an update at our door, and the answer as it arrives over HTTP. What is
    called gives the route that was taken, or nothing if the string was not met well."""
    async with throwaway(settings) as house, FakeTelegram(house.clock) as fake, account(TOKEN, fake.url) as bot:
        heard = Heard(house.conversation)
        delivery = Delivery(house.store, TelegramSender(bot))
        door = Door(bot, bot.username, heard, partial(quietly, delivery), house.clock)

        async def says(text: str) -> str:
            person = fake.person()
            person.says(text)
            await _let_in(fake, door)
            routes, read = heard.routes(), person.chat.from_bot()
            fine = len(routes) == 1 and kind([message.text for message in read]) and not fake.world.violations
            fake.world.calls.clear()
            return routes[0] if fine else ""

        yield says


class Heard:
    """The conversation, and what it answered since somebody looked."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._routes: list[str] = []

    async def take(self, turn: Turn, owner: str | None = None) -> Taken:
        """As the conversation does."""
        taken = await self._conversation.take(turn, owner)
        if taken.outcome is not None:
            self._routes.append(taken.outcome.trace.route)
        return taken

    def routes(self) -> list[str]:
        """Of each turn since the last call."""
        found, self._routes = self._routes, []
        return found


async def _let_in(fake: FakeTelegram, door: Door) -> None:
    waiting = fake.world.updates.waiting()
    for update in waiting:
        with suppress(Exception):  # whatever it is: the string is printed, and that is what we are here for
            await door.take(update.body)
    fake.world.updates.forget(*waiting)
    await door.close()


def kind(messages: Sequence[str]) -> bool:
    """Is this one answer: words, in no more messages than an answer may have, and none of them a program's?"""
    whole = 0 < len(messages) <= MOST_MESSAGES and all(message.strip() for message in messages)
    return whole and not any(OF_A_PROGRAM.search(message) for message in messages)


def texts(strings: int, seed: int) -> Iterator[str]:
    """The strings, the same for the same seed."""
    chance, said = random.Random(seed), _said()  # noqa: S311
    for _ in range(strings):
        text = chance.choice(WAYS)(chance, said)[:LONGEST]
        yield text if text.strip() else "?"  # Telegram sends nobody's empty message


def _said() -> list[str]:
    found = []
    for path in sorted(CORPUS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [row["text"] for row in csv.DictReader(file)]
    return found


def _as_typed(chance: random.Random, said: Sequence[str]) -> str:
    return chance.choice(said)


def _damaged(chance: random.Random, said: Sequence[str]) -> str:
    letters = list(chance.choice(said))
    for _ in range(chance.randrange(1, 12)):
        letters[chance.randrange(len(letters)) : chance.randrange(len(letters) + 1)] = chance.choice(SIGNS + "abcxyz")
        letters = letters or ["a"]
    return "".join(letters)


def _joined(chance: random.Random, said: Sequence[str]) -> str:
    return chance.choice((" ", "\n", ". ", " and ", "")).join(chance.choices(said, k=chance.randrange(2, 40)))


def _shuffled(chance: random.Random, said: Sequence[str]) -> str:
    words = " ".join(chance.choices(said, k=3)).split()
    return " ".join(chance.sample(words, min(len(words), chance.randrange(1, 30))))


def _signs(chance: random.Random, _said: Sequence[str]) -> str:
    return "".join(chance.choices(SIGNS, k=chance.randrange(60)))


def _scripts(chance: random.Random, _said: Sequence[str]) -> str:
    low, high = chance.choice(SCRIPTS)
    codes = (chance.randint(low, high) for _ in range(chance.randrange(80)))
    return "".join(chr(code) for code in codes if not 0xD800 <= code <= 0xDFFF)


def _marked_up(chance: random.Random, said: Sequence[str]) -> str:
    return chance.choice(MARKUP).format(chance.choice(said))


def _command(chance: random.Random, said: Sequence[str]) -> str:
    return f"/{chance.choice(COMMANDS)} {chance.choice(said) if chance.random() < 0.5 else ''}"


def _repeated(chance: random.Random, said: Sequence[str]) -> str:
    return chance.choice((chance.choice(SIGNS), chance.choice(said)[:9], "a", "9")) * chance.randrange(1, 900)


WAYS: tuple[Make, ...] = (
    _as_typed, _damaged, _damaged, _joined, _shuffled, _signs, _scripts, _marked_up, _command, _repeated,
)  # fmt: skip


if __name__ == "__main__":
    main()
