"""What one more phrasing costs while the bot runs, and what 100,000 phrases cost.

    python -m benchmarks.live

Prints, and writes into docs/understanding.md: the time to teach one phrasing, with the largest difference from an index
built anew; and the time of one answer over all phrases, and over 100,000, beside a bare encode of the same texts, in
turns, with the bytes that the phrases take.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

import bot  # noqa: F401 - sets how many threads the algebra may take, as the bot does
from benchmarks.page import put
from knowledge.encoder import Floats, open_encoder
from knowledge.library import PLACES, load
from knowledge.search import Index, decide
from knowledge.search.base import Base, base_of
from knowledge.search.index import read_words
from knowledge.search.memory import in_eight_bits
from knowledge.search.phrases import Phrase, of_library

PAGE = Path(__file__).parents[1] / "docs" / "understanding.md"
MANY = 100_000
TAUGHT = ("the wotsit on the landing goes peep", "fire-safety/smoke-alarm-beeping")
TURNS = 20
ASKED = (
    "how often should i test my smoke alarm",
    "our lad is being picked on at school and wont go",
    "who do i ring about rats",
    "can somebody come and look at my locks",
    "grandma keeps slipping in the bath",
    "is it safe to charge my e bike in the hall",
    "the neighbours are at it again with the music",
    "somebody rang saying they are from my bank",
    "i feel so alone since my wife died",
    "what should i do if the pan catches fire",
    "my car got broken into last night",
    "where can i get a car seat checked",
)


def main() -> None:
    """Build the index of Braunstone, then measure."""
    library, encoder = load(PLACES / "braunstone"), open_encoder()
    phrases, base = of_library(library), base_of(encoder, read_words())
    vectors = encoder.vectors([phrase.text for phrase in phrases])
    index = Index.build(library, encoder, base, vectors)
    said = (_teach(index, phrases, base, vectors), _ask(index), _ask(_grown(index, MANY)))
    print("\n".join(said))
    put(PAGE, "live", "make bench-live", "\n".join(f"- {line}" for line in said))


def _teach(index: Index, phrases: Sequence[Phrase], base: Base, vectors: Floats) -> str:
    text, target = TAUGHT
    times = []
    for _ in range(TURNS):
        began = time.perf_counter()
        taught = index.taught(Phrase(text, target))
        times.append((time.perf_counter() - began) * 1000)
    meant = np.concatenate([vectors, index.encoder.vectors([text])])
    anew = Index.of_phrases([*phrases, Phrase(text, target)], index.encoder, base, index.lexicon, vectors=meant)
    off = max(
        float(np.abs(_shares(taught, asked) - _shares(anew, asked)).max()) for asked in (text, *ASKED)
    )  # fmt: skip
    return (
        f"One phrasing more: {np.median(times):.1f} ms, slowest {max(times):.1f} ms; off by {off:.6f} from built anew."
    )


def _shares(index: Index, text: str) -> Floats:
    return index.read(text).versions[0].shares


def _grown(index: Index, size: int) -> Index:
    """Copies of the phrases, each moved a little, until there are so many."""
    memory, chance = index.memory, np.random.default_rng(1)
    rows = chance.integers(0, len(memory), size - len(memory))
    moved = memory.vectors(rows) + chance.normal(0, 0.02, (len(rows), index.encoder.width)).astype(np.float32)
    return replace(index, memory=memory.plus(in_eight_bits(moved), memory.targets[rows], memory.weights[rows]))


def _ask(index: Index) -> str:
    ours, bare = [], []
    for text in ASKED * TURNS:
        began = time.perf_counter()
        decide(index, index.read(text))
        between = time.perf_counter()
        index.encoder.sense([text])
        ours.append(between - began)
        bare.append(time.perf_counter() - between)
    memory = index.memory
    held = sum(getattr(memory, name).nbytes for name in ("codes", "lengths", "sketch", "targets", "weights")) / 2**20
    a, b = (float(np.median(times)) * 1000 for times in (ours, bare))
    times = f"{a:.1f} ms an answer, {b:.1f} ms a bare encode, {a / b:.2f} times"
    return f"{len(memory):,} phrases: {times}; they take {held:.0f} MB."


if __name__ == "__main__":
    main()
