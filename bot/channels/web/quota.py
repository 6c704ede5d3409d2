"""How much one web address may send. Kept in memory for a minute, so no address is ever stored."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

HOME_NETWORK = 64
"""Bits of an IPv6 address that one home has to itself."""


class Quota:
    """Posts and calendar files a minute, and streams open at once, for each address."""

    def __init__(self, posts_a_minute: int, streams: int) -> None:
        self._posts = RateLimitItemPerMinute(posts_a_minute)
        self._strategy = MovingWindowRateLimiter(MemoryStorage())
        self._most_streams = streams
        self._open: Counter[str] = Counter()

    def wait(self, address: str, what: str = "posts") -> int:
        """Count one post, or one of something else that has a count of its own.

        0 when it may be taken, else the seconds until the next one may.
        """
        who = network(address)
        if self._strategy.hit(self._posts, what, who):
            return 0
        stats = self._strategy.get_window_stats(self._posts, what, who)
        return max(1, math.ceil(stats.reset_time - time.time()))

    def may_listen(self, address: str) -> bool:
        """May this address open one more stream?"""
        return self._open[network(address)] < self._most_streams

    @contextmanager
    def listening(self, address: str) -> Iterator[None]:
        """Count a stream while it is open."""
        who = network(address)
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]


def network(address: str) -> str:
    """The address, or for IPv6 the network of one home."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:  # somebody without IPv6, seen by a server that has both
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), HOME_NETWORK), strict=False))
