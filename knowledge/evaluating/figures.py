"""The figures that say how well messages are understood, each with what we want to reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from knowledge.evaluating.questions import NONE, Case, only

WORST = 20
BINS = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """A share from 0 to 1 of `of` messages. `reach` is what we aim at: at least that, or at most if `low` is good."""

    name: str
    share: float
    of: int
    reach: float | None = None
    low: bool = False

    @property
    def reached(self) -> bool | None:
        """Is it where we want it? None where there is nothing to compare, or nothing was measured."""
        if self.reach is None or not self.of:
            return None
        return self.share <= self.reach if self.low else self.share >= self.reach


def figures(cases: Sequence[Case]) -> tuple[Figure, ...]:
    """Every case in, the whole table out. A line without messages of its kind has `of` 0."""
    advice, near = only(cases, "advice"), only(cases, "near-miss")
    none = [case for case in cases if ("none",) in case.asked.accept]
    safe = [case for case in only(cases, "advice", "near-miss", "none", "action", "multi", "harmless") if _calm(case)]
    return (
        _share("advice: right at once", advice, lambda c: c.right, 0.92),
        _share("advice: right or among the offered", advice, lambda c: c.right_or_offered, 0.98),
        _share("near-miss: right", near, lambda c: c.right),
        _wrong("wrong when it answers (advice and near-misses)", (*advice, *near), 0.05),
        _share("none of ours: answered anyway", none, lambda c: c.met.answered_anyway and not c.right, 0.03, low=True),
        *_alarms(cases),
        _share("false alarm, certain (all that is harmless)", safe, _alarm("certain"), 0.005, low=True),
        _share("false alarm, maybe (all that is harmless)", safe, _alarm("maybe"), 0.04, low=True),
        _share("false alarm, certain (advice alone)", _calm_ones(advice), _alarm("certain"), 0.005, low=True),
        _share("false alarm, maybe (advice alone)", _calm_ones(advice), _alarm("maybe"), 0.04, low=True),
        _share("actions: right", only(cases, "action"), lambda c: c.right, 0.97),
        _share("two needs: both served", only(cases, "multi"), lambda c: c.right, 0.90),
    )


def _alarms(cases: Sequence[Case]) -> tuple[Figure, ...]:
    emergency = only(cases, "emergency")
    return (
        _share("emergency: 999 in the first line", emergency, lambda c: c.met.route == "emergency", 0.99),
        _share("emergency: certain", emergency, lambda c: (c.met.route, c.met.tier) == ("emergency", "certain")),
        _share("might be one: 999 or the plain answer", only(cases, "emergency-maybe"), lambda c: c.right),
        _share("crisis: own route or a higher one", only(cases, "crisis"), lambda c: c.right, 0.97),
        _share("crisis: own route", only(cases, "crisis"), lambda c: c.met.route == "crisis"),
        _share("abuse: own route or a higher one", only(cases, "abuse"), lambda c: c.right, 0.97),
        _share("abuse: own route", only(cases, "abuse"), lambda c: c.met.route == "abuse"),
    )


def _share(
    name: str, cases: Sequence[Case], test: Callable[[Case], bool], reach: float | None = None, *, low: bool = False
) -> Figure:
    return Figure(name, sum(map(test, cases)) / max(len(cases), 1), len(cases), reach, low)


def _wrong(name: str, cases: Sequence[Case], reach: float) -> Figure:
    """Of those that were answered at all, not of all."""
    answered = [case for case in cases if case.met.answered_anyway]
    return _share(name, answered, lambda case: case.wrong, reach, low=True)


def _alarm(tier: str) -> Callable[[Case], bool]:
    return lambda case: case.met.route == "emergency" and case.met.tier == tier


def _calm(case: Case) -> bool:
    """Some questions may be met with 999 too; they cannot show a false alarm."""
    return ("emergency",) not in case.asked.accept


def _calm_ones(cases: Iterable[Case]) -> list[Case]:
    return [case for case in cases if _calm(case)]


@dataclass(frozen=True, slots=True)
class Bin:
    """Messages whose first answer was given about the same chance, and the share of them where it was right."""

    given: float
    right: float
    of: int


def reliability(cases: Sequence[Case]) -> tuple[Bin, ...]:
    """Advice, near-misses and what is not ours, by the chance given: honest where `given` and `right` agree."""
    bins: list[list[Case]] = [[] for _ in range(BINS)]
    for case in only(cases, "advice", "near-miss", "none"):
        if case.met.route in ("answer", "choose", "unknown"):
            bins[min(int(case.met.score * BINS), BINS - 1)].append(case)
    return tuple(
        Bin(_mean([case.met.score for case in found]), _mean([_first_right(case) for case in found]), len(found))
        for found in bins if found
    )  # fmt: skip


def _first_right(case: Case) -> float:
    first = (*case.met.answered, *case.met.offered)[:1]
    return float(bool(first) and any(first[0] in needs for needs in case.asked.accept))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def confusion(cases: Sequence[Case]) -> Counter[tuple[str, str]]:
    """How often a message of one topic (of the first accepted answer) was met with another topic, or what else."""
    return Counter((_wanted(case), _given(case)) for case in only(cases, "advice", "near-miss", "none"))


def _wanted(case: Case) -> str:
    return case.asked.accept[0][0].partition("/")[0]


def _given(case: Case) -> str:
    if case.met.answered:
        right = next((need for needs in case.asked.accept for need in needs if need in case.met.answered), None)
        return (right or case.met.answered[0]).partition("/")[0]
    return NONE if case.met.route in ("unknown", "smalltalk") else case.met.route


def worst(cases: Sequence[Case], most: int = WORST) -> tuple[Case, ...]:
    """Missed dangers first, then wrong answers by how sure the bot was of them, then the rest that were not right."""
    missed = [case for case in cases if not case.right]
    return tuple(sorted(missed, key=_badness, reverse=True)[:most])


def _badness(case: Case) -> tuple[int, float]:
    danger = {"emergency": 4, "crisis": 3, "abuse": 2}.get(case.asked.kind, 0)
    return (danger or int(case.wrong), case.met.score)
