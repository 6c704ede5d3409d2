"""Tuning the encoder: phrases of one target are drawn together and away from all others, dangers away from questions.

Two losses share the work. Every target has one direction, and a text must point at its own (a softmax over cosines,
smoothed); and within a batch a text must be nearer to texts of its own target than to the rest (supervised contrast).
Beside them a head for routes (safe, emergency, …) and one for kinds of danger. Word pieces and the lowest layers stay
as published: they hold general English, and training the rest is quicker.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from knowledge.encoder.wordpiece import WordPiece
from knowledge.training.bert import WIDTH, Bert, mean
from knowledge.training.examples import ROUTES, Example, joined
from knowledge.training.slips import mistyped

EPOCHS = 3
BATCH = 64
RATE, HEAD_RATE, DECAY, WARM_UP = 1.5e-4, 5e-3, 0.01, 0.08
FROZEN_LAYERS = 2
SHARPNESS = 20.0
SMOOTHING = 0.1
CONTRAST, ROUTE, KIND = 0.3, 1.0, 0.1
MISTYPED, JOINED = 0.5, 0.12
LONGEST = 64
TOGETHER = 20
"""Batches drawn at once and sorted by length, so that little is padded."""
BEGIN, END = "[CLS]", "[SEP]"


@dataclass(frozen=True, slots=True)
class Batch:
    """Numbers and which are real (text, piece); each part's pieces and targets; each text's route and kind."""

    numbers: torch.Tensor
    real: torch.Tensor
    text_of_part: torch.Tensor
    pieces_of_part: torch.Tensor
    targets: torch.Tensor
    routes: torch.Tensor
    kinds: torch.Tensor


class Heads(nn.Module):
    """What is thrown away after training: a direction for each target, and two linear heads."""

    def __init__(self, targets: int, kinds: int) -> None:
        super().__init__()
        self.targets = nn.Parameter(torch.randn(targets, WIDTH) * 0.05)
        self.routes, self.kinds = nn.Linear(WIDTH, len(ROUTES)), nn.Linear(WIDTH, kinds)


class Batches:
    """Draws batches: shuffled, mistyped, some with two needs."""

    def __init__(self, examples: Sequence[Example], pieces: WordPiece, chance: random.Random) -> None:
        self.examples, self._pieces, self._chance = examples, pieces, chance
        self.targets = sorted({name for one in examples for part in one.targets for name in part})
        self.kinds = sorted({one.kind for one in examples if one.kind})
        self._target = {name: at for at, name in enumerate(self.targets)}
        self._kind = {name: at for at, name in enumerate(self.kinds)}

    def __len__(self) -> int:
        return len(self.examples) // BATCH

    def __iter__(self) -> Iterator[Batch]:
        drawn = list(joined(self._chance.sample(self.examples, len(self.examples)), self._chance, JOINED))
        for start in range(0, len(drawn), BATCH * TOGETHER):
            read = sorted(map(self._read, drawn[start : start + BATCH * TOGETHER]), key=lambda one: len(one[1]))
            batches = [read[at : at + BATCH] for at in range(0, len(read), BATCH)]
            self._chance.shuffle(batches)
            yield from (self._batch(batch) for batch in batches)

    def _read(self, example: Example) -> tuple[Example, list[int], list[slice]]:
        slips = self._chance.random() < MISTYPED
        numbers, spans = [self._pieces.pieces[BEGIN]], []
        for part in example.parts:
            found = self._pieces.numbers(mistyped(part, self._chance) if slips else part)
            found = found[: LONGEST // len(example.parts)]
            spans.append(slice(len(numbers), len(numbers) + len(found)))
            numbers += found
        numbers.append(self._pieces.pieces[END])
        return example, numbers, [slice(0, len(numbers))] if len(spans) == 1 else spans

    def _batch(self, read: Sequence[tuple[Example, list[int], list[slice]]]) -> Batch:
        longest = max(len(numbers) for _, numbers, _ in read)
        numbers, real = torch.zeros(len(read), longest, dtype=torch.long), torch.zeros(len(read), longest).bool()
        for at, (_, found, _) in enumerate(read):
            numbers[at, : len(found)] = torch.tensor(found)
            real[at, : len(found)] = True
        parts = [
            (at, span, names)
            for at, (one, _, spans) in enumerate(read)
            for span, names in zip(spans, one.targets, strict=True)
        ]
        pieces, targets = torch.zeros(len(parts), longest).bool(), torch.zeros(len(parts), len(self.targets))
        for at, (_, span, names) in enumerate(parts):
            pieces[at, span] = True
            for name in names:
                targets[at, self._target[name]] = 1 / len(names)
        return Batch(
            numbers, real, torch.tensor([at for at, _, _ in parts]), pieces, targets,
            torch.tensor([ROUTES.index(one.route) for one, _, _ in read]),
            torch.tensor([self._kind[one.kind] if one.kind else -100 for one, _, _ in read]),
        )  # fmt: skip


def tune(bert: Bert, batches: Batches, epochs: int = EPOCHS) -> Heads:
    """Train in place, and say how it goes. Returns the heads, which only tests and the curious need."""
    heads = Heads(len(batches.targets), len(batches.kinds))
    frozen = nn.ModuleList([bert.pieces, bert.places, bert.kinds, bert.norm, *bert.layers[:FROZEN_LAYERS]])
    frozen.requires_grad_(False)
    trained = [weight for weight in bert.parameters() if weight.requires_grad]
    steps = epochs * (len(batches) + 1)
    optimizer = torch.optim.AdamW(
        [{"params": trained, "lr": RATE}, {"params": heads.parameters(), "lr": HEAD_RATE}], weight_decay=DECAY
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _pace(step / steps))
    began, step = time.monotonic(), 0
    bert.train()
    for _ in range(epochs):
        for batch in batches:
            lost = loss(bert, heads, batch)
            optimizer.zero_grad()
            lost.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 50 == 0:
                print(
                    f"\r{step} of {steps} steps, loss {lost.item():.2f}, {time.monotonic() - began:.0f} s",
                    end="",
                    flush=True,
                )
    print()
    bert.eval()
    return heads


def _pace(done: float) -> float:
    """Up in the first steps, then evenly down to almost nothing."""
    return float(min(1.0, (done + 1e-4) / WARM_UP) * max(0.02, 1 - done))


def loss(bert: Bert, heads: Heads, batch: Batch) -> torch.Tensor:
    """One batch in, the sum of all losses out."""
    hidden = bert(batch.numbers, batch.real)
    whole = mean(hidden, batch.real)
    routes = functional.cross_entropy(heads.routes(whole) * 10, batch.routes, label_smoothing=0.02)
    lost = ROUTE * routes
    if (batch.kinds >= 0).any():
        lost = lost + KIND * functional.cross_entropy(heads.kinds(whole) * 10, batch.kinds)
    known = batch.targets.sum(1) > 0
    if known.any():
        parts = mean(hidden[batch.text_of_part[known]], batch.pieces_of_part[known])
        lost = lost + _pointing(parts, heads.targets, batch.targets[known])
        lost = lost + CONTRAST * _contrast(parts, batch.targets[known])
    return lost


def _pointing(parts: torch.Tensor, directions: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    cosines = parts @ functional.normalize(directions, dim=-1).T
    wanted = (1 - SMOOTHING) * targets + SMOOTHING / targets.shape[1]
    return -(functional.log_softmax(SHARPNESS * cosines, -1) * wanted).sum(-1).mean()


def _contrast(parts: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    same = ((targets @ targets.T) > 0).float().fill_diagonal_(0)
    paired = same.sum(1) > 0
    if not paired.any():
        return parts.sum() * 0
    likeness = SHARPNESS * (parts @ parts.T)
    likeness = likeness - torch.eye(len(parts)) * 1e4
    chance = functional.log_softmax(likeness, -1)
    return -((chance * same).sum(1)[paired] / same.sum(1)[paired]).mean()
