"""Messages that lean on the one before: "what about at night?", "is it free?", "and for my car?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.search.ranking import Candidate, Ranking

LONGEST = 8  # words; a longer message says what it is about
# How a follow-up begins, as Lexicon.words reads it.
OPENINGS = tuple(
    tuple(opening.split())
    for opening in (
        "what about|how about|what if|and what|and if|and for|and how|and is|and my|and the|and at|and when|but what|"
        "but how|but is|or|also|ok and|ok but|so do|so is|same for|does that|is that|is it|are they|do they|can they|"
        "will they|how much|how long|how often|how old|which one|tell me more"
    ).split("|")
)
POINTERS = frozenset("it its that this they them their those these there one ones he she him her".split())
# Words that carry no subject of their own.
EMPTY = POINTERS | frozenset(
    (
        "a an the and or but so if of to for at in on by with from about is are was be been am do does did "
        "can could will would should shall may might must have has had get got need want make take use i me "
        "my we us our you your what which who when where why how much many long often old more less cost "
        "costs price free pay paying money expensive cheap not no yes ok okay then too also same else other "
        "another any some all please thanks tell say mean work works go going come time times day days night "
        "nights week weekend open close number phone ring call help just really still even again now today "
        "tomorrow thing things way safe legal allowed right wrong good bad best"
    ).split()
)
# Added to the score of what was just shown, and of its category; a clear new subject still wins.
SHOWN, SAME_CATEGORY = 0.35, 0.1
# A message that says nothing by itself is about what was shown, as surely as a message can be; another follow-up brings
# it to at least this share of the best, near enough to be offered.
SURE, NEAR = 1.5, 0.8


def leans(words: Sequence[str]) -> bool:
    """Does a message hardly say what it is about, so that it means nothing on its own?"""
    own = [word for word in words if word not in EMPTY]
    points = not POINTERS.isdisjoint(words) or opens(words)
    return len(words) <= LONGEST and points and not own


def opens(words: Sequence[str]) -> bool:
    """Does it begin as a follow-up does?"""
    return any(tuple(words[: len(opening)]) == opening for opening in OPENINGS)


def lean_on(ranking: Ranking, shown: Sequence[str]) -> Ranking:
    """The ranking as it is after `shown` was answered: what was shown, and its category, come forward."""
    if not shown or len(ranking.words) > LONGEST or not (opens(ranking.words) or leans(ranking.words)):
        return ranking
    floor = max(SURE, SURE * ranking.best) if leans(ranking.words) else NEAR * ranking.best
    categories = {_category(slug) for slug in shown}
    known = {slug: Candidate(slug, 0.0) for slug in shown} | {c.target: c for c in ranking.candidates}

    def raised(target: str, score: float) -> float:
        related = SAME_CATEGORY * (_category(target) in categories)
        return max(score + SHOWN, floor) if target in shown else score + related

    candidates = (replace(each, score=raised(each.target, each.score)) for each in known.values())
    best_first = tuple(sorted(candidates, key=lambda candidate: -candidate.score))
    return replace(ranking, candidates=best_first, none=0.0)


def _category(target: str) -> str:
    return target.partition("/")[0]
