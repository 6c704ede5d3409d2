"""Delivery to a webhook, after tdlib/telegram-bot-api `WebhookActor.cpp`.

Each queue is delivered in order by itself, at most `max_connections` posts at once. A failed update is tried
again at once, then after 2, 4, 8 … 60 seconds, or after `Retry-After` (at most an hour); it blocks its own queue
only, and is dropped when the next try would come after its expiry. HTTP 410 for 23 hours ends the webhook.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from bot.clock import Clock
from tests.fake_telegram.changes import Changes
from tests.fake_telegram.refusals import bad_request
from tests.fake_telegram.updates import Pending, QueueKey, Updates

Json = dict[str, Any]

LONGEST_DELAY = 60
LONGEST_RETRY_AFTER = 3600
GONE_FOR = dt.timedelta(hours=23)
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")


class Webhook:
    """Where updates go while a URL is set."""

    def __init__(self, clock: Clock, updates: Updates, changes: Changes, complain: Callable[[str], None]) -> None:
        self._clock, self._updates, self._changes, self._complain = clock, updates, changes, complain
        self._tasks: dict[QueueKey, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._error: tuple[dt.datetime, str] | None = None
        self._gone_since: dt.datetime | None = None
        self._free = asyncio.Semaphore(40)
        self.scale = 0.001  # real seconds for each second of delay
        self.timeout = 60.0  # real seconds to wait for an answer
        self.said: Callable[[bytes], Awaitable[None]] = _unheard  # told what a bot's answer says
        self.url = ""
        self.secret = ""
        self.max_connections = 40
        self.delays: list[float] = []  # Telegram seconds waited before each new try
        self.dropped: list[int] = []  # update ids given up

    def set(self, given: Json) -> bool:
        """`setWebhook`; an empty URL removes it."""
        if not _SECRET.fullmatch(given.get("secret_token", "")):
            raise bad_request("secret token contains unallowed characters")
        self._updates.allow(given.get("allowed_updates"))
        self._stop_tasks()
        self.url, self.secret = given["url"], given.get("secret_token", "")
        self.max_connections = min(max(int(given.get("max_connections", 40)), 1), 100)
        self._free = asyncio.Semaphore(self.max_connections)
        self._error = self._gone_since = None
        return self._drop_if_asked(given)

    def delete(self, given: Json) -> bool:
        """`deleteWebhook`: what waits stays for getUpdates unless dropping was asked for."""
        return self.set({"url": "", "drop_pending_updates": given.get("drop_pending_updates", False)})

    def _drop_if_asked(self, given: Json) -> bool:
        if given.get("drop_pending_updates"):
            self._updates.forget(*self._updates.waiting())
        self._changes.announce()
        self.wake()
        return True

    def info(self) -> Json:
        """`getWebhookInfo`."""
        body: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }
        if self.url:
            body |= {"max_connections": self.max_connections, "ip_address": "127.0.0.1"}
        if self._error:
            at, message = self._error
            body |= {"last_error_date": int(at.timestamp()), "last_error_message": message}
        return body | ({"allowed_updates": sorted(self._updates.allowed)} if self._updates.allowed else {})

    def wake(self, *queues: QueueKey) -> None:
        """A worker for each of these queues that has something and no worker yet; for all queues if none is named."""
        for queue in (queues or self._updates.queues()) if self.url else ():
            if queue not in self._tasks and self._updates.head(queue):
                task = self._tasks[queue] = asyncio.get_running_loop().create_task(self._serve(queue))
                task.add_done_callback(functools.partial(self._served, queue))

    def _served(self, queue: QueueKey, task: asyncio.Task[None]) -> None:
        if self._tasks.get(queue) is task:
            del self._tasks[queue]
        if not task.cancelled():
            if task.exception():
                self._complain(f"webhook delivery broke: {task.exception()!r}")
            self.wake(queue)

    async def _serve(self, queue: QueueKey) -> None:
        fails, delay = 0, 1.0
        while self.url and (head := self._updates.head(queue)):
            async with self._free:
                error, retry_after = await self._post(head.body)
            if not error:
                fails, delay = 0, 1.0
                self._updates.forget(head)
                continue
            wait = float(retry_after)
            if not retry_after and fails:
                wait = delay = min(delay * 2, LONGEST_DELAY)
            fails += 1
            if await self._gives_up(head, wait):
                fails, delay = 0, 1.0

    async def _gives_up(self, head: Pending, wait: float) -> bool:
        """Drop an update that would expire before its next try; otherwise wait for that try."""
        if self._clock.now() + dt.timedelta(seconds=wait) > head.expires:
            self.dropped.append(head.id)
            self._updates.forget(head)
            return True
        self.delays.append(wait)
        self._changes.announce()
        await asyncio.sleep(wait * self.scale)
        return False

    async def _post(self, body: Json) -> tuple[str, int]:
        """One try: its error, empty for a 2xx, and the `Retry-After` that came with it."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        try:
            async with self._client().post(
                self.url, json=body, headers=headers, timeout=aiohttp.ClientTimeout(self.timeout)
            ) as answer:
                words = await answer.read()
        except (aiohttp.ClientError, OSError) as error:
            return self._failed(f"Webhook connection closed: {type(error).__name__}", 0), 0
        if 200 <= answer.status <= 299:
            self._gone_since = None
            await self.said(words)
            return "", 0
        said = answer.headers.get("Retry-After", "")
        seconds = min(int(said), LONGEST_RETRY_AFTER) if said.isdigit() else 0
        failure = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        return self._failed(failure, answer.status), seconds

    def _failed(self, message: str, status: int) -> str:
        now = self._clock.now()
        self._error = (now, message)
        self._gone_since = (self._gone_since or now) if status == 410 else None
        if self._gone_since and now > self._gone_since + GONE_FOR:
            self.url = ""
        self._changes.announce()
        return message

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self._session

    def _stop_tasks(self) -> list[asyncio.Task[None]]:
        tasks, self._tasks = list(self._tasks.values()), {}
        for task in tasks:
            task.cancel()
        return tasks

    async def close(self) -> None:
        """Stop delivering and close the sockets."""
        self.url = ""
        await asyncio.gather(*self._stop_tasks(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()


async def _unheard(_words: bytes) -> None:
    """Nobody carries out what an answer asks for."""
