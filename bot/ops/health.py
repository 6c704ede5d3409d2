"""Is this process fit to be asked? `/healthz`: it answers. `/readyz`: what it needs is there; else 503 and what is not.

The page says names, seconds and revisions; nothing about anybody, and no secret. It is kept for a moment, so that
nobody can wear the database out by asking.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.errors import StoreUnavailable
from bot.knowing import Knowing
from bot.ops.away import Away, Seconds
from bot.store import vitals
from bot.store.unit import Store, Unit

OLDEST = 120.0
"""Seconds that a message may wait which could be sent."""
TELEGRAM_AWAY = 60.0
"""Seconds without Telegram that pass for a moment."""
KEPT = 2.0
"""Seconds that one look is shown to whoever asks."""
PATIENCE = 5.0
"""Seconds that the database has to answer."""

Facts = Mapping[str, object]
Checks = Mapping[str, Facts]


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be there. `telegram` is None where no token is set."""

    store: Store
    knowing: Knowing
    telegram: Away | None = None


class Health:
    """Looks whether what is needed is there; `stop()` says that it soon won't be."""

    def __init__(self, needs: Needs, clock: Seconds = time.monotonic) -> None:
        self._needs, self._clock = needs, clock
        self._looking: asyncio.Task[Checks] | None = None
        self._began = 0.0
        self._stopping = False

    @property
    def route(self) -> Route:
        """`/readyz`, to be put into the app."""
        return Route("/readyz", self._answer, methods=["GET"])

    def stop(self) -> None:
        """From now on it is not ready: whoever shares out requests should go elsewhere."""
        self._stopping = True

    async def checks(self) -> Checks:
        """Each check by its name, with `ok` and what there is to say about it."""
        if self._stopping:
            return {"running": {"ok": False}}
        task = self._task()
        await asyncio.wait({task}, timeout=PATIENCE)
        return task.result() if task.done() else {"database": {"ok": False, "slow": True}}

    def _task(self) -> asyncio.Task[Checks]:
        """One look at a time, however many ask."""
        old = self._looking is None or (self._looking.done() and self._clock() - self._began >= KEPT)
        if self._looking is None or old:
            self._looking, self._began = asyncio.ensure_future(look(self._needs)), self._clock()
        return self._looking

    async def _answer(self, _request: Request) -> Response:
        checks = await self.checks()
        ready = all(facts["ok"] for facts in checks.values())
        headers = {"Cache-Control": "no-store"} | ({} if ready else {"Retry-After": "5"})
        return JSONResponse({"ready": ready, "checks": checks}, 200 if ready else 503, headers)


async def look(needs: Needs) -> Checks:
    """All checks, once. Raises nothing that the database or the network can do."""
    return {**await _database(needs.store), **_content(needs.knowing), **_telegram(needs.telegram)}


async def _database(store: Store) -> Checks:
    try:
        async with store.write() as unit:
            await vitals.write(unit)
            checks = {"database": {"ok": True}, **await _tables(unit), **await _outbox(unit)}
    except StoreUnavailable:
        return {"database": {"ok": False}}
    return checks


async def _tables(unit: Unit) -> Checks:
    # an older program works with the newer tables of the next version
    found, newest = await vitals.schema(unit), vitals.newest_schema()
    return {"schema": {"ok": found >= newest, "at": found, "newest": newest}}


async def _outbox(unit: Unit) -> Checks:
    since = await vitals.oldest_waiting(unit)
    age = max(0.0, (unit.now - since).total_seconds()) if since else 0.0
    return {"outbox": {"ok": age <= OLDEST, "oldest_seconds": round(age, 1)}}


def _content(knowing: Knowing) -> Checks:
    return {"content": {"ok": bool(knowing.library().entries)}}


def _telegram(line: Away | None) -> Checks:
    if line is None:
        return {}
    return {"telegram": {"ok": line.reached and line.now < TELEGRAM_AWAY, "away_seconds": round(line.now, 1)}}
