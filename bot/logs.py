"""Logs: a fixed sentence and fields, one JSON object a line on standard error, or plain lines in a terminal. Never what
a person wrote."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

QUIET = ("httpx", "telegram", "uvicorn.error", "aiosqlite", "alembic", "procrastinate")
"""Libraries whose own lines could hold addresses with a token in them, or say nothing to us."""


def _to_standard_error(*_names: object) -> structlog.PrintLogger:
    """Asked for at each line, so that a stream that was replaced meanwhile is the one written to."""
    return structlog.PrintLogger(sys.stderr)


class Libraries(logging.Handler):
    """What libraries say, in our own shape: who speaks, from where, about which kind of error. Their words only where
    they are a fixed sentence with facts beside it, and never the facts: those may be what somebody wrote."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        error = record.exc_info[0] if record.exc_info else None
        structlog.get_logger().log(
            record.levelno,
            "a library speaks",
            by=record.name,
            said=str(record.msg) if record.args else None,
            error=error.__name__ if error else None,
            where=f"{record.filename}:{record.lineno}",
        )


def _readable(_logger: object, _name: str, line: MutableMapping[str, Any]) -> str:
    """For a person who watches in a terminal."""
    at, level, event = (line.pop(name, "") for name in ("timestamp", "level", "event"))
    facts = " ".join(f"{name}={fact!r}" for name, fact in line.items())
    return f"{at} {level:<7} {event}  {facts}".rstrip()


def configure() -> None:
    """Send our own lines to standard error, each with the request and the update that it belongs to; libraries speak
    from a warning up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _readable if sys.stderr.isatty() else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_to_standard_error,
    )
    root = logging.getLogger()
    root.handlers = [*(each for each in root.handlers if not isinstance(each, Libraries)), Libraries(logging.WARNING)]
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
