"""Sentences as vectors: which encoders there are, and how to open one."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Literal, get_args

from knowledge.encoder.encoder import Encoder, Floats, Progress, Sense, unit
from knowledge.encoder.static import Static
from knowledge.errors import DamagedWeights

WEIGHTS = Path(__file__).parent / "weights"
CHECKSUMS = "SHA256SUMS"

EncoderName = Literal["tuned", "general", "static"]
ENCODERS: tuple[EncoderName, ...] = get_args(EncoderName)
FILES: dict[EncoderName, tuple[str, ...]] = {
    "tuned": ("vocab.txt", "pieces.npy", "pieces_scale.npy", "places.npy", "tuned.onnx"),
    "general": ("vocab.txt", "pieces.npy", "pieces_scale.npy", "places.npy", "general.onnx"),
    "static": ("static_vocab.txt", "static.npy", "static_scale.npy"),
}

__all__ = ["ENCODERS", "Encoder", "EncoderName", "Floats", "Progress", "Sense", "open_encoder", "unit"]


@cache
def open_encoder(which: EncoderName = "tuned", folder: Path = WEIGHTS) -> Encoder:
    """An encoder's name in, the encoder out. Raises DamagedWeights for a file that is not the one we shipped."""
    name = f"{which}-{_checked(which, folder)[:16]}"
    if which == "static":
        return Static.open(folder, name)
    # onnxruntime is a third of the memory of this bot: a place that chose the static encoder never imports it.
    found: Encoder = import_module("knowledge.encoder.minilm").MiniLm.open(folder, f"{which}.onnx", name)
    return found


def _checked(which: EncoderName, folder: Path) -> str:
    """The checksum of an encoder's files together, each compared with the list that came with it."""
    lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    expected = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
    for name in FILES[which]:
        if _digest(folder / name) != expected.get(name):
            raise DamagedWeights(path=folder / name)
    return hashlib.sha256("".join(expected[name] for name in FILES[which]).encode()).hexdigest()


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
