"""Danger told in another language: what it is judged as, and that English is judged as before."""

from __future__ import annotations

import csv
from collections.abc import Mapping

import pytest

from knowledge.languages import detect
from knowledge.languages.folding import words_of
from knowledge.safety import judge
from knowledge.safety.judging import find
from knowledge.safety.other_languages import ROUTES
from knowledge.safety.rulebook import rulebook
from knowledge.safety.verdict import URGENCY, weigh
from tests.knowledge.languages.test_detect import HOME, STILL_ENGLISH, common_english, corpus

CERTAIN = {
    "fire": (
        "mój dom się pali", "moj dom sie pali", "pali się u nas w kuchni", "arde casa", "a minha cozinha está a arder",
        "aag lag gayi hai", "آگ لگ گئی", "મારા ઘરમાં આગ લાગી છે", "agg lag gayi ghar nu", "ਘਰ ਨੂੰ ਅੱਗ ਲੱਗ ਗਈ",
        "gurigaygu wuu gubanayaa", "بيتي يحترق",
    ),
    "not-breathing": (
        "nie oddycha", "mój mąż nie oddycha", "nu respira", "não respira", "nao respira", "wuu neefsan la'yahay",
        "saans nahi aa rahi", "સ્વાસ નથી શ્વાસ નથી લેતા", "saah nahi aa reha", "لا يتنفس", "سانس نہیں لے رہا",
    ),
    "unconscious": ("nieprzytomna", "inconștient", "inconsciente", "behosh ho gayi", "بے ہوش", "ਬੇਹੋਸ਼", "બેભાન"),
    "drowning": ("dziecko tonie", "se îneacă în râu", "está se afogando", "pani mein gir gaya", "wuu qaraqmayaa"),
    "violence": ("ma nóż", "are un cuțit", "tem uma faca", "chaku hai", "معه سكين", "mindi buu haystaa"),
    "general": ("wezwijcie karetkę", "chemați ambulanța", "chamem a polícia", "police bulao", "ambalaas ii yeer"),
}  # fmt: skip
MAYBE = {
    "fire": ("pozar", "pożar", "حريق", "આગ", "ਅੱਗ", "آگ", "incendiu", "incêndio"),
    "gas": ("czuć gaz", "miroase a gaz", "cheira a gás", "gas ki badbu aa rahi hai", "ગેસની વાસ આવે છે", "رائحة غاز"),
    "general": ("pomocy", "ratunku", "ajutor", "socorro", "madad karo", "bachao", "બચાવો", "ਬਚਾਓ", "بچاؤ", "النجدة"),
}
ROUTED = {
    "crisis": (
        "chcę umrzeć",
        "vreau să mor",
        "quero morrer",
        "marna chahta hun",
        "أريد أن أموت",
        "waxaan rabaa inaan dhinto",
    ),
    "abuse": ("mąż mnie bije", "soțul mă bate", "o meu marido bate-me", "زوجي يضربني", "pati mane mare che"),
}


def each(messages: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(kind, text) for kind, texts in messages.items() for text in texts]


@pytest.mark.parametrize(("kind", "text"), each(CERTAIN))
def test_a_whole_clear_phrase_is_certain(kind: str, text: str) -> None:
    verdict = judge(text)
    assert (verdict.route, verdict.tier, verdict.kind) == ("emergency", "certain", kind)


@pytest.mark.parametrize(("kind", "text"), each(MAYBE))
def test_a_word_alone_is_asked_about(kind: str, text: str) -> None:
    verdict = judge(text)
    assert (verdict.route, verdict.tier, verdict.kind) == ("emergency", "maybe", kind)


@pytest.mark.parametrize(("route", "text"), each(ROUTED))
def test_crisis_and_abuse_go_their_own_way(route: str, text: str) -> None:
    assert (judge(text).route, judge(text).tier) == (route, "certain")


def test_the_reasons_are_lines_of_the_files_and_never_a_name() -> None:
    assert judge("Wiesława Kowalska nie oddycha").reasons == ("nie oddycha",)


def test_danger_is_heard_in_the_middle_of_english() -> None:
    assert judge("please come quick, nie oddycha, he is blue").kind == "not-breathing"


def test_the_words_may_stand_apart_or_go_on() -> None:
    assert judge("w domu u babci się pali").kind == "fire"
    assert judge("koi ghar mein ghus gaya hai").kind == "intruder"


@pytest.mark.parametrize("text", STILL_ENGLISH)
def test_loan_words_change_no_verdict(text: str) -> None:
    assert judge(text) == weigh(find(text, rulebook()))


def test_english_words_alone_never_raise_an_alarm_here() -> None:
    """So that `judge` says of every English row of the corpus exactly what its English rules say."""
    raised = {text: alarm.words for text in corpus() for alarm in detect(text).dangers}
    assert {text: said for text, said in raised.items() if set(words_of(said)) <= common_english()} == {}


def test_what_the_corpus_calls_harmless_raises_nothing_here() -> None:
    with (HOME / "corpus" / "danger.csv").open(encoding="utf-8", newline="") as file:
        harmless = [row["text"] for row in csv.DictReader(file) if row["target"] == "harmless"]
    assert len(harmless) > 500
    assert [text for text in harmless if detect(text).dangers] == []


@pytest.mark.parametrize("text", ["my house is on fire, pomocy", "i want to die, madad karo", "he hits me. czuć gaz"])
def test_it_never_lowers_what_was_found(text: str) -> None:
    english, both = weigh(find(text, rulebook())), judge(text)
    assert english.route is not None
    assert english.tier is not None
    assert both.route is not None
    assert both.tier is not None
    assert URGENCY.index((both.route, both.tier)) <= URGENCY.index((english.route, english.tier))


def test_every_route_but_a_danger_to_life_is_named() -> None:
    assert set(ROUTES.values()) == {"crisis", "abuse"}
