"""A small library and its index, quick to build; the full one once a session."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from knowledge.encoder import open_encoder
from knowledge.library import Library
from knowledge.search.base import Base
from knowledge.search.index import Index, read_words
from knowledge.search.phrases import NONE, Phrase
from knowledge.search.text import Lexicon
from tests.house import braunstone

ALARM, BATTERIES, BURGLED = (
    "fire-safety/smoke-alarm-beeping",
    "child-safety/button-batteries",
    "home-security/been-burgled",
)
ALARMS, PIPE = "fire-safety/smoke-alarms", "right-service/burst-pipe-or-water-leak"

WAYS = {
    ALARM: "smoke alarm keeps beeping|alarm chirping every minute|low battery beep|bleeping noise from the ceiling",
    ALARMS: "where should I put a smoke alarm|how do I test my smoke alarm|fit a smoke alarm in the hall",
    BATTERIES: "my child swallowed a button battery|magnets from a toy|round battery missing from the remote",
    BURGLED: "somebody broke into my house|we have been burgled|what to do after a burglary",
    PIPE: "a pipe has burst in the kitchen|water coming through the ceiling|where is my stopcock",
    "visit.book": "book a visit|can somebody come to my house|I want a home visit",
    "visit.cancel": "cancel my visit|cancel it|I do not want the visit",
    "greet": "hello|good morning|hi there",
    NONE: "weather tomorrow|who won the football|chicken recipe|train times to london",
}
URGENCY = {ALARM: 0, ALARMS: 0, BATTERIES: 0, PIPE: 2, BURGLED: 2}


def index_over(phrases: Sequence[Phrase]) -> Index:
    """An index of these phrases alone, with the encoder that ships."""
    encoder, words = open_encoder(), read_words()
    general = [phrase for phrase in phrases if "/" not in phrase.target]
    own = [phrase for phrase in phrases if "/" in phrase.target]
    return Index.of_phrases(own, encoder, Base.fit(encoder, general, words), words, {"braunstone"}, URGENCY)


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return read_words()


@pytest.fixture(scope="session")
def small() -> Index:
    phrases = [Phrase(way, target) for target, ways in WAYS.items() for way in ways.split("|")]
    return index_over(phrases)


@pytest.fixture(scope="session")
def library() -> Library:
    return braunstone().holding


@pytest.fixture(scope="session")
def full() -> Index:
    """The index that ships."""
    return braunstone().index
