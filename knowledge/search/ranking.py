"""What the index makes of a message: candidates, best first."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target, an entry's id or an action's name, how well a message fits it, 1 is a very good fit; and the cosine of
    the nearest thing that anybody is known to have asked of it."""

    target: str
    score: float
    near: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best candidates, best first; how much the message looks like none of ours, and how near it comes to the
    nearest of those."""

    words: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    none: float = 0.0
    near_none: float = 0.0

    @property
    def best(self) -> float:
        """The first candidate's score; 0 where nothing fits."""
        return self.candidates[0].score if self.candidates else 0.0

    @property
    def near(self) -> float:
        """How near the nearest phrase of the first candidate is; 0 where nothing fits."""
        return self.candidates[0].near if self.candidates else 0.0

    @property
    def runner_up(self) -> float:
        """The second candidate's score; 0 where there is none."""
        return self.candidates[1].score if len(self.candidates) > 1 else 0.0
