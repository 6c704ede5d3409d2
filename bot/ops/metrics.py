"""`/metrics`, as Prometheus reads it. Off unless it is asked for; then for whoever holds the token, or this machine.

Labels are channels, routes, outcomes and duties: short lists that the program itself makes. Nothing about a person.
"""

from __future__ import annotations

import datetime as dt
import hmac
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import Clock
from bot.knowing import Knowing
from bot.ops.away import Away
from bot.ops.figures import Figures, Spans
from bot.ops.gauges import Gauges, Readings
from bot.ops.vital import Vital
from bot.store.unit import Store

TYPE = "text/plain; version=0.0.4; charset=utf-8"
GAUGES = {
    "bot_outbox_waiting": "Messages that could be sent and were not",
    "bot_outbox_oldest_seconds": "How long the oldest of them could have been sent",
    "bot_content_age_seconds": "Since the content last changed",
    "bot_questions_missed": "Questions that wait for the team",
    "bot_reviews_overdue": "Answers that somebody has to look at",
    "bot_disk_free_ratio": "What is free of the disk with the database (on PostgreSQL: with the index), 0 to 1",
}


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures come from."""

    vital: Vital
    gauges: Gauges


class Metrics:
    """One page of figures. `token` is what has to be held; without one, only this machine is answered."""

    def __init__(self, sources: Sources, token: str | None) -> None:
        self._sources, self._token = sources, token

    @classmethod
    def over(
        cls, vital: Vital, store: Store, knowing: Knowing, clock: Clock, folder: Path, token: str | None
    ) -> Metrics:
        """The figures of a process; `folder` is on the disk that must not fill up."""
        return cls(Sources(vital, Gauges(store, knowing, clock, folder)), token)

    @property
    def route(self) -> Route:
        """`/metrics`, to be put into the app."""
        return Route("/metrics", self._answer, methods=["GET"])

    async def page(self) -> bytes:
        """The figures of this moment."""
        return page(self._sources.vital, await self._sources.gauges.read())

    async def _answer(self, request: Request) -> Response:
        if not self._may(request):
            return Response(status_code=404)
        return Response(await self.page(), media_type=TYPE, headers={"Cache-Control": "no-store"})

    def _may(self, request: Request) -> bool:
        if self._token is None:
            return is_here(request)
        said = request.headers.get("authorization", "").encode("utf-8", "replace")
        return hmac.compare_digest(said, f"Bearer {self._token}".encode())


def is_here(request: Request) -> bool:
    """Does it come from this machine, and not through a proxy?"""
    if any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via")):
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def page(vital: Vital, readings: Readings) -> bytes:
    """All figures as text; the process's own memory, files and time come from the library."""
    registry = CollectorRegistry()
    registry.register(Read(vital, readings))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


@dataclass(frozen=True, slots=True, eq=False)
class Read(Collector):
    """The figures in the library's own shapes."""

    vital: Vital
    readings: Readings

    def collect(self) -> Iterable[Metric]:
        """Every metric, also one that has no value yet."""
        yield from _counters(self.vital.figures)
        yield _deliveries({"here": self.vital.figures.deliveries, "workers": self.readings.sent})
        yield from _spans(self.vital.figures)
        for name, said in GAUGES.items():
            yield GaugeMetricFamily(name, said, value=self.readings.values.get(name))
        yield from _rounds(self.vital.figures.succeeded(self.readings.successes))
        yield from _away("bot_database", self.vital.database)
        yield from _away("bot_telegram", self.vital.telegram)


def _counters(figures: Figures) -> Iterable[Metric]:
    turns = CounterMetricFamily("bot_turns", "Turns, by what they asked for", labels=("channel", "route"))
    for labels, number in sorted(figures.turns.items()):
        turns.add_metric(labels, number)
    yield turns
    bookings = CounterMetricFamily("bot_bookings", "Home visits, by what was done", labels=("outcome",))
    for outcome, number in sorted(figures.noted.items()):
        bookings.add_metric((outcome,), number)
    yield bookings


def _deliveries(numbers: Mapping[str, Mapping[str, int]]) -> Metric:
    """Those of this process; and those of all workers, which any process can show."""
    said = "Messages, by who sent them and what came of it"
    family = CounterMetricFamily("bot_deliveries", said, labels=("sender", "outcome"))
    for sender, outcomes in numbers.items():
        for outcome, number in sorted(outcomes.items()):
            family.add_metric((sender, outcome), number)
    return family


def _spans(figures: Figures) -> Iterable[Metric]:
    yield _histogram("bot_turn_commit_seconds", "From receipt until it was stored", figures.committed)
    yield _histogram("bot_turn_sent_seconds", "From receipt until its answer was sent", figures.sent)


def _histogram(name: str, said: str, spans: Mapping[str, Spans]) -> Metric:
    family = HistogramMetricFamily(name, said, labels=("channel",))
    for channel, each in sorted(spans.items()):
        family.add_metric((channel,), buckets=each.up_to(), sum_value=each.sum)
    return family


def _rounds(successes: Mapping[str, dt.datetime]) -> Iterable[Metric]:
    said = (
        "When a duty last came to its end without a fault, in any process; since when it is waited for if it never did"
    )
    family = GaugeMetricFamily("bot_duty_last_success_timestamp_seconds", said, labels=("duty",))
    for duty, at in sorted(successes.items()):
        family.add_metric((duty,), at.timestamp())
    yield family


def _away(name: str, line: Away) -> Iterable[Metric]:
    yield GaugeMetricFamily(f"{name}_away_seconds", "Since it went away; 0 while it is there", value=line.now)
    yield CounterMetricFamily(f"{name}_was_away_seconds", "Away since the start, all times together", value=line.total)
