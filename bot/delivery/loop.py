"""The in-process engine of one machine: picks up what was left, and tidies. The truth is in the tables."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.delivery.deliver import Delivery
from bot.errors import BotError
from bot.store import chats, inbox, outbox
from bot.store.unit import Store

log = structlog.get_logger()

PICK_UP_EVERY = 1.0
TIDY_EVERY = 3600.0
SWEEP_EVERY = 30.0

Step = Callable[[], Awaitable[object]]
Guard = Callable[[Step], Awaitable[None]]


async def pick_up(delivery: Delivery) -> None:
    """Every second, send what is due and was not sent. Until cancelled."""
    while True:
        await _safely(delivery.deliver_due)
        await asyncio.sleep(PICK_UP_EVERY)


async def tidy(store: Store) -> None:
    """Every hour, forget what has been kept long enough. Until cancelled."""
    while True:
        await _safely(lambda: tidy_once(store))
        await asyncio.sleep(TIDY_EVERY)


async def tidy_once(store: Store) -> None:
    """Empty words after 48 hours, forget inbox keys after seven days, and what was begun after thirty."""
    async with store.write() as unit:
        await inbox.tidy(unit)
        await outbox.tidy(unit)
        await chats.forget_old(unit)


async def sweep(once: Callable[[Guard], Awaitable[object]]) -> None:
    """Every half minute, do what is due; `once` runs each of its steps in the guard, so that a bad one stops no other.
    Until cancelled."""
    while True:
        await _safely(lambda: once(_caught))
        await asyncio.sleep(SWEEP_EVERY)


async def _safely(work: Step) -> None:
    """Run one piece of work to its end, also when asked to stop: a message half sent would be sent again."""
    task = asyncio.ensure_future(_caught(work))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _caught(work: Step) -> None:
    try:
        await work()
    except BotError as error:
        log.warning("engine waits", error=type(error).__name__, reason=error.facts.get("reason"))
    except Exception as error:  # the edge of the worker: one bad row must not stop the others
        log.error("engine failed", error=type(error).__name__)
