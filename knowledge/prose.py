"""The small part of Markdown that content uses, as data every channel can render: paragraphs, lists, bold, links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import BaseModel, ConfigDict

PARSER = MarkdownIt("zero").enable(["emphasis", "link", "list", "heading", "newline"])


class Frozen(BaseModel):
    """A value: compared by content, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Frozen):
    """A run of words. `href` is a web, mail or tel: address."""

    text: str
    strong: bool = False
    href: str | None = None


class Paragraph(Frozen):
    """One paragraph. `small` marks the sources and dates that follow an answer; `lang` another language."""

    kind: Literal["paragraph"] = "paragraph"
    spans: tuple[Span, ...]
    small: bool = False
    lang: str | None = None


class Steps(Frozen):
    """A list; `ordered` ones are read out with their numbers; `lang` is another language than English."""

    kind: Literal["steps"] = "steps"
    items: tuple[tuple[Span, ...], ...]
    ordered: bool = True
    lang: str | None = None


Block = Paragraph | Steps


class Section(Frozen):
    """What stands under one heading; the first section of a file has the heading ''."""

    heading: str
    blocks: tuple[Block, ...]


def line(text: str, *, strong: bool = False, small: bool = False) -> Paragraph:
    """A paragraph of one run of words."""
    return Paragraph(spans=(Span(text=text, strong=strong),), small=small)


def plain(spans: tuple[Span, ...]) -> str:
    """The words alone."""
    return "".join(span.text for span in spans)


def words_of(blocks: tuple[Block, ...]) -> str:
    """The words of several blocks, a line each; what a screen reader would say."""
    return "\n".join(part for block in blocks for part in _lines(block))


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield plain(block.spans)
    else:
        yield from (plain(item) for item in block.items)


def parse(markdown: str) -> tuple[Section, ...]:
    """Markdown in, sections out, in order. Headings split; anything beyond bold, links and lists stays text."""
    sections: list[Section] = []
    heading, blocks = "", list[Block]()
    tokens = iter(PARSER.parse(markdown))
    for token in tokens:
        if token.type == "heading_open":
            sections.append(Section(heading=heading, blocks=tuple(blocks)))
            heading, blocks = plain(_spans(next(tokens))), []
        elif token.type == "paragraph_open":
            blocks.append(Paragraph(spans=_spans(next(tokens))))
        elif token.type in ("ordered_list_open", "bullet_list_open"):
            blocks.append(_steps(token, tokens))
    sections.append(Section(heading=heading, blocks=tuple(blocks)))
    return tuple(section for section in sections if section.heading or section.blocks)


def _steps(opening: Token, tokens: Iterator[Token]) -> Steps:
    closing = opening.type.replace("_open", "_close")
    items = []
    for token in tokens:
        if token.type == closing and token.level == opening.level:
            break
        if token.type == "inline":
            items.append(_spans(token))
    return Steps(items=tuple(items), ordered=opening.type.startswith("ordered"))


def _spans(inline: Token) -> tuple[Span, ...]:
    spans: list[Span] = []
    strong, href = False, None
    for child in inline.children or []:
        match child.type:
            case "strong_open" | "strong_close":
                strong = child.type == "strong_open"
            case "link_open":
                href = str(child.attrs["href"])
            case "link_close":
                href = None
            case "softbreak" | "hardbreak":
                spans.append(Span(text=" ", strong=strong, href=href))
            case _ if child.content:
                spans.append(Span(text=child.content, strong=strong, href=href))
    return tuple(spans)
