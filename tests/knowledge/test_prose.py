"""Markdown to blocks, and reading age."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.prose import Paragraph, Section, Span, Steps, line, parse, plain, words_of
from knowledge.readability import count_words, reading_age, syllables


def test_a_body_becomes_a_bold_line_a_list_and_what_stands_behind_more() -> None:
    first, more = parse("**Do this.**\n\n1. One\n2. Two\n\n## More\n\nSee [here](https://a.uk) *now*.")
    assert first == Section(
        heading="",
        blocks=(
            line("Do this.", strong=True),
            Steps(items=((Span(text="One"),), (Span(text="Two"),))),
        ),
    )
    assert more.heading == "More"
    assert more.blocks == (
        Paragraph(
            spans=(
                Span(text="See "),
                Span(text="here", href="https://a.uk"),
                Span(text=" "),
                Span(text="now"),
                Span(text="."),
            )
        ),
    )


def test_a_line_break_in_a_paragraph_is_a_space() -> None:
    assert words_of(parse("one\ntwo")[0].blocks) == "one two"


def test_html_stays_text() -> None:
    assert words_of(parse("<script>alert(1)</script>")[0].blocks) == "<script>alert(1)</script>"


@given(st.text())
def test_any_text_parses(text: str) -> None:
    for section in parse(text):
        assert isinstance(words_of(section.blocks), str)


def test_plain_words_of_spans() -> None:
    assert plain((Span(text="a"), Span(text="b", strong=True))) == "ab"


def test_syllables_are_counted_on_the_strict_side() -> None:
    assert [syllables(word) for word in ("fire", "alarm", "safety", "electric")] == [1, 2, 2, 3]


def test_short_words_in_short_sentences_read_young() -> None:
    young = reading_age("Get out. Stay out. Ring us now.")
    old = reading_age("Notwithstanding precautionary considerations, residents should immediately evacuate premises.")
    assert young == 5.0
    assert old > 16


def test_names_numbers_and_addresses_do_not_count() -> None:
    names = frozenset({"Leicestershire Fire and Rescue Service"})
    with_name = "Ring the Leicestershire Fire and Rescue Service on 0116 210 5555 or see www.leics-fire.gov.uk now."
    assert reading_age(with_name, names) <= reading_age("Ring the team on or see now.") + 0.5


def test_nothing_to_read_reads_youngest() -> None:
    assert reading_age("999") == 5.0


def test_a_phone_number_is_one_word() -> None:
    assert count_words("Ring 0800 111 999 now") == 3
