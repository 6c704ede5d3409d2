"""A worker: carries out what web processes leave, and what happens by itself, for the whole deployment."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.delivery.engine import cluster_on
from bot.delivery.loop import repeat
from bot.errors import StoreUnavailable
from bot.ops.sharing import Rounds, leaving_sent
from bot.reaching import sending
from bot.running import TRY_AGAIN_EVERY, Announce, beside, watch_content
from bot.settings import Settings
from bot.sweeps import duties
from bot.wiring import House, house

if TYPE_CHECKING:
    from bot.delivery.cluster import Cluster

ALIVE_EVERY = 5.0
DELIVERY, DUTIES = "delivery", "duties"


async def work(settings: Settings, announce: Announce, alive: Path | None = None) -> None:
    """Until a signal asks us to stop; then what is in hand is finished. Raises NeedsPostgres and ClusterMissing."""
    cluster = cluster_on(settings.database_url)
    async with house(settings, say=lambda step: announce(f"  {step}")) as built, cluster.open():
        built.store.on_queued = cluster.wake_soon
        with until_asked() as asked:
            async with beside(watch_content(built), do_duties(built, cluster), deliver(built, cluster), beat(alive)):
                announce(f"Worker for {built.knowing.library().place.name}. Ctrl-C stops it.")
                await asked.wait()
    announce("Stopped. Nothing is lost: other workers go on, or this one at its next start.")


async def do_duties(built: House, cluster: Cluster) -> None:
    """What happens by itself, until cancelled."""
    await prepare(cluster)
    rounds = Rounds(built.store, built.vital.figures, built.clock)
    cluster.undertake(rounds.watched(duty) for duty in (cluster.reconciling(built.store), *duties(built)))
    await cluster.work(DUTIES)


async def prepare(cluster: Cluster) -> None:
    """Make the tables of the jobs, however long the database is away."""
    while True:
        with contextlib.suppress(StoreUnavailable):
            await cluster.make_tables()
            return
        await asyncio.sleep(TRY_AGAIN_EVERY)


async def deliver(built: House, cluster: Cluster) -> None:
    """Once Telegram is reached: send what web processes and duties leave, until cancelled; and leave what came of it
    for the figures."""
    token = built.settings.telegram_token
    if token is None:
        return
    bot, delivery = await sending(built, token.get_secret_value(), cluster)
    await prepare(cluster)
    cluster.deliver_by(delivery)
    counts = leaving_sent(built.store, built.vital.figures)
    try:
        async with beside(repeat(counts)):
            await cluster.work(DELIVERY)
    finally:
        await bot.shutdown()
        await counts.round()


async def beat(alive: Path | None) -> None:
    """Touch a file every few seconds, so that somebody outside sees that the loop turns."""
    while alive is not None:
        await asyncio.to_thread(alive.touch)
        await asyncio.sleep(ALIVE_EVERY)


@contextlib.contextmanager
def until_asked() -> Iterator[asyncio.Event]:
    """Set at Ctrl-C and SIGTERM."""
    asked, loop = asyncio.Event(), asyncio.get_running_loop()
    for kind in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(kind, asked.set)
    try:
        yield asked
    finally:
        for kind in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(kind)
