"""Home visits: asking for one in five short steps, and all that can be done with one that is booked."""

from handlers.visits.asking import act, answered, ask_again, carry_on, not_understood
from handlers.visits.finding import FORM as FIND
from handlers.visits.finding import answered as found
from handlers.visits.finding import ask as find
from handlers.visits.finding import is_reference
from handlers.visits.form import FORM
from handlers.visits.saying import demonstration
from handlers.visits.tapping import tapped

__all__ = [
    "FIND",
    "FORM",
    "act",
    "answered",
    "ask_again",
    "carry_on",
    "demonstration",
    "find",
    "found",
    "is_reference",
    "not_understood",
    "tapped",
]
