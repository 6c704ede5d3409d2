"""A classifier of a few examples, on the static encoder, which is quick."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.classify import OOS, Classifier, train
from knowledge.classify.confidence import WEIGHTS, Signs, chance
from knowledge.encoder import open_encoder

EXAMPLES = {
    "parcel_late": "where is my parcel|my parcel has not come|the delivery is late|when will my order arrive",
    "send_back": "I want to send it back|how do I return this|can I get my money back|return an item",
    "opening_hours": "when are you open|what time do you close|are you open on Sunday|opening times please",
}
OUTSIDE = ("tell me a joke", "what is the capital of France", "will it rain tomorrow", "sing me a song")


def learned(extra: tuple[str, ...] = ()) -> Classifier:
    rows = [(text, label) for label, texts in EXAMPLES.items() for text in texts.split("|")]
    rows += [(text, OOS) for text in extra]
    static = open_encoder("static")
    return train([text for text, _ in rows], [label for _, label in rows], (static, static))


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return learned()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("my parcel still hasnt arrived", "parcel_late"),
        ("how can i retrun it for my money", "send_back"),
        ("what time are you open until on sunday", "opening_hours"),
    ],
)
def test_the_best_label_comes_first(classifier: Classifier, text: str, label: str) -> None:
    found = classifier.judge(text)
    assert found.ranked[0] == label
    assert sorted(found.ranked) == sorted(EXAMPLES)


@pytest.mark.parametrize("text", ["", "???", "ਸਤ ਸ੍ਰੀ ਅਕਾਲ", "x" * 5000])
def test_anything_is_answered(classifier: Classifier, text: str) -> None:
    found = classifier.judge(text)
    assert 0 <= found.confidence < 1
    assert OOS not in found.ranked


def test_nearer_is_surer(classifier: Classifier) -> None:
    assert classifier.judge("where is my parcel").confidence > classifier.judge("who won the football").confidence


def test_unsure_is_out_of_scope(classifier: Classifier) -> None:
    found = classifier.judge("qwertz")
    assert (found.label, len(found.ranked)) == (OOS, 3)


def test_examples_out_of_scope_lower_the_confidence_of_what_is_like_them(classifier: Classifier) -> None:
    taught = learned(OUTSIDE)
    text = "tell me another joke"
    assert taught.judge(text).confidence < classifier.judge(text).confidence
    assert OOS not in taught.judge(text).ranked


def test_a_question_is_answered_alike_whatever_was_asked_before(classifier: Classifier) -> None:
    first = classifier.judge("can I return this")
    classifier.judge("who won the football")
    assert classifier.judge("can I return this") == first


def test_labels_that_say_nothing_are_learned_all_the_same() -> None:
    static = open_encoder("static")
    numbered = train(
        ["where is my parcel", "my parcel is late", "are you open", "opening times"], list("1122"), (static, static)
    )
    assert numbered.judge("is my parcel late").ranked[0] == "1"


def test_every_sign_moves_the_chance_the_way_its_weight_points() -> None:
    usual = Signs.of(0, np.array([2, 1, -5], dtype=np.float32), 0, 0.6, 0.3)
    assert chance(Signs(usual.sense + 0.1, usual.letters, usual.odds, usual.height, 0)) > chance(usual)
    assert chance(Signs(usual.sense, usual.letters, usual.odds, usual.height, 0.3)) < chance(usual)
    assert WEIGHTS.unwanted < 0 < min(WEIGHTS.sense, WEIGHTS.letters, WEIGHTS.odds, WEIGHTS.height)
