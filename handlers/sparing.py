"""Who is not written to first, and until when: somebody in danger has other things to read. Pure."""

from __future__ import annotations

import datetime as dt

from handlers.safety import FORM, SAFE_FORM
from handlers.turn import Session

SPARED_FOR = dt.timedelta(days=3)
"""After an emergency."""
LOOK_AGAIN = dt.timedelta(days=1)
"""While a question of safety is open: it may be answered at any time."""


def spared_until(session: Session, now: dt.datetime) -> dt.datetime | None:
    """Until when campaigns and questions of ours wait, in UTC; None where they need not. Answers, and reminders of what
    somebody booked, are not held up."""
    open_ = any(form is not None and form.form in (FORM, SAFE_FORM) for form in (session.waiting, session.paused))
    until = max(session.alarmed + SPARED_FOR if session.alarmed else now, now + LOOK_AGAIN if open_ else now)
    return until if until > now else None
