"""How long something that we need has been away: the database, Telegram."""

from __future__ import annotations

import time
from collections.abc import Callable

Seconds = Callable[[], float]
"""A clock that only goes forward; its zero means nothing."""


class Away:
    """Told of each success and each failure. Nothing is away before it was tried; `reached`: it has answered once."""

    def __init__(self, clock: Seconds = time.monotonic) -> None:
        self._clock = clock
        self.reached = False
        self._since: float | None = None
        self._before = 0.0

    def heard(self, ok: bool) -> None:
        """It answered, or it did not."""
        if ok:
            self.reached = True
            self._back()
        elif self._since is None:
            self._since = self._clock()

    @property
    def now(self) -> float:
        """Seconds since it went away; 0 while it is there."""
        return 0.0 if self._since is None else self._clock() - self._since

    @property
    def total(self) -> float:
        """Seconds that it has been away since the start, this time included."""
        return self._before + self.now

    def _back(self) -> None:
        if self._since is not None:
            self._before += self._clock() - self._since
            self._since = None
