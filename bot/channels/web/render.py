"""A Reply as HTML and as plain words. Everything interpolated is escaped; nothing here trusts its text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from handlers.catalogue import Texts
from handlers.turn import Button, Reply
from knowledge.prose import Block, Paragraph, Span, Steps, plain, words_of

CALLS = frozenset({"tel", "sms", "mailto"})
PAGES = frozenset({"http", "https"})
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
PARAGRAPH, SMALL = Markup("<p{}>{}</p>"), Markup('<p class="small"{}>{}</p>')
ORDERED, UNORDERED = Markup("<ol{}>{}</ol>"), Markup("<ul{}>{}</ul>")
SPOKEN = Markup(' lang="{}" dir="auto"')
HIDDEN = Markup('<span class="hidden"> ({})</span>')


def blocks(found: Iterable[Block], texts: Texts) -> Markup:
    """Paragraphs and lists."""
    return Markup("\n").join(_block(block, texts) for block in found)


def message(reply: Reply, texts: Texts) -> Markup:
    """The body of one message: its words. Its buttons are `choices`."""
    return blocks(without_repeated_choices(reply), texts)


def without_repeated_choices(reply: Reply) -> tuple[Block, ...]:
    """The blocks, less a list whose every item stands on a button below with its number."""
    labels = {button.label for row in reply.buttons for button in row}
    return tuple(b for b in reply.blocks if not (isinstance(b, Steps) and b.items and _numbered(b) <= labels))


def _numbered(steps: Steps) -> set[str]:
    return {f"{number}. {plain(item)}" for number, item in enumerate(steps.items, start=1)}


def choices(reply: Reply, texts: Texts) -> Markup:
    """Its buttons: those with a token send the page's form, those with an address are links."""
    made = [_button(button, texts) for row in reply.buttons for button in row]
    if not made:
        return Markup("")
    group = Markup('<div class="choices" role="group" aria-label="{}">\n{}\n</div>')
    return group.format(texts.say("web.choices"), Markup("\n").join(made))


def plain_text(reply: Reply) -> str:
    """The words alone, as a screen reader would say them."""
    labels = "\n".join(button.label for row in reply.buttons for button in row)
    return "\n".join(part for part in (words_of(reply.blocks), labels) if part)


def is_shown(reply: Reply) -> bool:
    """Is there anything to see? A reply that only tidies up an earlier one has nothing for a page."""
    return bool(reply.blocks or reply.buttons)


def safe_href(address: str) -> str | None:
    """An address one may follow: a page, a call, a mail, or a page of our own. None for anything else."""
    address = address.strip()
    if CONTROL.search(address):  # a browser drops some of them, and then "/" and "/" may come to stand side by side
        return None
    if address.startswith("/") and not address.startswith(("//", "/\\")):
        return address
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        return None
    return address if scheme in CALLS | PAGES else None


def _block(block: Block, texts: Texts) -> Markup:
    spoken = SPOKEN.format(block.lang) if block.lang else Markup("")
    if isinstance(block, Paragraph):
        return (SMALL if block.small else PARAGRAPH).format(spoken, spans(block.spans, texts))
    items = Markup("").join(Markup("<li>{}</li>").format(spans(item, texts)) for item in block.items)
    return (ORDERED if block.ordered else UNORDERED).format(spoken, items)


def spans(found: Iterable[Span], texts: Texts) -> Markup:
    """A run of words, bold and links and all."""
    return Markup("").join(_span(span, texts) for span in found)


def _span(span: Span, texts: Texts) -> Markup:
    words = escape(span.text)
    if span.strong:
        words = Markup("<strong>{}</strong>").format(words)
    href = safe_href(span.href) if span.href else None
    return link(words, href, texts) if href else words


def link(words: str, href: str, texts: Texts, css: str = "") -> Markup:
    """A link. Pages open beside the chat, because leaving the chat's own page would lose it; that is said in words."""
    classes = Markup(' class="{}"').format(css) if css else ""
    if href.partition(":")[0] in CALLS:
        kind = css or ("call" if href.startswith("tel:") else "")
        return Markup('<a{} href="{}">{}</a>').format(Markup(' class="{}"').format(kind) if kind else "", href, words)
    opens = HIDDEN.format(texts.say("web.new-page"))
    opening = Markup('<a{} href="{}" target="_blank" rel="noopener noreferrer">{}{}</a>')
    return opening.format(classes, href, words, opens)


def _button(button: Button, texts: Texts) -> Markup:
    href = safe_href(button.url) if button.url else None
    if href:
        return link(button.label, href, texts, css="choice")
    if not button.token:
        return Markup('<span class="choice">{}</span>').format(button.label)
    made = Markup('<button class="choice" dir="auto" type="submit" form="chat" name="tap" value="{}">{}</button>')
    return made.format(button.token, button.label)
