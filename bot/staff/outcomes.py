"""What comes of an editor's act: done, kept as a draft, refused in one plain sentence, or somebody was quicker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.staff.versions import State
from knowledge.replay import Replay


@dataclass(frozen=True, slots=True)
class Refusal:
    """It was not done, and why: a text id of the catalogue with its facts. `version_id` is the draft that was kept."""

    text_id: str
    facts: Mapping[str, object] = field(default_factory=dict)
    version_id: int | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody published this meanwhile: `who` by name (None: an upgrade), and which version. Nothing was done."""

    live_id: int
    version: int
    who: str | None

    @property
    def text_id(self) -> str:
        """What the editor reads; its facts are `who` and `version`."""
        return "staff.edit.conflict" if self.who else "staff.edit.conflict-shipped"


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that is kept and can be read. `faults` must go before it is published; `warnings` may stay."""

    version_id: int
    base: int | None
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """The version and the state it is in now."""

    version_id: int
    state: State


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A text that was tried out on the content of a revision, and what would be answered differently."""

    text: str
    revision: str | None
    replay: Replay

    def covers(self, text: str, revision: str | None) -> bool:
        """Was this very text tried out, on what is answered with now?"""
        return (self.text, self.revision) == (text, revision)
