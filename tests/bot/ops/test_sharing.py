"""Duties are seen from any process that shows figures, wherever they ran, also one that never succeeded or was
restarted; and so is what workers send."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import sweeps, working
from bot.clock import FixedClock
from bot.delivery.loop import RECONCILE, Duty, Guard, caught
from bot.errors import BotError, StoreUnavailable
from bot.ops.figures import Figures
from bot.ops.gauges import KEPT, Gauges
from bot.ops.sharing import LEFT_EVERY, Rounds, leaving_sent
from bot.store import retention, shared_figures
from bot.wiring import House
from tests.databases import SqliteFiles
from tests.fake_telegram import TOKEN
from tests.house import Scripted, house

BY_ITSELF = {"visits", "reviews", "tickets", "follow-ups", "versions", "campaigns", "sums", "tidy"}


@asynccontextmanager
async def process(url: str, clock: FixedClock) -> AsyncIterator[House]:
    """One of several on the same database."""
    async with house(url, clock, Scripted()) as made:
        yield made


@pytest.fixture
async def built(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    async with process(sqlite_files.fresh(), clock) as made:
        yield made


class Step:
    """Fails while it is told to."""

    fails = False

    async def __call__(self) -> None:
        if self.fails:
            raise BotError


def duty_of(step: Step, name: str = "visits") -> Duty:
    async def once(guard: Guard) -> None:
        await guard(step)

    return Duty(name, 30.0, once)


async def seen(by: House) -> dict[str, dt.datetime]:
    """When each duty last succeeded, as a process shows it."""
    read = await Gauges(by.store, by.knowing, by.clock, Path.cwd()).read()
    return dict(by.vital.figures.succeeded(read.successes))


async def test_a_duty_that_ran_elsewhere_is_seen_and_a_restart_forgets_nothing(
    database_url: str, clock: FixedClock
) -> None:
    began, step = clock.now(), Step()
    async with process(database_url, clock) as worker:
        watched = Rounds(worker.store, worker.vital.figures, clock).watched(duty_of(step))
        await watched.once(caught)
    step.fails = True
    async with process(database_url, clock) as web:
        clock.move(minutes=11)
        await watched.once(caught)
        web.vital.figures.expect(["visits", "tidy"], clock.now())
        clock.move(minutes=1)
        assert await seen(web) == {"visits": began, "tidy": began + dt.timedelta(minutes=11)}


async def test_rounds_are_left_at_most_once_a_minute(built: House, clock: FixedClock) -> None:
    figures = built.vital.figures
    watched = Rounds(built.store, figures, clock).watched(duty_of(Step()))
    left = []
    for _time in range(3):
        await watched.once(caught)
        assert figures.rounds == {"visits": clock.now()}
        async with built.store.read() as unit:
            left.append((await shared_figures.successes(unit))["visits"])
        clock.move(seconds=LEFT_EVERY.total_seconds() / 2)
    assert left == [left[0], left[0], left[0] + LEFT_EVERY]


async def test_a_duty_that_cannot_be_left_is_still_known_here(built: House, clock: FixedClock) -> None:
    figures = built.vital.figures
    figures.expect(["visits"], clock.now())
    await seen(built)
    clock.move(minutes=20)

    class Away:
        def write(self) -> None:
            raise StoreUnavailable

    await Rounds(Away(), figures, clock).watched(duty_of(Step())).once(caught)  # type: ignore[arg-type]
    assert await seen(built) == {"visits": clock.now()}


async def test_while_the_database_is_away_what_was_read_before_is_shown(
    built: House, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Rounds(built.store, Figures(), clock).watched(duty_of(Step())).once(caught)
    seconds = iter((0.0, KEPT, 2 * KEPT))
    gauges = Gauges(built.store, built.knowing, clock, Path.cwd(), lambda: next(seconds))
    before = await gauges.read()

    def away() -> None:
        raise StoreUnavailable

    monkeypatch.setattr(built.store, "read", away)
    after = await gauges.read()
    assert after.successes == before.successes == {"visits": clock.now()}
    assert "bot_outbox_waiting" in before.values
    assert "bot_outbox_waiting" not in after.values


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_every_duty_is_waited_for_from_the_start(built: House, clock: FixedClock, elsewhere: bool) -> None:
    loops = sweeps.engine(built, elsewhere=elsewhere)
    for loop in loops:
        loop.close()
    expected = {duty.name for duty in sweeps.duties(built)} | ({RECONCILE} if elsewhere else set())
    assert expected >= BY_ITSELF
    assert len(loops) == (0 if elsewhere else len(expected))
    assert await seen(built) == dict.fromkeys(expected, clock.now())


async def test_one_timer_that_fails_is_no_success_and_stops_no_other(
    built: House, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    bad = Step()
    bad.fails = True

    async def good() -> None:
        ran.append("good")

    monkeypatch.setattr(retention, "steps", lambda _store: iter((bad, good)))
    figures = built.vital.figures
    tidy = next(duty for duty in sweeps.duties(built) if duty.name == "tidy")
    watched = Rounds(built.store, figures, clock).watched(tidy)
    await watched.once(caught)
    assert (figures.rounds, ran) == ({}, ["good"])
    bad.fails = False
    await watched.once(caught)
    assert (figures.rounds, ran) == ({"tidy": clock.now()}, ["good", "good"])


class OneRound:
    """A cluster that runs each duty once."""

    async def make_tables(self) -> None:
        return

    def reconciling(self, _store: object) -> Duty:
        return duty_of(Step(), RECONCILE)

    def undertake(self, duties: Iterable[Duty]) -> None:
        self._duties = tuple(duties)

    async def work(self, _queue: str) -> None:
        for duty in self._duties:
            if duty.name in ("tidy", RECONCILE):
                await duty.round()


async def test_a_worker_leaves_its_rounds(built: House) -> None:
    await working.do_duties(built, OneRound())  # type: ignore[arg-type]
    async with built.store.read() as unit:
        assert (await shared_figures.successes(unit)).keys() == {"tidy", RECONCILE}


class Post:
    """Telegram, and a cluster in which something is sent."""

    def __init__(self, built: House) -> None:
        self._figures = built.vital.figures

    async def connected(self, *_given: object) -> tuple[Post, None]:
        return self, None

    async def make_tables(self) -> None:
        return

    def deliver_by(self, _delivery: None) -> None:
        return

    async def work(self, _queue: str) -> None:
        self._figures.deliveries["unreached"] += 1

    async def shutdown(self) -> None:
        return


async def test_a_worker_leaves_what_it_sent_also_in_its_last_minute(
    built: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, settings = Post(built), built.settings.model_copy(update={"telegram_token": SecretStr(TOKEN)})
    monkeypatch.setattr(working, "sending", post.connected)
    await working.deliver(replace(built, settings=settings), post)  # type: ignore[arg-type]
    async with built.store.read() as unit:
        assert await shared_figures.sent(unit) == {"unreached": 1}


async def test_what_workers_sent_adds_up(database_url: str, clock: FixedClock) -> None:
    async with process(database_url, clock) as one, process(database_url, clock) as other:
        for each, sent in ((one, 3), (other, 4)):
            each.vital.figures.deliveries.update({"sent": sent, "refused": 1})
            duty = leaving_sent(each.store, each.vital.figures)
            await duty.once(caught)
            await duty.once(caught)
            each.vital.figures.deliveries["unreached"] += 1
            await duty.once(caught)
        async with one.store.read() as unit:
            assert await shared_figures.sent(unit) == {"sent": 7, "refused": 2, "unreached": 2}
