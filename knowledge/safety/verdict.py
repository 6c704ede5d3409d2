"""What a judgement looks like, and which of several findings weighs most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from knowledge.prose import Frozen

Kind = Literal[
    "cannot-speak", "fire", "gas", "co", "electric", "drowning", "suicide-act", "not-breathing", "choking",
    "bleeding", "intruder", "violence", "road", "unconscious", "allergy", "overdose", "poisoning", "fit", "heart",
    "stroke", "birth", "burn", "trapped", "fall", "medical", "child-missing", "general",
    "suicidal", "self-harm",
    "child", "sexual", "domestic", "honour", "stalking", "adult", "slavery",
]  # fmt: skip
Route = Literal["emergency", "crisis", "abuse"]
Tier = Literal["certain", "maybe"]
# Where several messages fit, the first of these is sent: what could hurt the sender or a rescuer leads.
KINDS: tuple[Kind, ...] = get_args(Kind)


# Most urgent first. A life in danger comes before all; a plain crisis before a mere chance of an emergency.
URGENCY: tuple[tuple[Route, Tier], ...] = (
    ("emergency", "certain"),
    ("crisis", "certain"),
    ("abuse", "certain"),
    ("emergency", "maybe"),
    ("crisis", "maybe"),
    ("abuse", "maybe"),
)
REASONS_KEPT = 6


class Verdict(Frozen):
    """Where a message must go before anything else, how sure that is, and the words that say so."""

    route: Route | None = None
    tier: Tier | None = None
    kind: Kind | None = None
    reasons: tuple[str, ...] = ()
    chance: float | None = None
    """How likely it is, where rules and meaning were weighed; None where a rule was believed by itself."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fired and was not damped away."""

    rule: str
    route: Route
    tier: Tier
    kind: Kind
    words: str
    chance: float | None = None


def weigh(findings: Sequence[Finding]) -> Verdict:
    """All findings in, the most urgent verdict out."""
    for route, tier in URGENCY:
        if best := [f for f in findings if (f.route, f.tier) == (route, tier)]:
            best.sort(key=lambda finding: KINDS.index(finding.kind))
            reasons = tuple(dict.fromkeys(finding.words for finding in best))
            chance = None if any(each.chance is None for each in best) else best[0].chance
            return Verdict(route=route, tier=tier, kind=best[0].kind, reasons=reasons[:REASONS_KEPT], chance=chance)
    return Verdict()


def with_reasons(verdict: Verdict, found: Sequence[Finding]) -> Verdict:
    """The same, with the words of every rule of its route among its reasons: staff see all that spoke for it."""
    spoken = (finding.words for finding in found if finding.route == verdict.route)
    reasons = tuple(dict.fromkeys((*verdict.reasons, *spoken)))
    return verdict.model_copy(update={"reasons": reasons[:REASONS_KEPT]})
