"""What somebody typed, as the rules read it."""

from __future__ import annotations

import pytest

from knowledge.safety.rulebook import rulebook


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("He’s NOT breathing", "he isnt breathing"),
        ("cannot / can not / can't / cnt", "cant cant cant cant"),
        ("heeeelp meeee", "help me"),
        ("chokin", "choking"),
        ("unconsious", "unconscious"),
        ("brething stoped", "breathing stopped"),
        ("k1ll myself", "kill myself"),
        ("he r*ped me", "he raped me"),
        ("notbreathing", "not breathing"),
        ("dads collapsed", "dad is collapsed"),
        ("the fire alarm", "the fire_alarm"),
        ("no one is hurt", "nobody is hurt"),
        ("he took... all of them", "he took all of them"),
        ("fire. help!", "fire . help"),
        ("sugar is 1.8", "sugar is 1.8"),
        ("ki\u200bll", "kill"),
        ("🔥 here", "fire here"),
        ("frit of him", "frightened of him"),
        ("i want to fucking die", "i want to die"),
    ],
)
def test_reading(typed: str, read: str) -> None:
    assert " ".join(rulebook().reader.read(typed)) == read


@pytest.mark.parametrize("word", ["wired", "bread", "spoke", "live", "knit", "gasp", "their", "peach", "keyless"])
def test_words_that_only_look_alike_stay(word: str) -> None:
    assert rulebook().reader.read(f"the {word} thing") == ("the", word, "thing")
