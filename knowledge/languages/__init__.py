"""The languages people in Leicester write in besides English, heard by their words. One YAML file each, for a speaker
to review; one door, `detect`."""

from knowledge.languages.hearing import NOTHING, Alarm, Heard, answer, detect
from knowledge.languages.lexicon import Danger

__all__ = ["NOTHING", "Alarm", "Danger", "Heard", "answer", "detect"]
