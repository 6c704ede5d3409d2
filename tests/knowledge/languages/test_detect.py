"""Which language a message is in, and that English is never taken for another."""

from __future__ import annotations

import csv
import timeit
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from knowledge.languages import NOTHING, answer, detect
from knowledge.languages.folding import words_of

HOME = Path(knowledge.__file__).parent
WORD_LISTS = ("search/common_words.txt", "safety/rules/ordinary.txt", "safety/rules/repaired.txt")
QUICK = 1e-4
"""Seconds for an ordinary English message."""

GREETINGS = {
    "gu": ("kem cho", "કેમ છો", "jai shree krishna"),
    "pa": ("sat sri akal", "ਸਤ ਸ੍ਰੀ ਅਕਾਲ", "kiddan"),
    "ur": ("السلام علیکم", "aap kaise hain", "adaab"),
    "pl": ("cześć", "czesc", "Dzień dobry"),
    "ro": ("bună ziua", "buna ziua", "salut"),
    "pt": ("olá", "ola", "Bom dia"),
    "so": ("iska warran", "subax wanaagsan", "nabad"),
    "ar": ("مرحبا", "السلام عليكم", "marhaba"),
}
CALLS_FOR_HELP = {
    "gu": ("મને મદદ જોઈએ છે", "mane madad joiye che"),
    "pa": ("ਮੈਨੂੰ ਮਦਦ ਚਾਹੀਦੀ ਹੈ", "mainu madad chahidi hai"),
    "ur": ("مجھے مدد چاہیے", "mujhe madad chahiye"),
    "pl": ("potrzebuję pomocy", "prosze o pomoc"),
    "ro": ("am nevoie de ajutor", "mă puteți ajuta"),
    "pt": ("preciso de ajuda", "pode ajudar-me"),
    "so": ("caawimaad baan u baahanahay", "ma i caawin kartaa"),
    "ar": ("أحتاج إلى مساعدة", "ahtaj musaada"),
}
OTHERWISE_SAID = {
    "gu": ("mara padoshi bahu avaj kare che", "મારી પાસે ખાવા માટે પૈસા નથી"),
    "pa": ("mera gwandi bahut rola paunda hai", "ਮੇਰੇ ਪੁੱਤ ਨੂੰ ਬੁਖਾਰ ਹੈ"),
    "ur": ("mera padosi bahut shor karta hai", "میرے پاس کھانے کے پیسے نہیں ہیں"),
    "pl": ("mój czujnik dymu ciągle piszczy", "gdzie moge znalezc lekarza"),
    "ro": ("detectorul de fum face zgomot", "vecinii fac gălăgie toată noaptea"),
    "pt": ("o meu vizinho faz muito barulho", "nao tenho dinheiro para comida"),
    "so": ("jaarkayga buuq badan ayuu sameeyaa", "sidee ayaan dhakhtar u heli karaa"),
    "ar": ("ليس عندي مال للطعام", "ana biddi madrasa mish beit"),
}
STILL_ENGLISH = (
    "salaam brother, how do i test my smoke alarm",
    "namaste",
    "as salamu alaykum, i need a new lock",
    "where can i buy kolache",
    "dom said the pies were nice",
    "to",
    "fire",
    "tell my mam to put the pan on",
    "can nan have a masala chai with roti",
    "kem cho, my smoke alarm keeps beeping all night",
    "ola is my neighbour and she is nice",
    "my da is in the care home",
    "dzień dobry, can you tell me where I find a good lock for my bike",
)
OF_OTHER_PLACES = (
    "привет",
    "这是什么",
    "खांसी है",
    "me gusta la playa",
    "bonjour monsieur",
    "خانه من گرم است",
    "merhaba",
)


def each(messages: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(language, text) for language, texts in messages.items() for text in texts]


@pytest.mark.parametrize(("language", "text"), each(GREETINGS))
def test_a_greeting_is_heard_in_its_language(language: str, text: str) -> None:
    heard = detect(text)
    assert (heard.language, heard.greeting, heard.dangers) == (language, True, ())


@pytest.mark.parametrize(("language", "text"), each(CALLS_FOR_HELP))
def test_a_call_for_help_is_heard_in_its_language(language: str, text: str) -> None:
    heard = detect(text)
    assert (heard.language, heard.help, heard.dangers) == (language, True, ())


@pytest.mark.parametrize(("language", "text"), each(OTHERWISE_SAID))
def test_other_words_are_heard_too(language: str, text: str) -> None:
    heard = detect(text)
    assert (heard.language, heard.greeting, heard.help) == (language, False, False)


@pytest.mark.parametrize("text", STILL_ENGLISH)
def test_english_with_a_loan_word_stays_english(text: str) -> None:
    assert detect(text).language is None
    assert detect(text).dangers == ()


@pytest.mark.parametrize("text", OF_OTHER_PLACES)
def test_a_language_that_we_do_not_have_is_none_of_ours(text: str) -> None:
    assert detect(text).languages == ()


@pytest.mark.parametrize(("text", "among"), [("madad", ("gu", "pa", "ur")), ("سلام", ("ar", "ur"))])
def test_words_of_several_languages_are_not_given_to_one(text: str, among: tuple[str, ...]) -> None:
    heard = detect(text)
    assert heard.languages == among
    assert heard.language is None


@pytest.mark.parametrize("text", ["", "999", "🙏🙏", "?!", "\u0aaf\u0abe", "\u200b", "\u0a02"])
def test_next_to_nothing_is_heard_without_harm(text: str) -> None:
    assert not detect(text).dangers


@given(st.text(max_size=300))
def test_any_text_is_heard_without_harm(text: str) -> None:
    heard = detect(text)
    assert (heard.language is None) == (len(heard.languages) != 1)


@given(
    st.lists(st.sampled_from(["nie", "kem", "آگ", "ਅੱਗ", "uma", "&", "^", "*", "caawi", "la'yahay", "the"]), max_size=12)
)
def test_any_words_of_theirs_are_heard_without_harm(words: list[str]) -> None:
    detect(" ".join(words))


def test_yes_and_no_in_their_language() -> None:
    assert [answer(said, "pl") for said in ("tak", "Nie, nikomu", "no tak", "co")] == [True, False, True, None]
    assert [answer(said, "ur") for said in ("جی ہاں", "nahi", "haan ji")] == [True, False, True]
    assert answer("yes", "en") is None


@cache
def common_english() -> frozenset[str]:
    """The words of the lists that the search and the safety rules have of English."""
    lines = (line for name in WORD_LISTS for line in (HOME / name).read_text(encoding="utf-8").splitlines())
    return frozenset(word for line in lines if not line.startswith("#") for word in words_of(line))


def corpus() -> Iterator[str]:
    for path in sorted((HOME / "corpus").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from (row["text"] for row in csv.DictReader(file))


def test_no_english_message_of_the_corpus_is_taken_for_another_language() -> None:
    """A row that is heard as one is mostly made of words that common English has not."""
    heard = [words_of(text) for text in corpus() if detect(text).languages]
    assert [words for words in heard if len(common_english().intersection(words)) > 0.75 * len(set(words))] == []
    assert len(heard) > 80


def test_an_english_message_costs_next_to_nothing() -> None:
    text = (
        "My smoke alarm keeps beeping in the night and I do not know how to change the battery, can you help me please?"
    )
    assert detect(text) == NOTHING
    assert min(timeit.repeat(lambda: detect(text), number=100, repeat=20)) / 100 < QUICK
