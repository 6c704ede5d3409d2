"""Is this message a danger to life, a crisis, or abuse? One door: `judge`. The rules are data, in rules/."""

from knowledge.safety.evidence import Levels, Trust, shipped_trust
from knowledge.safety.judging import Told, judge, told, weighed
from knowledge.safety.verdict import KINDS, Finding, Kind, Route, Tier, Verdict

__all__ = [
    "KINDS", "Finding", "Kind", "Levels", "Route", "Tier", "Told", "Trust", "Verdict", "judge", "shipped_trust", "told",
    "weighed",
]  # fmt: skip
