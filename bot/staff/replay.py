"""Trying a change out before it is published: golden messages, every phrasing and past questions, met with it and
without it.

Readings are kept, so that a rehearsal only ranks: those of past questions beside them in the table, those of golden
messages in a file beside the index. What is missing there is read in the background, a batch at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.knowing import Current, Knowing, Snapshot
from bot.staff.outcomes import Refusal, Rehearsal
from bot.staff.past import Past, past_questions
from bot.store import content
from bot.store.unit import Store
from knowledge.check_one import Kind, with_files
from knowledge.errors import UnreadableFile
from knowledge.golden import Golden, golden_dangers, golden_phrasings
from knowledge.library import Library, load
from knowledge.replay import Asked, Replay, Say, replay, silent
from knowledge.search import Index, index_of
from knowledge.search.readings import Readings
from knowledge.search.remembered import Remembered, recall
from knowledge.search.revised import Kit, revised
from knowledge.search.stored import name_of
from knowledge.standing import Standing
from knowledge.standing_kept import keep, opened

STEP, BREATH = 10, 0.2
"""Golden messages read at once, and the seconds between, so that a resident's question seldom waits for them."""
STANDING = 100
"""Messages whose candidates are found at once."""
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Ground:
    """What is answered with at a revision."""

    revision: str | None
    library: Library
    index: Index


class Rehearsals:
    """Tries changes out, one at a time. One for the whole process: it keeps what does not change between them."""

    def __init__(self, store: Store, place: Path, knowing: Knowing, kept_in: Path | None = None) -> None:
        self._store = store
        self._place = place
        self._knowing = knowing
        self._kept_in = kept_in
        self._readings = Readings(kept_in)
        self._kit: Kit | None = None
        self._ground: Ground | None = None
        self._standing: Standing | None = None
        self._one_at_a_time = asyncio.Lock()
        self.wanted = asyncio.Event()
        """Set when somebody is about to change something."""
        self.golden: Sequence[Golden] | None = None
        """Told dangers, crises and abuse; those of the corpus unless others are given."""
        self.phrasings = True
        """Are all phrasings of all entries asked too?"""

    async def rehearse(self, kind: Kind, slug: str, text: str | None, say: Say = silent) -> Rehearsal | Refusal:
        """What would be met in another way if this file read so (None: were not there). `say` is called from another
        thread. A Refusal where the text cannot be read."""
        return await self.rehearse_files(kind, {slug: text}, say)

    async def rehearse_files(
        self, kind: Kind, texts: Mapping[str, str | None], say: Say = silent
    ) -> Rehearsal | Refusal:
        """The same for several files that would change at once. The text of what comes out is theirs, one after the
        other."""
        async with self._one_at_a_time:
            ground, past = await self._read()
            try:
                after = with_files(ground.library, kind, texts)
            except UnreadableFile as error:
                return Refusal("staff.edit.unreadable", {"why": error.facts["why"]})
            found = await asyncio.to_thread(self._replayed, ground, after, past, say)
            return Rehearsal("".join(text or "" for text in texts.values()), ground.revision, found)

    async def warm(self) -> None:
        """Read what no editor should have to wait for, a few messages at a time, so that it can be stopped: a
        minute of work or two the first time of all."""
        async with self._one_at_a_time:
            ground, _ = await self._read()
        texts = [one.text for one in self._golden(ground.library)]
        missing = await asyncio.to_thread(self._readings.missing, ground.index, texts)
        try:
            await self._by_steps(missing, STEP, partial(self._readings.read, ground.index))
        finally:
            if missing:
                self._readings.keep()
        await self._stand()

    async def _stand(self) -> None:
        """Find how everything stands before the change, for what is read by now."""
        async with self._one_at_a_time:
            ground, past = await self._read()
            asked = await asyncio.to_thread(self._asked, ground.index, ground.library, past, silent)
            messages = [each.message for each in asked]
            standing = await asyncio.to_thread(self._stands, ground, messages)
        await self._by_steps(standing.missing(messages), STANDING, standing.learn)
        await asyncio.to_thread(self._keep, ground)

    def _keep(self, ground: Ground) -> None:
        """For the next start."""
        if self._kept_in is not None and self._standing is not None and self._standing.fresh:
            keep(self._kept_in, self._standing, name_of(ground.library, ground.index.encoder))

    async def _by_steps(self, whole: Sequence[Item], step: int, work: Callable[[Sequence[Item]], None]) -> None:
        """A few at a time, so that a rehearsal or a resident's question seldom waits for it."""
        for at in range(0, len(whole), step):
            async with self._one_at_a_time:
                await asyncio.to_thread(work, whole[at : at + step])
            await asyncio.sleep(BREATH)

    def _stands(self, ground: Ground, messages: Sequence[Remembered]) -> Standing:
        """How everything stands with what is answered now; taken along from what was answered before."""
        if self._standing is None:
            name = name_of(ground.library, ground.index.encoder)
            kept = self._kept_in and opened(self._kept_in, ground.index, name)
            self._standing = kept or Standing(ground.index)
        self._standing.follow(ground.index, messages)
        return self._standing

    async def _read(self) -> tuple[Ground, list[Past]]:
        """What is answered with by the tables, which may be a moment ahead of this process; and past questions."""
        async with self._store.read() as unit:
            revision = await content.revision(unit)
            past = await past_questions(unit)
            if self._ground is not None and self._ground.revision == revision:
                return self._ground, past
            started = revision is not None
            library = await content.library(unit, self._place) if started else load(self._place)
        index = await asyncio.to_thread(self._index, self._knowing.current, library)
        self._ground = Ground(revision, library, index)
        return self._ground, past

    def _index(self, current: Current, library: Library) -> Index:
        """That of this process where it is of the same content, else one made from it."""
        if not isinstance(current, Snapshot):
            raise TypeError("a rehearsal needs an index")
        held = current.holding
        if (held.entries, held.organisations) == (library.entries, library.organisations):
            return current.index
        return self._revised(current.index, held, library)

    def _revised(self, index: Index, before: Library, after: Library) -> Index:
        if self._kit is None:
            self._kit = Kit.opened(index.encoder, index.lexicon, self._kept_in)
        return revised(index, before, after, self._kit) or index_of(after, index.encoder, self._kept_in)

    def _replayed(self, ground: Ground, after: Library, past: Sequence[Past], say: Say) -> Replay:
        # How people asked for what would be taken away is how they will go on asking.
        whole = after if after.entries.keys() >= ground.library.entries.keys() else ground.library
        asked = self._asked(ground.index, whole, past, say)
        standing = self._stands(ground, [each.message for each in asked])
        found = replay(ground.index, self._revised(ground.index, ground.library, after), asked, say, standing)
        self._keep(ground)
        return found

    def _asked(self, index: Index, library: Library, past: Sequence[Past], say: Say) -> list[Asked]:
        golden = self._golden(library)
        read = self._readings.of(index, [one.text for one in golden], say)
        known = [Asked(message, one.expected, one.danger) for one, message in zip(golden, read, strict=True)]
        recalled = ((recall(index, text, kept), expected) for text, kept, expected in past)
        return known + [Asked(message, expected, past=True) for message, expected in recalled if message is not None]

    def _golden(self, library: Library) -> Sequence[Golden]:
        if self.golden is None:
            self.golden = tuple(golden_dangers())
        return (*self.golden, *(golden_phrasings(library) if self.phrasings else ()))
