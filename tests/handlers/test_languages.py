"""Every catalogue beside the English one: what it says holds the numbers, links, steps and facts of the English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby

import pytest
from babel import Locale

from handlers.catalogue import ENGLISH, FOLDER, Texts, facts_of, languages, read
from knowledge.prose import Block, Paragraph, Span, Steps, plain, words_of

OTHERS = [name for name in languages() if name != ENGLISH]
RIGHT_TO_LEFT = [name for name in OTHERS if Locale.parse(name).text_direction == "rtl"]
LEFT_TO_RIGHT_MARK = "\u200e"
NUMBER_OR_COMMAND = re.compile(r"\d+|/[a-z]+")
SPACED_NUMBER_OR_COMMAND = re.compile(r"\d+(?: \d+)+|/[a-z]+")

Spans = tuple[Span, ...]


@pytest.fixture(params=OTHERS)
def language(request: pytest.FixtureRequest) -> str:
    """Each language but English."""
    name: str = request.param
    return name


@cache
def said(language: str, text_id: str) -> tuple[Block, ...]:
    """A text with words that are the same in every language for its facts."""
    texts = Texts(language)
    return texts.blocks(text_id, **{name: f"<{name}>" for name in facts_of(texts.raw(text_id))})


def parts(blocks: tuple[Block, ...]) -> Iterator[tuple[str, Spans]]:
    """Every paragraph and every step, in order, with its kind."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield "paragraph", block.spans
        else:
            yield from (("step" if block.ordered else "item", item) for item in block.items)


def kept(spans: Spans) -> tuple[list[str], list[str], list[str], list[bool]]:
    """What no translation may change: numbers and commands, links with their words, facts, where it is bold."""
    words = plain(spans)
    return (
        sorted(NUMBER_OR_COMMAND.findall(words)),
        [f"{span.text} {span.href}" for span in spans if span.href],
        sorted(re.findall(r"<[a-z-]+>", words)),
        [strong for strong, _ in groupby(span.strong for span in spans)],
    )


def test_there_are_other_languages_to_check() -> None:
    assert {"gu", "pa", "ur", "pl", "ro", "pt", "so", "ar"} <= set(OTHERS)


def test_a_catalogue_says_which_language_it_is(language: str) -> None:
    assert f'"Language: {language}\\n"' in (FOLDER / f"{language}.po").read_text(encoding="utf-8")


def test_a_catalogue_has_known_texts_only(language: str) -> None:
    assert set(read(language)) - set(read(ENGLISH)) == set()


def test_a_language_names_itself_and_says_who_checked_it(language: str) -> None:
    texts = Texts(language)
    assert [name for name in ("name", "chosen", "unchecked") if not texts.has(f"language.{name}")] == []
    assert texts.say("language.name") != Texts().say("language.name")


def test_a_text_wants_the_facts_of_the_english(language: str) -> None:
    wanted = {text_id: facts_of(text) for text_id, text in read(language).items()}
    assert wanted == {text_id: facts_of(Texts().raw(text_id)) for text_id in wanted}


def test_a_text_has_the_paragraphs_and_as_many_steps_as_the_english(language: str) -> None:
    for text_id in read(language):
        ours, english = said(language, text_id), said(ENGLISH, text_id)
        assert [kind for kind, _ in parts(ours)] == [kind for kind, _ in parts(english)], text_id
        steps = [[len(block.items) for block in blocks if isinstance(block, Steps)] for blocks in (ours, english)]
        assert steps[0] == steps[1], text_id


def test_each_part_keeps_the_numbers_links_facts_and_bold_of_the_english(language: str) -> None:
    for text_id in read(language):
        ours, english = parts(said(language, text_id)), parts(said(ENGLISH, text_id))
        for (_, mine), (_, theirs) in zip(ours, english, strict=True):
            assert kept(mine) == kept(theirs), f"{text_id}: {plain(mine)}"


def test_no_text_shouts_or_keeps_its_markup(language: str) -> None:
    for text_id in read(language):
        assert re.findall(r"[!*\[\]{}]", words_of(said(language, text_id))) == [], text_id


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_right_to_left_text_does_not_turn_numbers_and_commands_round(language: str) -> None:
    """Without the mark, "0800 111 999" is shown as "999 111 0800" and "/stop" as "stop/"."""
    for text_id in read(language):
        words = words_of(said(language, text_id))
        for found in SPACED_NUMBER_OR_COMMAND.finditer(words):
            assert words[: found.start()].endswith(LEFT_TO_RIGHT_MARK), f"{text_id}: {found[0]}"
