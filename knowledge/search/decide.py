"""What to do with a message: answer, offer a choice, act, or say that we don't know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.search.calibration import Calibration, calibration
from knowledge.search.follow_up import lean_on, leans
from knowledge.search.index import Index
from knowledge.search.phrases import SMALLTALK
from knowledge.search.ranking import Ranking
from knowledge.search.reading import Reading

Route = Literal["action", "answer", "choose", "unknown", "smalltalk"]

SHORT = 8
"""Words of an order ("cancel it"): a longer message must be surer before we act instead of answering."""
WORTH_CUTTING = 0.06
"""The second candidate's share of the first one's score below which no second need is looked for."""
WORTH_OFFERING = 0.25
"""The share of the first candidate's score that an offer must reach."""
MOST_OFFERED, MOST_ANSWERED = 4, 2
FOREIGN_SHARE = 0.5
LIFE_SAFETY = 0
"""How urgent the most urgent tier is, in Index.urgency."""


@dataclass(frozen=True, slots=True)
class Decided:
    """`answered`: entries to show in full, the most urgent first, two only for two needs. `offered`: entries to choose
    from; beside an answer, the next best for "not what I meant". `score`: the chance that the first is right."""

    route: Route
    answered: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    action: str | None = None
    score: float = 0.0


def decide(index: Index, reading: Reading, shown: Sequence[str] = ()) -> Decided:
    """A message as read in, the decision out. `shown` is what was answered just before. Never raises; has no clock."""
    use = calibration()
    ranking = lean_on(index.rank(reading), shown)
    if foreign := _foreign(reading.text):
        return foreign
    if not ranking.candidates:
        return Decided("unknown")
    chance = use.chance.of(ranking)
    if two := _two_needs(index, reading, ranking, use):
        return _serve(index, two, ranking, chance)
    first = ranking.candidates[0].target
    if _may_act(ranking, chance, use) if _acts(first) else _may_answer(index, ranking, chance, shown, use):
        return _serve(index, (first,), ranking, chance)
    return _unsure(ranking, chance, use)


def _acts(target: str) -> bool:
    """Is it something the bot does, not an entry?"""
    return "/" not in target


def _may_act(ranking: Ranking, chance: float, use: Calibration) -> bool:
    return chance >= (use.thresholds.act_short if len(ranking.words) <= SHORT else use.thresholds.act)


def _may_answer(index: Index, ranking: Ranking, chance: float, shown: Sequence[str], use: Calibration) -> bool:
    """Is it one of ours, clear of the runner-up, and does it say by itself (or by what was shown) what it is about?"""
    first, limits = ranking.candidates[0].target, use.thresholds
    least = limits.answer_life_safety if index.urgency.get(first) == LIFE_SAFETY else limits.answer
    clear = ranking.runner_up <= limits.too_close * ranking.best
    return clear and chance >= least and (bool(shown) or not leans(ranking.words))


def _two_needs(index: Index, reading: Reading, whole: Ranking, use: Calibration) -> tuple[str, ...]:
    """The two needs of a message whose halves each clearly hit something else; nothing where they don't."""
    if whole.runner_up < WORTH_CUTTING * whole.best:
        return ()
    if not sure_alone(whole):
        return ()
    found = index.two_needs(reading, whole)
    return (found[0].target, found[1].target) if found and found[2] >= use.thresholds.two else ()


def sure_alone(ranking: Ranking) -> bool:
    """Would the first candidate be answered if there were no other? Only then is a second need looked for."""
    alone = replace(ranking, candidates=ranking.candidates[:1])  # that another is as near is no doubt here
    return calibration().chance.of(alone) >= calibration().thresholds.answer


def _serve(index: Index, needs: Sequence[str], ranking: Ranking, chance: float) -> Decided:
    """Needs that are sure enough in, an action, answers or both out."""
    action = next((need for need in needs if _acts(need)), None)
    sure = sorted((need for need in needs if not _acts(need)), key=lambda slug: index.urgency.get(slug, 0))
    answered = tuple(sure[:MOST_ANSWERED])
    others = () if action else tuple(slug for slug in _worth_offering(ranking) if slug not in answered)
    route: Route = "smalltalk" if action in SMALLTALK else "action" if action else "answer"
    return Decided(route, answered, others[: MOST_OFFERED - 1], action, chance)


def _unsure(ranking: Ranking, chance: float, use: Calibration) -> Decided:
    """Up to four entries to choose from, if it looks like something of ours."""
    offers = _worth_offering(ranking)
    if chance < use.thresholds.offer or not offers:
        return Decided("unknown", score=chance)
    return Decided("choose", offered=offers[:MOST_OFFERED], score=chance)


def _worth_offering(ranking: Ranking) -> tuple[str, ...]:
    least = WORTH_OFFERING * ranking.best
    return tuple(c.target for c in ranking.candidates if not _acts(c.target) and c.score >= least)


def _foreign(text: str) -> Decided | None:
    """Another script that we cannot read: offer languages, rather than say that we don't know."""
    letters = [letter for letter in text if letter.isalpha()]
    other = sum(ord(letter) >= 0x370 for letter in letters)
    return Decided("action", action="language") if letters and other > FOREIGN_SHARE * len(letters) else None
