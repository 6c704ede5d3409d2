"""MiniLM in PyTorch, just big enough to be trained: six layers of BERT and the mean of their last."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

WIDTH, INNER, HEADS, LAYERS, PIECES, PLACES = 384, 1536, 12, 6, 30522, 512
EPSILON = 1e-12
DROPOUT = 0.1
# Our name of a part of a layer, and its name in the published file.
PARTS = {
    "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
    "out": "attention.output.dense", "norm_attended": "attention.output.LayerNorm",
    "up": "intermediate.dense", "down": "output.dense", "norm_fed": "output.LayerNorm",
}  # fmt: skip


class Layer(nn.Module):
    """Attention, then two dense layers; each added to what came in, and normed."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.out, self.norm_attended = nn.Linear(WIDTH, WIDTH), nn.LayerNorm(WIDTH, eps=EPSILON)
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norm_fed, self.dropout = nn.LayerNorm(WIDTH, eps=EPSILON), nn.Dropout(DROPOUT)

    def forward(self, x: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Vectors (text, piece, width) and which pieces are real in, vectors out."""
        attended = functional.scaled_dot_product_attention(
            _heads(self.query(x)), _heads(self.key(x)), _heads(self.value(x)), attn_mask=real
        )
        x = self.norm_attended(x + self.dropout(self.out(attended.transpose(1, 2).reshape(x.shape))))
        return self.norm_fed(x + self.dropout(self.down(functional.gelu(self.up(x)))))


def _heads(x: torch.Tensor) -> torch.Tensor:
    return x.view(*x.shape[:2], HEADS, WIDTH // HEADS).transpose(1, 2)


class Bert(nn.Module):
    """Piece numbers in, the last layer's vectors out."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces, self.places, self.kinds = (nn.Embedding(size, WIDTH) for size in (PIECES, PLACES, 2))
        self.norm, self.dropout = nn.LayerNorm(WIDTH, eps=EPSILON), nn.Dropout(DROPOUT)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, numbers: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Numbers (text, piece), and which of them are real, in; vectors (text, piece, width) out."""
        x = self.pieces(numbers) + self.places.weight[: numbers.shape[1]] + self.kinds.weight[0]
        x = self.dropout(self.norm(x))
        for layer in self.layers:
            x = layer(x, real[:, None, None, :])
        return x


def mean(hidden: torch.Tensor, counted: torch.Tensor) -> torch.Tensor:
    """The mean of the counted pieces of each text, of length one."""
    weight = counted[..., None].float()
    return functional.normalize((hidden * weight).sum(1) / weight.sum(1).clamp(min=1), dim=-1)


def read_bert(path: Path) -> Bert:
    """The published weights (a safetensors file) in, the model out."""
    stored = load_file(path)
    bert = Bert()
    bert.load_state_dict({ours: stored[theirs] for ours, theirs in _names()})
    return bert


def _names() -> list[tuple[str, str]]:
    tables = {"pieces": "word", "places": "position", "kinds": "token_type"}
    names = [(f"{ours}.weight", f"embeddings.{theirs}_embeddings.weight") for ours, theirs in tables.items()]
    names += [(f"norm.{kind}", f"embeddings.LayerNorm.{kind}") for kind in ("weight", "bias")]
    names += [
        (f"layers.{at}.{ours}.{kind}", f"encoder.layer.{at}.{theirs}.{kind}")
        for at in range(LAYERS)
        for ours, theirs in PARTS.items()
        for kind in ("weight", "bias")
    ]
    return names
