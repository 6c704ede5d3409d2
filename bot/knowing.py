"""What can be answered with right now: one library and one index, swapped whole when the content changes."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from bot.errors import BotError
from bot.store import content
from bot.store.listening import CONTENT, Waking
from bot.store.unit import Store
from handlers.catalogue import Texts
from handlers.ports import Decision, Person, Ports, Search, Understood
from handlers.turn import Turn
from handlers.understanding import understand
from knowledge.encoder import EncoderName, open_encoder
from knowledge.hours import bank_holidays
from knowledge.library import Library, load
from knowledge.safety import Verdict, judge, shipped_trust
from knowledge.search import Index, Reading, decide, index_of, levels_of
from knowledge.search.revised import Kit, revised
from knowledge.search.stored import keep_index

log = structlog.get_logger()

LOOK_EVERY = 0.25
"""Seconds between looks at the content revision, where nobody says that it changed."""
RESTS = 20
"""Looks without a change after which the index is kept: whoever publishes twice should not wait for that."""


class Current(Search, Protocol):
    """A library with a search over it."""

    @property
    def holding(self) -> Library:
        """The library."""
        ...

    def understand(self, turn: Turn) -> Understood:
        """What is made of a turn before its transaction: slow, pure, and called from a worker thread."""
        ...


@dataclass(frozen=True)
class Snapshot:
    """A library and the index over it. Also the `Search` port."""

    holding: Library
    index: Index

    def understand(self, turn: Turn) -> Understood:
        """Read it once, for the alarm and for the search."""
        return understand(turn, self)

    def read(self, text: str) -> Reading:
        """Words and meaning."""
        return self.index.read(text)

    def judge(self, reading: Reading) -> Verdict:
        """Rules and meaning, weighed together."""
        return judge(reading.text, levels_of(reading), shipped_trust())

    def decide(self, understood: Understood, shown: Sequence[str] = ()) -> Decision:
        """What the search makes of a message."""
        found = decide(self.index, self._reading(understood), shown)
        return Decision(
            route=found.route,
            answered=tuple(found.answered),
            offered=tuple(found.offered),
            action=found.action,
            score=found.score,
        )

    def _reading(self, understood: Understood) -> Reading:
        """What was read before the transaction, if the content has not changed since."""
        reading = understood.reading
        if reading is None or reading.columns is not self.index.targets:
            return self.index.read(understood.text)
        return reading


def snapshot(library: Library, kept_in: Path | None = None, encoder: EncoderName = "tuned") -> Snapshot:
    """A library with its index, from the folder of kept ones or built: seconds of work, so never on the event loop."""
    return Snapshot(library, index_of(library, open_encoder(encoder), kept_in))


def from_folder(place: Path, kept_in: Path | None = None, encoder: EncoderName = "tuned") -> Snapshot:
    """The content of a place's folder, without a database."""
    return snapshot(load(place), kept_in, encoder)


class Knowing:
    """Hands each turn one whole snapshot."""

    def __init__(self, first: Current, public_url: str | None = None, *, demonstration: bool = False) -> None:
        self._current = first
        self._public_url = public_url
        self._demonstration = demonstration
        self._telegram: str | None = None

    def reached_on_telegram(self, name: str) -> None:
        """The bot is on Telegram under this name: answers may point there from now on."""
        self._telegram = f"https://t.me/{name}"

    @property
    def current(self) -> Current:
        """What is answered with at this moment."""
        return self._current

    def library(self) -> Library:
        """The library in use."""
        return self._current.holding

    def understand(self, turn: Turn) -> Understood:
        """What is made of a turn before its transaction; slow and pure."""
        return self._current.understand(turn)

    def swap(self, fresh: Current) -> None:
        """From the next turn on, answer with this."""
        self._current = fresh

    def ports(self, person: Person, now: dt.datetime, language: str, switched_off: str | None) -> Ports:
        """Everything the handlers of one turn may use."""
        current = self._current
        return Ports(
            library=current.holding,
            search=current,
            texts=Texts(language, current.holding.place.visit),
            person=person,
            now=now,
            bank_holidays=bank_holidays(range(now.year - 1, now.year + 2)),
            public_url=self._public_url,
            telegram=self._telegram,
            switched_off=switched_off,
            demonstration=self._demonstration,
            notices=current.holding.notices_at(now),
        )


class ContentWatch:
    """Hears of a change of the content, or looks at its revision every so many seconds, and swaps the index whole."""

    def __init__(
        self, store: Store, place: Path, knowing: Knowing, revision: str | None, kept_in: Path | None = None,
        encoder: EncoderName = "tuned", every: float = LOOK_EVERY,
    ) -> None:  # fmt: skip
        self._store = store
        self._place = place
        self._kept_in = kept_in
        self._encoder: EncoderName = encoder
        self._knowing = knowing
        self._revision = revision
        self._every = every
        self._kit: Kit | None = None
        self._quiet = 0
        self._unkept: Snapshot | None = None

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.to_thread(self._warm)
        async with Waking(self._store.url, CONTENT).open() as waking:
            while True:
                await waking.wait(self._every)
                try:
                    self._quiet = 0 if await self.look() else self._quiet + 1
                    if self._quiet == RESTS:
                        await self.keep()
                except BotError as error:
                    log.warning("content not read", error=type(error).__name__)

    async def look(self) -> bool:
        """One look; True when the content was swapped."""
        async with self._store.read() as unit:
            seen = await content.revision(unit)
            if seen == self._revision:
                return False
            library = await content.library(unit, self._place)
        quick = await asyncio.to_thread(self._revised, self._knowing.current, library)
        if quick is not None:
            self._knowing.swap(quick)
        else:
            self._knowing.swap(await asyncio.to_thread(snapshot, library, self._kept_in, self._encoder))
        self._unkept = quick
        self._revision = seen
        return True

    async def keep(self) -> None:
        """Once the content rests: put the index in use where the next start finds it, and read it from there, which
        takes less memory."""
        ours, self._unkept = self._unkept, None
        if ours is None or self._kept_in is None:
            return
        index = await asyncio.to_thread(keep_index, ours.holding, ours.index, self._kept_in)
        if self._knowing.current is ours:
            self._knowing.swap(Snapshot(ours.holding, index))

    def _revised(self, current: Current, library: Library) -> Snapshot | None:
        """The answers in use with what changed, in a small part of the time that an index takes to build."""
        if not isinstance(current, Snapshot):
            return None
        index = revised(current.index, current.holding, library, self._opened(current.index))
        return Snapshot(library, index) if index else None

    def _warm(self) -> None:
        current = self._knowing.current
        if isinstance(current, Snapshot):
            self._opened(current.index).learn(current.holding, current.index.lexicon)

    def _opened(self, index: Index) -> Kit:
        if self._kit is None:
            self._kit = Kit.opened(index.encoder, index.lexicon, self._kept_in)
        return self._kit
