"""What most processes never need is loaded by whoever first asks for it: the console, with all that reads sheets and
passkeys, takes tens of megabytes that a bot at rest can spare."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send


class Late:
    """An application that is made at its first request."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None
        self._making = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._app or await self._made())(scope, receive, send)

    async def _made(self) -> ASGIApp:
        """Made in a thread, so that nobody else waits for it; once, however many ask at once."""
        async with self._making:
            if self._app is None:
                self._app = await asyncio.to_thread(self._make)
            return self._app
