"""Web processes and workers as processes of their own, over one PostgreSQL. Run by `test_many_machines`."""

from __future__ import annotations

import asyncio
import datetime as dt
import multiprocessing
import signal
from contextlib import ExitStack
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from typing import Literal
from unittest.mock import AsyncMock, patch

from bot import serving, wiring, working
from bot.delivery import cluster
from bot.logs import configure
from bot.settings import Settings
from bot.store import chats, content
from knowledge.library import Library
from knowledge.place import Place
from tests.bot.child_bot import ENTRIES, Numbered, entry

Role = Literal["web", "worker"]
PROCESSES = multiprocessing.get_context("forkserver")
LEASE = dt.timedelta(seconds=4)
"""Of a worker: the one that is killed keeps a chat no longer. Web processes have theirs as in life."""
PATIENCE = 30.0


def warm_up() -> None:
    """Let one process import the bot, from which each node is forked: quicker, and nothing else outlives a kill."""
    PROCESSES.set_forkserver_preload([__name__, "bot.reaching"])
    forkserver.ensure_running()


def start(role: Role, settings: Settings) -> ForkServerProcess:
    """A node, running."""
    child = PROCESSES.Process(target=run, args=(role, settings), daemon=True)
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


def run(role: Role, settings: Settings) -> None:
    """All that `bot run --role web` or `bot worker` runs, with answers that are numbered and less patience."""
    configure()
    place = Place(name="Test", partnership="Test")
    library = Library(place=place, entries={f"answer/{n}": entry(n) for n in range(ENTRIES)}, organisations={})
    with ExitStack() as other:
        other.enter_context(patch.object(content, "library", AsyncMock(return_value=library)))
        other.enter_context(patch.object(wiring, "snapshot", lambda *_: Numbered(library)))
        for module, name, value in HURRY if role == "worker" else ():
            other.enter_context(patch.object(module, name, value))
        asyncio.run(NODES[role](settings, lambda _line: None))


HURRY = (
    (chats, "LEASE", LEASE),
    (cluster, "ALIVE_EVERY", 1.0),
    (cluster, "GIVEN_UP_AFTER", 4.0),
    (cluster, "RECONCILE_EVERY", 1.0),
)
NODES = {"web": serving.serve, "worker": working.work}
