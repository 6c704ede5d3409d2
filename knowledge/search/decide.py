"""What to do with a message: answer, offer a choice, act, or say that we don't know."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.search.follow_up import lean_on, leans
from knowledge.search.index import Index, Ranking
from knowledge.search.needs import cut, halves
from knowledge.search.phrases import SMALLTALK

Route = Literal["action", "answer", "choose", "unknown", "smalltalk"]

# The chance that the first candidate is right: logistic regression on the corpus's held-out families (its rows marked
# "validation": 1,993 questions, 266 orders, 488 that are not for us, these counted twice), ranked by an index that has
# seen none of them. They are harder than everyday questions, so the chance is rather too low than too high.
BIAS, BEST, RUNNER_UP, NONE, WORDS = -2.88, 4.49, -2.64, -2.65, 0.39
# At or above which chance we answer, or offer. From the trade-off curve of the validation set (questions-dev.csv).
ANSWER, OFFER = 0.34, 0.09
# An order is short ("cancel it"): a longer message must be surer before we act instead of answering. An action asks
# back before it does anything that matters.
ACT, ACT_SHORT, SHORT = 0.25, 0.12, 8
# The second entry's share of the first one's score above which we don't answer but let the sender choose.
TOO_CLOSE = 0.9
# Two needs: each half must be this sure of its own entry, and the whole message must know both.
HALF = 0.3
KNOWN_TO_WHOLE = 5
# An offer must reach this share of the first candidate's score.
WORTH_OFFERING = 0.35
MOST_OFFERED, MOST_ANSWERED = 4, 2
FOREIGN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Decided:
    """`answered`: entries to show in full, the most urgent first, two only for two needs. `offered`: entries to choose
    from; beside an answer, the next best for "not what I meant". `score`: the chance that the first is right."""

    route: Route
    answered: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    action: str | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Need:
    """One thing a message asks for: an entry's id or an action's name, and the chance that it is right."""

    target: str
    chance: float

    @property
    def acts(self) -> bool:
        """Is it something the bot does, not an entry?"""
        return "/" not in self.target


def decide(index: Index, text: str, shown: Sequence[str] = ()) -> Decided:
    """A message in, the decision out. `shown` is what was answered just before. Never raises; knows no clock."""
    ranking = lean_on(index.rank(text), shown)
    if not ranking.candidates:
        return _foreign(text) or Decided("unknown")
    if two := _two_needs(index, text, ranking):
        return _serve(index, two, ranking)
    need = _need(ranking)
    if _may_act(need, ranking) if need.acts else _may_answer(ranking, shown):
        return _serve(index, (need,), ranking)
    return _foreign(text) or _unsure(ranking, need.chance)


def _may_act(need: Need, ranking: Ranking) -> bool:
    return need.chance >= (ACT_SHORT if len(ranking.words) <= SHORT else ACT)


def _may_answer(ranking: Ranking, shown: Sequence[str]) -> bool:
    """Is it one of ours, clear of the runner-up, and does it say by itself (or by what was shown) what it is about?"""
    clear = ranking.runner_up <= TOO_CLOSE * ranking.best
    return clear and chance_of(ranking) >= ANSWER and (bool(shown) or not leans(ranking.words))


def chance_of(ranking: Ranking) -> float:
    """The chance, 0 to 1, that the first candidate is what was meant."""
    if not ranking.candidates:
        return 0.0
    close = ranking.runner_up / (ranking.best + 0.01)
    length = math.log(1 + len(ranking.words))
    log_odds = BIAS + BEST * ranking.best + RUNNER_UP * close + NONE * ranking.none + WORDS * length
    return 1 / (1 + math.exp(-log_odds))


def _two_needs(index: Index, text: str, whole: Ranking) -> tuple[Need, ...]:
    """The two needs of a message whose halves each clearly hit something else; nothing where they don't."""
    parts = cut(text)
    known = {candidate.target for candidate in whole.candidates[:KNOWN_TO_WHOLE]}
    pairs = [(_need(index.rank(left)), _need(index.rank(right))) for left, right in halves(parts)]
    clear = [pair for pair in pairs if _are_two(*pair, known)]
    return max(clear, key=lambda pair: min(need.chance for need in pair), default=())


def _need(ranking: Ranking) -> Need:
    target = ranking.candidates[0].target if ranking.candidates else ""
    return Need(target, chance_of(ranking))


def _are_two(left: Need, right: Need, known: set[str]) -> bool:
    sure = all(need.chance >= (ACT_SHORT if need.acts else HALF) for need in (left, right))
    if not sure or left.target == right.target or (left.acts and right.acts):
        return False
    return {left.target, right.target} <= known and not {left.target, right.target} & set(SMALLTALK)


def _serve(index: Index, needs: Sequence[Need], ranking: Ranking) -> Decided:
    """Needs that are sure enough in, an action, answers or both out."""
    action = next((need.target for need in needs if need.acts), None)
    sure = sorted((need.target for need in needs if not need.acts), key=lambda slug: index.urgency.get(slug, 0))
    answered = tuple(sure[:MOST_ANSWERED])
    others = () if action else tuple(slug for slug in _worth_offering(ranking) if slug not in answered)
    route: Route = "smalltalk" if action in SMALLTALK else "action" if action else "answer"
    return Decided(route, answered, others[: MOST_OFFERED - 1], action, max(need.chance for need in needs))


def _unsure(ranking: Ranking, chance: float) -> Decided:
    """Two to four entries to choose from, if at least two are worth it and it looks like something of ours."""
    offers = _worth_offering(ranking)
    if chance < OFFER or not offers:
        return Decided("unknown", score=chance)
    return Decided("choose", offered=offers[:MOST_OFFERED], score=chance)


def _worth_offering(ranking: Ranking) -> tuple[str, ...]:
    least = WORTH_OFFERING * ranking.best
    return tuple(c.target for c in ranking.candidates if "/" in c.target and c.score >= least)


def _foreign(text: str) -> Decided | None:
    """Another script that we cannot read: offer languages, rather than say that we don't know."""
    letters = [letter for letter in text if letter.isalpha()]
    other = sum(ord(letter) >= 0x370 for letter in letters)
    return Decided("action", action="language") if letters and other > FOREIGN_SHARE * len(letters) else None
