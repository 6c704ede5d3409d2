"""What any process of the bot runs beside its own work, and how it stops."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence

import structlog
import uvicorn

from bot.channels.web.bell import Bell
from bot.errors import StoreUnavailable
from bot.knowing import ContentWatch
from bot.ops.gate import Gate
from bot.ops.health import Health
from bot.ops.notify import tell_systemd
from bot.wiring import House, place_folder, prepare

log = structlog.get_logger()

Announce = Callable[[str], None]
REQUESTS_END_IN, SERVER_STOPS_IN, WORKS_STOP_IN = 2.0, 1, 5.5
"""Seconds at a stop, one after the other; together less than the ten that a machine's own stop allows."""
TRY_AGAIN_EVERY = 2.0
"""Seconds between tries to reach a database that was away at the start."""


async def watch_content(built: House) -> None:
    """Reach the database if it was away at the start; then follow the content until cancelled."""
    folder = place_folder(built.settings)
    revision = built.revision
    while not built.ready:
        with contextlib.suppress(StoreUnavailable):
            revision, current = await prepare(built.store, folder, built.settings)
            built.knowing.swap(current)
            log.info("the database is back")
            break
        await asyncio.sleep(TRY_AGAIN_EVERY)
    await ContentWatch(
        built.store, folder, built.knowing, revision, built.settings.index_folder, built.settings.encoder
    ).run()


@contextlib.asynccontextmanager
async def beside(*works: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Run works while the block runs; stop them after it."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await ended(tasks)


async def ended(tasks: Sequence[asyncio.Future[None]]) -> None:
    """Wait for works that were asked to stop, but not for ever: what they leave is picked up at the next start."""
    if not tasks:
        return
    done, left = await asyncio.wait(tasks, timeout=WORKS_STOP_IN)
    if left:
        log.error("stopped before all had ended", left=len(left))
    for task in done:
        if not task.cancelled() and (failed := task.exception()) is not None:
            log.error("a part of the bot ended", error=type(failed).__name__)


def let_go(seconds: float = 1.0) -> None:
    """End the process after so long: what a thread still computes by then holds nothing that could be lost."""
    timer = threading.Timer(seconds, os._exit, (0,))
    timer.daemon = True
    timer.start()


class Server(uvicorn.Server):
    """uvicorn. When it stops, new requests are asked to come again while those inside and the event streams end."""

    def __init__(self, config: uvicorn.Config, bell: Bell, gate: Gate, health: Health) -> None:
        super().__init__(config)
        self._bell, self._gate, self._health = bell, gate, health

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on Ctrl-C and SIGTERM without raising them again, so that what runs beside can end too."""
        loop = asyncio.get_running_loop()
        for asked in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(asked, self.handle_exit, asked, None)
        try:
            yield
        finally:
            for asked in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(asked)

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        tell_systemd("READY=1")

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        tell_systemd("STOPPING=1")
        for each in (self._health.stop, self._gate.close, self._bell.close):
            each()
        await self._gate.emptied(REQUESTS_END_IN)
        await super().shutdown(sockets)  # type: ignore[arg-type]
