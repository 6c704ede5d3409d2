"""Trying a change out before it is published: golden messages, every phrasing and past questions, met with it and
without it.

Readings are kept, so that a rehearsal only ranks: those of past questions beside them in the table, those of golden
messages in a file beside the index. What is missing there is read in the background, a batch at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update
from sqlmodel import col

from bot.knowing import Current, Knowing, Snapshot
from bot.staff.outcomes import Refusal, Rehearsal
from bot.store import content
from bot.store.tables import Question
from bot.store.unit import Store, Unit
from knowledge.check_one import Kind, with_one
from knowledge.errors import UnreadableFile
from knowledge.golden import Golden, golden_dangers, golden_phrasings
from knowledge.library import Library
from knowledge.replay import Asked, Replay, Say, replay, silent
from knowledge.search import Index, index_of
from knowledge.search.readings import Readings
from knowledge.search.remembered import recall, remember
from knowledge.search.revised import Kit, revised

MOST_PAST, AT_ONCE = 5000, 50
"""Past questions in a rehearsal, the newest; and how many are read at once in the background."""
STEP, BREATH = 10, 0.2
"""Golden messages read at once, and the seconds between, so that a resident's question seldom waits for them."""
CALM = "none"
Past = tuple[str, bytes, frozenset[str]]


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
        async with self._one_at_a_time:
            ground, past = await self._read()
            try:
                after = with_one(ground.library, kind, slug, text)
            except UnreadableFile as error:
                return Refusal("staff.edit.unreadable", {"why": error.facts["why"]})
            found = await asyncio.to_thread(self._replayed, ground, after, past, say)
            return Rehearsal(text or "", ground.revision, found)

    async def warm(self) -> None:
        """Read what no editor should have to wait for, a few messages at a time, so that it can be stopped: half a
        minute of work the first time of all."""
        async with self._one_at_a_time:
            ground, _ = await self._read()
        texts = [one.text for one in self._golden(ground.library)]
        missing = await asyncio.to_thread(self._readings.missing, ground.index, texts)
        try:
            for at in range(0, len(missing), STEP):
                async with self._one_at_a_time:
                    await asyncio.to_thread(self._readings.read, ground.index, missing[at : at + STEP])
                await asyncio.sleep(BREATH)
        finally:
            if missing:
                self._readings.keep()

    async def _read(self) -> tuple[Ground, list[Past]]:
        """What is answered with by the tables, which may be a moment ahead of this process; and past questions."""
        async with self._store.read() as unit:
            revision = await content.revision(unit)
            past = await past_questions(unit)
            if self._ground is not None and self._ground.revision == revision:
                return self._ground, past
            library = await content.library(unit, self._place)
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
        asked = self._asked(ground.index, after, past, say)
        return replay(ground.index, self._revised(ground.index, ground.library, after), asked, say)

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


async def past_questions(unit: Unit, most: int = MOST_PAST) -> list[Past]:
    """The newest past questions that have been read: words, reading, and the entries that helped."""
    wanted = (col(Question.text), col(Question.vector), col(Question.shown), col(Question.helped))
    statement = select(*wanted).where(col(Question.vector).is_not(None)).order_by(col(Question.id).desc()).limit(most)
    rows = (await unit.session.execute(statement)).all()
    return [
        (text, kept, frozenset(shown.split()) if helped else frozenset()) for text, kept, shown, helped in rows if kept
    ]


async def remember_question(unit: Unit, question_id: int, vector: bytes, verdict: str) -> None:
    """Keep the reading of a question beside it; one that is there already stays."""
    statement = update(Question).where(col(Question.id) == question_id, col(Question.vector).is_(None))
    await unit.session.execute(statement.values(vector=vector, verdict=verdict))


async def remember_missing(store: Store, current: Current, most: int = AT_ONCE) -> int:
    """A step of the sweep: read questions that have not been read, the newest first; how many. What is read are the
    words that are kept, from which personal details were removed."""
    if not isinstance(current, Snapshot):
        return 0
    async with store.read() as unit:
        statement = select(col(Question.id), col(Question.text)).where(col(Question.vector).is_(None))
        rows = (await unit.session.execute(statement.order_by(col(Question.id).desc()).limit(most))).all()
    read = await asyncio.to_thread(_read_all, current, [text for _, text in rows])
    async with store.write() as unit:
        for (question_id, _), (kept, verdict) in zip(rows, read, strict=True):
            await remember_question(unit, question_id, kept, verdict)
    return len(rows)


def _read_all(current: Snapshot, texts: Sequence[str]) -> list[tuple[bytes, str]]:
    return [_read_one(current, text) for text in texts]


def _read_one(current: Snapshot, text: str) -> tuple[bytes, str]:
    """What is kept of a question's reading, and its verdict: "emergency maybe", or "none"."""
    reading = current.index.read(text)
    verdict = current.judge(reading)
    return remember(current.index, reading), f"{verdict.route} {verdict.tier}" if verdict.route else CALM
