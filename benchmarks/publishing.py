"""From a publication in one process to the answer in another: a real `bot run`, on SQLite and on PostgreSQL.

    python -m benchmarks.publishing

Publishes an answer 20 times, at odd moments, and asks the other bot for it until it says the new words; then asks in
its chat with a way of asking that came with them. Prints the median and the slowest, beside the time that it takes to
build the bare index in the same run, and writes them into docs/benchmarks.md.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import bot  # noqa: F401 - sets how many threads the algebra may take, as the bot does
from benchmarks.page import put
from benchmarks.speed.children import free_port
from bot.clock import SystemClock
from bot.staff import versions
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from knowledge.encoder import open_encoder
from knowledge.library import NATIONAL, PLACES, load
from knowledge.search import Index
from knowledge.search.base import base_of
from knowledge.search.index import read_words
from knowledge.search.phrases import of_library
from knowledge.search.vectors import Vectors
from tests.databases import SqliteFiles, postgres

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
KEPT = Path("build") / "index"
CHANGED = "home-security/doors-and-locks"
TURNS, PATIENCE, BETWEEN = 20, 30.0, 0.005
AGAIN = (0.5, 1.0, 2.0)
REST = (0.5, 1.5)
"""Seconds between two publications: neither in step with anything nor all at once."""


@dataclass(frozen=True)
class Other:
    """The bot that answers, at a port of its own."""

    port: int

    def page(self) -> str:
        """The answer as it would be printed; empty while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/answers/{CHANGED}", timeout=PATIENCE) as got:
                found: str = got.read().decode()
                return found
        except (urllib.error.URLError, ConnectionError):
            return ""

    def asked(self, text: str) -> str:
        """What the chat says to a message; sent again, as a browser does, where it could not be stored."""
        url, body = f"http://127.0.0.1:{self.port}/chat", json.dumps({"text": text}).encode()
        for pause in AGAIN:
            request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
            try:
                with urllib.request.urlopen(request, timeout=PATIENCE) as got:  # noqa: S310  our own
                    return str(json.loads(got.read())["messages"])
            except urllib.error.HTTPError:
                time.sleep(pause)
        return ""

    def wait_for(self, words: str) -> float:
        """The moment from which on it says these words. Raises TimeoutError."""
        began = time.perf_counter()
        while words not in self.page():
            if time.perf_counter() - began > PATIENCE:
                raise TimeoutError(words)
            time.sleep(BETWEEN)
        return time.perf_counter()


@dataclass(frozen=True)
class Measured:
    """Seconds from each publication to its answer, and how often the chat answered with it."""

    name: str
    seconds: tuple[float, ...]
    right: int

    @property
    def line(self) -> str:
        """For the page."""
        middle, worst = median(self.seconds), max(self.seconds)
        of = f"{self.right} of {len(self.seconds)} were then answered in the chat by a new way of asking"
        return f"{self.name}: median {middle:.2f} s, slowest {worst:.2f} s; {of}."


def measure(name: str, url: str) -> Measured:
    """Start the other bot on a database, publish, and see when it answers."""
    with other(url) as answering:
        return asyncio.run(_published(name, url, answering))


async def _published(name: str, url: str, answering: Other) -> Measured:
    store, chance = Store(url, throwaway_vault(), SystemClock()), random.Random(5)  # noqa: S311  moments, no secrets
    seconds, right = [], 0
    try:
        for turn in range(TURNS):
            await asyncio.sleep(chance.uniform(*REST))
            lead, asking = f"Published for the {turn + 1}. time.", f"who mends flurb number {turn + 1}"
            began = time.perf_counter()
            await _publish(store, _text(lead, asking))
            seconds.append(await asyncio.to_thread(answering.wait_for, lead) - began)
            right += lead in await asyncio.to_thread(answering.asked, asking)
    finally:
        await store.close()
    return Measured(name, tuple(seconds), right)


def _text(lead: str, asking: str) -> str:
    """The answer as it shipped, with another first sentence and one more way of asking."""
    head, _, rest = (NATIONAL / "entries" / f"{CHANGED}.md").read_text(encoding="utf-8").rpartition("---\n**")
    first, _, more = head.partition("phrasings:\n")
    return f"{first}phrasings:\n  - {asking}\n{more}---\n**{lead}**{rest.partition('**')[2]}"


async def _publish(store: Store, text: str) -> None:
    async with store.write() as unit:
        number = await versions.put(unit, "entry", CHANGED, False, {"text": text, "state": "draft", "by": "staff"})
        row = await versions.one(unit, "entry", number)
        if row is not None:
            await versions.go_live(unit, "entry", row)


@contextmanager
def other(url: str) -> Iterator[Other]:
    """A `bot run` on a database, once it answers; stopped at the end."""
    with tempfile.TemporaryDirectory() as folder:
        answering = Other(free_port())
        command = [str(Path(sys.executable).with_name("bot")), "run"]
        environment = _settings(url, Path(folder), answering.port)
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as child:  # noqa: S603  our own
            try:
                answering.wait_for("<html")
                yield answering
            finally:
                child.send_signal(signal.SIGTERM)


def _settings(url: str, folder: Path, port: int) -> Mapping[str, str]:
    ours = {"DATABASE_URL": url, "KEYS_FILE": str(folder / "keys"), "INDEX_FOLDER": str(folder), "PORT": str(port)}
    return {**os.environ, **{f"BOT_{name}": value for name, value in ours.items()}}


def bare_index() -> float:
    """Seconds to build the index of the same content, nothing else."""
    library, encoder = load(PLACES / "braunstone"), open_encoder()
    base = base_of(encoder, read_words())
    vectors = Vectors(encoder).of([phrase.text for phrase in of_library(library)])
    times = []
    for _ in range(5):
        began = time.perf_counter()
        Index.build(library, encoder, base, vectors)
        times.append(time.perf_counter() - began)
    return median(times)


def main() -> int:
    """0 where every publication was answered with within a second, 1 otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        found = [measure("SQLite", SqliteFiles(Path(folder)).fresh())]
    with postgres() as server:
        found.append(measure("PostgreSQL", server.fresh()))
    lines = [*(each.line for each in found), f"To build the bare index, in the same run: {bare_index():.2f} s."]
    lines.append(f"Jobs that the machine had to do in the last minute, on average: {os.getloadavg()[0]:.1f}.")
    text = "\n".join(f"- {line}" for line in lines)
    print(text)
    put(PAGE, "publishing", "make bench-live", text)
    return int(max(second for each in found for second in each.seconds) > 1)


if __name__ == "__main__":
    sys.exit(main())
