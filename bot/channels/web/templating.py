"""How pages are made: templates out of a folder, and addresses of static files. Shared by the chat and the console."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@cache
def environment(folder: Path) -> Environment:
    """Templates that escape everything and fail on what they were not given."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def versioned(file: Path) -> str:
    """The name of a static file with a mark that is new whenever its content is."""
    return f"{file.name}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:10]}"
