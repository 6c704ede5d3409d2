"""Web processes and workers as processes of their own, over one PostgreSQL. Run by `test_many_machines`."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from contextlib import ExitStack
from functools import partial
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from typing import Literal
from unittest.mock import AsyncMock, patch

from bot import serving, wiring, working
from bot.clock import Clock, SystemClock
from bot.delivery import cluster
from bot.logs import configure
from bot.settings import Settings
from bot.store import content
from knowledge.library import Library
from knowledge.place import Place
from tests.bot.child_bot import ENTRIES, Numbered, entry

Role = Literal["web", "worker"]
PROCESSES = multiprocessing.get_context("forkserver")
PATIENCE = 30.0
SYSTEM = SystemClock()


def warm_up() -> None:
    """Let one process import the bot, from which each node is forked: quicker, and nothing else outlives a kill."""
    PROCESSES.set_forkserver_preload([__name__, "bot.reaching"])
    forkserver.ensure_running()


def start(role: Role, settings: Settings, clock: Clock = SYSTEM) -> ForkServerProcess:
    """A node, running."""
    child = PROCESSES.Process(target=run, args=(role, settings, clock), daemon=True)
    child.start()
    return child


async def kill(child: ForkServerProcess) -> None:
    """With -9."""
    child.kill()
    await asyncio.to_thread(child.join, PATIENCE)
    assert child.exitcode == -signal.SIGKILL


async def stop(child: ForkServerProcess) -> int | None:
    """Ask it to stop; how it ended."""
    child.terminate()
    await asyncio.to_thread(child.join, PATIENCE)
    return child.exitcode


def run(role: Role, settings: Settings, clock: Clock) -> None:
    """All that `bot run --role web` or `bot worker` runs, with answers that are numbered and less patience. The test
    can jump the clock: nobody has to wait for a lease to end."""
    configure()
    place = Place(name="Test", partnership="Test")
    library = Library(place=place, entries={f"answer/{n}": entry(n) for n in range(ENTRIES)}, organisations={})
    with ExitStack() as other:
        other.enter_context(patch.object(content, "library", AsyncMock(return_value=library)))
        other.enter_context(patch.object(wiring, "snapshot", lambda *_: Numbered(library)))
        for module in (serving, working):
            other.enter_context(patch.object(module, "house", partial(wiring.house, clock=clock)))
        for name, value in HURRY if role == "worker" else ():
            other.enter_context(patch.object(cluster, name, value))
        asyncio.run(NODES[role](settings, lambda _line: None))


HURRY = (("ALIVE_EVERY", 0.5), ("GIVEN_UP_AFTER", 3.0), ("RECONCILE_EVERY", 1.0))
NODES = {"web": serving.serve, "worker": working.work}
