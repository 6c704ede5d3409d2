"""The door: any message in, a Verdict out. Pure; reads no clock, keeps nothing, never raises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.safety.rulebook import Damper, Rule, Rulebook, rulebook
from knowledge.safety.scene import Scene, Span
from knowledge.safety.verdict import Finding, Tier, Verdict, weigh

# A long message is judged in windows, so the time grows with its length and not with its square.
# They overlap by more than the longest pattern, so none is cut in two.
WINDOW, OVERLAP = 120, 40
STRUCK = "_"


def judge(text: str) -> Verdict:
    """Is this a danger to life, a crisis, or abuse? Total: every string has a verdict."""
    return weigh(find(text, rulebook()))


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
    hits = tuple(book.rules.matches(scene))
    dampers = tuple(book.dampers.matches(scene)) if hits else ()
    for rule, span in hits:
        if tier := _tier(rule, span, dampers, scene):
            yield Finding(rule.id, rule.route, tier, rule.kind, _shown(span, scene, book))


def _tier(rule: Rule, span: Span, dampers: Sequence[tuple[Damper, Span]], scene: Scene) -> Tier | None:
    """The rule's tier, or what its dampers leave of it."""
    tier: Tier | None = rule.tier
    heard: set[str] = set()  # a damper counts once, however often its words stand there
    for damper, by in dampers:
        if damper.id not in heard and _weighs(damper, rule) and _damps(damper, by, span, scene):
            heard.add(damper.id)
            tier = _lowered(tier, damper.lowers)
    return tier


def _lowered(tier: Tier | None, lowers: str) -> Tier | None:
    if lowers == "away" or tier is None:
        return None
    if lowers == "one":
        return "maybe" if tier == "certain" else None
    return "maybe"


def _weighs(damper: Damper, rule: Rule) -> bool:
    return damper.id not in rule.despite and (not damper.only or rule.id in damper.only)


def _damps(damper: Damper, by: Span, span: Span, scene: Scene) -> bool:
    if not _reaches(damper, by, span, scene):
        return False
    same = scene.sentence[span.start]
    cuts = (cut for pattern in damper.unless for cut in pattern.spans(scene))
    return not any(scene.sentence[cut.start] == same for cut in cuts)


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
