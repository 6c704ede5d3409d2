"""What is counted while the bot works: plain numbers in memory, so that a turn pays next to nothing for them.

Labels come from short fixed lists (channel, route, outcome); never an id, never anything about a person.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
"""Seconds."""
MOST_UNANSWERED = 10_000
Labels = tuple[str, ...]


class Spans:
    """How long things took: how many ended within each bucket, the last for all that is longer; and their sum."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[bisect.bisect_left(BUCKETS, seconds)] += 1
        self.sum += seconds

    def up_to(self) -> Sequence[tuple[str, float]]:
        """Each bucket's upper end with how many ended by then, as Prometheus wants them."""
        ends = [*map(str, BUCKETS), "+Inf"]
        return [(end, float(sum(self.counts[: place + 1]))) for place, end in enumerate(ends)]


@dataclass
class Figures:
    """The numbers of one process since its start."""

    turns: Counter[Labels] = field(default_factory=Counter)
    """By channel and route."""
    committed: defaultdict[str, Spans] = field(default_factory=lambda: defaultdict(Spans))
    """Seconds from receipt to commit, by channel."""
    sent: defaultdict[str, Spans] = field(default_factory=lambda: defaultdict(Spans))
    """Seconds from receipt until the first message of the answer was sent, by channel."""
    deliveries: Counter[str] = field(default_factory=Counter)
    """By outcome."""
    noted: Counter[str] = field(default_factory=Counter)
    """What happened in transactions that were committed: bookings, by what became of them."""
    unanswered: dict[tuple[str, str], float] = field(default_factory=dict)
    """When the oldest turn of a chat came in to which nothing has been sent yet; never shown."""
    rounds: dict[str, dt.datetime] = field(default_factory=dict)
    """When each duty of this process last came to its end without a fault, by its name."""
    expected: dict[str, dt.datetime] = field(default_factory=dict)
    """Since when a round of each duty is waited for, by its name: also one that has never succeeded has a time."""

    def note(self, what: Iterable[str]) -> None:
        """Things that a transaction did, once it is committed."""
        self.noted.update(what)

    def expect(self, duties: Iterable[str], since: dt.datetime) -> None:
        """From now on these duties should succeed, here or in another process."""
        self.expected |= dict.fromkeys(duties, since)

    def succeeded(self, left: Mapping[str, dt.datetime]) -> Mapping[str, dt.datetime]:
        """When each duty that is expected last succeeded; `left` is what all processes noted. One that never did
        shows since when it is waited for, so that a restart quiets no alarm about what went well before."""
        known = {duty: [at[duty] for at in (left, self.rounds) if duty in at] for duty in self.expected}
        return {duty: max(found, default=self.expected[duty]) for duty, found in known.items()}

    def received(self, channel: str, chat: str, at: float) -> None:
        """A turn was taken that somebody will send an answer to."""
        if len(self.unanswered) < MOST_UNANSWERED:
            self.unanswered.setdefault((channel, chat), at)

    def answered(self, channel: str, chat: str, at: float) -> None:
        """The first message of the answer was sent."""
        began = self.unanswered.pop((channel, chat), None)
        if began is not None:
            self.sent[channel].add(at - began)
