"""Who was erased after a copy was made is erased from it again before it takes the place of the database."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bot.clock import FixedClock
from bot.ops.errors import CopyTooOld, ErasuresLost, ErasuresUnreadable
from bot.staff import audit
from bot.store import marks, privacy
from bot.store.erased import KEPT_FOR, ErasedLog, Erasure
from bot.store.unit import Store, Unit
from bot.store.vault import Vault


def noted(erased: ErasedLog, now: dt.datetime) -> Sequence[Erasure]:
    """All that is kept of who was erased. Raises ErasuresUnreadable for a file that is there and cannot be read."""
    with _reading(erased):
        return erased.after(None, now)


def forget_again(url: str, vault: Vault, erased: ErasedLog, now: dt.datetime, *, gaps: bool = False) -> int:
    """Erase from a database that was copied earlier whoever was erased since; how many erasures found somebody.

    The database is at the newest schema, and nobody else uses it. With `gaps` also where nobody can know of all of
    them. Blocks. Raises ErasuresUnreadable, ErasuresLost, CopyTooOld, StoreUnavailable.
    """
    if gaps and not noted(erased, now):
        return 0
    return asyncio.run(_forget_again(Store(url, vault, FixedClock(now)), erased, gaps=gaps))


async def _forget_again(store: Store, erased: ErasedLog, *, gaps: bool) -> int:
    try:
        async with store.write() as unit:
            return await _in(unit, erased, gaps=gaps)
    finally:
        await store.close()


async def _in(unit: Unit, erased: ErasedLog, *, gaps: bool) -> int:
    erasures = _since(erased, await marks.newest(unit), unit.now, gaps=gaps)
    found = await marks.found_again(unit, erasures) if erasures else ()
    for person in found:
        await privacy.erase(unit, person)
    if found:
        await audit.record(unit, None, "erase again", f"{len(found)} after restoring")
    return len(found)


def _since(erased: ErasedLog, newest: dt.datetime | None, now: dt.datetime, *, gaps: bool) -> Sequence[Erasure]:
    """Of a copy without rows nothing can be missed: nobody is in it."""
    with _reading(erased):
        if newest is not None and not gaps:
            _refuse_gaps(erased, newest, now)
        return erased.after(newest, now)


def _refuse_gaps(erased: ErasedLog, newest: dt.datetime, now: dt.datetime) -> None:
    said = {"newest": f"{newest:%Y-%m-%d %H:%M}", "path": erased.path}
    if now - newest > KEPT_FOR:
        raise CopyTooOld(days=KEPT_FOR.days, **said)
    if erased.misses(newest):
        raise ErasuresLost(**said)


@contextmanager
def _reading(erased: ErasedLog) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ErasuresUnreadable(path=erased.path, why=error.strerror) from error
