"""The running bot: the web server, Telegram, and the loops beside them, started and stopped together."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import importlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import uvicorn
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.channels.web.app import create_app
from bot.channels.web.bell import Bell
from bot.channels.web.ports import Web
from bot.delivery.deliver import Waker
from bot.delivery.engine import cluster_on
from bot.delivery.loop import pick_up
from bot.errors import StoreUnavailable, WebNeedsWebhook
from bot.late import Late
from bot.ops.counting import CountedTurns
from bot.ops.doors import Front, doors_of
from bot.pressure import Bounded
from bot.running import SERVER_STOPS_IN, Announce, Server, beside, watch_content
from bot.settings import Settings
from bot.staff.replay import Rehearsals
from bot.store import outbox
from bot.store.outbox import Delivered
from bot.store.sources import Advertised
from bot.store.unit import Store
from bot.sweeps import engine, ports_now
from bot.visits import feeds
from bot.wiring import House, house
from handlers.catalogue import Texts
from handlers.ports import Ports
from handlers.safety import without_database
from handlers.turn import Reply, Turn

if TYPE_CHECKING:
    from bot.channels.telegram.door import Turns
    from bot.console.site import Console
    from bot.consoling import create  # noqa: F401  loaded late; the arrow is shown to whoever checks arrows
    from bot.reaching import Telegram

CONSOLE = "/staff"


@dataclass(frozen=True)
class Answers:
    """What a page may show at this moment; needs no database."""

    built: House

    def ports(self) -> Ports:
        return ports_now(self.built)


@dataclass(frozen=True)
class Mailbox:
    """The outbox, read by the pages of the person it is for."""

    store: Store

    async def after(self, chat: str, seq: int) -> list[Delivered]:
        async with self.store.read() as unit:
            return await outbox.mailbox(unit, "web", chat, seq)


@dataclass(frozen=True)
class Calendars:
    """Visits as calendar files, read afresh each time."""

    built: House

    async def of_visit(self, reference: str, token: str) -> str | None:
        ports = ports_now(self.built)
        async with self.built.store.read() as unit:
            return await feeds.resident_calendar(unit, reference, token, ports.texts, ports.library.place)

    async def of_staff(self, staff: str, token: str) -> str | None:
        ports = ports_now(self.built)
        async with self.built.store.read() as unit:
            return await feeds.staff_calendar(unit, staff, token, ports.texts, ports.library.place)


@dataclass(frozen=True)
class Posters:
    """What the code of a poster is about, read afresh each time."""

    store: Store

    async def entry(self, code: str) -> str | None:
        async with self.store.read() as unit:
            return await Advertised(unit).entry(code)


def bounded(built: House) -> Bounded:
    """The conversation, with so many turns in hand at once and no more."""
    counted = CountedTurns(built.conversation, built.vital.figures)
    return Bounded(counted, built.knowing, built.settings.turns_at_once)


def web_of(built: House, turns: Bounded | None = None) -> Web:
    """All that the web channel needs; `turns` are shared with other channels."""

    def urgent(turn: Turn) -> Reply | None:
        return without_database(built.knowing.understand(turn), built.knowing.library(), Texts())

    return Web(
        turns=turns or bounded(built),
        mailbox=Mailbox(built.store),
        answers=Answers(built),
        calendars=Calendars(built),
        urgent=urgent,
        clock=built.clock,
        bell=Bell(),
        posters=Posters(built.store),
    )


def console_of(built: House) -> Console:
    """All that the team's console needs."""
    found: Console = importlib.import_module("bot.consoling").console_of(built)
    return found


def add_late_console(built: House, app: FastAPI) -> None:
    """The console at /staff, loaded by whoever first asks for it."""
    app.router.routes.append(Route(CONSOLE, lambda _request: RedirectResponse(f"{CONSOLE}/", 303)))
    app.mount(CONSOLE, Late(lambda: cast("FastAPI", importlib.import_module("bot.consoling").create(built))))


async def run_telegram(built: House, front: Front, turns: Turns, waker: Waker | None = None) -> None:
    """Connect and serve Telegram until cancelled. With a waker, workers pick up what is not sent at once."""
    settings = built.settings
    if settings.telegram_token is None:
        return
    reaching = cast("type[Telegram]", importlib.import_module("bot.reaching").Telegram)
    telegram = await reaching.connected(built, settings.telegram_token.get_secret_value(), turns, waker)
    try:
        async with beside(*([] if waker else [pick_up(telegram.delivery)])):
            try:
                await telegram.take_updates(settings, front)
            finally:
                telegram.delivery.stop()
    finally:
        await telegram.close()


async def warm_up(rehearsals: Rehearsals | None) -> None:
    """Once an editor looks at the answers, read what a rehearsal needs: it takes room that a bot at rest can spare."""
    if rehearsals is None:
        return
    await rehearsals.wanted.wait()
    with contextlib.suppress(StoreUnavailable):
        await rehearsals.warm()


def check(settings: Settings) -> None:
    """Can these settings be served? Raises WrongUsage."""
    if settings.role != "web":
        return
    cluster_on(settings.database_url)
    if settings.telegram_token and settings.telegram_mode == "polling":
        raise WebNeedsWebhook


@contextlib.asynccontextmanager
async def woken(built: House) -> AsyncIterator[Waker | None]:
    """Where others do what happens by itself, the way to wake them; None where this process does it."""
    if built.settings.role != "web":
        yield None
        return
    async with cluster_on(built.settings.database_url).open() as cluster:
        built.store.on_queued = cluster.wake_soon
        yield cluster


async def serve(settings: Settings, announce: Announce) -> None:
    """Run everything, or the web's part, until a signal asks us to stop. Raises WrongUsage."""
    check(settings)
    began = dt.datetime.now(dt.UTC)
    async with house(settings, say=lambda step: announce(f"  {step}")) as built, woken(built) as waker:
        turns = bounded(built)
        web = web_of(built, turns)
        app = create_app(web)
        add_late_console(built, app)
        doors = doors_of(built, app)
        for line in greeting(built, began):
            announce(line)
        gc.freeze()  # what is loaded now stays: looking through it for rubbish would make people wait
        late = (watch_content(built), warm_up(built.rehearsals), run_telegram(built, doors.front, turns, waker))
        async with beside(*engine(built, elsewhere=waker is not None), *late):
            await Server(listening(doors.gate, settings), web.bell, doors.gate, doors.health).serve()
    announce("Stopped. Nothing is lost: what was not sent goes out at the next start.")


def listening(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Where the web server listens, and how long it may take to stop."""
    return uvicorn.Config(
        app, host=settings.host, port=settings.port, log_config=None, access_log=False, proxy_headers=False,
        timeout_graceful_shutdown=SERVER_STOPS_IN,
    )  # fmt: skip


def greeting(built: House, began: dt.datetime) -> list[str]:
    """What is running, for whoever started it."""
    settings, library = built.settings, built.knowing.library()
    off = "off in a demonstration" if settings.demonstration else "off (set TELEGRAM_BOT_TOKEN)"
    telegram = f"by {settings.telegram_mode}" if settings.telegram_token else off
    seconds = (built.clock.now() - began).total_seconds()
    lines = [
        f"{library.place.name}: {len(library.entries)} answers, {len(library.organisations)} organisations",
        f"Web chat  http://{settings.host if settings.host != '127.0.0.1' else 'localhost'}:{settings.port}",
        f"Telegram  {telegram}",
        f"Ready in {seconds:.1f} s. Ctrl-C stops it.",
    ]
    if settings.role == "web":
        lines.insert(-1, "Workers do the rest: reminders, reviews, and what is not sent at once")
    if not built.ready:
        lines.insert(
            0, "The database cannot be reached. Until then only danger to life, crisis and abuse are answered."
        )
    return lines
