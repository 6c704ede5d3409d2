"""The processes under test: started, killed with -9, stopped for a while, and asked to end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess

from benchmarks.chaos.node import Orders, start

PATIENCE = 30.0


class Fleet:
    """One process for each of the orders; whoever is killed is started again at once, as systemd would."""

    def __init__(self, orders: Sequence[Orders]) -> None:
        self._orders = orders
        self._nodes: list[ForkServerProcess] = []
        self.fallen: list[int] = []
        """How processes ended that ended by themselves."""

    def __len__(self) -> int:
        return len(self._orders)

    async def start(self) -> None:
        """Every process."""
        self._nodes = [await asyncio.to_thread(start, orders) for orders in self._orders]

    async def kill(self, *places: int) -> None:
        """kill -9, all of these at the same moment, and start them again."""
        self.fallen += [code for place in places if (code := self._nodes[place].exitcode) is not None]
        for place in places:
            self._signal(place, signal.SIGKILL)
        for place in places:
            await asyncio.to_thread(self._nodes[place].join, PATIENCE)
            self._nodes[place] = await asyncio.to_thread(start, self._orders[place])

    async def pause(self, place: int, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after so long, unless it was killed meanwhile."""
        paused = self._nodes[place].pid
        self._signal(place, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        if self._nodes[place].pid == paused:
            self._signal(place, signal.SIGCONT)

    def pids(self) -> list[int]:
        """Of all that run."""
        return [node.pid for node in self._nodes if node.pid is not None]

    async def revive(self) -> None:
        """Start again whatever ended by itself, which should be nothing."""
        ended = [place for place, node in enumerate(self._nodes) if not node.is_alive()]
        if ended:
            await self.kill(*ended)

    async def stop(self) -> list[int | None]:
        """Ask every process to end; how each did."""
        for node in self._nodes:
            node.terminate()
        for node in self._nodes:
            await asyncio.to_thread(node.join, PATIENCE)
        return [node.exitcode for node in self._nodes]

    def abandon(self) -> None:
        """Whatever still runs ends now."""
        for node in self._nodes:
            node.kill()

    def _signal(self, place: int, which: signal.Signals) -> None:
        pid = self._nodes[place].pid
        if pid is not None and self._nodes[place].exitcode is None:
            os.kill(pid, which)
