"""Blocks of words as lines, and lines as messages that Telegram takes, before any of it becomes HTML.

Telegram counts UTF-16 units of the text without its markup, so everything is measured and cut as plain words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.prose import Block, Paragraph, Span, plain

LIMIT = 4096
PARAGRAPH, ITEM = "\n\n", "\n"
DROPPED = frozenset({"tel", "sms", "mailto"})
"""Links that Telegram leaves out, so that the number or address has to be written."""
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
WORD_END = re.compile(r"\s+")


@dataclass(frozen=True)
class Line:
    """A paragraph or an item of a list, and what stands between it and the line before."""

    spans: tuple[Span, ...]
    small: bool = False
    gap: str = PARAGRAPH

    @property
    def text(self) -> str:
        """What is read, without its markup."""
        return plain(self.spans)


def messages(blocks: Iterable[Block]) -> list[list[Line]]:
    """The lines of each message, in order."""
    packed: list[list[Line]] = []
    room = 0
    for line in (piece for whole in lines(blocks) for piece in pieces(whole)):
        needed = units(line.gap + line.text)
        if needed > room:
            packed.append([])
            room, needed = LIMIT, units(line.text)
        packed[-1].append(line)
        room -= needed
    return packed


def lines(blocks: Iterable[Block]) -> Iterator[Line]:
    """Every paragraph and item, numbers and addresses written out, empty ones left out."""
    given: set[str] = set()
    for line in (line for block in blocks for line in _lines(block)):
        written = replace(line, spans=tuple(written_out(span, given) for span in line.spans))
        if written.text.strip():
            yield written


def _lines(block: Block) -> Iterator[Line]:
    if isinstance(block, Paragraph):
        yield Line(block.spans, block.small)
        return
    for number, item in enumerate(block.items, start=1):
        if plain(item).strip():
            mark = Span(text=f"{number}. " if block.ordered else "• ")
            yield Line((mark, *item), gap=ITEM if number > 1 else PARAGRAPH)


def written_out(span: Span, given: set[str]) -> Span:
    """A span whose number or address can be read and tapped. `given` holds what the message has said already."""
    scheme, _, address = (span.href or "").partition(":")
    if scheme not in DROPPED:
        return span
    address = address.partition("?")[0]
    bare = span.model_copy(update={"href": None})
    if address in given or not address:
        return bare
    given.add(address)
    return bare if _says(span.text, address) else bare.model_copy(update={"text": f"{span.text} ({address})"})


def _says(words: str, address: str) -> bool:
    """Are the words themselves the address? Only a number in full can be tapped; 999 or 116 123 stay as they are."""
    if address.casefold() in words.casefold():
        return True
    return address.isdigit() and address in "".join(filter(str.isdigit, words))


def pieces(line: Line) -> Iterator[Line]:
    """The line, in as many pieces as it needs."""
    while units(line.text) > LIMIT:
        end, start = _cut(line.text)
        head = replace(line, spans=_part(line.spans, 0, end))
        line = replace(line, spans=_part(line.spans, start, len(line.text)), gap=ITEM)
        if head.text.strip():
            yield head
    if line.text.strip():
        yield line


def _cut(text: str) -> tuple[int, int]:
    """Where the first piece ends and the next begins: between sentences, else words, else wherever it must."""
    fits = fitting(text)
    for gaps in (SENTENCE_END, WORD_END):
        found = [gap.span() for gap in gaps.finditer(text, 0, fits) if gap.start() > fits // 2]
        if found:
            return found[-1]
    return fits, fits


def _part(spans: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    """The same spans between two places of their text."""
    kept, at = [], 0
    for span in spans:
        text = span.text[max(start - at, 0) : max(end - at, 0)]
        at += len(span.text)
        kept += [span.model_copy(update={"text": text})] if text else []
    return tuple(kept)


def units(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def fitting(text: str) -> int:
    """How many characters fit into a message; none is cut in two."""
    return len(text.encode("utf-16-le")[: 2 * LIMIT].decode("utf-16-le", "ignore"))
