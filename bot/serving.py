"""The running bot: the web server, Telegram, and the loops beside them, started and stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from functools import partial

import structlog
import uvicorn
from fastapi import FastAPI

from bot.channels.telegram.account import Account, account, connect
from bot.channels.telegram.door import Door
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.send import TelegramSender
from bot.channels.telegram.setup import set_commands
from bot.channels.telegram.webhook import Webhook
from bot.channels.web.app import create_app
from bot.channels.web.bell import Bell
from bot.channels.web.ports import Web
from bot.console import missed_page, reviews_page
from bot.console.app import add_console
from bot.console.site import Console, Counts
from bot.delivery.deliver import Delivery, quietly
from bot.delivery.loop import Guard, pick_up, sweep, tidy
from bot.errors import StoreUnavailable
from bot.knowing import ContentWatch
from bot.settings import Settings
from bot.staff import audit, sessions
from bot.staff.asking import ask_due
from bot.staff.due import due
from bot.staff.replay import Rehearsals, remember_missing
from bot.store import outbox
from bot.store.outbox import Delivered
from bot.store.unit import Store
from bot.visits import feeds
from bot.visits.sweep import sweep_once
from bot.wiring import House, house, place_folder, prepare
from handlers.catalogue import Texts
from handlers.ports import Nobody, Ports
from handlers.safety import without_database
from handlers.turn import Reply, Turn

log = structlog.get_logger()

Announce = Callable[[str], None]
TRY_AGAIN_EVERY = 2.0
"""Seconds between tries to reach a database that was away at the start."""


@dataclass(frozen=True)
class Answers:
    """What a page may show at this moment; needs no database."""

    built: House

    def ports(self) -> Ports:
        return self.built.knowing.ports(Nobody(), self.built.clock.now(), "en", None)


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
        ports = Answers(self.built).ports()
        async with self.built.store.read() as unit:
            return await feeds.resident_calendar(unit, reference, token, ports.texts, ports.library.place)

    async def of_staff(self, staff: str, token: str) -> str | None:
        ports = Answers(self.built).ports()
        async with self.built.store.read() as unit:
            return await feeds.staff_calendar(unit, staff, token, ports.texts, ports.library.place)


def web_of(built: House) -> Web:
    """All that the web channel needs."""

    def urgent(turn: Turn) -> Reply | None:
        return without_database(built.knowing.understand(turn), built.knowing.library(), Texts())

    return Web(
        turns=built.conversation,
        mailbox=Mailbox(built.store),
        answers=Answers(built),
        calendars=Calendars(built),
        urgent=urgent,
        clock=built.clock,
        bell=Bell(),
    )


def console_of(built: House) -> Console:
    """All that the team's console needs."""
    place = place_folder(built.settings)
    tried = built.rehearsals or Rehearsals(built.store, place, built.knowing, built.settings.index_folder)
    counts = Counts(reviews=partial(reviews_page.count, built.knowing.library), missed=missed_page.count)
    return Console(built.store, built.knowing, built.clock, counts, folder=place, rehearsals=tried)


@dataclass
class Telegram:
    """The Telegram channel, connected."""

    bot: Account
    door: Door
    delivery: Delivery

    @classmethod
    async def connected(cls, built: House, token: str) -> Telegram:
        """Reach Telegram, however long that takes, and set the menu."""
        bot = account(token, built.settings.telegram_api)
        name = await connect(bot)
        built.knowing.reached_on_telegram(name)
        delivery = Delivery(built.store, TelegramSender(bot))
        door = Door(bot, name, built.conversation, partial(quietly, delivery), built.clock)
        await set_commands(bot, Texts, built.knowing.library().place.name)
        return cls(bot, door, delivery)

    async def poll(self) -> None:
        """Until cancelled; then the turns in hand are finished."""
        poller = Poller(self.bot, self.door)
        running = asyncio.ensure_future(poller.run())
        try:
            await asyncio.shield(running)
        finally:
            poller.stop()
            await running

    async def close(self) -> None:
        """Let what is being sent end, and hang up."""
        await self.door.close()
        await self.bot.shutdown()


async def run_telegram(built: House, app: FastAPI) -> None:
    """Connect and serve Telegram until cancelled. By webhook the route is added once we are connected."""
    settings = built.settings
    if settings.telegram_token is None:
        return
    telegram = await Telegram.connected(built, settings.telegram_token.get_secret_value())
    try:
        async with beside(pick_up(telegram.delivery)):
            if settings.telegram_mode == "polling":
                await telegram.poll()
            elif settings.webhook_path and settings.webhook_secret:
                secret = settings.webhook_secret.get_secret_value()
                app.router.routes.insert(0, Webhook(telegram.door, settings.webhook_path, secret).route)
                await asyncio.Event().wait()
    finally:
        await telegram.close()


async def watch_content(built: House) -> None:
    """Reach the database if it was away at the start; then follow the content until cancelled."""
    folder = place_folder(built.settings)
    revision = built.revision
    while not built.ready:
        with contextlib.suppress(StoreUnavailable):
            revision, current = await prepare(built.store, folder, built.settings)
            built.knowing.swap(current)
            log.info("the database is back")
            break
        await asyncio.sleep(TRY_AGAIN_EVERY)
    await ContentWatch(
        built.store, folder, built.knowing, revision, built.settings.index_folder, built.settings.encoder
    ).run()


async def sweep_visits(built: House, guard: Guard) -> None:
    """What is due about visits at this moment, with the content in use."""
    ports = built.knowing.ports(Nobody(), built.clock.now(), "en", None)
    wording = ports.library.place.visit
    await sweep_once(
        built.store, ports.library, lambda language: Texts(language, wording), ports.bank_holidays, guard=guard
    )


async def keep_the_record(built: House, guard: Guard) -> None:
    """Seal the record of who did what, and forget sign-ins of long ago."""

    async def once() -> None:
        async with built.store.write() as unit:
            await sessions.forget_old(unit)
            await audit.seal_heads(unit)

    await guard(once)


async def ask_for_reviews(built: House, guard: Guard) -> None:
    """Ask the team to look at answers that are due, in their working hours."""
    ports = Answers(built).ports()

    async def once() -> None:
        async with built.store.write() as unit:
            await ask_due(unit, ports.library, ports.texts, ports.bank_holidays)

    await guard(once)


async def publish_what_is_due(built: House, guard: Guard) -> None:
    """Versions whose time has come or is over; then the readings of new questions, for rehearsals."""
    texts = Answers(built).ports().texts

    async def versions() -> None:
        async with built.store.write() as unit:
            await due(unit, texts, partial(audit.record, unit, None))

    async def questions() -> None:
        await remember_missing(built.store, built.knowing.current)

    for step in (versions, questions):
        await guard(step)


async def warm_up(console: Console) -> None:
    """Once an editor looks at the answers, read what a rehearsal needs: it takes room that a bot at rest can spare."""
    if console.rehearsals is None:
        return
    await console.rehearsals.wanted.wait()
    with contextlib.suppress(StoreUnavailable):
        await console.rehearsals.warm()


@contextlib.asynccontextmanager
async def beside(*works: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Run works while the block runs; stop them after it."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for failed in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(failed, Exception):
                log.error("a part of the bot ended", error=type(failed).__name__)


class Server(uvicorn.Server):
    """uvicorn, ending the open event streams first so that it can stop at once."""

    def __init__(self, config: uvicorn.Config, bell: Bell) -> None:
        super().__init__(config)
        self._bell = bell

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on Ctrl-C and SIGTERM without raising them again, so that what runs beside can end too."""
        loop = asyncio.get_running_loop()
        for asked in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(asked, self.handle_exit, asked, None)
        try:
            yield
        finally:
            for asked in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(asked)

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        self._bell.close()
        await super().shutdown(sockets)  # type: ignore[arg-type]


async def serve(settings: Settings, announce: Announce) -> None:
    """Run everything until a signal asks us to stop."""
    began = dt.datetime.now(dt.UTC)
    async with house(settings, say=lambda step: announce(f"  {step}")) as built:
        web = web_of(built)
        app = create_app(web)
        console = console_of(built)
        add_console(app, console)
        config = uvicorn.Config(
            app, host=settings.host, port=settings.port, log_config=None, access_log=False, timeout_graceful_shutdown=10
        )
        for line in greeting(built, began):
            announce(line)
        visits, record = sweep(partial(sweep_visits, built)), sweep(partial(keep_the_record, built))
        reviews, dated = sweep(partial(ask_for_reviews, built)), sweep(partial(publish_what_is_due, built))
        works = (visits, record, reviews, dated, watch_content(built), run_telegram(built, app), warm_up(console))
        async with beside(tidy(built.store), *works):
            await Server(config, web.bell).serve()
    announce("Stopped. Nothing is lost: what was not sent goes out at the next start.")


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
    if not built.ready:
        lines.insert(
            0, "The database cannot be reached. Until then only danger to life, crisis and abuse are answered."
        )
    return lines
