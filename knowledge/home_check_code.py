"""A check's answers as a short code for an address: nothing has to be stored for a page that shows them again.

One letter a topic, in their order, then two that check the others and the content: a code that was mistyped, or that
was made before topics or answers changed, says nothing at all rather than something else.
"""

from __future__ import annotations

import base64
import hashlib

from knowledge.home_check import CheckTopic, Given

LETTERS = "abcdefgh"
"""By the place of an answer in its topic."""
UNSAID = "x"
LONGEST = 64
Topics = tuple[CheckTopic, ...]


def written(topics: Topics, given: Given) -> str:
    """Answers in, their code out."""
    said = "".join(_letter(topic, given.get(topic.id)) for topic in topics)
    return said + _mark(topics, said)


def read(topics: Topics, code: str) -> dict[str, str] | None:
    """A code back as answers; None for one that says nothing."""
    if not code.isascii() or len(code) > LONGEST:
        return None
    said = code[: len(topics)]
    if code != said + _mark(topics, said):
        return None
    return {topic.id: topic.answers[at].id for topic, at in _places(topics, said)}


def _letter(topic: CheckTopic, answer: str | None) -> str:
    ids = [each.id for each in topic.answers]
    return LETTERS[ids.index(answer)] if answer in ids else UNSAID


def _places(topics: Topics, said: str) -> list[tuple[CheckTopic, int]]:
    found = ((topic, LETTERS.find(letter)) for topic, letter in zip(topics, said, strict=False))
    return [(topic, at) for topic, at in found if 0 <= at < len(topic.answers)]


def _mark(topics: Topics, said: str) -> str:
    shape = ";".join(f"{topic.id}:{','.join(each.id for each in topic.answers)}" for topic in topics)
    drawn = hashlib.blake2s(f"{shape}|{said}".encode(), digest_size=5).digest()
    return base64.b32encode(drawn).decode().lower()[:2]
