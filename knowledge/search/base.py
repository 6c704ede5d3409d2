"""What the corpus teaches, the same for every place: shipped as vectors, so that a start need not encode it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from knowledge.encoder import Encoder, Floats, Progress
from knowledge.search.memory import Memory, measured, numbered
from knowledge.search.phrases import Phrase, read_actions, read_corpus, read_cues, read_dangers
from knowledge.search.text import Lexicon

SHIPPED = Path(__file__).parent / "fitted"
TOLD_OFTEN = 2
"""A word that so many of the corpus's phrases hold is spelt right."""


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """The corpus's phrases as rows, the names of its columns, and how often its words stand in it."""

    targets: tuple[str, ...]
    memory: Memory
    words: Mapping[str, int]

    @classmethod
    def fit(cls, encoder: Encoder, phrases: Sequence[Phrase], lexicon: Lexicon, done: Progress | None = None) -> Self:
        """Encode every phrase: a minute or two with a transformer, seconds with the static encoder."""
        targets = tuple(sorted({target for phrase in phrases for target in phrase.targets}))
        vectors = encoder.vectors([phrase.text for phrase in phrases], done)
        memory = Memory.build(vectors, numbered([phrase.targets for phrase in phrases], targets), weights_of(phrases))
        words = Counter(word for phrase in phrases for word in set(lexicon.words(phrase.text)))
        return cls(targets, memory, {word: often for word, often in words.items() if often >= TOLD_OFTEN})

    def pack(self) -> dict[str, npt.NDArray[Any]]:
        """As arrays; what follows from others is left out."""
        facts = json.dumps({"targets": self.targets, "words": self.words})
        return {
            "facts": np.frombuffer(facts.encode(), dtype=np.uint8),
            "weights": self.memory.weights.astype(np.float16),
            "centres": self.memory.centres.astype(np.float16),
            "axes": self.memory.axes.astype(np.float16),
            **{name: getattr(self.memory, name) for name in ("codes", "targets", "begins")},
        }

    @classmethod
    def unpack(cls, arrays: Any) -> Self:
        """What `pack` made. Raises KeyError or ValueError for anything else."""
        facts = json.loads(arrays["facts"].tobytes())
        codes, axes = arrays["codes"], arrays["axes"].astype(np.float32)
        lengths, sketch = measured(codes, axes)
        memory = Memory(
            codes, lengths, sketch, arrays["targets"], arrays["weights"].astype(np.float32),
            arrays["centres"].astype(np.float32), arrays["begins"], axes,
        )  # fmt: skip
        return cls(tuple(facts["targets"]), memory, facts["words"])


def corpus_phrases() -> tuple[Phrase, ...]:
    """All that is the same for every place: ways of asking, cues and search terms, orders, and dangers."""
    return (*read_cues(), *read_corpus(), *read_actions().phrases, *read_dangers())


def base_of(encoder: Encoder, lexicon: Lexicon, kept_in: Path | None = None, done: Progress | None = None) -> Base:
    """The base of an encoder: the one that ships, else one kept in the folder that was fitted on the same phrases, else
    fitted now and kept there."""
    if found := _read(SHIPPED / f"base-{encoder.name}.npz"):
        return found
    phrases = corpus_phrases()
    kept = kept_in / f"base-{encoder.name}-{_digest(phrases)}.npz" if kept_in else None
    if kept and (found := _read(kept)):
        return found
    base = Base.fit(encoder, phrases, lexicon, done)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_base(kept, base)
    return base


def _read(path: Path) -> Base | None:
    """A file that is not there, or holds something else, is no base."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Base.unpack(arrays)
    except (OSError, ValueError, KeyError):
        return None


def _digest(phrases: Sequence[Phrase]) -> str:
    digest = hashlib.sha256()
    for phrase in phrases:
        digest.update(f"{phrase.text}\0{phrase.targets}\0{phrase.weight}\n".encode())
    return digest.hexdigest()[:16]


def write_base(path: Path, base: Base) -> None:
    """The file of a base."""
    np.savez_compressed(path, allow_pickle=False, **base.pack())


def weights_of(phrases: Sequence[Phrase]) -> Floats:
    """How much each phrase counts."""
    return np.array([phrase.weight for phrase in phrases], dtype=np.float32)
