"""How often somebody may try to sign in. Kept in memory for some minutes, so no address is ever stored."""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.channels.web.quota import network

SENDS = RateLimitItemPerMinute(3, 10)
"""Codes to one chat: three in ten minutes, so that nobody can fill a colleague's telephone."""
CHECKS = RateLimitItemPerMinute(10, 10)


class Tries:
    """Counts tries by address and by staff number."""

    def __init__(self, a_minute: int) -> None:
        self._address = RateLimitItemPerMinute(a_minute)
        self._strategy = MovingWindowRateLimiter(MemoryStorage())

    def from_address(self, address: str) -> bool:
        """Count one try from a web address; False when there were too many."""
        return self._strategy.hit(self._address, network(address))

    def sends(self, number: int) -> bool:
        """Count one code for a staff number; False when there were too many."""
        return self._strategy.hit(SENDS, "send", str(number))

    def checks(self, number: int) -> bool:
        """Count one code typed in for a staff number; False when there were too many."""
        return self._strategy.hit(CHECKS, "check", str(number))
