"""The language of the rules, an element at a time."""

from __future__ import annotations

import pytest

from knowledge.safety.grammar import Grammar
from knowledge.safety.scene import Scene, by_first_two

CLASSES = {"PERSON": ["he", "she", "KIN"], "KIN": ["mum", "old man"], "GONE": ["gone blue", "blue"]}


def spans(pattern: str, text: str) -> list[str]:
    grammar = Grammar(CLASSES)
    compiled = grammar.compile(pattern)
    runs = by_first_two({run for v in grammar.vocabularies.values() for run in v.runs})
    words = tuple(text.split())
    return [" ".join(words[s.start : s.end]) for s in compiled.spans(Scene(words, runs, opens=True, closes=True))]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("not breathing", "he is not breathing", ["not breathing"]),
        ("not breathing", "not . breathing", []),
        ("not really? breathing", "not breathing", ["not breathing"]),
        ("not really? breathing", "not really breathing", ["not really breathing"]),
        ("smoke ~2 kitchen", "smoke in the kitchen", ["smoke in the kitchen"]),
        ("smoke ~1 kitchen", "smoke in the kitchen", []),
        ("smoke ~2 kitchen", "smoke . the kitchen", []),
        ("fire/smoke", "smoke and fire", ["smoke", "fire"]),
        ("PERSON is", "she is and mum is", ["she is", "mum is"]),
        ("PERSON is", "my old man is", ["old man is"]),
        ("PERSON GONE", "she gone blue", ["she gone blue"]),
        ("right+now/now", "come right now", ["right now", "now"]),
        ("^ help $", "help", ["help"]),
        ("^ help $", "help please", []),
        ("< is there", "hello . is there", ["is there"]),
        ("< is there", "hello is there", []),
        ("blood & cough", "cough very much blood", ["cough very much blood"]),
        ("blood & cough", "cough . blood", []),
        ("smoke & house/smoke", "smoke", []),
        ("smoke & house", "smoke " + "x " * 30 + "house", []),
    ],
)
def test_what_matches(pattern: str, text: str, found: list[str]) -> None:
    assert spans(pattern, text) == found


@pytest.mark.parametrize("pattern", ["~12 fire", "fire!", "NOBODY", "", "~2", "fire?"])
def test_what_cannot_be_read(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|class"):
        Grammar(CLASSES).compile(pattern)
