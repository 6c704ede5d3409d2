"""Our way to Telegram: the account, connected, with the door for what comes in and the delivery for what goes out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial

from bot.channels.telegram.account import Account, account, connect
from bot.channels.telegram.door import Door, Turns
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.send import TelegramSender
from bot.channels.telegram.setup import set_commands
from bot.channels.telegram.tasks import Background
from bot.channels.telegram.webhook import PREFIX, Webhook
from bot.delivery.deliver import Delivery, Waker, quietly
from bot.ops.counting import CountedSender
from bot.ops.doors import Front
from bot.settings import Settings
from bot.wiring import House
from handlers.catalogue import Texts

TURNS_IN_HAND, BEING_SENT = 3.0, 2.0
"""Seconds at a stop for turns to be committed, and for their answers to go out."""


async def sending(built: House, token: str, waker: Waker | None = None) -> tuple[Account, Delivery]:
    """The account and its delivery, once Telegram is reached, however long that takes. Raises Refused."""
    bot = account(token, built.settings.telegram_api, built.vital.telegram.heard)
    built.knowing.reached_on_telegram(await connect(bot))
    counted = CountedSender("telegram", TelegramSender(bot), built.vital.figures)
    return bot, Delivery(built.store, counted, waker)


@dataclass
class Telegram:
    """The Telegram channel, connected."""

    bot: Account
    door: Door
    delivery: Delivery
    menu: Background = field(default_factory=Background)

    @classmethod
    async def connected(cls, built: House, token: str, turns: Turns, waker: Waker | None = None) -> Telegram:
        """Reach Telegram, however long that takes. The menu is set beside: nobody waits for it after a restart."""
        bot, delivery = await sending(built, token, waker)
        door = Door(bot, bot.username, turns, partial(quietly, delivery), built.clock)
        telegram = cls(bot, door, delivery)
        telegram.menu.start(set_commands(bot, Texts, built.knowing.library().place.name))
        return telegram

    async def take_updates(self, settings: Settings, front: Front) -> None:
        """Until cancelled: by polling, or by a door that is put before the pages now."""
        if settings.telegram_mode == "polling":
            await self._poll()
        elif settings.webhook_path and settings.webhook_secret:
            secret = settings.webhook_secret.get_secret_value()
            front.add(PREFIX, Webhook(self.door, settings.webhook_path, secret))
            await asyncio.Event().wait()

    async def _poll(self) -> None:
        """When cancelled, the turns in hand are finished."""
        poller = Poller(self.bot, self.door, patience=TURNS_IN_HAND)
        running = asyncio.ensure_future(poller.run())
        try:
            await asyncio.shield(running)
        finally:
            poller.stop()
            await running

    async def close(self) -> None:
        """Let what is being sent end, and hang up."""
        await self.menu.settle(0)
        await self.door.close(BEING_SENT)
        await self.bot.shutdown()
