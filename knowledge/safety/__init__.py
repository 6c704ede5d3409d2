"""Is this message a danger to life, a crisis, or abuse? One door: `judge`. The rules are data, in rules/."""

from knowledge.safety.judging import judge
from knowledge.safety.verdict import KINDS, Kind, Route, Tier, Verdict

__all__ = ["KINDS", "Kind", "Route", "Tier", "Verdict", "judge"]
