"""No line of the log holds what somebody wrote, or who they are, whatever goes wrong; each says what it belongs to."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

import pytest
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from bot.clock import FixedClock
from bot.errors import NotStored
from bot.logs import configure
from bot.wiring import House
from handlers import router
from handlers.turn import Outcome
from tests.databases import SqliteFiles
from tests.house import Scripted, house
from tests.stories.player import AtTheTerminal, Player, on_telegram, on_the_web

NAMES = ("Zebedee Quillfeather", "Wilhelmina Pockle", "O'Dorothy Stang")
PHONES = ("07700 900123", "0116 496 0999", "+44 7700 900777")
POSTCODES = ("LE3 1QX", "le31qx", "LE3  9ZZ")
WORDS = ("my ex has the flugelhorn key", "the grobnik is beeping", "i owe crumhorn money")


@dataclass(frozen=True)
class Person:
    """Made up, and written so that no line of ours could hold it by chance."""

    name: str
    phone: str
    postcode: str
    words: str

    @property
    def messages(self) -> tuple[str, ...]:
        """What they say, one after the other."""
        return (
            f"{self.words}, i am {self.name}",
            f"ring me on {self.phone}",
            f"{self.postcode} please book a visit",
            "/me",
            f"i want to speak to a person about {self.words}",
            self.phone,
        )

    def traces(self) -> Iterator[str]:
        """What must stand nowhere."""
        yield from (*self.name.split(), self.phone, self.phone.replace(" ", ""), self.postcode)
        yield from (word for word in self.words.split() if word in ("flugelhorn", "grobnik", "crumhorn"))


people = some.builds(
    Person, some.sampled_from(NAMES), some.sampled_from(PHONES), some.sampled_from(POSTCODES), some.sampled_from(WORDS)
)


@pytest.fixture
async def built(sqlite_files: SqliteFiles, clock: FixedClock) -> AsyncIterator[House]:
    async with house(sqlite_files.fresh(), clock, Scripted()) as made:
        yield made


@pytest.mark.parametrize("channel", ["terminal", "web", "telegram"])
@pytest.mark.parametrize("goes_wrong", [False, True])
@settings(max_examples=2, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(person=people)
def test_nobody_is_in_the_log(
    person: Person, channel: str, goes_wrong: bool, sqlite_files: SqliteFiles,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    configure()
    with monkeypatch.context() as patched:
        if goes_wrong:
            patched.setattr(router, "handle", _breaks)
        asyncio.run(_talk(channel, person, sqlite_files.fresh()))
    written = capsys.readouterr().err
    assert [trace for trace in person.traces() if trace.casefold() in written.casefold()] == []
    assert ("turn failed" in written) is goes_wrong
    for line in written.splitlines():
        assert json.loads(line)["event"]


async def _talk(channel: str, person: Person, database: str) -> None:
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(house(database, FixedClock(), Scripted()))
        player: Player = AtTheTerminal(built)
        if channel == "web":
            player = await stack.enter_async_context(on_the_web(built))
        elif channel == "telegram":
            player = await stack.enter_async_context(on_telegram(built))
        for message in person.messages:
            with suppress(NotStored, AssertionError, IndexError):  # what the player makes of a page that says sorry
                await player.say(message)


async def _breaks(turn: object, *_rest: object) -> Outcome:
    raise ValueError(f"broken by {turn!r}")


async def test_a_line_says_which_update_it_belongs_to(
    built: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router, "handle", _breaks)
    async with on_telegram(built) as player:
        player.person.says("hello")
        (update,) = player.fake.world.updates.waiting()
        with structlog.contextvars.bound_contextvars(request="made-by-us"), pytest.raises(NotStored):
            await player.door.take(update.body)
        player.fake.world.updates.forget(update)
        await player.door.close()
    (line,) = capsys.readouterr().err.splitlines()
    found = json.loads(line)
    assert (found["event"], found["request"], found["update"]) == (
        "turn failed", "made-by-us", update.body["update_id"],
    )  # fmt: skip
    assert structlog.contextvars.get_contextvars() == {}


def test_a_library_says_who_it_is_and_nothing_of_the_facts(capsys: pytest.CaptureFixture[str]) -> None:
    library = logging.getLogger("some.library")
    try:
        raise ValueError("LE3 1QX")
    except ValueError:
        library.exception("Cannot read %s", "07700 900123")
    library.warning(f"Found {'Zebedee'}")
    library.info("nothing of interest")
    written = capsys.readouterr().err
    first, second = (json.loads(line) for line in written.splitlines())
    assert (first["by"], first["said"], first["error"]) == ("some.library", "Cannot read %s", "ValueError")
    assert second["said"] is None
    assert not any(fact in written for fact in ("LE3", "07700", "Zebedee"))


def test_a_terminal_reads_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    configure()
    structlog.get_logger().warning("engine waits", reason="locked")
    assert "warning engine waits  reason='locked'" in terminal.getvalue()
    monkeypatch.undo()
    configure()
