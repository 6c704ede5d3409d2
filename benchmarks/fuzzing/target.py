"""What is fuzzed: something that makes damaged inputs, and something that reads them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException

from benchmarks.fuzzing.mutate import Chance
from bot.errors import BotError
from handlers.errors import HandlerError
from knowledge.errors import KnowledgeError

KIND = (BotError, HandlerError, KnowledgeError, HTTPException)
"""Errors of ours, each with a sentence for whoever sent it; the web's become a page."""


@dataclass(frozen=True, slots=True)
class Target:
    """A parser or a decoder. `share` is how many of a thousand inputs it gets; `take` says whether it took one."""

    name: str
    share: int
    make: Callable[[Chance], Any]
    take: Callable[[Any], Awaitable[bool]]
