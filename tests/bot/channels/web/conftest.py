"""A client that speaks to the web channel without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.channels.web.app import create_app
from bot.channels.web.ports import Web
from tests.bot.channels.web.fakes import FakeConversation, web
from tests.bot.channels.web.visiting import address, site, talk, visit
from tests.browser import chromium, serve

__all__ = ["address", "chromium", "serve", "site", "talk", "visit"]


@pytest.fixture
def conversation() -> FakeConversation:
    return FakeConversation()


@pytest.fixture
def channel(conversation: FakeConversation) -> Web:
    return web(conversation)


@pytest.fixture
async def client(channel: Web) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(channel) as client:
        yield client


def client_of(channel: Web, address: str = "192.0.2.1") -> httpx.AsyncClient:
    """A browser at one web address."""
    transport = httpx.ASGITransport(create_app(channel), raise_app_exceptions=False, client=(address, 4711))
    return httpx.AsyncClient(transport=transport, base_url="https://ask.example")
