"""Days and times as residents spell them, put right before they are read."""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

from knowledge.visits.when_readings import WEEKDAYS

SHORT_FORMS = {
    short: name
    for name, forms in {
        "monday": "mon", "tuesday": "tue tues", "wednesday": "wed weds wensday wendsday wensdy",
        "thursday": "thu thur thurs", "friday": "fri", "saturday": "sat", "sunday": "sun",
        "today": "2day", "tonight": "tonite 2nite", "tomorrow": "tomoz tomo tmrw tmr 2moro 2morrow tommorow tomoro",
        "oclock": "o'clock", "afternoon": "arvo aft", "morning": "mornin morn", "evening": "eve",
    }.items()
    for short in forms.split()
}  # fmt: skip
SPELT = (*WEEKDAYS, "tomorrow", "morning", "afternoon", "evening", "weekend")
NOT_SLIPS = frozenset("sundry sundae mourning moaning".split())
NOT_DAYS = re.compile(
    r"\bsat (?:down|here|there|outside|inside|watching|with|next|in (?:my|the|a) (?!morning|afternoon|evening))|"
    r"\bthe sun\b|\bsun (?:cream|room|bed|is|has)\b|\bwed (?:like|love|prefer|rather|need|be)\b"
)


def tidy(text: str) -> str:
    """Any text in, the same in small letters with short forms and slips in the names of days put right out."""
    text = " ".join(re.sub(r"[‘’`´]", "'", text).casefold().split())
    text = re.sub(r"(?<![a-z])([ap])\. ?m\b\.?", r"\1m", NOT_DAYS.sub("~", text))
    return re.sub(r"[a-z0-9]+(?:'[a-z]+)?", lambda word: _spelt(word[0]), text)


def _spelt(word: str) -> str:
    if word in SHORT_FORMS or len(word) < 5 or word in NOT_SLIPS:
        return SHORT_FORMS.get(word, word)
    stem = word.removesuffix("'s").removesuffix("s")
    near = [name for name in SPELT if OSA.distance(stem, name, score_cutoff=1) <= 1]
    # "sonday" could be two days: better not read than read wrongly.
    return near[0] + "s" * word.endswith("s") if len(near) == 1 else word
