"""How far each rule is to be believed, and how rules and meaning are weighed: fitted on the corpus.

What a rule is worth is counted on the training rows; the weighing is fitted on the held-out families, which neither the
encoder nor the index has seen. The limits are the chances at which so many harmless messages of those families would be
met with an alarm: that is what a false alarm costs, and every point of it is a danger found.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.safety.evidence import ROUTES, Levels, Limits, Trust, chance_of, evidence
from knowledge.safety.judging import find
from knowledge.safety.rulebook import rulebook
from knowledge.safety.verdict import Finding, Route
from knowledge.search.alarm import TELLING, levels_of
from knowledge.search.index import Index
from knowledge.search.phrases import CORPUS, TRAIN
from knowledge.training.logistic import fit

SAFE, HARMLESS, TOLD = "safe", "harmless", "told"
OWN = {"emergency": {"emergency", "emergency-maybe"}, "crisis": {"crisis"}, "abuse": {"abuse"}}
# A rule of a route that fires in a more urgent one does no harm.
HIGHER = {"emergency": set(), "crisis": {"emergency"}, "abuse": {"emergency", "emergency-maybe", "crisis"}}
WRONG_ALONE, LEAST_SEEN = 0.08, 5
FALSE_ALARMS: dict[Route, tuple[float, float]] = {
    "emergency": (0.05, 0.0015),
    "crisis": (0.02, 0.004),
    "abuse": (0.02, 0.004),
}
"""The share of harmless questions that may be met with maybe, and with certain."""
DAMPING, SMOOTH = 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Told:
    """A message of the corpus, the route that it is, and the rules that fire."""

    text: str
    route: str
    train: bool
    found: tuple[Finding, ...]


def fit_trust(index: Index, told: Sequence[Told]) -> Trust:
    """Every message of the corpus in, what is to be believed out."""
    kept = [each for each in told if not each.train]
    read = [levels_of(index.read(each.text)) for each in kept]
    rules = dict(_strengths([each for each in told if each.train]))
    trust = Trust(rules=rules, alone=frozenset(_alone(told)), weights={}, limits={})
    weights: dict[Route, tuple[float, ...]] = {route: _weights(route, kept, read, rules) for route in ROUTES}
    trust = trust.model_copy(update={"weights": weights})
    return trust.model_copy(update={"limits": {route: _limits(route, kept, read, trust) for route in ROUTES}})


def read_told() -> Iterator[Told]:
    """The whole corpus, with the rules run over it."""
    book = rulebook()
    for path in sorted(CORPUS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                route = row["target"] if path.name.startswith("danger") else _safe_or_told(row["target"])
                yield Told(row["text"], route, row.get("split") in (TRAIN, None), tuple(find(row["text"], book)))


def _safe_or_told(target: str) -> str:
    """Questions for the entries on abuse and suicide are often told by somebody who needs the alarm: they are left out
    of what counts as harmless."""
    return TOLD if any(name in TELLING for name in target.replace("&", "|").split("|")) else SAFE


def _strengths(told: Sequence[Told]) -> Iterator[tuple[str, float]]:
    """For each rule the logarithm of its likelihood ratio."""
    for route in ROUTES:
        inside = [each for each in told if each.route in OWN[route]]
        outside = [each for each in told if each.route not in OWN[route] | {TOLD}]
        right, wrong = _fired(route, inside), _fired(route, outside)
        for rule in sorted({*right, *wrong}):
            ratio = (right[rule] + SMOOTH) / len(inside) / ((wrong[rule] + SMOOTH) / len(outside))
            yield rule, round(float(np.log(ratio)), 3)


def _fired(route: str, told: Iterable[Told], tiers: Sequence[str] = ("certain", "maybe")) -> Counter[str]:
    fired = ({f.rule for f in each.found if f.route == route and f.tier in tiers} for each in told)
    return Counter(rule for rules in fired for rule in rules)


def _alone(told: Sequence[Told]) -> Iterator[str]:
    """Rules whose certain is right in nearly all that they fire on."""
    for route in ROUTES:
        good = [each for each in told if each.route in OWN[route] | HIGHER[route]]
        bad = [each for each in told if each.route in (SAFE, HARMLESS)]
        right, wrong = _fired(route, good, ("certain",)), _fired(route, bad, ("certain",))
        yield from (
            rule for rule in sorted(right)
            if right[rule] >= LEAST_SEEN and wrong[rule] <= WRONG_ALONE * (right[rule] + wrong[rule])
        )  # fmt: skip


def _weights(
    route: Route, kept: Sequence[Told], read: Sequence[Sequence[Levels]], rules: dict[str, float]
) -> tuple[float, ...]:
    """Every reading of a message is an example."""
    known = ((each, readings) for each, readings in zip(kept, read, strict=True) if each.route != TOLD)
    pairs = [(each, levels) for each, readings in known for levels in readings]
    x = np.array([evidence(each.found, levels, rules) for each, levels in pairs])
    return fit(x, np.array([each.route in OWN[route] for each, _ in pairs], dtype=np.float64), DAMPING)


def _limits(route: Route, kept: Sequence[Told], read: Sequence[Sequence[Levels]], trust: Trust) -> Limits:
    safe = [
        max(chance_of(route, evidence(each.found, levels, trust.rules), trust) for levels in readings)
        for each, readings in zip(kept, read, strict=True) if each.route == SAFE and readings
    ]  # fmt: skip
    maybe, certain = (float(np.quantile(safe, 1 - share)) for share in FALSE_ALARMS[route])
    return Limits(maybe=round(maybe, 4), certain=round(certain, 4))
