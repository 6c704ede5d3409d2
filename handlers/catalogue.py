"""What the bot says, per language: gettext catalogues under `texts/`, small Markdown inside.

A language has `en.po` and, for a large capability, more beside it: `en.visits.po`.
A text is parsed before its facts are filled in, so that a fact can never become markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter
from urllib.parse import unquote

from babel.messages.pofile import read_po

from handlers.errors import UnknownText
from knowledge.prose import Block, Paragraph, Span, Steps, parse, plain

FOLDER = Path(__file__).parent / "texts"
ENGLISH = "en"
CHECKED_BY, NOBODY = "# Checked by a speaker:", "nobody yet."


@cache
def read(language: str) -> Mapping[str, str]:
    """A language's texts by their ids. Empty for a language we do not have."""
    paths = (FOLDER / f"{language}.po", *sorted(FOLDER.glob(f"{language}.*.po")))
    return {text_id: text for path in paths if path.exists() for text_id, text in _read(path, language).items()}


def _read(path: Path, language: str) -> Mapping[str, str]:
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale=language) if m.id and m.string}


def languages() -> tuple[str, ...]:
    """The languages there is a catalogue for, English first."""
    found = sorted(path.stem for path in FOLDER.glob("*.po") if "." not in path.stem)
    return (ENGLISH, *(name for name in found if name != ENGLISH))


def checked_languages() -> tuple[str, ...]:
    """The languages besides English that a speaker has checked: the second line of their file says who."""
    return tuple(name for name in languages() if name != ENGLISH and _checked_by(name) not in ("", NOBODY))


def _checked_by(language: str) -> str:
    lines = (FOLDER / f"{language}.po").read_text(encoding="utf-8").splitlines()
    return next((line.removeprefix(CHECKED_BY).strip() for line in lines if line.startswith(CHECKED_BY)), "")


class Texts:
    """Says texts in one language, in English where that language lacks one."""

    def __init__(self, language: str = ENGLISH, overrides: Mapping[str, str] | None = None) -> None:
        self.language = language
        self._overrides = overrides or {}

    def has(self, text_id: str) -> bool:
        """Is there such a text in this very language?"""
        return text_id in read(self.language)

    def has_english(self, text_id: str) -> bool:
        """Is there such a text at all?"""
        return text_id in read(ENGLISH)

    def raw(self, text_id: str) -> str:
        """The text as the catalogue holds it. Raises UnknownText."""
        for texts in (self._overrides, read(self.language), read(ENGLISH)):
            if text_id in texts:
                return texts[text_id]
        raise UnknownText(id=text_id)

    def say(self, text_id: str, **facts: object) -> str:
        """One line of plain words, for a button or inside another text."""
        return " ".join(plain(block.spans) for block in self.blocks(text_id, **facts) if isinstance(block, Paragraph))

    def blocks(self, text_id: str, **facts: object) -> tuple[Block, ...]:
        """The paragraphs and lists of a text, its facts filled in."""
        lang = self.language if self.language != ENGLISH and self.has(text_id) else None
        return tuple(_filled(block, facts, lang) for block in _unfilled(self.raw(text_id)))


@lru_cache(maxsize=4096)
def _unfilled(text: str) -> tuple[Block, ...]:
    """A text of the catalogue before its facts are filled in. There are not more of them than there are texts."""
    return tuple(block for section in parse(text) for block in section.blocks)


def small(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The same paragraphs, as what follows an answer."""
    return tuple(b.model_copy(update={"small": True}) if isinstance(b, Paragraph) else b for b in blocks)


def facts_of(text: str) -> frozenset[str]:
    """The names of the facts that a text wants."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def _filled(block: Block, facts: Mapping[str, object], lang: str | None) -> Block:
    if isinstance(block, Steps):
        return block.model_copy(update={"items": tuple(_fill(item, facts) for item in block.items), "lang": lang})
    return block.model_copy(update={"spans": _fill(block.spans, facts), "lang": lang})


def _fill(spans: tuple[Span, ...], facts: Mapping[str, object]) -> tuple[Span, ...]:
    return tuple(
        span.model_copy(
            update={
                "text": span.text.format_map(facts),
                "href": unquote(span.href).format_map(facts) if span.href else None,
            }
        )
        for span in spans
    )
