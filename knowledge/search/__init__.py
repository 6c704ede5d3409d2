"""The right entry for people's own words: an index, and a decision."""

from knowledge.search.decide import Decided, decide
from knowledge.search.index import Index
from knowledge.search.stored import index_of

__all__ = ["Decided", "Index", "decide", "index_of"]
