"""How a message is met, as in a conversation: danger, crisis and abuse first, then what the search makes of it."""

from __future__ import annotations

from knowledge.evaluating.questions import Met
from knowledge.languages import detect
from knowledge.safety import Verdict, shipped_trust, told, weighed
from knowledge.search import Index, Reading, decide, levels_of


def met(index: Index, reading: Reading) -> Met:
    """What an index makes of a message: danger, crisis and abuse first, as in a conversation."""
    verdict = _verdict(reading)
    return Met(verdict.route, verdict.tier) if verdict.route else decided(index, reading)


def decided(index: Index, reading: Reading) -> Met:
    """The same for a message that raises no alarm."""
    found = decide(index, reading)
    offered = found.offered if found.route == "choose" else ()
    return Met(found.route, None, found.answered, offered, found.action, found.score)


def _verdict(reading: Reading) -> Verdict:
    said = told(reading.text)
    verdict = weighed(said, levels_of(reading), shipped_trust())
    # As handlers/understanding.py has it: of another language the meaning is seldom sure.
    return weighed(said) if verdict.tier == "maybe" and detect(reading.text).languages else verdict
