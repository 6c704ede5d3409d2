"""What the doctor found: one line about one thing, and the mend where something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handlers.catalogue import Texts


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` names the thing, `what` how it is; the catalogue has the words."""

    check: str
    what: str
    ok: bool
    facts: Mapping[str, object] = field(default_factory=dict)

    def says(self, texts: Texts) -> str:
        """How it is, in a sentence."""
        return texts.say(f"staff.doctor.{self.check}.{self.what}", **self.facts)

    def mend(self, texts: Texts) -> str:
        """What to do, in a sentence; empty where nothing is wrong."""
        return "" if self.ok else texts.say(f"staff.doctor.{self.check}.{self.what}.mend", **self.facts)


def good(check: str, what: str = "good", **facts: object) -> Finding:
    """Nothing is wrong here."""
    return Finding(check, what, True, facts)


def wrong(check: str, what: str, **facts: object) -> Finding:
    """Somebody has to mend this."""
    return Finding(check, what, False, facts)
