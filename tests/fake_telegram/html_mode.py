"""`parse_mode=HTML`: the tags of the Bot API docs, the strictness and the words of tdlib's `parse_html`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.fake_telegram.links import check_url
from tests.fake_telegram.refusals import Refusal, cannot_parse

Json = dict[str, Any]

_TYPES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "span": "spoiler",
    "tg-spoiler": "spoiler", "tg-emoji": "custom_emoji", "a": "text_link", "code": "code", "pre": "pre",
    "blockquote": "blockquote",
}  # fmt: skip
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d+)|#[xX]([0-9a-fA-F]+));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


def parse_html(source: str) -> tuple[str, list[Json]]:
    """The text a resident reads and its entities; a Refusal where Telegram would refuse."""
    parser = _Parser(source)
    parser.run()
    parser.entities.sort(key=lambda each: (each["offset"], -each["length"], each.pop("begin")))
    return "".join(parser.text), _without_nested_code(parser.entities)


def decode(text: str) -> str:
    """Only four names and numbers are known; any other entity stays as it is written."""
    return _ENTITY.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    usable = 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if usable else match.group()


@dataclass
class _Tag:
    name: str
    begin: int
    offset: int
    written: int
    attributes: dict[str, str] = field(default_factory=dict)


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.units = 0
        self.open: list[_Tag] = []
        self.entities: list[Json] = []

    def run(self) -> None:
        while self.at < len(self.source):
            if self.source.startswith("</", self.at):
                self._end_tag()
            elif self.source[self.at] == "<":
                self._start_tag()
            else:
                self._plain()
        if self.open:
            raise cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')

    def _plain(self) -> None:
        stop = self.source.find("<", self.at)
        text = decode(self.source[self.at : stop if stop >= 0 else None])
        self.text.append(text)
        self.units += len(text.encode("utf-16-le")) // 2
        self.at = stop if stop >= 0 else len(self.source)

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name = self._word(r"[^\s>]*").lower()
        if self.at == len(self.source):
            raise self._fault("Unclosed start tag", begin)
        if name not in _TYPES:
            raise self._fault(f'Unsupported start tag "{name}"', begin)
        tag = _Tag(name, begin, self.units, len(self.text))
        while self._next() != ">":
            self._attribute(tag)
        self.at += 1
        self._check(tag)
        self.open.append(tag)

    def _attribute(self, tag: _Tag) -> None:
        unclosed = self._fault(f'Unclosed start tag "{tag.name}"', tag.begin)
        if self.at == len(self.source):
            raise unclosed
        name = self._word(r"[^\s=>]*").lower()
        if not name:
            raise self._fault(f'Empty attribute name in the tag "{tag.name}"', tag.begin)
        tag.attributes[name] = ""
        if self._next() == "=":
            self.at += 1
            quote = self._next()
            if not quote:
                raise unclosed
            tag.attributes[name] = self._quoted(tag, quote) if quote in "\"'" else self._token()

    def _quoted(self, tag: _Tag, quote: str) -> str:
        stop = self.source.find(quote, self.at + 1)
        if stop < 0:
            raise self._fault("Unclosed start tag", tag.begin)
        value = decode(self.source[self.at + 1 : stop])
        self.at = stop + 1
        return value

    def _token(self) -> str:
        value = self._word(r"[A-Za-z0-9.-]*").lower()
        if self.source[self.at : self.at + 1] not in (">", " ", "\t", "\n"):
            raise self._fault("Unexpected end of name token", self.at)
        return value

    def _check(self, tag: _Tag) -> None:
        if tag.name == "span" and tag.attributes.get("class") != "tg-spoiler":
            raise self._fault('Tag "span" must have class "tg-spoiler"', tag.begin)
        if tag.name == "tg-emoji" and not tag.attributes.get("emoji-id", "").isdigit():
            raise cannot_parse("Invalid custom emoji identifier specified")

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self._fault("Unexpected end tag", begin)
        self.at += 2
        name = self._word(r"[^\s>]*").lower()
        if self._next() != ">":
            raise self._fault("Unclosed end tag", begin)
        self.at += 1
        tag = self.open.pop()
        if name and name != tag.name:
            expected = f'expected "</{tag.name}>", found "</{name}>"'
            raise cannot_parse(f"Unmatched end tag at byte offset {self._bytes(begin)}, {expected}")
        self._close(tag)

    def _close(self, tag: _Tag) -> None:
        entity = {"type": _TYPES[tag.name], "offset": tag.offset, "length": self.units - tag.offset}
        extra = _extra(tag, "".join(self.text[tag.written :]))
        if entity["length"] and extra is not None:
            self.entities.append(entity | extra | {"begin": tag.begin})

    def _word(self, pattern: str) -> str:
        match = re.compile(pattern).match(self.source, self.at)
        word = match.group() if match else ""
        self.at += len(word)
        return word

    def _next(self) -> str:
        """The next character after any white space; empty at the end."""
        self._word(r"\s*")
        return self.source[self.at : self.at + 1]

    def _fault(self, what: str, begin: int) -> Refusal:
        return cannot_parse(f"{what} at byte offset {self._bytes(begin)}")

    def _bytes(self, index: int) -> int:
        return len(self.source[:index].encode())


def _extra(tag: _Tag, text: str) -> Json | None:
    """The fields that an entity has besides its place; None where the server drops the entity."""
    if tag.name == "a":
        return _link(tag.attributes.get("href") or text)
    if tag.name == "tg-emoji":
        return {"custom_emoji_id": tag.attributes["emoji-id"]}
    if tag.name == "blockquote" and "expandable" in tag.attributes:
        return {"type": "expandable_blockquote"}
    language = tag.attributes.get("class", "").removeprefix("language-")
    return {"language": language} if tag.name == "code" and language else {}


def _link(url: str) -> Json | None:
    try:
        return {"url": check_url(url)}
    except ValueError:
        return None


def _without_nested_code(entities: list[Json]) -> list[Json]:
    """`pre` and `code` hold no other entity; a `code` with a language directly inside `pre` names its language."""
    kept: list[Json] = []
    for each in entities:
        outer = next((one for one in reversed(kept) if one["type"] in ("pre", "code") and _inside(each, one)), None)
        if outer is None:
            kept.append({key: value for key, value in each.items() if key != "language" or each["type"] == "pre"})
        elif outer["type"] == "pre" and "language" in each and each["length"] == outer["length"]:
            outer["language"] = each["language"]
    return kept


def _inside(entity: Json, outer: Json) -> bool:
    return bool(entity["offset"] + entity["length"] <= outer["offset"] + outer["length"])
