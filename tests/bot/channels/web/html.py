"""Reads a page the way a plain browser does: its forms, its buttons, its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

SILENT = frozenset({"script", "style", "template"})


@dataclass
class Page(HTMLParser):
    """What is on a page. `fields` are those a form would send."""

    html: str

    def __post_init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.buttons: list[dict[str, str]] = []
        self.links: list[dict[str, str]] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.draft = ""
        self._open: list[str] = []
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        self._open.append(tag)
        if tag == "input" and found.get("type") == "hidden":
            self.fields[found["name"]] = found["value"]
        elif tag == "button" and "name" in found:
            self.buttons.append(found)
        elif tag == "a":
            self.links.append(found)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "textarea" in self._open:
            self.draft += data
        elif not SILENT & set(self._open):
            self.words += data

    def has(self, *words: str) -> bool:
        """Are these words on the page, in this order?"""
        at = 0
        for word in words:
            at = self.words.find(word, at)
            if at < 0:
                return False
        return True


@dataclass
class Forms:
    """The fields one would send with a page's form."""

    page: Page
    extra: dict[str, str] = field(default_factory=dict)

    def write(self, text: str) -> dict[str, str]:
        """The form with words in its box."""
        return {**self.page.fields, **self.extra, "text": text}

    def press(self, label_or_value: str) -> dict[str, str]:
        """The form, sent by one of its buttons."""
        button = next(b for b in self.page.buttons if b["value"] == label_or_value)
        return {**self.page.fields, **self.extra, "text": "", button["name"]: button["value"]}
