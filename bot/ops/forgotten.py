"""Who was erased after a copy was made is erased from it again before it takes the place of the database."""

from __future__ import annotations

import asyncio
import datetime as dt

from bot.clock import FixedClock
from bot.staff import audit
from bot.store import marks, privacy
from bot.store.erased import ErasedLog
from bot.store.unit import Store, Unit
from bot.store.vault import Vault


def forget_again(url: str, vault: Vault, erased: ErasedLog, now: dt.datetime) -> int:
    """Erase from a database that was copied earlier whoever was erased since; how many erasures found somebody.

    The database is at the newest schema, and nobody else uses it. Blocks. Raises StoreUnavailable, OSError.
    """
    if not erased.after(None, now):
        return 0
    return asyncio.run(_forget_again(Store(url, vault, FixedClock(now)), erased))


async def _forget_again(store: Store, erased: ErasedLog) -> int:
    try:
        async with store.write() as unit:
            return await _in(unit, erased)
    finally:
        await store.close()


async def _in(unit: Unit, erased: ErasedLog) -> int:
    erasures = erased.after(await marks.newest(unit), unit.now)
    found = await marks.found_again(unit, erasures) if erasures else ()
    for person in found:
        await privacy.erase(unit, person)
    if found:
        await audit.record(unit, None, "erase again", f"{len(found)} after restoring")
    return len(found)
