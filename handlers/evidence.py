"""What is to be written down about help: whether it helped, what they would have done without it, and who wants to be
asked later. Effects that `handlers.proof` decides on."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from knowledge.prose import Frozen

Instead = Literal["999", "101", "111", "nothing"]
"""What somebody would have done without help. 111 stands for the GP too; nothing for anything that is no call."""


class OfHelp(Frozen):
    """What all of these are."""


class AskedInstead(OfHelp):
    """An answer helped, and they are asked what they would have done without it. Kept at once: it is counted how many
    were asked, not only how many answered."""

    kind: Literal["asked-instead"] = "asked-instead"
    entry: str
    area: str = ""


class SaidInstead(OfHelp):
    """What they would have done without the answer that they were asked about last."""

    kind: Literal["said-instead"] = "said-instead"
    instead: Instead


class WillAsk(OfHelp):
    """They agreed to be asked later about an organisation. `due_at` in UTC; `entry` named it, empty where forgotten."""

    kind: Literal["will-ask"] = "will-ask"
    organisation: str
    entry: str
    due_at: dt.datetime


class WillNotAsk(OfHelp):
    """They took that back before they were asked."""

    kind: Literal["will-not-ask"] = "will-not-ask"
    organisation: str


class FollowUpSaid(OfHelp):
    """One answer to a question that they had agreed to, by the number of what they agreed to."""

    kind: Literal["follow-up-said"] = "follow-up-said"
    follow_up: int
    question: Literal["went", "helped", "instead"]
    answer: str
    area: str = ""


class FollowUpStopped(OfHelp):
    """They want no more of these questions."""

    kind: Literal["follow-up-stopped"] = "follow-up-stopped"


Evident = AskedInstead | SaidInstead | WillAsk | WillNotAsk | FollowUpSaid | FollowUpStopped
