"""Changes of answers that are being tried out, each of them once, while a page says how far that is."""

from __future__ import annotations

import asyncio

from bot.staff.outcomes import Refusal, Rehearsal
from bot.staff.replay import Rehearsals

MOST_KEPT = 30
NOT_TRIED = Refusal("console.publish.not-tried")
Key = tuple[str, str | None, str | None]


class Trial:
    """A change that is being tried out: `done` of so many messages, as yet."""

    def __init__(self, rehearsals: Rehearsals, slug: str, text: str | None) -> None:
        self.done, self.of = 0, 0
        self.task = asyncio.ensure_future(rehearsals.rehearse("entry", slug, text, self._heard))

    @property
    def broke(self) -> bool:
        """Did it end without any result?"""
        return self.task.done() and (self.task.cancelled() or self.task.exception() is not None)

    def _heard(self, done: int, of: int) -> None:
        self.done, self.of = done, of


class Trials:
    """The trials of this process. Whoever asks for one that is done already has it at once."""

    def __init__(self, rehearsals: Rehearsals | None) -> None:
        self._rehearsals = rehearsals
        self._kept: dict[Key, Trial] = {}

    async def tried(
        self, slug: str, text: str | None, revision: str | None, patience: float
    ) -> Rehearsal | Refusal | Trial:
        """What would be answered differently if an entry read so (None: were retired), on the content of a revision.
        After `patience` seconds the trial itself, which goes on. Raises StoreUnavailable."""
        if self._rehearsals is None:
            return NOT_TRIED
        trial = self._trial(self._rehearsals, (slug, text, revision))
        await asyncio.wait({trial.task}, timeout=patience)
        return trial.task.result() if trial.task.done() else trial

    def _trial(self, rehearsals: Rehearsals, key: Key) -> Trial:
        kept = self._kept.get(key)
        if kept is None or kept.broke:
            while len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            kept = self._kept[key] = Trial(rehearsals, key[0], key[1])
        return kept
