"""What happens by itself, in one list: its name, how often, and what is done. The loops of one machine and the workers
of many run the same."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import partial

import structlog

from bot.delivery.loop import RECONCILE, Duty, Guard, repeat, tidy_once
from bot.insight.summing import sum_all
from bot.ops.sharing import Rounds
from bot.staff import campaigns_sending
from bot.staff.asking import ask_due
from bot.staff.chasing import chase
from bot.staff.due import publish_due
from bot.staff.follow_ups import ask_due as ask_who_agreed
from bot.staff.past import remember_missing
from bot.visits.sweep import sweep_once
from bot.wiring import House, erased_log
from handlers.catalogue import Texts
from handlers.ports import Nobody, Ports

log = structlog.get_logger()

SWEEP_EVERY = 30.0
TIDY_EVERY = 3600.0


def duties(built: House) -> tuple[Duty, ...]:
    """All that happens by itself but sending, which begins once a channel is connected. Seconds between rounds."""
    return (
        Duty("visits", SWEEP_EVERY, partial(sweep_visits, built)),
        Duty("reviews", SWEEP_EVERY, partial(ask_for_reviews, built)),
        Duty("tickets", SWEEP_EVERY, partial(chase_tickets, built)),
        Duty("follow-ups", SWEEP_EVERY, partial(follow_up, built)),
        Duty("versions", SWEEP_EVERY, partial(publish_what_is_due, built)),
        Duty("campaigns", SWEEP_EVERY, partial(send_campaigns, built)),
        Duty("sums", SWEEP_EVERY, partial(keep_the_sums, built)),
        Duty("tidy", TIDY_EVERY, partial(tidy, built)),
    )


def engine(built: House, *, elsewhere: bool) -> list[Coroutine[object, object, None]]:
    """The loops of what happens by itself; none where workers elsewhere run it. The figures expect it either way."""
    figures, by_itself = built.vital.figures, duties(built)
    of_a_cluster = [RECONCILE] if elsewhere else []
    figures.expect([*(duty.name for duty in by_itself), *of_a_cluster], built.clock.now())
    rounds = Rounds(built.store, figures, built.clock)
    return [] if elsewhere else [repeat(rounds.watched(duty)) for duty in by_itself]


def ports_now(built: House) -> Ports:
    """What the content in use says at this moment, to nobody in particular."""
    return built.knowing.ports(Nobody(), built.clock.now(), "en", None)


async def sweep_visits(built: House, guard: Guard) -> None:
    """What is due about visits at this moment, with the content in use."""
    ports = ports_now(built)
    wording = ports.library.place.visit
    await sweep_once(
        built.store, ports.library, lambda language: Texts(language, wording), ports.bank_holidays, guard=guard
    )


async def ask_for_reviews(built: House, guard: Guard) -> None:
    """Ask the team to look at answers that are due, in their working hours."""
    ports = ports_now(built)

    async def once() -> None:
        async with built.store.write() as unit:
            await ask_due(unit, ports.library, ports.texts, ports.bank_holidays)

    await guard(once)


async def chase_tickets(built: House, guard: Guard) -> None:
    """Remind the team of people who wait for an answer of theirs, in their working hours."""
    ports = ports_now(built)

    async def once() -> None:
        async with built.store.write() as unit:
            await chase(unit, ports.library.place, ports.texts, ports.bank_holidays)

    await guard(once)


async def follow_up(built: House, guard: Guard) -> None:
    """Ask those who agreed to it a week ago whether an organisation helped, in the daytime."""
    ports = ports_now(built)
    wording = ports.library.place.visit

    async def once() -> None:
        async with built.store.write() as unit:
            await ask_who_agreed(unit, ports.library, lambda language: Texts(language, wording), ports.bank_holidays)

    await guard(once)


async def publish_what_is_due(built: House, guard: Guard) -> None:
    """Versions whose time has come or is over; then the readings of new questions, for rehearsals."""
    texts = ports_now(built).texts

    async def versions() -> None:
        if built.rehearsals is not None:
            await publish_due(built.store, built.rehearsals.rehearse, built.knowing.library, texts)

    async def questions() -> None:
        await remember_missing(built.store, built.knowing.current)

    for step in (versions, questions):
        await guard(step)


async def send_campaigns(built: House, guard: Guard) -> None:
    """What the team wrote to those who asked to hear of it, as far as it may go in the next minute."""
    library = built.knowing.library()
    post = campaigns_sending.Post(built.store, library, lambda language: Texts(language, library.place.visit))
    await campaigns_sending.send_due(post, guard)


async def keep_the_sums(built: House, guard: Guard) -> None:
    """Add what was asked meanwhile to the counts."""
    await sum_all(built.store, ports_now(built).library, guard)


async def tidy(built: House, guard: Guard) -> None:
    """Forget what has been kept long enough."""
    await tidy_once(built.store, guard)
    await guard(partial(forget_erasures, built))


async def forget_erasures(built: House) -> None:
    """Who was erased so long ago that no backup holds them any more."""
    try:
        await asyncio.to_thread(erased_log(built.settings).drop_old, built.clock.now())
    except OSError as error:
        log.warning("erasures not tidied", error=type(error).__name__)
