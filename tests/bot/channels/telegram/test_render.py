"""Replies as Telegram's HTML, held to the parser that the fake has from Telegram's own server."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.layout import LIMIT, fitting, units
from bot.channels.telegram.render import Part, render
from handlers.turn import Button, Reply
from knowledge.prose import Block, Paragraph, Span, Steps, line, parse
from tests.fake_telegram import markup
from tests.fake_telegram.formatting import piece
from tests.fake_telegram.html_mode import parse_html


def said(markdown: str) -> Part:
    """The only message of some Markdown."""
    (part,) = render(Reply(blocks=parse(markdown)[0].blocks))
    return part


def test_paragraphs_and_bold() -> None:
    part = said("**Ring now.** Then wait.\n\nStay outside.")
    assert part.html == "<b>Ring now.</b> Then wait.\n\nStay outside."
    assert part.plain == "Ring now. Then wait.\n\nStay outside."
    assert part.markup is None


def test_lists() -> None:
    assert said("Do this:\n\n1. First\n2. **Second**").html == "Do this:\n\n1. First\n2. <b>Second</b>"
    assert said("- One\n- Two\n\nAnd so on.").html == "• One\n• Two\n\nAnd so on."


def test_small_print() -> None:
    (part,) = render(Reply(blocks=(line("Yes."), line("From NHS & co", small=True))))
    assert part.html == "Yes.\n\n<i>From NHS &amp; co</i>"


def test_nothing_is_markup_that_somebody_wrote() -> None:
    block = Paragraph(spans=(Span(text="<b>&amp;</b>", strong=True, href='https://a.uk/?q="<&'),))
    assert render(Reply(blocks=(block,)))[0].html == (
        '<b><a href="https://a.uk/?q=&quot;&lt;&amp;">&lt;b&gt;&amp;amp;&lt;/b&gt;</a></b>'
    )


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("Ring [0116 454 1007](tel:+441164541007).", "Ring 0116 454 1007 (+441164541007)."),
        ("Ring [999](tel:999) or [116 123](tel:116123).", "Ring 999 or 116 123."),
        ("Ring [18000 999](tel:18000999).", "Ring 18000 999."),
        ("[Ring the police](tel:101).", "Ring the police (101)."),
        ("Ring [+441164541007](tel:+441164541007).", "Ring +441164541007."),
        ("Text [SHOUT](sms:85258?body=SHOUT).", "Text SHOUT (85258)."),
        ("[Write to us](mailto:us@example.org).", "Write to us (us@example.org)."),
        ("[us@example.org](mailto:Us@example.org)", "us@example.org"),
        (
            "[0116 1](tel:+441161), [0116 1](tel:+441161) and\n\n- [0116 1](tel:+441161)",
            "0116 1 (+441161), 0116 1 and\n\n• 0116 1",
        ),
        ("[Here](/take-away/x), [there](tel:)", "Here, there"),
    ],
)
def test_numbers_and_addresses_that_telegram_would_drop(markdown: str, words: str) -> None:
    part = said(markdown)
    assert part.html == part.plain == words


def test_links() -> None:
    part = said("See [the NHS](https://nhs.uk/gp) and [nhs.uk](https://nhs.uk/).")
    assert part.html == 'See <a href="https://nhs.uk/gp">the NHS</a> and <a href="https://nhs.uk/">nhs.uk</a>.'
    assert part.plain == "See the NHS and nhs.uk.\nhttps://nhs.uk/gp"  # which says https://nhs.uk/ as well


def test_a_full_message_has_no_room_for_addresses() -> None:
    block = Paragraph(spans=(Span(text="x" * LIMIT, href="https://nhs.uk/"),))
    assert render(Reply(blocks=(block,)))[0].plain == "x" * LIMIT


def test_nothing_to_say() -> None:
    assert render(Reply()) == ()
    empty = (line("  "), Paragraph(spans=()), Steps(items=((), (Span(text=" "),))))
    assert render(Reply(blocks=empty, buttons=((Button(label="Yes", token="1~y"),),))) == ()


def test_empty_items_are_not_listed() -> None:
    blocks = (Steps(items=((Span(text="One"),), (), (Span(text="", strong=True), Span(text="Three")))),)
    assert render(Reply(blocks=blocks))[0].html == "1. One\n3. Three"


def test_buttons() -> None:
    reply = Reply(
        blocks=(line("Which?"),),
        buttons=(
            (Button(label="1. Smoke alarms", token="1~show~x~abcd"), Button(label=" ", token="1~x")),
            (Button(label="Our page", url="https://example.org"), Button(label="Ours", url="http://example.org")),
            (Button(label="Too long", token="é" * 33), Button(label="No address")),
            (Button(label="word " * 20, token="1~long"),),
        ),
    )
    made = render(reply)[0].markup
    assert made is not None
    assert [[button.text for button in row] for row in made.inline_keyboard] == [
        ["1. Smoke alarms"],
        ["Our page"],
        [f"{'word ' * 12}wor…"],
    ]
    assert len(made.inline_keyboard[2][0].text) == 64
    assert made.inline_keyboard[0][0].callback_data == "1~show~x~abcd"
    assert made.inline_keyboard[1][0].url == "https://example.org"


def test_buttons_stand_under_the_last_message() -> None:
    reply = Reply(blocks=(line("a" * 4000), line("b" * 4000)), buttons=((Button(label="Yes", token="1~y"),),))
    first, last = render(reply)
    assert (first.markup, first.html) == (None, "a" * 4000)
    assert last.markup is not None


def texts(*blocks: Block) -> list[str]:
    return [part.plain for part in render(Reply(blocks=blocks))]


def test_a_long_reply_is_cut_between_paragraphs() -> None:
    one, two, three = "a" * 2000, "b" * 2094, "c"
    assert texts(line(one), line(two), line(three)) == [f"{one}\n\n{two}", three]
    assert texts(line(one), line(two + "b"), line(three)) == [one, f"{two}b\n\n{three}"]


def test_a_long_list_is_cut_between_items() -> None:
    items = tuple((Span(text="x" * 1500),) for _ in range(4))
    assert [text.count("x") for text in texts(Steps(items=items))] == [3000, 3000]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    sentences = [f"{letter * 1500}." for letter in "abcd"]
    assert texts(line(" ".join(sentences))) == [" ".join(sentences[:2]), " ".join(sentences[2:])]


def test_a_long_sentence_is_cut_between_words() -> None:
    words = " ".join(["word"] * 1000)
    assert texts(line(words)) == [words[:4094], words[4095:]]


def test_a_long_word_is_cut_where_it_must_be() -> None:
    assert [units(text) for text in texts(line("🔥" * 2049))] == [4096, 2]
    assert fitting("a" + "🔥" * 2048) == 2048
    assert [text.strip() for text in texts(line(" " * 5000 + "x"))] == ["x"]
    assert texts(line("x" * 4096 + "  ")) == ["x" * 4096]


def test_markup_goes_on_after_a_cut() -> None:
    spans = (Span(text="See "), Span(text="here " * 1000, strong=True, href="https://nhs.uk/"), Span(text="now"))
    first, second = render(Reply(blocks=(Paragraph(spans=spans, small=True),)))
    assert first.html.startswith('<i>See <b><a href="https://nhs.uk/">here')
    assert second.html.endswith("</a></b>now</i>")
    assert second.html.startswith('<i><b><a href="https://nhs.uk/">here')


HREFS = st.none() | st.sampled_from(
    ["tel:999", "tel:+441164541007", "mailto:a@b.org", "https://nhs.uk/?a=1&b=%22", "http://[", "javascript:x", "/x"]
)
WORDS = st.text(max_size=40) | st.sampled_from(["<b>", "</a>", "&lt;", "🔥🔥", "a. b. ", "word " * 900, "x" * 5000])
SPANS = st.lists(st.builds(Span, text=WORDS, strong=st.booleans(), href=HREFS), max_size=4).map(tuple)
BLOCKS: st.SearchStrategy[Block] = st.builds(Paragraph, spans=SPANS, small=st.booleans()) | st.builds(
    Steps, items=st.lists(SPANS, max_size=3).map(tuple), ordered=st.booleans()
)
BUTTONS = st.builds(Button, label=st.text(max_size=80), token=st.none() | st.text(max_size=70), url=HREFS)
REPLIES = st.builds(
    Reply,
    blocks=st.lists(BLOCKS, max_size=4).map(tuple),
    buttons=st.lists(st.lists(BUTTONS, max_size=3).map(tuple), max_size=3).map(tuple),
)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def expected(reply: Reply) -> list[str]:
    """Every run of words that must be read, in order."""
    items = [(b.spans,) if isinstance(b, Paragraph) else b.items for b in reply.blocks]
    return [squeezed(span.text) for block in items for spans in block for span in spans]


@settings(max_examples=60, deadline=None)
@given(REPLIES)
def test_telegram_takes_any_reply_and_nothing_is_lost(reply: Reply) -> None:
    parts = render(reply)
    read = []
    for part in parts:
        text, entities = parse_html(part.html)
        assert text.strip()
        assert units(text) <= LIMIT
        assert units(part.plain) <= LIMIT
        assert part.plain.startswith(text)
        assert all(piece(text, entity) for entity in entities)
        read.append(text)
        if part.markup is not None:
            markup.check(part.markup.to_dict())
    rest = squeezed("".join(read))
    for words in expected(reply):
        assert words in rest
        rest = rest[rest.index(words) + len(words) :]
