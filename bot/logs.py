"""Logs: a fixed sentence and fields, one JSON object a line on standard error. Never what a person wrote."""

from __future__ import annotations

import logging
import sys

import structlog

QUIET = ("httpx", "telegram", "uvicorn.error", "aiosqlite", "alembic")
"""Libraries whose own lines could hold addresses with a token in them, or say nothing to us."""


def _to_standard_error(*_names: object) -> structlog.PrintLogger:
    """Asked for at each line, so that a stream that was replaced meanwhile is the one written to."""
    return structlog.PrintLogger(sys.stderr)


def configure() -> None:
    """Send our own lines to standard error; libraries speak from a warning up."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_to_standard_error,
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
