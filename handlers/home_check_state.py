"""A home check that somebody has begun, as far as they have got: kept sealed with the session."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from knowledge.prose import Frozen


class Check(Frozen):
    """Ids of content only, no words of theirs."""

    at: str = Field(default="", description="the topic that was asked last")
    answers: Mapping[str, str] = Field(default_factory=dict, description="topic id, id of its answer")
    rest: bool = Field(default=False, description="only what has no answer yet is asked")
    done: bool = Field(default=False, description="the result was shown last")
    finished: bool = Field(default=False, description="the result was shown once; so it is counted")
    visit: bool = Field(default=False, description="a visit was asked for from it; so it is counted")
