"""A message's reading in a few bytes, so that it can be ranked again without the encoder when the content changes.

Kept are the meaning of each part in half precision, and how near the last of the nearest phrases was: a change of the
content that comes no nearer cannot change what the message was given.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from knowledge.encoder import Floats, Sense, unit
from knowledge.search.index import Index
from knowledge.search.memory import NEAREST
from knowledge.search.needs import cut
from knowledge.search.reading import Reading, Version
from knowledge.search.vectors import key_of

HEAD = struct.Struct("<QBB")
"""Which encoder, how many versions, and whether a word of it was unknown."""
OF_VERSION = struct.Struct("<QBf")
"""Its words, how many rows, and its reach."""
SLACK = 16
"""Phrases near a message that may go before its reach has to be measured again."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """One version of a message: `words` as a number; what all of it means, then what each of its parts does, where it
    has several; and the cosine from which on a phrase that comes or goes may change what the message is given."""

    words: int
    rows: Floats
    reach: float

    @property
    def whole(self) -> Floats:
        """What all of it means."""
        return np.asarray(self.rows[0], dtype=np.float32)

    @property
    def sense(self) -> Sense:
        """As the encoder gave it."""
        return Sense(self.whole, self.rows[1:] if len(self.rows) > 1 else self.rows)

    @property
    def looked_at(self) -> Floats:
        """All that ranking looks at: the whole, and what stands before and after each cut."""
        if len(self.rows) == 1:
            return self.rows
        parts = self.rows[1:]
        before, after = np.cumsum(parts[:-1], axis=0), np.cumsum(parts[:0:-1], axis=0)
        return np.concatenate([self.rows[:1], unit(np.concatenate([before, after]))])


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """A message as it was read once. `odd`: it held a word that nobody knew, which a change may teach."""

    text: str
    odd: bool
    versions: tuple[Kept, ...]


def remember(index: Index, reading: Reading) -> bytes:
    """A reading in, what is kept of it out."""
    odd = any(not index.speller.knows(word) for word in _typed(reading))
    found = [HEAD.pack(_encoder(index), len(reading.versions), odd)]
    for version in reading.versions:
        _, likeness, _ = index.memory.nearest(version.sense.whole, NEAREST + SLACK)
        sense = version.sense
        rows = np.concatenate([sense.whole[None], sense.parts]) if len(sense.parts) > 1 else sense.whole[None]
        found.append(OF_VERSION.pack(_key(version.words_of_parts), len(rows), float(likeness.min())))
        found.append(rows.astype("<f2").tobytes())
    return b"".join(found)


def recall(index: Index, text: str, kept: bytes) -> Remembered | None:
    """What is kept of a message back. None where another encoder read it, or it is something else."""
    try:
        encoder, count, odd = HEAD.unpack_from(kept)
        if encoder != _encoder(index):
            return None
        at, versions = HEAD.size, []
        for _ in range(count):
            words, rows, reach = OF_VERSION.unpack_from(kept, at)
            at += OF_VERSION.size
            numbers = np.frombuffer(kept, "<f2", rows * index.encoder.width, at).astype(np.float32)
            versions.append(Kept(words, numbers.reshape(rows, -1), reach))
            at += 2 * numbers.size
        return Remembered(text, bool(odd), tuple(versions))
    except (struct.error, ValueError):
        return None


def read_again(index: Index, message: Remembered) -> Reading:
    """The reading that this index makes of it; the encoder runs only where its words are repaired another way now."""
    parts = cut(message.text)
    typed = [index.lexicon.words(part) for part in parts]
    if not any(typed):
        return Reading(message.text, index.targets)
    repaired = [index.speller.repair(words) for words in typed]
    readings = [typed] if repaired == typed else [typed, repaired]
    if [_key(words) for words in readings] != [version.words for version in message.versions]:
        return index.read(message.text)
    versions = (_version(index, words, kept) for words, kept in zip(readings, message.versions, strict=True))
    return Reading(message.text, index.targets, tuple(versions))


def _version(index: Index, words: Sequence[tuple[str, ...]], kept: Kept) -> Version:
    sense = kept.sense
    shares, near = index.memory.shares(sense.whole, len(index.targets))
    return Version(tuple(words), sense, shares, near)


def _typed(reading: Reading) -> Sequence[str]:
    return reading.versions[0].words if reading.versions else ()


def _encoder(index: Index) -> int:
    return int.from_bytes(hashlib.blake2b(index.encoder.name.encode(), digest_size=8).digest())


def _key(words_of_parts: Sequence[Sequence[str]]) -> int:
    return key_of(" ".join(chain.from_iterable(words_of_parts)))
