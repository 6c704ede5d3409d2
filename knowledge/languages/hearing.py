"""What is heard in a message: its language, a greeting, a call for help, a danger. Pure; never raises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.languages.folding import words_of
from knowledge.languages.lexicon import Danger, Lexicon, Phrase, lexicon
from knowledge.languages.script import arabic_or_urdu, marks_in, script_of

# How many different words that English has not a message in Latin letters needs, and the share of its words
# that the language must know. One loan word in an English sentence is never enough.
ENOUGH, SHARE = 2, 0.4


@dataclass(frozen=True, slots=True)
class Alarm:
    """A danger that was heard: its kind, whether a whole clear phrase says so, and that phrase."""

    kind: Danger
    certain: bool
    words: str


@dataclass(frozen=True, slots=True)
class Heard:
    """`languages`: the one it is in, several where its words are as much of one as of another, none for English."""

    languages: tuple[str, ...] = ()
    greeting: bool = False
    help: bool = False
    dangers: tuple[Alarm, ...] = ()

    @property
    def language(self) -> str | None:
        """The language, where there is no doubt."""
        return self.languages[0] if len(self.languages) == 1 else None


NOTHING = Heard()


def detect(text: str) -> Heard:
    """Any message in, what is heard out; an English one costs a look-up of its words."""
    lex, words = lexicon(), words_of(text)
    clues = [word for word in dict.fromkeys(words) if word in lex.clues]
    if not clues and text.isascii():
        return NOTHING
    found = _found(words, clues, lex)
    languages = _languages(text, words, found, lex)
    said = {phrase.sense for phrase in found if phrase.language in languages}
    return Heard(languages, "greeting" in said, "help" in said, tuple(_dangers(found)))


def answer(text: str, language: str) -> bool | None:
    """'Yes' or 'no' in that language, by the first words; None for anything else."""
    known, words = lexicon().answers.get(language, {}), words_of(text)
    return next((known[said] for said in (" ".join(words[:2]), *words[:1]) if said in known), None)


def _found(words: Sequence[str], clues: Iterable[str], lex: Lexicon) -> list[Phrase]:
    line, once = f" {' '.join(words)} ", f" {' '.join(dict.fromkeys(words))} "
    tried = (phrase for clue in clues for phrase in lex.phrases.get(clue, ()))
    return [phrase for phrase in tried if _stands(phrase, line, once)]


def _stands(phrase: Phrase, line: str, once: str) -> bool:
    if phrase.whole:
        return once in phrase.runs
    return all(run in line for run in phrase.runs)


def _dangers(found: Iterable[Phrase]) -> Iterable[Alarm]:
    for phrase in found:
        if phrase.sense != "greeting" and phrase.sense != "help":
            yield Alarm(phrase.sense, phrase.certain, phrase.text)


def _languages(text: str, words: Sequence[str], found: Sequence[Phrase], lex: Lexicon) -> tuple[str, ...]:
    script = script_of(text)
    if script == "latin":
        return _by_words(text, words, found, lex)
    if script == "arabic":
        known = {language: len(lex.known[language].intersection(words)) for language in ("ar", "ur")}
        return arabic_or_urdu(text, len(words), known["ar"], known["ur"])
    return () if script == "other" else (script,)


def _by_words(text: str, words: Sequence[str], found: Sequence[Phrase], lex: Lexicon) -> tuple[str, ...]:
    """The languages with the most words of their own, among those that know enough of the message."""
    speaking, marks = {phrase.language for phrase in found}, marks_in(text)
    counted = [word for word in words if len(word) > 1]  # "I" is Polish too, and "a" is everybody's
    scores: dict[str, tuple[int, int]] = {}
    for language, telling in lex.telling.items():
        told = len(telling.intersection(counted)) + marks.get(language, 0)
        known = sum(word in lex.known[language] for word in counted)
        if known and _enough(told, known, len(counted), language in speaking):
            scores[language] = (told, known)
    best = max(scores.values(), default=None)
    return tuple(language for language, score in scores.items() if score == best)


def _enough(told: int, known: int, length: int, speaks: bool) -> bool:
    if known == length:
        return speaks or told >= ENOUGH or told == 1 < length - 1
    return told >= ENOUGH and known >= SHARE * length
