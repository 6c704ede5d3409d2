"""What the index makes of a message: candidates, best first."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target, an entry's id or an action's name, and how well a message fits it; 1 is a very good fit."""

    target: str
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best candidates, best first; how much the message looks like none of ours; and how near it comes to the
    nearest thing that anybody is known to have asked, 0 to 1."""

    words: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    none: float = 0.0
    likeness: float = 0.0

    @property
    def best(self) -> float:
        """The first candidate's score; 0 where nothing fits."""
        return self.candidates[0].score if self.candidates else 0.0

    @property
    def runner_up(self) -> float:
        """The second candidate's score; 0 where there is none."""
        return self.candidates[1].score if len(self.candidates) > 1 else 0.0
