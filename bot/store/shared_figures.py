"""What each process leaves for whoever shows the figures: when its duties succeeded, what became of what it sent.

Rows of `setting`, so that it outlives a restart, and any process of the deployment can read it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import BigInteger, String, cast, select
from sqlmodel import col

from bot.store import switch
from bot.store.inbox import upsert
from bot.store.tables import Setting
from bot.store.unit import Unit

DUTY, SENT = "duty:", "sent:"


async def succeeded(unit: Unit, duty: str) -> None:
    """A round of a duty came to its end without a fault."""
    await switch.put(unit, f"{DUTY}{duty}", "1")


async def successes(unit: Unit) -> dict[str, dt.datetime]:
    """When each duty last succeeded, wherever it ran, by its name."""
    statement = select(col(Setting.name), col(Setting.at)).where(col(Setting.name).startswith(DUTY))
    return {name.removeprefix(DUTY): at for name, at in await unit.session.execute(statement)}


async def add_sent(unit: Unit, numbers: Mapping[str, int]) -> None:
    """Add to the number of messages, by what came of sending them."""
    for outcome, number in sorted(numbers.items()):  # in one order, so that two processes never wait for each other
        statement = upsert(unit, Setting).values(name=f"{SENT}{outcome}", value=str(number), at=unit.now)
        total = cast(cast(col(Setting.value), BigInteger) + number, String)
        added = statement.on_conflict_do_update(index_elements=["name"], set_={"value": total, "at": unit.now})
        await unit.session.execute(added)


async def sent(unit: Unit) -> dict[str, int]:
    """The numbers that were added, by outcome."""
    statement = select(col(Setting.name), col(Setting.value)).where(col(Setting.name).startswith(SENT))
    return {name.removeprefix(SENT): int(value) for name, value in await unit.session.execute(statement)}
