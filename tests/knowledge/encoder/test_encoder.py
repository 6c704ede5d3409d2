"""Sentences as vectors: near where they mean the same, the same every time, and only from the weights that shipped."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.encoder import ENCODERS, WEIGHTS, Encoder, EncoderName, open_encoder, unit
from knowledge.errors import DamagedWeights


@pytest.fixture(params=ENCODERS)
def encoder(request: pytest.FixtureRequest) -> Encoder:
    name: EncoderName = request.param
    return open_encoder(name)


def test_what_means_the_same_is_nearer_than_what_does_not(encoder: Encoder) -> None:
    asked, same, other = encoder.vectors(
        ["my smoke alarm keeps beeping", "smoke alarm beeps all the time", "where can I get a food parcel"]
    )

    assert asked @ same > asked @ other + 0.2


def test_alone_and_together_a_text_has_the_same_vector(encoder: Encoder) -> None:
    texts = ["a fire", "the dog barks all night", "", "help " * 400, "ਪੰਜਾਬੀ"]
    together = encoder.vectors(texts)

    assert together.shape == (5, encoder.width)
    for text, row in zip(texts, together, strict=True):
        assert np.allclose(encoder.sense([text]).whole, row, atol=1e-5)


def test_parts_add_up_to_what_stands_between_beginning_and_end(encoder: Encoder) -> None:
    sense = encoder.sense(["my alarm beeps", "and book me a visit"])
    left, right = unit(sense.parts)

    assert sense.parts.shape == (2, encoder.width)
    assert unit(sense.parts.sum(axis=0)) @ sense.whole > 0.9
    assert left @ right < 0.99


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    for path in WEIGHTS.iterdir():
        shutil.copy(path, tmp_path)
    (tmp_path / "static_scale.npy").write_bytes(b"other")

    with pytest.raises(DamagedWeights):
        open_encoder("static", tmp_path)


def test_what_ships_is_small_enough_to_ship() -> None:
    sizes = {path.name: path.stat().st_size for path in WEIGHTS.iterdir()}

    assert sizes["tuned.onnx"] + sizes["pieces.npy"] + sizes["pieces_scale.npy"] < 25_000_000


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_has_a_finite_vector(text: str) -> None:
    for name in ENCODERS:
        whole = open_encoder(name).sense([text]).whole
        assert np.isfinite(whole).all()
        assert np.linalg.norm(whole) < 1.0001
