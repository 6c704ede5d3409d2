"""A Reply as HTML: what it looks like, and that nothing in it is ever taken for markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web import render
from handlers.ports import Ports
from handlers.replies import numbered
from handlers.turn import Button, Reply
from knowledge.prose import Paragraph, Span, Steps, line
from tests.bot.channels.web.fakes import FakeAnswers, texts
from tests.bot.channels.web.html import Page

TEXTS = texts()
PORTS: Ports = FakeAnswers().ports()
ALLOWED = {"p", "ol", "ul", "li", "strong", "a", "span", "div", "button"}
NASTY = st.text() | st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}",
        "&lt;b&gt;",
        "</textarea>",
        "{0}",
        "%s",
    ]
)
HREFS = st.none() | NASTY | NASTY.map("https://a.example/{}".format) | NASTY.map("javascript:{}".format)


def span(**fields: object) -> Span:
    return Span.model_validate({"text": "words", **fields})


def html(*blocks: Paragraph | Steps) -> str:
    return str(render.message(Reply(blocks=blocks), TEXTS))


def test_paragraphs_lists_and_bold() -> None:
    steps = Steps(items=((span(text="one"),), (span(text="two", strong=True),)))
    assert html(line("Hello"), steps) == "<p>Hello</p>\n<ol><li>one</li><li><strong>two</strong></li></ol>"
    assert html(Steps(items=((span(),),), ordered=False)) == "<ul><li>words</li></ul>"
    assert html(line("Checked", small=True)) == '<p class="small">Checked</p>'


def test_words_of_another_language_say_which_and_find_their_own_direction() -> None:
    urdu = line("مدد").model_copy(update={"lang": "ur"})
    assert html(urdu) == '<p lang="ur" dir="auto">مدد</p>'
    assert 'dir="auto"' in str(render.choices(Reply(buttons=((Button(label="جی ہاں", token="t"),),)), TEXTS))


def test_a_number_is_a_call() -> None:
    assert 'class="call" href="tel:999">999</a>' in html(Paragraph(spans=(span(text="999", href="tel:999"),)))


def test_a_page_opens_beside_the_chat_and_says_so() -> None:
    found = html(Paragraph(spans=(span(href="https://nhs.uk"),)))
    assert 'target="_blank" rel="noopener noreferrer"' in found
    assert "opens a new page" in found


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        " JavaScript:x",
        "//evil.example",
        "vbscript:x",
        "/\\evil",
        "/\t/evil.example",
        "/\n\\evil.example",
        "ht!tp:x",
        "http://[",
        "",
    ],
)
def test_odd_addresses_are_words_only(href: str) -> None:
    assert html(Paragraph(spans=(span(href=href),))) == "<p>words</p>"


@pytest.mark.parametrize(
    "href", ["https://a.example", "http://a.example/?b=1&c=2", "mailto:a@b.example", "tel:111", "/answers/a/b"]
)
def test_usual_addresses_are_links(href: str) -> None:
    assert render.safe_href(href) == href


def test_choices_send_the_form_and_addresses_are_links() -> None:
    reply = Reply(buttons=((Button(label="Yes", token="1~y~~A"), Button(label="Site", url="https://a.example")),))
    page = Page(str(render.choices(reply, TEXTS)))
    assert page.buttons[0]["value"] == "1~y~~A"
    assert page.buttons[0]["form"] == "chat"
    assert page.links[0]["href"] == "https://a.example"
    assert page.tags[0] == ("div", {"class": "choices", "role": "group", "aria-label": TEXTS.say("web.choices")})


def test_a_choice_with_nowhere_to_go_is_words() -> None:
    reply = Reply(buttons=((Button(label="Odd", url="javascript:x"),),))
    assert '<span class="choice">Odd</span>' in render.choices(reply, TEXTS)


def test_a_message_without_choices_has_no_group() -> None:
    assert render.choices(Reply(blocks=(line("a"),)), TEXTS) == ""


def test_numbered_choices_stand_once() -> None:
    reply, _ = numbered(PORTS, (line("Which?"),), (("Smoke alarms", "1~a~~A"), ("Gas", "1~b~~B")))
    assert "<li>" not in render.message(reply, TEXTS)
    assert "1. Smoke alarms" in render.choices(reply, TEXTS)
    assert "Smoke alarms" in render.plain_text(reply)


def test_plain_words_hold_the_choices_too() -> None:
    reply = Reply(blocks=(line("Hello"),), buttons=((Button(label="Yes", token="t"),),))
    assert render.plain_text(reply) == "Hello\nYes"


def test_a_reply_that_only_tidies_up_is_not_shown() -> None:
    assert not render.is_shown(Reply(strip_buttons_of="7"))
    assert render.is_shown(Reply(blocks=(line("a"),)))


@given(text=NASTY, href=HREFS, strong=st.booleans(), label=NASTY, token=NASTY.filter(bool), url=HREFS)
def test_nothing_that_is_said_becomes_markup(
    text: str, href: str | None, strong: bool, label: str, token: str, url: str | None
) -> None:
    one = Span(text=text, strong=strong, href=href)
    blocks = (Paragraph(spans=(one,)), Steps(items=((one,),)))
    buttons = ((Button(label=label, token=token), Button(label=label, url=url)),)
    reply = Reply(blocks=blocks, buttons=buttons)
    page = Page(str(render.message(reply, TEXTS)) + str(render.choices(reply, TEXTS)))
    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert not any(name.startswith("on") or name == "style" for _, found in page.tags for name in found)
    assert all(
        not link["href"].strip().casefold().startswith(("javascript", "data", "vbscript")) for link in page.links
    )
