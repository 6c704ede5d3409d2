"""Play a conversation as a person sees it, through any channel: say, tap, read."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import httpx

from bot.channels import terminal
from bot.channels.telegram.account import account
from bot.channels.telegram.door import Door
from bot.channels.telegram.send import TelegramSender
from bot.channels.web.app import create_app
from bot.delivery.deliver import Delivery, quietly
from bot.serving import web_of
from bot.store import outbox
from bot.wiring import House
from handlers.turn import Reply, Turn
from tests.bot.channels.web.html import Page
from tests.fake_telegram import TOKEN, FakeTelegram, Person
from tests.fake_telegram.model import Message

ARTICLE = re.compile(r'<article class="message bot[^>]*data-seq="(\d+)".*?</article>', re.DOTALL)
WORDS = re.compile(r'<div class="words">(.*?)</div>', re.DOTALL)
BUTTON = re.compile(r'<button[^>]*name="tap" value="([^"]+)"[^>]*>(.*?)</button>', re.DOTALL)


@dataclass(frozen=True)
class Screen:
    """What came back after one thing that was said: the words in order, and the buttons under them."""

    texts: tuple[str, ...]
    buttons: tuple[str, ...]

    @property
    def first_line(self) -> str:
        """What is read first."""
        return self.texts[0].splitlines()[0] if self.texts else ""

    def __contains__(self, words: str) -> bool:
        return any(words in text for text in self.texts)


class Player(Protocol):
    """A person at one channel."""

    name: str

    async def say(self, text: str) -> Screen:
        """Type words, a number, or a command."""
        ...

    async def tap(self, label: str) -> Screen:
        """Tap the newest button with this label."""
        ...

    async def look(self) -> Screen:
        """See what has come in the meantime."""
        ...


@dataclass
class AtTheTerminal:
    """A person in `bot chat`; everything is stored and read back between two turns."""

    house: House
    chat: str = "a-person"
    name: str = "terminal"
    numbers: Iterator[int] = field(default_factory=itertools.count)
    tokens: dict[str, str] = field(default_factory=dict)
    seen: int = 0

    async def say(self, text: str) -> Screen:
        return await self._take(terminal.parse(text, self.chat, str(next(self.numbers)), self.house.clock.now()))

    async def tap(self, label: str) -> Screen:
        turn = terminal.parse("", self.chat, str(next(self.numbers)), self.house.clock.now())
        return await self._take(turn.model_copy(update={"kind": "tap", "tap": self.tokens[label]}))

    async def _take(self, turn: Turn) -> Screen:
        await self.house.conversation.take(turn)
        return await self.look()

    async def look(self) -> Screen:
        async with self.house.store.read() as unit:
            fresh = await outbox.mailbox(unit, "terminal", self.chat, self.seen)
        self.seen = max([self.seen, *(message.seq for message in fresh)])
        return self._screen([message.reply for message in fresh])

    def _screen(self, replies: list[Reply]) -> Screen:
        shown = [reply for reply in replies if reply.blocks]
        tappable = [button for reply in shown for button in terminal.buttons_of(reply)]
        self.tokens.update({button.label: button.token for button in tappable if button.token})
        return Screen(tuple(terminal.words([r]) for r in shown), tuple(b.label for b in tappable))


@dataclass
class OnTheWeb:
    """A person at the web page without JavaScript: plain forms, one page after another."""

    client: httpx.AsyncClient
    name: str = "web"
    fields: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    seen: int = 0

    async def say(self, text: str) -> Screen:
        return await self._send({"text": text})

    async def tap(self, label: str) -> Screen:
        return await self._send({"text": "", "tap": self.tokens[label]})

    async def look(self) -> Screen:
        """Without JavaScript nothing comes by itself."""
        return Screen((), ())

    async def _send(self, what: dict[str, str]) -> Screen:
        if not self.fields:
            self.fields = Page((await self.client.get("/")).text).fields
        return self._read((await self.client.post("/chat", data={**self.fields, **what})).text)

    def _read(self, page: str) -> Screen:
        self.fields = Page(page).fields
        fresh = [found[0] for found in ARTICLE.finditer(page) if int(found[1]) > self.seen]
        self.seen = max([self.seen, *(int(found[1]) for found in ARTICLE.finditer(page))])
        tappable = [(html.unescape(value), words_in(label)) for f in fresh for value, label in BUTTON.findall(f)]
        self.tokens.update({label: value for value, label in tappable})
        texts = tuple(words_in(found[1]) for article in fresh if (found := WORDS.search(article)))
        return Screen(texts or problem_in(page), tuple(label for _, label in tappable))


def words_in(piece: str) -> str:
    """The words of a piece of HTML, its paragraphs and list items a line each."""
    lines = re.sub(r"</(?:p|li)>", "\n", piece)
    words = html.unescape(re.sub(r"<[^>]+>", "", lines))
    return "\n".join(line.strip() for line in words.splitlines() if line.strip())


def problem_in(page: str) -> tuple[str, ...]:
    """The one sentence over the box."""
    found = re.search(r'<p id="problem"[^>]*>(.*?)</p>', page, re.DOTALL)
    return (words_in(found[1]),) if found and words_in(found[1]) else ()


@dataclass
class OnTelegram:
    """A person at Telegram: updates come through our door, answers arrive over HTTP at a fake Telegram."""

    fake: FakeTelegram
    person: Person
    door: Door
    name: str = "telegram"
    seen: set[int] = field(default_factory=set)
    delivery: Delivery | None = None

    async def say(self, text: str) -> Screen:
        self.person.says(text)
        return await self.deliver()

    async def tap(self, label: str) -> Screen:
        newest = next(m for m in reversed(self.person.chat.from_bot()) if label in m.buttons)
        self.person.taps(newest, label)
        return await self.deliver()

    async def look(self) -> Screen:
        if self.delivery is not None:
            await self.delivery.deliver_due()
        return await self.deliver()

    async def deliver(self) -> Screen:
        """Let the bot hear what the person did, and read what came of it."""
        updates = self.fake.world.updates
        pending: list[Any] = updates.waiting()
        for update in pending:
            await self.door.take(update.body)
        updates.forget(*pending)
        await self.door.close()
        return self._screen([m for m in self.person.chat.from_bot() if m.message_id not in self.seen])

    def _screen(self, fresh: list[Message]) -> Screen:
        self.seen.update(message.message_id for message in fresh)
        return Screen(tuple(m.text for m in fresh), tuple(label for m in fresh for label in m.buttons))


@asynccontextmanager
async def on_the_web(house: House) -> AsyncIterator[OnTheWeb]:
    """The real application, spoken to without a network."""
    transport = httpx.ASGITransport(app=create_app(web_of(house)))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield OnTheWeb(client)


@asynccontextmanager
async def on_telegram(house: House) -> AsyncIterator[OnTelegram]:
    """The real channel and delivery, over HTTP to a fake Telegram."""
    async with FakeTelegram(house.clock) as fake, account(TOKEN, fake.url) as bot:
        delivery = Delivery(house.store, TelegramSender(bot))
        door = Door(bot, bot.username, house.conversation, partial(quietly, delivery), house.clock)
        yield OnTelegram(fake, fake.person("Ann"), door, delivery=delivery)
