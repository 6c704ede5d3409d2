"""The right entry for people's own words, and what they are near to: an index, a decision, a learned alarm."""

from knowledge.search.alarm import levels_of
from knowledge.search.calibration import calibration
from knowledge.search.decide import Decided, decide
from knowledge.search.index import Index
from knowledge.search.reading import Reading
from knowledge.search.stored import index_of

__all__ = ["Decided", "Index", "Reading", "calibration", "decide", "index_of", "levels_of"]
