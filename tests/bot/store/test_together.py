"""Small writes that come together share a transaction, and no faults."""

from __future__ import annotations

import asyncio

from bot.clock import FixedClock
from bot.errors import KeyMissing
from bot.store import switch
from bot.store.together import Together
from bot.store.unit import Store, Unit
from bot.store.vault import throwaway_vault
from tests.databases import Databases


async def written(store: Store) -> dict[str, str | None]:
    async with store.read() as unit:
        return {name: await switch.get(unit, name) for name in ("0", "1", "2")}


async def test_each_is_written_and_fails_by_itself(databases: Databases, clock: FixedClock) -> None:
    store = Store(databases.fresh(), throwaway_vault(), clock)
    together: Together[int] = Together(store)
    begun = 0

    def write(number: int) -> asyncio.Future[int]:
        async def once(unit: Unit) -> int:
            nonlocal begun
            begun += 1
            await switch.put(unit, str(number), "written")
            if number == 1:
                raise KeyMissing(name="a key")
            return number

        return asyncio.ensure_future(together.write(once))

    results = await asyncio.gather(*map(write, range(3)), return_exceptions=True)
    assert [results[0], results[2]] == [0, 2]
    assert isinstance(results[1], KeyMissing)
    assert await written(store) == {"0": "written", "1": None, "2": "written"}
    assert begun >= 3
    await store.close()


async def test_who_stops_waiting_keeps_nobody_from_theirs(databases: Databases, clock: FixedClock) -> None:
    store = Store(databases.fresh(), throwaway_vault(), clock)
    together: Together[None] = Together(store)

    async def put(unit: Unit) -> None:
        await switch.put(unit, "0", "written")

    impatient, patient = (asyncio.ensure_future(together.write(put)) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    await patient
    assert (await written(store))["0"] == "written"
    await store.close()
