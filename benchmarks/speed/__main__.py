"""The whole table: `python -m benchmarks.speed [--updates 2000] [--stock 1000000]`. Prints it, and writes it into
docs/benchmarks.md."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.page import put
from benchmarks.speed import stock
from benchmarks.speed.bot_api import BotApi
from benchmarks.speed.children import OUR_CORE, ROOT, THEIR_CORE, Child, echo_bot, hold_to, our_bot
from benchmarks.speed.drive import Driver, Figures, flat_out, steadily
from benchmarks.speed.updates import Stream, echoes, questions, taps
from bot.store.migrate import upgrade
from tests.databases import postgres

PAGE = ROOT / "docs" / "benchmarks.md"
AT_ONCE, ROUNDS = 16, 3
"""People who write at once; how often each is measured, in turns."""
STEADY = (("taps and commands", 100.0, 200_000), ("questions", 50.0, 300_000))
"""Updates a second of the steady runs, and the first of their chats."""
SMALL, MIDDLE = 1_000, 100_000
MIXES: dict[str, Callable[[int], Stream]] = {"taps and commands": lambda _: taps(), "questions": questions}

HEAD = (
    "|  | updates a second | times the echo bot | processor for one, ms | median reply, ms | p99, ms |\n"
    "| --- | --- | --- | --- | --- | --- |"
)


@dataclass
class Bench:
    """What all parts of the table use."""

    api: BotApi
    driver: Driver
    folder: Path
    updates: int
    chat: int = 1_000

    async def run(self, child: Child, stream: Stream, updates: int | None = None) -> Figures:
        """Flat out, by people who have not written before."""
        self.chat += 1_000
        return await flat_out(self.driver, child, stream, updates or self.updates, AT_ONCE, self.chat)

    async def ready(self, child: Child) -> Child:
        """Once it answers."""
        await self.driver.ready(child)
        return child

    def sqlite(self, name: str) -> Path:
        """A fresh file."""
        path = self.folder / f"{name}.sqlite3"
        upgrade(f"sqlite:///{path}")
        return path

    def settings(self, url: str, encoder: str = "tuned") -> dict[str, str]:
        """Of a bot on that database."""
        return {"BOT_DATABASE_URL": url, "BOT_ENCODER": encoder}


def row(name: str, figures: list[Figures], echo: float | None) -> str:
    """A line of the table: the medians of the rounds."""
    rate = statistics.median(one.rate for one in figures)
    cells = (
        f"{rate:,.0f}", "1.0" if echo is None else f"{rate / echo:.2f}",
        *(f"{statistics.median(values):.1f}" for values in (
            [one.cost for one in figures], [one.at(0.5) for one in figures], [one.at(0.99) for one in figures]
        )),
    )  # fmt: skip
    return f"| {name} | " + " | ".join(cells) + " |"


async def speed(bench: Bench) -> list[str]:
    """The echo bot and ours in turns, on one core each."""
    echo: list[Figures] = []
    ours: dict[str, list[Figures]] = {name: [] for name in MIXES}
    async with AsyncExitStack() as stack:
        theirs = await bench.ready(await stack.enter_async_context(echo_bot(bench.api.url)))
        url = f"sqlite:///{bench.sqlite('speed')}"
        child = await bench.ready(
            await stack.enter_async_context(our_bot(bench.api.url, bench.folder, bench.settings(url)))
        )
        for _ in range(ROUNDS):
            echo.append(await bench.run(theirs, echoes()))
            for name, stream in MIXES.items():
                ours[name].append(await bench.run(child, stream(bench.updates)))
        steady = [(name, await steadily(bench.driver, child, MIXES[name](bench.updates), bench.updates, rate,
                                        first)) for name, rate, first in STEADY]  # fmt: skip
    base = statistics.median(one.rate for one in echo)
    rows = [row("python-telegram-bot's echo bot", echo, None)]
    rows += [row(f"**{name}**", figures, base) for name, figures in ours.items()]
    rows += [
        f"| **{name}, {figures.rate:,.0f} a second** | {figures.rate:,.0f} |  | {figures.cost:.1f} | "
        f"{figures.at(0.5):.1f} | {figures.at(0.99):.1f} |"
        for name, figures in steady
    ]
    return rows


def bare(updates: int) -> str:
    """The encoder alone, on the same core."""
    command = [sys.executable, "-m", "benchmarks.speed.bare", str(updates)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)  # noqa: S603
    cost, rate = done.stdout.split()
    return f"| the sentence encoder alone, same questions | {float(rate):,.0f} |  | {float(cost):.1f} |  |  |"


async def workers(bench: Bench) -> list[str]:
    """One and two web processes on one PostgreSQL, not held to a core: all share the machine with the database."""
    said = []
    with postgres() as server:
        for many in (1, 2):
            url = server.fresh()
            async with AsyncExitStack() as stack:
                made = [
                    await stack.enter_async_context(
                        our_bot(bench.api.url, bench.folder, bench.settings(url) | {"BOT_ROLE": "web"})
                    )
                    for _ in range(many)
                ]
                for child in made:
                    hold_to(child.process.pid, THEIR_CORE, OUR_CORE)
                    await bench.ready(child)
                parts = await asyncio.gather(*(bench.run(child, taps(), bench.updates // many) for child in made))
            rate, cost = sum(one.rate for one in parts), statistics.mean(one.cost for one in parts)
            said.append(f"| {many} on PostgreSQL | {rate:,.0f} | {cost:.1f} |")
    return said


async def stocked(bench: Bench, most: int) -> list[str]:
    """What a tap costs, and what the process holds, with more and more in the database."""
    said, path = [], bench.sqlite("stock")
    for many in (SMALL, MIDDLE, most):
        stock.chats(path, many)
        stock.questions(path, many)
        async with our_bot(bench.api.url, bench.folder, bench.settings(f"sqlite:///{path}")) as child:
            await bench.ready(child)
            rest = child.megabytes()
            figures = [await bench.run(child, taps(), bench.updates // 2) for _ in range(ROUNDS)]
            cost = statistics.median(one.cost for one in figures)
            said.append(f"| {many:,} | {cost:.2f} | {rest:,.0f} | {path.stat().st_size / 1e6:,.0f} |")
    return said


@asynccontextmanager
async def furnished(updates: int, folder: Path) -> AsyncIterator[Bench]:
    """The Bot API and a client, on our core."""
    hold_to(0, OUR_CORE)
    async with (
        BotApi() as api,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=1)) as session,
    ):
        yield Bench(api, Driver(api, session), folder, updates)


async def measure(updates: int, most: int, folder: Path) -> str:
    """All of it, as text."""
    async with furnished(updates, folder) as bench:
        speeds = [*await speed(bench), bare(updates)]
        parts = [*machine(updates), HEAD, *speeds, "", *NOTES]
        parts += ["", "| web processes | updates a second | processor for one, ms |", "| --- | --- | --- |"]
        parts += await workers(bench)
        parts += ["", "| chats, and questions, stored | processor for a tap, ms | memory, MB | database, MB |"]
        parts += ["| --- | --- | --- | --- |", *await stocked(bench, most)]
    return "\n".join(parts)


def machine(updates: int) -> list[str]:
    """Where, and how many."""
    system = f"{platform.system()} {platform.release()} on {platform.machine()}, {os.cpu_count()} processors"
    return [f"{updates:,} updates each, {ROUNDS} rounds in turns; {system}, Python {platform.python_version()}.", ""]


NOTES = [
    "Each bot is a process on one core; whoever writes to it, and the Bot API that it answers to, share the other. "
    "The echo bot is python-telegram-bot's own, with its webhook server and its default HTTP client: it stores "
    "nothing. Ours is `bot run` by webhook on SQLite: each update is committed before it is acknowledged, and its "
    "reply recorded once it is sent. No question comes twice. At a fixed rate a wait begins when an update is "
    "due. Processor is what the bot's process used for "
    "the whole of an update.",
]


def main() -> None:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description="What an update costs, beside python-telegram-bot's echo bot.")
    parser.add_argument("--updates", type=int, default=2000)
    parser.add_argument("--stock", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = asyncio.run(measure(asked.updates, asked.stock, Path(folder)))
    print(text)
    put(PAGE, "speed", "make bench", text)


if __name__ == "__main__":
    main()
