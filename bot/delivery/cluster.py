"""Many machines: procrastinate on the same PostgreSQL wakes workers, and shares out what happens by itself.

The truth is in our tables. A job holds the number of a chat and nothing else; it may come twice, late or never
(docs/decisions/0023). Imported only where it is asked for: see `bot.delivery.engine`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

import structlog
from procrastinate import App, PsycopgConnector, exceptions, schema
from procrastinate.jobs import Status

from bot.delivery.deliver import Delivery, due_chats
from bot.delivery.loop import RECONCILE, Duty, Guard, to_the_end
from bot.errors import StoreUnavailable
from bot.store import jobs
from bot.store.listening import address
from bot.store.unit import Store

log = structlog.get_logger()

DELIVERY, DUTIES = "delivery", "duties"
"""The two queues: a worker that has not reached Telegram yet does its duties all the same."""
AT_ONCE = {DELIVERY: 8, DUTIES: 2}
RECONCILE_EVERY = 10.0
LOOK_EVERY = 1.0
"""Seconds between looks for jobs whose time has come; new ones are heard of at once."""
ALIVE_EVERY, GIVEN_UP_AFTER = 5.0, 15.0
"""Seconds between signs of life of a worker, and after which one that gives none has lost its jobs."""
STOPS_WITHIN = 8.0
AGAIN_AFTER = 2.0
AT_ONCE_NOW = dt.timedelta()


class Cluster:
    """procrastinate over one database. Nothing is connected before it is used."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._app = App(
            connector=PsycopgConnector(conninfo=address(url), min_size=0, max_size=4, timeout=5),
            worker_defaults={
                "fetch_job_polling_interval": LOOK_EVERY,
                "shutdown_graceful_timeout": STOPS_WITHIN,
                "update_heartbeat_interval": ALIVE_EVERY,
                "stalled_worker_timeout": GIVEN_UP_AFTER,
                "delete_jobs": "always",
                "install_signal_handlers": False,
            },
        )
        self._waking: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Cluster]:
        """Usable while the block runs, also where the database comes later."""
        async with self._app.open_async():
            try:
                yield self
            finally:
                await asyncio.gather(*self._waking)

    async def make_tables(self) -> None:
        """Make or upgrade procrastinate's own tables. Raises StoreUnavailable."""
        whole = schema.SchemaManager.get_schema()
        steps = Path(schema.SchemaManager.get_migrations_path())
        await asyncio.to_thread(jobs.bring_up_to_date, self._url, whole, steps)

    async def wake(self, chat_id: int, after: dt.timedelta = AT_ONCE_NOW) -> None:
        """Let some worker send what waits for a chat. At most one job for it waits at once, and one for later."""
        later = after > AT_ONCE_NOW
        lock = f"chat:{chat_id}"
        job = self._app.configure_task(
            DELIVERY,
            queue=DELIVERY,
            lock=lock,
            queueing_lock=f"{lock}:later" if later else lock,
            schedule_in={"seconds": int(after.total_seconds()) + 1} if later else None,
        )
        try:
            await job.defer_async(chat_id=chat_id)
        except exceptions.AlreadyEnqueued:
            pass
        except exceptions.ConnectorException as error:
            log.warning("no worker woken", error=type(error).__name__)

    def wake_soon(self, chats: Collection[int]) -> None:
        """The same for several, without waiting."""
        for chat_id in chats:
            task = asyncio.get_running_loop().create_task(self.wake(chat_id))
            self._waking.add(task)
            task.add_done_callback(self._waking.discard)

    def undertake(self, duties: Iterable[Duty]) -> None:
        """Let the workers run these: each round once in the whole deployment, whoever is free."""
        for duty in duties:
            task = self._app.task(name=duty.name, queue=DUTIES, queueing_lock=duty.name)(partial(_round, duty))
            self._app.periodic(cron=cron_of(duty.every))(task)

    def deliver_by(self, delivery: Delivery) -> None:
        """Let this process carry out the jobs that `wake` leaves."""

        async def deliver(chat_id: int) -> None:
            await to_the_end(partial(delivery.deliver, chat_id))

        self._app.task(name=DELIVERY, queue=DELIVERY)(deliver)

    async def work(self, queue: str) -> None:
        """Carry out the jobs of a queue until cancelled; then those in hand are finished."""
        while True:
            try:
                await self._app.run_worker_async(queues=[queue], concurrency=AT_ONCE[queue])
            except exceptions.ConnectorException as error:
                log.warning("worker waits", error=type(error).__name__)
            await asyncio.sleep(AGAIN_AFTER)

    def reconciling(self, store: Store) -> Duty:
        """Every ten seconds, for the whole deployment: find what was left, and wake somebody for it."""

        async def once(guard: Guard) -> None:
            await guard(self.forget_lost_jobs)
            await guard(partial(self.wake_for_due, store))

        return Duty(RECONCILE, RECONCILE_EVERY, once)

    async def wake_for_due(self, store: Store) -> int:
        """A job for each chat with something due that nobody is sending; how many chats."""
        chats = await due_chats(store)
        for chat_id in chats:
            await self.wake(chat_id)
        return len(chats)

    async def forget_lost_jobs(self) -> int:
        """Drop jobs of workers that died: a chat's next job would wait for them for ever. How many."""
        manager = self._app.job_manager
        with _translated():
            lost = list(await manager.get_stalled_jobs(seconds_since_heartbeat=GIVEN_UP_AFTER))
            for job in lost:
                if job.id is not None:
                    await manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
        return len(lost)


async def _round(duty: Duty, timestamp: int) -> None:
    """One round of a duty; `timestamp` is the moment that it was meant for."""
    await duty.round()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except exceptions.ConnectorException as error:
        raise StoreUnavailable(reason=type(error).__name__) from error


def cron_of(seconds: float) -> str:
    """A period as cron writes it, with a sixth field for seconds."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"* * * * * */{whole}"
    return f"*/{whole // 60} * * * *" if whole < 3600 else f"0 */{whole // 3600} * * *"
