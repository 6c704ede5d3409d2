"""One process of the bot: all that `bot run` or `bot worker` runs, on the clock of the run. Forked, so that it starts
quickly; killed, stopped and starved of disk by the nemesis."""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import resource
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Literal
from unittest.mock import patch

from benchmarks.chaos.clock import SharedClock
from bot import knowing, serving, wiring, working
from bot.logs import configure
from bot.settings import Settings

Role = Literal["bot", "worker"]
PROCESSES = multiprocessing.get_context("forkserver")
HURRIED = (("ALIVE_EVERY", 1.0), ("GIVEN_UP_AFTER", 3.0), ("RECONCILE_EVERY", 1.0))
"""Seconds; for a short run. Leases are as in life."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process is to be. Its log goes to a file."""

    role: Role
    settings: Settings
    clock: SharedClock
    log: Path
    hurried: bool = False


def warm_up() -> None:
    """Let one process import the bot, from which each node is forked; nothing else outlives a kill."""
    PROCESSES.set_forkserver_preload(["__main__", __name__, "benchmarks.chaos.warm"])
    forkserver.ensure_running()
    first = PROCESSES.Process(target=nothing)
    first.start()
    first.join()


def nothing() -> None:
    """Done by a process that only shows that others can be forked now."""


def start(orders: Orders) -> ForkServerProcess:
    """A node, starting."""
    child = PROCESSES.Process(target=run, args=(orders,), daemon=True)
    child.start()
    return child


def run(orders: Orders) -> None:
    """Until killed, or until a signal asks it to stop."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with orders.log.open("ab") as log:
        os.dup2(log.fileno(), 2)
    configure()
    work = {"bot": serving.serve, "worker": working.work}[orders.role]
    with _on(orders.clock), _hurried(orders):
        asyncio.run(work(orders.settings, lambda _line: None))


@contextmanager
def _on(clock: SharedClock) -> Iterator[None]:
    ours = partial(wiring.house, clock=clock)
    no_editor = patch.object(knowing.ContentWatch, "_warm", lambda _self: None)  # nobody publishes anything here
    with patch.object(serving, "house", ours), patch.object(working, "house", ours), no_editor:
        yield


@contextmanager
def _hurried(orders: Orders) -> Iterator[None]:
    with ExitStack() as other:
        for name, value in HURRIED if orders.hurried and orders.role == "worker" else ():
            other.enter_context(patch.object(importlib.import_module("bot.delivery.cluster"), name, value))
        yield
