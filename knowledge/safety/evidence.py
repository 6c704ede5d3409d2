"""Rules and meaning weighed together: how likely is it that a message tells of danger, crisis or abuse?

A rule that is hardly ever wrong is believed whatever the meaning. Any other is one witness: it counts as much as it was
right on the corpus, beside how near the message comes to dangers, and to harmless things, that people are known to have
told. All numbers are fitted by knowledge/training/alarm.py; docs/understanding.md shows how well they hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import get_args

from knowledge.odds import chance_of_odds
from knowledge.prose import Frozen
from knowledge.safety.verdict import KINDS, Finding, Kind, Route, Tier

FILE = Path(__file__).parent / "fitted.json"
ROUTES: tuple[Route, ...] = get_args(Route)
BY_MEANING = "meaning"
"""The `rule` of a finding that rests on the weighing."""
UNKNOWN_RULE = 2.0
"""The weight of a rule that was written since the last fitting: e to this many times likelier in a danger."""
SCALE = 5.0
SECONDS = slice(1, 3)


@dataclass(frozen=True, slots=True)
class Levels:
    """What a message means, for the alarm: how much of it is safe, emergency, emergency-maybe, crisis, abuse, and of
    what those ask who are in a crisis or abused (`shares`, each about 0 to 1); how near the nearest known phrase is (a
    cosine); and the likeliest kind of each route."""

    shares: tuple[float, ...]
    likeness: float
    kinds: Mapping[Route, Kind]


class Limits(Frozen):
    """From which chance on a route is raised, and from which on it is certain."""

    maybe: float
    certain: float


class Trust(Frozen):
    """What was fitted. `rules`: the logarithm of how much likelier a rule fires in its own route than
    in what is harmless. `alone`: rules whose "certain" stands by itself. `weights`: of `evidence`, for each route."""

    rules: dict[str, float]
    alone: frozenset[str]
    weights: dict[Route, tuple[float, ...]]
    limits: dict[Route, Limits]


def weigh_up(found: Sequence[Finding], readings: Sequence[Levels], trust: Trust) -> Iterator[Finding]:
    """The rules that fired and what the message means, as typed and as repaired, in; what is raised out."""
    yield from (finding for finding in found if finding.rule in trust.alone and finding.tier == "certain")
    seen = [evidence(found, levels, trust.rules) for levels in readings]
    for route in ROUTES:
        chances = [chance_of(route, signs, trust) for signs in seen]
        chance, limits = max(chances), trust.limits[route]
        if chance >= limits.maybe:
            sure = chance >= limits.certain and _not_only_maybe(route, found)
            raised = _finding(route, "certain" if sure else "maybe", found, readings[chances.index(chance)])
            yield replace(raised, chance=round(chance, 3))


def chance_of(route: Route, signs: Sequence[float], trust: Trust) -> float:
    """What `evidence` found in; the chance of a route, 0 to 1, out."""
    return chance_of_odds(sum(weight * sign for weight, sign in zip(trust.weights[route], signs, strict=True)))


def evidence(found: Sequence[Finding], levels: Levels, rules: Mapping[str, float]) -> tuple[float, ...]:
    """The numbers that the chance of every route rests on."""
    spoken = (value for route in ROUTES for value in _spoken(route, found, rules))
    return (1.0, *levels.shares, levels.likeness, *spoken)


def _spoken(route: Route, found: Sequence[Finding], rules: Mapping[str, float]) -> tuple[float, float, float, float]:
    """The strongest rule of a route, the next two, whether one is certain, whether there is any."""
    own = {(finding.rule, finding.tier) for finding in found if finding.route == route}
    strengths = sorted((rules.get(rule, UNKNOWN_RULE) / SCALE for rule, _ in own), reverse=True)
    certain = any(tier == "certain" for _, tier in own)
    return max(strengths, default=0.0), sum(strengths[SECONDS]), float(certain), float(bool(own))


def _not_only_maybe(route: Route, found: Sequence[Finding]) -> bool:
    """Where every rule that spoke would ask first, as with a smell of gas, we ask first."""
    tiers = {finding.tier for finding in found if finding.route == route}
    return not tiers or "certain" in tiers


def _finding(route: Route, tier: Tier, found: Sequence[Finding], levels: Levels) -> Finding:
    """Of the kind that it means; of those of the rules that spoke, where one did."""
    meant = levels.kinds.get(route, "general")
    own = sorted((each for each in found if each.route == route), key=lambda each: KINDS.index(each.kind))
    if not own:
        return Finding(BY_MEANING, route, tier, meant, f"{meant} (by meaning)")
    first = next((each for each in own if each.kind == meant), own[0])
    return Finding(BY_MEANING, route, tier, first.kind, first.words)


@cache
def shipped_trust() -> Trust:
    """What ships: fitted with the tuned encoder, borrowed by the others."""
    return Trust.model_validate(json.loads(FILE.read_text(encoding="utf-8")))
