"""`parse_mode=HTML`, entities in UTF-16 units, and what the server marks by itself."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest

from tests.fake_telegram import Person
from tests.fake_telegram.formatting import detect, piece
from tests.fake_telegram.html_mode import parse_html
from tests.fake_telegram.refusals import Refusal


def parsed(source: str) -> list[str]:
    """The text, then each entity as `type:what it covers`, with any further field."""
    text, entities = parse_html(source)
    known = ("type", "offset", "length")
    extras = [[str(value) for name, value in each.items() if name not in known] for each in entities]
    marked = zip(entities, extras, strict=True)
    return [text, *(":".join([each["type"], piece(text, each), *extra]) for each, extra in marked)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("plain > &lt;b&gt; &amp;amp; &quot;x&quot;", ['plain > <b> &amp; "x"']),
        ("&nbsp;&hellip; &#8230;&#x1F3DF; &#12345678; &#xDFDF;", ["&nbsp;&hellip; …🏟 &#12345678; &#xDFDF;"]),
        ("🏟<b>bold <i>both</i></b>", ["🏟bold both", "bold:bold both", "italic:both"]),
        ("<STRONG>a</strong><em>b</em><ins>c</ins>", ["abc", "bold:a", "italic:b", "underline:c"]),
        ("<s>a</s><strike>b</strike><del>c</del>", ["abc", *(f"strikethrough:{letter}" for letter in "abc")]),
        ('<a href="https://example.org?a=1&amp;b=2">x</a>', ["x", "text_link:x:https://example.org/?a=1&b=2"]),
        ("<a>example.org</a>", ["example.org", "text_link:example.org:http://example.org/"]),
        ('<a href="tel:999">999</a>', ["999"]),
        ('<a href="tg://resolve?domain=x">x</a>', ["x", "text_link:x:tg://resolve?domain=x"]),
        ('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>', ["ab", "spoiler:a", "spoiler:b"]),
        ("<code>a<b>b</b></code>", ["ab", "code:ab"]),
        ('<pre><code class="language-python">x</code></pre>', ["x", "pre:x:python"]),
        ("<blockquote expandable>x</blockquote>", ["x", "expandable_blockquote:x"]),
        ("<tg-emoji emoji-id='5'>👍</tg-emoji>", ["👍", "custom_emoji:👍:5"]),
        ("<b></b>x", ["x"]),
        ("<b>x</>", ["x", "bold:x"]),
        ("<i class=a>x</i >", ["x", "italic:x"]),
    ],
)  # fmt: skip
def test_parsed(source: str, expected: list[str]) -> None:
    assert parsed(source) == expected


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("é<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("<b/>", 'Unsupported start tag "b/" at byte offset 0'),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/>y</a>", "Unexpected end of name token at byte offset 9"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
    ],
)
def test_refused(source: str, why: str) -> None:
    with pytest.raises(Refusal) as raised:
        parse_html(source)
    assert raised.value.description == f"Bad Request: can't parse entities: {why}"


def test_what_the_server_marks_by_itself() -> None:
    text = "🏟 /help@a_bot ask @blues_bot, see https://example.org/a. Or me@example.org #home 1/2"
    assert [(each["type"], piece(text, each)) for each in detect(text)] == [
        ("bot_command", "/help@a_bot"),
        ("mention", "@blues_bot"),
        ("url", "https://example.org/a"),
        ("email", "me@example.org"),
        ("hashtag", "#home"),
    ]


async def test_the_limit_counts_what_is_read(bot: Bot, ann: Person) -> None:
    assert (await bot.send_message(ann.id, f"<b>{'&lt;' * 4096}</b>", "HTML")).text == "<" * 4096
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(ann.id, "<b>Safe and <well", "HTML")
    with pytest.raises(BadRequest, match="Unsupported parse_mode"):
        await bot.send_message(ann.id, "x", "BBCode")


async def test_entities_survive_the_way(bot: Bot, ann: Person) -> None:
    text = "\n 🏟🏟 <b>Call 999</b> or <a href='https://example.org'>https://x.org</a> \n"
    sent = await bot.send_message(ann.id, text, "HTML")
    assert sent.text == "🏟🏟 Call 999 or https://x.org"
    assert list(sent.parse_entities().values()) == ["Call 999", "https://x.org"]
    again = await bot.send_message(ann.id, sent.text, entities=sent.entities)
    assert again.entities == sent.entities
