"""The team's menus in the chat: today's round, one visit and what is done about it, the calls to make; and keeping the
content true: reviews, missed questions, people waiting, notices.

Every door here answers None to a chat that belongs to nobody of the team; the caller then says what it says to anybody.
"""

from handlers.staff.menu import command
from handlers.staff.noting import FORM, ask_again, awaited, noted
from handlers.staff.tapping import tapped

__all__ = ["FORM", "ask_again", "awaited", "command", "noted", "tapped"]
