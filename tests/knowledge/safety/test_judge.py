"""What holds for every message, whatever its words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.safety import Verdict, judge
from tests.knowledge.safety.messages import messages

CERTAIN = [m.text for name in ("emergency", "crisis", "abuse") for m in messages(name) if m.tier == "certain"]
BEFORE = ["hello", "hi there", "please", "sorry", "good evening", "um", "excuse me", "my name is sam", "thank you"]
AFTER = ["please", "thank you", "thanks", "sorry", "i live in braunstone", "what do i do", "xx"]
COVERED = [text for text in CERTAIN if judge(text).tier == "certain"]


@given(st.text(max_size=400))
@settings(max_examples=50, deadline=None)
def test_every_string_has_a_verdict(text: str) -> None:
    verdict = judge(text)
    assert isinstance(verdict, Verdict)
    assert (verdict.route is None) == (verdict.tier is None) == (verdict.kind is None) == (verdict.reasons == ())


@pytest.mark.parametrize("text", ["", " ", "\n\n", "...", "?!", "\x00", "\ud800", "_", "'", "''s", "🔥" * 50, "*" * 99])
def test_odd_strings(text: str) -> None:
    assert isinstance(judge(text), Verdict)


@given(st.sampled_from(COVERED))
@settings(max_examples=50, deadline=None)
def test_case_and_spaces_never_change_what_is_certain(text: str) -> None:
    for same in (text.upper(), text.lower(), text.replace(" ", "   "), f"  {text} "):
        assert judge(same).tier == "certain"


@given(st.sampled_from(COVERED), st.sampled_from(BEFORE), st.sampled_from(AFTER))
@settings(max_examples=60, deadline=None)
def test_harmless_words_around_never_hide_what_is_certain(text: str, before: str, after: str) -> None:
    assert judge(f"{before} {text}").route is not None
    assert judge(f"{text} {after}").route is not None


def test_the_more_urgent_leads() -> None:
    assert judge("my house is on fire and i want to die").route == "emergency"
    assert judge("he hits me and i want to die").route == "crisis"
    assert judge("he hits me. the smoke alarm is going off").route == "abuse"
    assert judge("smell of gas. i had enough").route == "emergency"


def test_what_could_hurt_the_sender_leads_among_emergencies() -> None:
    assert judge("my house is on fire and dad is not breathing").kind == "fire"
    assert judge("he is choking me").kind == "violence"
    assert judge("he is choking on a sweet").kind == "choking"


def test_reasons_are_the_words_and_never_a_name() -> None:
    reasons = judge("Xanthippe collapsed in the kitchen").reasons
    assert any("collapsed" in reason for reason in reasons)
    assert not any("xanthippe" in reason for reason in reasons)


@pytest.mark.parametrize("sign", ["🔥🔥 in my kitchen", "hes got a 🔪", "🆘"])
def test_signs_speak(sign: str) -> None:
    assert judge(sign).route == "emergency"


def test_the_end_of_a_long_message_counts() -> None:
    story = "i would like to ask about my bins and the parking on our road because it is a shame. " * 60
    assert judge(story).route is None
    assert judge(f"{story} my husband is not breathing").kind == "not-breathing"
    assert judge(f"my husband is not breathing. {story}").kind == "not-breathing"


def test_time_grows_with_the_length_not_its_square() -> None:
    text = "my mum is not breathing and there is smoke everywhere please send help now. "

    def seconds(times: int) -> float:
        start = time.perf_counter()
        judge(text * times)
        return time.perf_counter() - start

    judge(text)
    assert seconds(320) < 25 * min(seconds(40), seconds(40), seconds(40))  # eight times as long


def test_an_endless_word_costs_nothing() -> None:
    start = time.perf_counter()
    judge("a" * 200_000)
    judge("ab" * 100_000)
    assert time.perf_counter() - start < 2
