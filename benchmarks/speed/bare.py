"""The yardstick of free text: the sentence encoder alone, over the same questions.

    python -m benchmarks.speed.bare QUESTIONS

Prints the seconds of the processor for one, in milliseconds.
"""

from __future__ import annotations

import sys
import time

import bot  # noqa: F401  sets how many threads the algebra may take, as the bot does
from benchmarks.speed.children import THEIR_CORE, hold_to
from benchmarks.speed.updates import texts
from knowledge.encoder import open_encoder


def main() -> None:
    """Each question on its own, as they come to the bot."""
    hold_to(0, THEIR_CORE)
    encoder, asked = open_encoder(), texts(int(sys.argv[1]))
    encoder.sense([asked[0]])
    began, busy = time.perf_counter(), time.process_time()
    for text in asked:
        encoder.sense([text])
    each = len(asked)
    print(f"{1000 * (time.process_time() - busy) / each:.3f} {each / (time.perf_counter() - began):.1f}")


if __name__ == "__main__":
    main()
