"""Imported by the process that nodes are forked from, and by nobody else: reads and makes what each of them would at
its start and at its first turn."""

from __future__ import annotations

import asyncio

import bot.reaching  # noqa: F401  loaded late by a bot that has a token
from bot.channels import terminal
from bot.settings import Settings
from bot.wiring import throwaway
from tests.house import INDEXES

FIRST = ("my smoke alarm wont stop chirping", "/visit", "LE3 1AA")


async def first_turns() -> None:
    """A conversation with nobody."""
    async with throwaway(Settings(index_folder=INDEXES, encoder="static", _env_file=None)) as house:
        for number, text in enumerate(FIRST):
            await house.conversation.take(terminal.parse(text, "nobody", str(number), house.clock.now()))


asyncio.run(first_turns())
