"""The event loop of programs that stay: uvloop where it exists, the standard one elsewhere (docs/decisions/0025)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

try:
    from uvloop import new_event_loop
except ImportError:
    from asyncio import new_event_loop  # type: ignore[assignment]

Result = TypeVar("Result")


def run(work: Coroutine[object, object, Result]) -> Result:
    """Run to its end, as `asyncio.run` does."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)
