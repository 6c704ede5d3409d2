"""`FakeTelegram`: what a test holds in its hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from bot.clock import Clock, FixedClock
from tests.fake_telegram import spec
from tests.fake_telegram.control import Controls
from tests.fake_telegram.faults import Fault, Flood, Refuse, Script
from tests.fake_telegram.model import Chat
from tests.fake_telegram.people import Person
from tests.fake_telegram.refusals import Refusal
from tests.fake_telegram.server import Api, Server
from tests.fake_telegram.world import Call, World

T = TypeVar("T")

TOKEN = "1:test"


class FakeTelegram:
    """Telegram's Bot API for one bot, for the length of an `async with`.

    Leaving it raises an AssertionError for every request that the Bot API's documentation does not allow and
    for every object of the fake's own that python-telegram-bot cannot read; `forgive()` forgets them.
    """

    def __init__(self, clock: Clock | None = None, *, token: str = TOKEN, api_file: Path = spec.PATH) -> None:
        self.clock = clock or FixedClock()
        self.token = token
        self.world = World(self.clock, spec.load(api_file))
        self.script = Script()
        self._server = Server(Api(self.world, self.script, token, Controls(self.world, self.fail)))
        self.url = ""

    async def __aenter__(self) -> FakeTelegram:
        self.url = await self._server.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.script.clear()
        self.world.polling.end("the fake is closing")
        await self.world.webhook.close()
        await self._server.close()
        if error is None and self.world.violations:
            raise AssertionError("\n".join(self.world.violations))

    @property
    def base_url(self) -> str:
        """For `telegram.Bot(base_url=…)`."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """For `telegram.Bot(base_file_url=…)`; every download is a 404."""
        return f"{self.url}/file/bot"

    @property
    def calls(self) -> list[Call]:
        """Every call of the bot, in order of arrival."""
        return self.world.calls

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    def person(self, first_name: str = "Ann", *, started: bool = True, language: str = "en") -> Person:
        """A new resident; one who has not `started` cannot be written to."""
        chat = self.world.new_person(first_name, language=language)
        chat.access = "open" if started else "unstarted"
        return Person(self.world, chat)

    def group(self, title: str = "Neighbours") -> Chat:
        """A new group with the bot in it; people write there with `chat=`."""
        return self.world.new_group(title)

    def fail(
        self,
        fault: Fault | Refusal,
        method: str | None = None,
        chat: Chat | Person | int | None = None,
        times: float = 1,
    ) -> None:
        """Let the next so many calls, of this method and in this chat if said, go wrong."""
        made = Refuse(fault) if isinstance(fault, Refusal) else fault
        number = chat if isinstance(chat, int) or chat is None else chat.id
        self.script.add(made, method, number, times)

    def limit(self, calls: int, seconds: float, method: str = "sendMessage") -> None:
        """From now on, 429 for a chat that gets more than so many of these calls in so many seconds."""
        self.fail(Flood(self.clock, calls, seconds), method, times=math.inf)

    async def wait_until(self, true: Callable[[], T], timeout: float = 2.0) -> T:  # noqa: ASYNC109
        """Wait, by events, until something is true of the fake."""
        try:
            return await self.world.changes.until(true, timeout)
        except TimeoutError as error:
            raise AssertionError(f"still not true after {timeout} s\n{self.story()}") from error

    def story(self) -> str:
        """All that happened, for a failing test to show."""
        said = [f"{chat.id} {line}" for chat in self.world.chats.values() for line in chat.transcript()]
        called = [f"{call.method} → {call.outcome}" for call in self.calls]
        return "\n".join([*said, *called, *self.world.violations])

    def move(self, **by: float) -> None:
        """Let time pass on the fake's clock, if it is a FixedClock: days, hours, minutes, seconds."""
        self.world.move(**by)

    def forgive(self) -> list[str]:
        """The violations so far, which then no longer fail the test."""
        found, self.world.violations = self.world.violations, []
        return found
