"""Danger told in another language. Nothing damps it: what we cannot read well, we rather ask about once too often."""

from __future__ import annotations

from knowledge.languages import Danger, detect
from knowledge.safety.verdict import Finding, Route

ROUTES: dict[Danger, Route] = {"suicidal": "crisis", "self-harm": "crisis", "domestic": "abuse", "sexual": "abuse"}
"""Every other kind is a danger to life."""


def find_in_other_languages(text: str) -> list[Finding]:
    """What a message says in one of Leicester's other languages; nothing for an English one."""
    return [
        Finding(
            alarm.kind,
            ROUTES.get(alarm.kind, "emergency"),
            "certain" if alarm.certain else "maybe",
            alarm.kind,
            alarm.words,
        )
        for alarm in detect(text).dangers
    ]
