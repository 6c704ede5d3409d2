"""The door: any message in, a Verdict out. Pure; reads no clock, keeps nothing, never raises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.safety.evidence import Levels, Trust, weigh_up
from knowledge.safety.other_languages import find_in_other_languages
from knowledge.safety.rulebook import Damper, Rule, Rulebook, rulebook
from knowledge.safety.scene import Scene, Span
from knowledge.safety.verdict import Finding, Tier, Verdict, weigh, with_reasons

# A long message is judged in windows, so the time grows with its length and not with its square.
# They overlap by more than the longest pattern, so none is cut in two.
WINDOW, OVERLAP = 120, 40
STRUCK = "_"


def judge(text: str, meaning: Sequence[Levels] = (), trust: Trust | None = None) -> Verdict:
    """Is this a danger to life, a crisis, or abuse? Total: every string has a verdict.

    `meaning` is what each reading of the message is near to (knowledge/search/alarm.py). Without it, or without what
    was fitted for it, the rules judge alone. Danger told in another language is never weighed against anything.
    """
    return weighed(told(text), meaning, trust)


@dataclass(frozen=True, slots=True)
class Told:
    """What a message says by itself: the rules that fired, and danger told in another language."""

    found: Sequence[Finding]
    abroad: Sequence[Finding]


def told(text: str) -> Told:
    """All of `judge` that does not depend on the content, which is most of its time."""
    return Told(find(text, rulebook()), tuple(find_in_other_languages(text)))


def weighed(told: Told, meaning: Sequence[Levels] = (), trust: Trust | None = None) -> Verdict:
    """The rest of `judge`."""
    raised = weigh_up(told.found, meaning, trust) if meaning and trust else told.found
    return with_reasons(weigh([*raised, *told.abroad]), told.found)


def find(text: str, book: Rulebook) -> list[Finding]:
    """Every rule that fires and withstands its dampers."""
    return [finding for scene in scenes(book.reader.read(text), book) for finding in _findings(scene, book)]


def scenes(words: Sequence[str], book: Rulebook) -> Iterator[Scene]:
    """A message as overlapping windows, harmless sayings struck out."""
    for at in range(0, max(1, len(words) - OVERLAP), WINDOW - OVERLAP):
        window = tuple(words[at : at + WINDOW])
        yield _strike(Scene(window, book.runs, opens=at == 0, closes=at + WINDOW >= len(words)), book)


def _strike(scene: Scene, book: Rulebook) -> Scene:
    struck = {at for _, span in book.harmless.matches(scene) for at in range(span.start, span.end)}
    if not struck:
        return scene
    words = tuple(STRUCK if at in struck else word for at, word in enumerate(scene.words))
    return Scene(words, book.runs, scene.opens, scene.closes)


def _findings(scene: Scene, book: Rulebook) -> Iterator[Finding]:
    hits = dict.fromkeys(book.rules.matches(scene))
    dampings = _dampings(scene, book) if hits else ()
    for rule, span in hits:
        if tier := _tier(rule, span, dampings, scene):
            yield Finding(rule.id, rule.route, tier, rule.kind, _shown(span, scene, book))


@dataclass(frozen=True, slots=True)
class Damping:
    """A damper whose words stand in the scene, where they do, and the sentences in which it is overruled."""

    damper: Damper
    spans: tuple[Span, ...]
    overruled: frozenset[int]


def _dampings(scene: Scene, book: Rulebook) -> tuple[Damping, ...]:
    found: dict[Damper, list[Span]] = {}
    for damper, span in book.dampers.matches(scene):
        found.setdefault(damper, []).append(span)
    return tuple(Damping(damper, tuple(spans), _overruled(damper, scene)) for damper, spans in found.items())


def _overruled(damper: Damper, scene: Scene) -> frozenset[int]:
    return frozenset(scene.sentence[cut.start] for pattern in damper.unless for cut in pattern.spans(scene))


def _tier(rule: Rule, span: Span, dampings: Sequence[Damping], scene: Scene) -> Tier | None:
    """The rule's tier, or what its dampers leave of it."""
    tier: Tier | None = rule.tier
    for damping in dampings:
        if _weighs(damping.damper, rule) and _damps(damping, span, scene):
            tier = _lowered(tier, damping.damper.lowers)
    return tier


def _lowered(tier: Tier | None, lowers: str) -> Tier | None:
    if lowers == "away" or tier is None:
        return None
    if lowers == "one":
        return "maybe" if tier == "certain" else None
    return "maybe"


def _weighs(damper: Damper, rule: Rule) -> bool:
    return damper.id not in rule.despite and (not damper.only or rule.id in damper.only)


def _damps(damping: Damping, span: Span, scene: Scene) -> bool:
    if scene.sentence[span.start] in damping.overruled:
        return False
    return any(_reaches(damping.damper, by, span, scene) for by in damping.spans)


def _reaches(damper: Damper, by: Span, span: Span, scene: Scene) -> bool:
    if damper.where == "message":
        return True
    if damper.where == "over":
        return by.start < span.end and span.start < by.end
    if scene.sentence[by.start] != scene.sentence[span.start]:
        return False
    return damper.where == "sentence" or 0 <= span.start - by.end <= damper.within


def _shown(span: Span, scene: Scene, book: Rulebook) -> str:
    """The words that fired, for staff. A word no rule knows (a name, an address) is left out."""
    words = scene.words[span.start : span.end]
    return " ".join(word.replace("_", " ") for word in words if word in book.vocabulary)
