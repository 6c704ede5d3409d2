"""The in-process engine of one machine: picks up what was left, and tidies. The truth is in the tables."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.delivery.deliver import Delivery
from bot.errors import BotError
from bot.store import retention
from bot.store.unit import Store

log = structlog.get_logger()

PICK_UP_EVERY = 1.0
RECONCILE = "reconcile"
"""The duty that only a cluster has."""

Step = Callable[[], Awaitable[object]]
Guard = Callable[[Step], Awaitable[None]]


@dataclass(frozen=True)
class Duty:
    """What happens by itself. `once` runs each of its steps in the guard, so that a bad one stops no other."""

    name: str
    every: float
    """Seconds from the end of one round to the beginning of the next."""
    once: Callable[[Guard], Awaitable[object]]

    async def round(self) -> None:
        """One round, to its end; raises nothing but that it was asked to stop."""
        await to_the_end(lambda: self.once(caught))


async def repeat(duty: Duty) -> None:
    """The engine of one machine: round after round, until cancelled."""
    while True:
        await duty.round()
        await asyncio.sleep(duty.every)


def picking_up(delivery: Delivery) -> Duty:
    """Every second, send what is due and was not sent."""

    async def once(guard: Guard) -> None:
        await guard(delivery.deliver_due)

    return Duty("delivery", PICK_UP_EVERY, once)


async def pick_up(delivery: Delivery) -> None:
    """The same until cancelled."""
    await repeat(picking_up(delivery))


async def tidy_once(store: Store, guard: Guard | None = None) -> None:
    """Forget what has been kept long enough, each timer by itself, so that one that fails stops no other; the guard
    hears of it."""
    for step in retention.steps(store):
        await (guard or caught)(step)


async def to_the_end(work: Step) -> None:
    """Run one piece of work to its end, also when asked to stop: a message half sent would be sent again."""
    task = asyncio.ensure_future(caught(work))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def caught(work: Step) -> None:
    """Run one step; what it raises is logged, so that the next step still comes."""
    try:
        await work()
    except BotError as error:
        log.warning("engine waits", error=type(error).__name__, reason=error.facts.get("reason"))
    except Exception as error:  # the edge of the worker: one bad row must not stop the others
        log.error("engine failed", error=type(error).__name__)
