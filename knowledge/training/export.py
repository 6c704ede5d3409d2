"""A trained model as the files the bot reads: eight-bit tables, and the layers as a small ONNX graph made by hand.

Attention and the norms are onnxruntime's fused operators and there is no padding mask, since texts run one length at a
time: together that halves the time of the usual export.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from knowledge.training.bert import EPSILON, HEADS, LAYERS, WIDTH

MOST_PLACES = 128
FUSED = "com.microsoft"
OPSET, IR = 17, 8

Weights = Mapping[str, npt.NDArray[np.float32]]


def write_tables(weights: Weights, folder: Path) -> None:
    """The word pieces in eight bits, each with its own scale, and the places."""
    write_table(weights["pieces.weight"], folder, "pieces")
    places = weights["places.weight"][:MOST_PLACES] + weights["kinds.weight"][0]
    np.save(folder / "places.npy", places.astype(np.float32))


def write_table(table: npt.NDArray[np.float32], folder: Path, name: str) -> None:
    """Rows of numbers in; NAME.npy with eight bits each and NAME_scale.npy out."""
    scale = np.maximum(np.abs(table).max(axis=1) / 127, 1e-12).astype(np.float32)
    np.save(folder / f"{name}.npy", np.clip(np.round(table / scale[:, None]), -127, 127).astype(np.int8))
    np.save(folder / f"{name}_scale.npy", scale)


def write_layers(weights: Weights, path: Path) -> None:
    """The layers as eight-bit ONNX: `embedded` (text, piece, width) in, `hidden` of the same shape out."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "layers.onnx"
        onnx.save(_graph(weights), whole)
        quantize_dynamic(
            whole, path, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Attention"],
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )  # fmt: skip


def write_checksums(folder: Path, name: str) -> None:
    """SHA-256 of every weights file, as sha256sum writes them."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".npy", ".npz", ".onnx", ".txt"))
    lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    (folder / name).write_text("".join(lines), encoding="utf-8")


def _graph(weights: Weights) -> onnx.ModelProto:
    stored = {name: weights[name] for name in ("norm.weight", "norm.bias")}
    nodes = [helper.make_node("LayerNormalization", ["embedded", *stored], ["in0"], epsilon=EPSILON)]
    for at in range(LAYERS):
        stored |= _stored(weights, at)
        nodes += _layer(at, "hidden" if at == LAYERS - 1 else f"in{at + 1}")
    shape = ["texts", "pieces", WIDTH]
    graph = helper.make_graph(
        nodes, "minilm",
        [helper.make_tensor_value_info("embedded", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in stored.items()],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR)


def _stored(weights: Weights, at: int) -> dict[str, npt.NDArray[np.float32]]:
    """One layer's weights, turned as ONNX multiplies them; query, key and value side by side."""
    own = {
        name.removeprefix(f"layers.{at}."): value for name, value in weights.items() if name.startswith(f"layers.{at}.")
    }
    three = ("query", "key", "value")
    found = {
        "qkv": np.concatenate([own[f"{name}.weight"].T for name in three], axis=1),
        "qkv.bias": np.concatenate([own[f"{name}.bias"] for name in three]),
    }
    found |= {name: own[f"{name}.weight"].T for name in ("out", "up", "down")}
    found |= {f"{name}.bias": own[f"{name}.bias"] for name in ("out", "up", "down")}
    norms = ("norm_attended", "norm_fed")
    found |= {f"{name}.{kind}": own[f"{name}.{kind}"] for name in norms for kind in ("weight", "bias")}
    return {f"{at}.{name}": value for name, value in found.items()}


def _layer(at: int, out: str) -> list[onnx.NodeProto]:
    fused = {"domain": FUSED}
    named = lambda *names: [f"{at}.{name}" for name in names]  # noqa: E731
    norm = lambda name, bias: named(f"{name}.weight", f"{name}.bias", f"{bias}.bias")  # noqa: E731
    return [
        helper.make_node("Attention", [f"in{at}", *named("qkv", "qkv.bias")], [f"seen{at}"], num_heads=HEADS, **fused),
        helper.make_node("MatMul", [f"seen{at}", *named("out")], [f"said{at}"]),
        helper.make_node(
            "SkipLayerNormalization", [f"said{at}", f"in{at}", *norm("norm_attended", "out")], [f"mid{at}"],
            epsilon=EPSILON, **fused,
        ),
        helper.make_node("MatMul", [f"mid{at}", *named("up")], [f"wide{at}"]),
        helper.make_node("BiasGelu", [f"wide{at}", *named("up.bias")], [f"bent{at}"], **fused),
        helper.make_node("MatMul", [f"bent{at}", *named("down")], [f"fed{at}"]),
        helper.make_node(
            "SkipLayerNormalization", [f"fed{at}", f"mid{at}", *norm("norm_fed", "down")], [out],
            epsilon=EPSILON, **fused,
        ),
    ]  # fmt: skip
